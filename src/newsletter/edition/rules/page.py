"""A mail's HTML, parsed once: its elements, what they say, and how they look in light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from lxml import html as lxml_html

from newsletter.edition.rules.styles import Look, looks

Element = Any  # lxml has no types
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
PLACE = 80  # characters of an element that a finding shows


class Page:
    """The document tree of a mail. Elements are in document order; comments are not among them."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.root = lxml_html.document_fromstring(html)
        self.elements: list[Element] = list(self.root.iter("*"))
        self.body = next((element for element in self.elements if element.tag == "body"), self.root)

    def all(self, *tags: str) -> list[Element]:
        """The elements of these names."""
        return [element for element in self.elements if element.tag in tags]

    @cached_property
    def images(self) -> list[Element]:
        """All pictures."""
        return self.all("img")

    @cached_property
    def links(self) -> list[Element]:
        """All links that lead somewhere."""
        return [link for link in self.all("a") if link.get("href")]

    @cached_property
    def headings(self) -> list[Element]:
        """h1 to h6."""
        return self.all(*HEADINGS)

    @cached_property
    def title(self) -> str:
        """The document's title."""
        return next((said(element) for element in self.all("title")), "")

    def meta(self, name: str) -> str:
        """The content of a named meta element, in small letters."""
        found = (meta.get("content") or "" for meta in self.all("meta") if (meta.get("name") or "").lower() == name)
        return next(found, "").lower()

    @cached_property
    def light(self) -> dict[Element, Look]:
        """How each element of the body looks in light mode."""
        return self._looks(dark=False)

    @cached_property
    def dark(self) -> dict[Element, Look]:
        """How each element of the body looks in dark mode."""
        return self._looks(dark=True)

    def _looks(self, *, dark: bool) -> dict[Element, Look]:
        scheme = "dark" in self.meta("color-scheme")
        return looks(self.root, self.body, self.styles, dark=dark, dark_canvas=scheme)

    @cached_property
    def styles(self) -> list[str]:
        """The texts of all style elements."""
        return [element.text or "" for element in self.all("style")]

    @cached_property
    def visible_text(self) -> str:
        """All text that is shown, on one line."""
        shown = (text for element, text in self.own_texts if not self.light[element].hidden)
        return " ".join(" ".join(shown).split())

    @cached_property
    def own_texts(self) -> list[tuple[Element, str]]:
        """Each piece of text in the body with the element it stands in, in order."""
        return list(self._own_texts())

    def _own_texts(self) -> Iterator[tuple[Element, str]]:
        for element in self.body.iter("*"):
            if element.tag in ("style", "script"):
                continue
            if element.text and element.text.strip():
                yield element, element.text.strip()
            for child in element:
                if child.tail and child.tail.strip():
                    yield element, child.tail.strip()


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


def place(element: Element) -> str:
    """How a finding shows an element: its start tag or its words, short."""
    words = said(element)
    source = element.get("src") or element.get("href") or ""
    inside = words or source
    return f"<{element.tag}> {inside[:PLACE]}".strip()


def language(element: Element) -> str:
    """The language an element is in: its own `lang`, or the nearest around it."""
    while element is not None:
        if found := element.get("lang"):
            return str(found)
        element = element.getparent()
    return ""
