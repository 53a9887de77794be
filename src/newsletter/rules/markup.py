"""A piece of HTML as rules see it: its elements in document order, and what they say."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Protocol

from lxml import etree
from lxml import html as lxml_html
from lxml.etree import XPath

Element = Any  # lxml has no types
_ROLE = XPath("//*[@role]")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
SHOWN = 80  # characters of an element that a finding shows
_DECLARATION = re.compile(r"\ufeff?\s*<\?xml[^>]*>")  # lxml takes no text that names an encoding
_ELEMENTS = etree.ElementDefaultClassLookup(
    element=lxml_html.HtmlElement, comment=lxml_html.HtmlComment, pi=lxml_html.HtmlProcessingInstruction
)  # lxml.html looks a class up for each name, in Python
_EMPTY = "<html></html>"
_UNHEARD = re.compile("[\xad\u034f\u200b-\u200f\u2060-\u2064\ufeff]")  # soft hyphens, joiners, marks of direction
_NOT_DISPLAYED = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)
_PICTURES = 0x1F000  # the first emoji outside the signs and arrows


class Markup:
    """The tree of a piece of HTML, whatever it is. Comments are not among its elements."""

    def __init__(self, html: str) -> None:
        self.html = html
        try:
            self.root = lxml_html.document_fromstring(_readable(html), parser=_parser())
        except (etree.LxmlError, ValueError):  # nothing but comments
            self.root = lxml_html.document_fromstring(_EMPTY)
        self.elements: list[Element] = list(self.root.iter("*"))
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        for place, element in enumerate(self.elements):
            self._places[element.tag].append(place)

    def all(self, *tags: str) -> list[Element]:
        """The elements of these names."""
        places = [place for tag in tags if tag in self._places for place in self._places[tag]]
        return [self.elements[place] for place in sorted(places)]

    @cached_property
    def images(self) -> list[Element]:
        """All pictures."""
        return self.all("img")

    @cached_property
    def links(self) -> list[Element]:
        """All links that lead somewhere."""
        return [link for link in self.all("a") if link.get("href")]

    @cached_property
    def named_links(self) -> list[tuple[Element, str]]:
        """All links that lead somewhere with their accessible names, as far as HTML gives them."""
        return [(link, _name(link, self.root)) for link in self.links]

    @cached_property
    def headings(self) -> list[Element]:
        """What is announced as a heading: h1 to h6 and what has that role, unless it is kept from being heard."""
        made = {element for element in self.with_role if _role(element) == "heading"}
        found = self.all(*HEADINGS)
        if made:
            found = [element for element in self.elements if element in made or element.tag in HEADINGS]
        return [one for one in found if _role(one) in ("", "heading") and not is_unheard(one)]

    @cached_property
    def with_role(self) -> list[Element]:
        """All elements that say which role they have."""
        return list(_ROLE(self.root))


def _parser() -> etree.HTMLParser:
    parser = etree.HTMLParser()
    parser.set_element_class_lookup(_ELEMENTS)
    return parser


def _readable(html: str) -> str:
    declaration = _DECLARATION.match(html)
    return html[declaration.end() if declaration else 0 :].replace("\x00", "")


class Marked(Protocol):
    """What holds HTML: a mail its page, a feed the content of each entry."""

    @property
    def markups(self) -> Sequence[Markup]:
        """The pieces, each a text of its own."""
        ...


def said(element: Element) -> str:
    """What an element says to a screen reader: its text and the alt texts in it, on one line.

    Worked out once for each, as no tree changes while it is judged; lxml keeps an element while its `Markup` does.
    """
    known = element.__dict__
    if "said" not in known:
        known["said"] = _said(element)
    return str(known["said"])


def _said(element: Element) -> str:
    if not len(element) and element.tag != "img":
        return on_one_line(element.text or "")
    parts = []
    unheard: set[Element] = set()
    for node in element.iter():
        around = None if node is element else node.getparent()
        if around in unheard or (around is not None and is_unheard(node)):
            unheard.add(node)
        elif node.tag == "img":
            parts.append(node.get("alt") or node.get("aria-label") or "")
        elif isinstance(node.tag, str):
            parts.append(node.text or "")
        if around is not None and around not in unheard:
            parts.append(node.tail or "")
    return on_one_line("".join(parts))


def on_one_line(text: str) -> str:
    """A text as it is heard: white space told once, what only helps to break lines left out."""
    return " ".join((text if text.isascii() else _UNHEARD.sub("", text)).split())


def is_unheard(element: Element) -> bool:
    """Whether an element is kept from screen readers by its attributes or its own style (ARIA 1.2, 6.3)."""
    if not isinstance(element.tag, str) or not element.keys():
        return False
    if element.get("aria-hidden", "").strip().lower() == "true" or element.get("hidden") is not None:
        return True
    style = element.get("style")
    return style is not None and bool(_NOT_DISPLAYED.search(style))


def level(heading: Element) -> int:
    """The level at which a heading is announced (ARIA 1.2, aria-level; without one, a heading by role has 2)."""
    given = (heading.get("aria-level") or "").strip()
    if given.isdecimal() and int(given):
        return int(given)
    return int(heading.tag[1]) if heading.tag in HEADINGS else 2


def says_something(text: str) -> bool:
    """Whether there is a letter, a digit or an emoji in a text; an arrow or a star says nothing."""
    return any(char.isalnum() or ord(char) > _PICTURES for char in text)


def _role(element: Element) -> str:
    return next(iter((element.get("role") or "").lower().split()), "")


def _name(link: Element, root: Element) -> str:
    """The accessible name of a link, as far as HTML gives it (accname 1.2, 4.3)."""
    by_others = ""
    if ids := (link.get("aria-labelledby") or "").split():
        found = {element.get("id"): element for element in root.iter("*") if element.get("id") in ids}
        by_others = " ".join(said(found[id]) for id in ids if id in found)
    label = on_one_line(link.get("aria-label") or "")
    return by_others or label or said(link) or on_one_line(link.get("title") or "")


def shown(element: Element) -> str:
    """How a finding shows an element: its name and its words, short; its address where it has none."""
    inside = said(element) or element.get("src") or element.get("href") or ""
    return f"<{element.tag}> {inside[:SHOWN]}".strip()


def language(element: Element) -> str:
    """The language an element is in: its own `lang`, or the nearest around it."""
    while element is not None:
        if found := element.get("lang"):
            return str(found)
        element = element.getparent()
    return ""
