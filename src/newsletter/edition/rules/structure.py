"""What looks like a heading, a list or a paragraph and is none: those who listen cannot see it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from newsletter.edition.rules.mail import Mail
from newsletter.edition.rules.page import Page
from newsletter.rules.markup import Element, said, says_something
from newsletter.rules.rule import WARN, Defect, _, rule

_BULLET = re.compile(r"\s*(?:[-–—•·*‣▪►✓✔→>]|\d{1,2}[.)]|[a-z]\))\s+\S")
_BOLD = frozenset({"b", "strong"})
_BLOCKS = ("p", "div", "td", "center")
_HEADING_MOST, _HEADING_LEAST = 100, 3  # characters
LARGER = 1.2  # times the text that follows: so much stands out
_ITEMS = 3  # lines that begin alike are a list
_LISTED = frozenset({"li", "script", "style", "template"})
_LONG_HEADING = 200  # characters: beyond it is a paragraph that was made large


@rule("HEAD-5", WARN, "WCAG 1.3.1")
def headings_are_marked(mail: Mail) -> Iterator[Defect]:
    """What looks like a heading is one: people jump from heading to heading."""
    for block in mail.page.all(*_BLOCKS) if mail.page else ():
        if mail.page and _looks_like_heading(block, mail.page):
            yield Defect(
                block, _("A text looks like a heading and is none."), _("Make it an <h2> or <h3>, as its level is.")
            )


@rule("HEAD-6", WARN, "WCAG 1.3.1")
def headings_are_short(mail: Mail) -> Iterator[Defect]:
    """A heading is no paragraph that was made large."""
    for heading in mail.page.headings if mail.page else ():
        if len(said(heading)) > _LONG_HEADING and mail.origin is None:
            yield Defect(
                heading,
                _("A heading has %(count)s characters: it is a paragraph."),
                _("Make it a <p>, and give it a short heading."),
                {"count": len(said(heading))},
            )


@rule("LIST-1", WARN, "WCAG 1.3.1")
def lists_are_marked(mail: Mail) -> Iterator[Defect]:
    """What looks like a list is one: a screen reader says how many items there are."""
    breaks = mail.page.all("br") if mail.page else []
    for block in dict.fromkeys(one.getparent() for one in breaks):
        if sum(bool(_BULLET.match(line)) for line in _lines(block)) >= _ITEMS:
            yield Defect(block, _("A list is made of signs and breaks."), _("Make it a <ul> with an <li> for each."))
    for run in _runs(mail.page) if mail.page else ():
        yield Defect(run, _("A list is made of signs and breaks."), _("Make it a <ul> with an <li> for each."))


@rule("LIST-2", WARN, "WCAG 1.3.1")
def lists_hold_items(mail: Mail) -> Iterator[Defect]:
    """A list holds items with something in them, and nothing else; an item stands in a list."""
    for holder in mail.page.all("ul", "ol") if mail.page else ():
        items = [child for child in holder if isinstance(child.tag, str)]
        wrong = [child for child in items if child.tag not in _LISTED]
        empty = [child for child in items if child.tag == "li" and not says_something(said(child))]
        if not items or wrong or empty:
            yield Defect(
                (wrong or empty or [holder])[0],
                _("A list has an item that is none, or says nothing."),
                _("Put each item into an <li>, and take out those that are empty."),
            )
    for item in mail.page.all("li") if mail.page else ():
        if item.getparent().tag not in ("ul", "ol", "menu"):
            yield Defect(item, _("An item stands in no list."), _("Put a <ul> around the items."))


@rule("PARA-1", WARN, "WCAG 1.3.1")
def paragraphs_are_marked(mail: Mail) -> Iterator[Defect]:
    """Paragraphs are elements: no pairs of breaks between them, no empty ones for the space."""
    if mail.page is None:
        return
    for first in mail.page.all("br"):
        following = first.getnext()
        pair = not (first.tail or "").strip() and following is not None and following.tag == "br"
        if pair and _stands_between(first, following):
            yield Defect(first.getparent(), _("Paragraphs are made of breaks."), _("Put each into a <p> of its own."))
    for paragraph in mail.page.all("p"):
        if (
            not len(paragraph)
            and not says_something(paragraph.text or "")
            and not mail.page.looks[paragraph].light.hidden
        ):
            yield Defect(
                paragraph,
                _("A paragraph is empty: a screen reader says “blank”."),
                _("Take it out, and make room with margin."),
            )


def _looks_like_heading(block: Element, page: Page) -> bool:
    look = page.looks[block].light
    following = block.getnext()
    ahead = page.looks.get(following) if following is not None else None
    larger = ahead is not None and look.size >= ahead.light.size * LARGER
    if look.hidden or not (larger or look.bold or (len(block) and block[0].tag in _BOLD)):
        return False
    words = said(block)
    if not _HEADING_LEAST < len(words) <= _HEADING_MOST or words.endswith((".", ":", ",", ";", "!", "?", "…")):
        return False
    if any(around.tag in ("a", "li", "th", "h1", "h2", "h3", "h4") for around in (block, *block.iterancestors())):
        return False
    if next(block.iter("a", "img", "h1", "h2", "h3", "h4", "p", "table", "li", "br"), None) not in (None, block):
        return False
    if following is None or following.tag not in ("p", "div", "ul", "ol") or len(said(following)) < 2 * len(words):
        return False
    whole = _is_wholly_bold(block) or look.bold
    return (whole or larger) and not (ahead is not None and ahead.light.bold)


def _is_wholly_bold(block: Element) -> bool:
    inner = [child for child in block if child.tag in _BOLD]
    return len(inner) == 1 and said(inner[0]) == said(block)


def _lines(block: Element) -> list[str]:
    """The lines that breaks make of a block's own text."""
    lines = [block.text or ""]
    for child in block:
        if child.tag == "br":
            lines.append(child.tail or "")
        elif isinstance(child.tag, str):
            lines[-1] += said(child) + (child.tail or "")
    return lines


def _runs(page: Page) -> Iterator[Element]:
    """Paragraphs one after the other that each begin as an item does."""
    run = 0
    last: Element | None = None
    for paragraph in page.all("p", "div"):
        follows = last is not None and paragraph.getprevious() is last
        bullet = _is_item(paragraph.text or "")
        run = (run + 1 if follows and run else 1) if bullet else 0
        last = paragraph
        if run == _ITEMS:
            yield paragraph


@lru_cache(maxsize=8192)  # the variants of an edition say the same
def _is_item(text: str) -> bool:
    return _BULLET.match(text) is not None


def _stands_between(first: Element, second: Element) -> bool:
    """Whether words stand before and after a pair of breaks, in the same element."""
    around = first.getparent()
    before = (first.getprevious().tail if first.getprevious() is not None else around.text) or ""
    inline = first.getprevious() is not None and bool(said(first.getprevious()))
    return bool((before.strip() or inline) and ((second.tail or "").strip() or second.getnext() is not None))
