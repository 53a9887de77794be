"""Links of a mail: that the same words lead to the same place, and that they can be seen."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from newsletter.colours import Colour
from newsletter.edition.rules.mail import Mail
from newsletter.edition.rules.page import Page
from newsletter.rules.links import links
from newsletter.rules.markup import Element, on_one_line
from newsletter.rules.rule import BLOCK, Defect, _, rule

BOXES = ("td", "th", "div", "p", "span")


@rule("LINK-4", BLOCK, "WCAG 2.4.4")
def same_name_same_place(mail: Mail) -> Iterator[Defect]:
    """Links that say the same lead to the same place."""
    places = defaultdict(set)
    for link, name in links(mail):
        places[on_one_line(name).casefold()].add(link.get("href"))
    for words, targets in places.items():
        if words and len(targets) > 1:
            yield Defect(
                words,
                _("%(count)s links say the same and lead to different places."),
                _("Let each say what is different about its target."),
                {"count": len(targets)},
            )


@rule("LINK-5", BLOCK, "WCAG 1.4.1")
def underlined(mail: Mail) -> Iterator[Defect]:
    """Links are underlined, not told by colour alone; a button is told by its ground."""
    if mail.page is None:
        return
    for link in mail.page.links:
        if link in mail.page.looks and link.text_content().strip() and not _can_be_told(link, mail.page):
            yield Defect(
                link, _("A link is not underlined."), _("Keep text-decoration: underline on links in your CSS.")
            )


@rule("LINK-6", BLOCK, "WCAG 2.1.1")
def leads_somewhere(mail: Mail) -> Iterator[Defect]:
    """A link leads somewhere: mail programs run no scripts, and know no place that an address is relative to."""
    for link in mail.page.all("a", "area") if mail.page else ():
        target = link.get("href")
        if target is None and link.get("onclick") is None:
            continue
        if not _leads(target or "", link):
            yield Defect(
                link,
                _("A link leads nowhere: “%(target)s”."),
                _("Give it a complete address."),
                {"target": (target or "")[:80]},
            )


def _leads(target: str, link: Element) -> bool:
    scheme, colon, rest = "".join(target.split()).partition(":")
    scheme = scheme.lower()
    if target.strip().startswith("#"):
        name = target.strip()[1:]
        return bool(name) and any(name in (one.get("id"), one.get("name")) for one in link.getroottree().iter("*"))
    if scheme == "mailto":
        return "@" in rest or "to=" in rest or (rest.startswith("?") and len(rest) > 1)
    if scheme in ("http", "https"):
        return bool(colon) and bool(re.match(r"//[^/?#]", rest))
    return bool(colon and rest) and scheme not in ("javascript", "vbscript", "data", "file", "about")


def _can_be_told(link: Element, page: Page) -> bool:
    look = page.looks[link].light
    if look.hidden or look.underlined or look.ground != _ground_around(link, page):
        return True
    texts = [inner for inner in link.iter("*") if (inner.text or "").strip() or _has_tail(inner)]
    return all(page.looks[inner].light.underlined for inner in texts)


def _ground_around(link: Element, page: Page) -> Colour | None:
    """The ground of what a link stands in; where it stands alone in a cell, of what that stands in."""
    around = link.getparent()
    if around.tag in BOXES and around.text_content().split() == link.text_content().split():
        around = around.getparent()
    shown = page.looks.get(around)
    return shown.light.ground if shown else None


def _has_tail(element: Element) -> bool:
    return any((child.tail or "").strip() for child in element)
