"""What rules look at: a feed, read once into typed values, flaws of its structure, and the HTML of its entries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from newsletter.i18n import Words
from newsletter.rules.markup import Element, Markup, shown
from newsletter.rules.rule import Spot

_PRIVATE = {0xE026: "&", 0xE03C: "<"}
_MARK = re.compile("[\ue026\ue03c]|&#xE0(?:26|3[Cc]);")
HTML = frozenset({"html", "xhtml"})
RSS, RDF, ATOM, JSON = "RSS", "RSS 1.0", "Atom", "JSON Feed"


@dataclass(frozen=True, slots=True)
class Value:
    """A piece of text of a known kind (grammar/); `marked` keeps how & and < were written in it (reading.py)."""

    kind: str
    text: str
    name: str  # of the element or attribute
    spot: Spot
    entry: int | None = None  # the number of its entry, from 0; None for the feed's own
    marked: str = ""
    element: Element = None


def unmarked(text: str) -> str:
    """A text with the characters that reading.py marked as they were."""
    return text.translate(_PRIVATE).replace("&#xE0", "&#x")


def without_marked(text: str) -> str:
    """A text without the characters that reading.py marked."""
    return _MARK.sub("", text)


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that stands where it may not, or does not stand where it must; `kind` says which (structure.py)."""

    kind: str
    name: str
    parent: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Broken:
    """Why the bytes could not be read."""

    kind: str  # "xml", "encoding", "json"
    reason: str
    line: int | None


@dataclass
class Feed:
    """A feed. What could not be read of it is empty, and `broken` says why."""

    size: int  # bytes
    words: Words
    now: datetime
    form: str = ""  # RSS, RDF, ATOM or JSON; "" where it is none of them
    root_name: str = ""
    version: str = ""
    encoding: str = "utf-8"
    root: Element = None
    doctype: str = ""
    entities: bool = False  # whether it declares entities of its own
    broken: list[Broken] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    flaws: list[Flaw] = field(default_factory=list)
    entries: list[tuple[Any, Spot]] = field(default_factory=list)  # elements, or objects of JSON

    def of_kind(self, *kinds: str) -> Iterator[Value]:
        """The values of these kinds that are not empty."""
        return (value for value in self.values if value.kind in kinds and value.text.strip())

    @cached_property
    def _pieces(self) -> list[tuple[Value, Markup]]:
        found = (value for value in self.of_kind(*HTML) if value.entry is not None and "<" in value.text)
        return [(value, Markup(value.text)) for value in found]

    @property
    def markups(self) -> Sequence[Markup]:
        """The HTML in its entries."""
        return [markup for _, markup in self._pieces]

    @cached_property
    def _spots(self) -> dict[Element, Spot]:
        return {markup.root: value.spot for value, markup in self._pieces}

    def spot(self, place: Any) -> Spot:
        """A place with its line; an element of an entry's HTML with what it stands in."""
        spot = self._spot(place)
        line = "" if spot.line is None else self.words.say("line %(line)s", line=spot.line)
        return Spot(": ".join(filter(None, (line, spot.words))), spot.line)

    def _spot(self, place: Any) -> Spot:
        if isinstance(place, str):
            return Spot(place)
        if isinstance(place, Spot):
            return place
        around = self._spots[place.getroottree().getroot()]
        return Spot(f"{around.words}: {shown(place)}", around.line)
