"""A mail's HTML: beside its elements the text in it, and how that looks in light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from newsletter.edition.rules.styles import Look, looks
from newsletter.rules.markup import Element, Markup, said

FILLER = " \t\n\r\f\v\xa0\xad\u034f\u2007\u200b\u200c\u200d\u2060\ufeff"  # what preheaders are padded with


class Page(Markup):
    """The document tree of a mail."""

    def __init__(self, html: str) -> None:
        super().__init__(html)
        self.body = next((element for element in self.elements if element.tag == "body"), self.root)

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
            if element.text and (text := element.text.strip(FILLER)):
                yield element, text
            for child in element:
                if child.tail and (text := child.tail.strip(FILLER)):
                    yield element, text
