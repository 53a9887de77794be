"""A mail's HTML: beside its elements the text in it, and how that looks in light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from lxml.etree import XPath

from newsletter.edition.rules.cascade import Shown, cascade
from newsletter.edition.rules.css import SMALL, recolours_narrow
from newsletter.rules.markup import Element, Markup, said

HANDLERS = ("onclick", "onmousedown", "onmouseup", "ontouchstart", "onkeydown")
REFERENCES = ("aria-labelledby", "aria-describedby", "aria-owns", "aria-controls", "headers", "for")
_TOLD = frozenset(
    {"lang", "dir", "aria-label", "aria-hidden", "tabindex", "autofocus", "accesskey", *HANDLERS, *REFERENCES}
)
_BACKGROUNDS = XPath("//@background", smart_strings=False)
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
        return next(iter(self.metas(name)), "")

    def metas(self, name: str) -> list[str]:
        """The contents of all meta elements of a name, in small letters."""
        named = (meta for meta in self.all("meta") if (meta.get("name") or "").strip().lower() == name)
        return [(meta.get("content") or "").lower() for meta in named]

    @cached_property
    def looks(self) -> dict[Element, Shown]:
        """How each element of the body looks, in light and in dark mode."""
        return cascade(tuple(self.styles), dark_canvas=self._dark_canvas).apply(self.root, self.body)

    @cached_property
    def narrow_looks(self) -> dict[Element, Shown]:
        """How they look on a narrow screen; empty where the mail has no other colours for it."""
        styles = tuple(self.styles)
        if not any(map(recolours_narrow, styles)):
            return {}
        return cascade(styles, dark_canvas=self._dark_canvas, width=SMALL).apply(self.root, self.body)

    @property
    def _dark_canvas(self) -> bool:
        return "dark" in self.meta("color-scheme")

    @cached_property
    def styled(self) -> list[tuple[Element, str]]:
        """The elements of the body that have a style attribute, each with it."""
        looks = self.looks
        return [(one, style) for one in self.elements if (style := one.get("style")) is not None and one in looks]

    def having(self, *names: str) -> list[Element]:
        """The elements with one of these attributes, which are among `_TOLD`."""
        found = self._telling
        return list(dict.fromkeys(element for name in names if name in found for element in found[name]))

    @cached_property
    def _telling(self) -> dict[str, list[Element]]:
        found: dict[str, list[Element]] = {}
        for element in self.elements:
            for name in _TOLD.intersection(element.keys()):
                found.setdefault(name, []).append(element)
        return found

    def is_repeated(self, words: str, element: Element) -> bool:
        """Whether what a hidden element says is said once more where it can be heard."""
        bare = words.rstrip(".")
        if any(bare in alt for alt in self._alts):
            return True
        named = any(bare in (one.get("aria-label") or "") for one in element.iterancestors())
        return named or self.visible_text.count(words) > 1

    @cached_property
    def _alts(self) -> list[str]:
        return [image.get("alt") or "" for image in self.images]

    @cached_property
    def styles(self) -> list[str]:
        """The texts of all style elements."""
        return [element.text or "" for element in self.all("style")]

    @cached_property
    def backgrounds(self) -> list[str]:
        """The addresses in all background attributes."""
        return [address for address in map(str, _BACKGROUNDS(self.root)) if address]

    @cached_property
    def style_attributes(self) -> list[str]:
        """The texts of all style attributes, each once."""
        return list(dict.fromkeys(style for element in self.elements if (style := element.get("style"))))

    @cached_property
    def visible_text(self) -> str:
        """All text that is shown, on one line."""
        shown = (text for element, text in self.own_texts if not self.looks[element].light.hidden)
        return " ".join(" ".join(shown).split())

    @cached_property
    def own_texts(self) -> list[tuple[Element, str]]:
        """Each piece of text in the body with the element it stands in, in order."""
        return list(self._own_texts())

    @cached_property
    def places(self) -> dict[str, Element]:
        """The first element that each piece of visible text stands in."""
        shown = ((text, element) for element, text in self.own_texts if not self.looks[element].light.hidden)
        return dict(reversed(list(shown)))

    def _own_texts(self) -> Iterator[tuple[Element, str]]:
        for element in self.body.iter("*"):
            if element.tag in ("style", "script"):
                continue
            if element.text and (text := element.text.strip(FILLER)):
                yield element, text
            for child in element:
                if child.tail and (text := child.tail.strip(FILLER)):
                    yield element, text
