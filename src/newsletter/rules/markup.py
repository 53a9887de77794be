"""A piece of HTML as rules see it: its elements in document order, and what they say."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Protocol

from lxml import etree
from lxml import html as lxml_html

Element = Any  # lxml has no types
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
SHOWN = 80  # characters of an element that a finding shows
_DECLARATION = re.compile(r"\ufeff?\s*<\?xml[^>]*>")  # lxml takes no text that names an encoding
_ELEMENTS = etree.ElementDefaultClassLookup(
    element=lxml_html.HtmlElement, comment=lxml_html.HtmlComment, pi=lxml_html.HtmlProcessingInstruction
)  # lxml.html looks a class up for each name, in Python
_EMPTY = "<html></html>"


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
        return [(link, _name(link)) for link in self.links]

    @cached_property
    def headings(self) -> list[Element]:
        """h1 to h6."""
        return self.all(*HEADINGS)


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
    """What an element says: its text and the alt texts in it, on one line."""
    parts = []
    for node in element.iter():
        if node.tag == "img":
            parts.append(node.get("alt") or "")
        elif isinstance(node.tag, str):
            parts.append(node.text or "")
        if node is not element:
            parts.append(node.tail or "")
    return " ".join("".join(parts).split())


def _name(link: Element) -> str:
    return " ".join((link.get("aria-label") or said(link) or link.get("title") or "").split())


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
