"""How much of an edition a mail has room for: cards as long as they fit, then headlines, then the edition's page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from newsletter.model import Part, Sheet

FULL = 80_000
"""Bytes of HTML: Gmail cuts mails off near 102 KB, and less where a provider rewrites links."""

LINES = FULL // 4  # for headlines, so that cards keep most of the room
BLANKS = 2_000  # what a variant's and a person's blanks take when they are filled


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the releases of a variant stand, each in their order: in cards, in lines, or on the edition's page only."""

    told: tuple[str, ...]
    linked: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()


def is_overfull(parts: Sequence[Part]) -> bool:
    """Whether a mail with all these parts is too large, so that its sheet needs lines."""
    return sum(map(_weight, parts)) + BLANKS > FULL


def placed(sheet: Sheet, cards: Sequence[str]) -> Placed:
    """Where these releases (ids, in the sheet's order) stand in a variant; the last ones give way."""
    lines = {part.release: _weight(part) for part in sheet.parts if part.kind == "line"}
    if not lines:
        return Placed(tuple(cards))
    around = sum(_weight(part) for part in sheet.parts if part.kind in ("shell", "rest", "beyond")) + BLANKS
    sizes = [0, *accumulate(_card_weights(sheet, cards))]
    left = [0, *accumulate(lines[id] for id in reversed(cards))][::-1]
    fit = max(n for n in range(len(cards) + 1) if n == 0 or around + sizes[n] + min(left[n], LINES) <= FULL)
    told, others = tuple(cards[:fit]), cards[fit:]
    listed = sum(size <= LINES for size in accumulate(lines[id] for id in others))
    return Placed(told, tuple(others[:listed]), tuple(others[listed:]))


def _card_weights(sheet: Sheet, cards: Sequence[str]) -> Iterator[int]:
    """What each card adds, with the heading of its topic or the rule before it, and its line in a text's contents."""
    topics = {part.topic: _weight(part) for part in sheet.parts if part.kind == "topic"}
    rule = max((_weight(part) for part in sheet.parts if part.kind == "rule"), default=0)
    found = {part.release: part for part in sheet.parts if part.kind == "card"}
    for id in cards:
        contents = 0 if sheet.has_html else len(sheet.texts[f"headline:{id}"].encode()) + len("\n- ")
        yield _weight(found[id]) + topics.pop(found[id].topic, rule) + contents


def _weight(part: Part) -> int:
    """Bytes of a part's HTML; of a mail of text only, of its text."""
    return sum(len(piece.encode()) for piece in part.html or part.text if isinstance(piece, str))
