"""Whether a release's date fits its place in a list that is in the order of dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from newsletter.said import Said

SLACK = timedelta(days=31)
ORDERED = 0.9  # share of neighbours in order; the others are pinned
KNOWN = 4  # dates that tell whether a list is in order


def out_of_place(url: str, when: datetime, order: Sequence[str], dates: Mapping[str, datetime]) -> str | None:
    """How a date does not fit its place in the list, in words; None where it does, or where the list has no order."""
    known = [(place, dates[one]) for place, one in enumerate(order) if one in dates and one != url]
    if url not in order or len(known) < KNOWN or not _in_order([date for _, date in known]):
        return None
    place = order.index(url)
    newer = [date for at, date in known if at < place]
    older = [date for at, date in known if at > place]
    if _mostly([when < date - SLACK for date in older]):
        return Said("older than what the list has below it, of %(date)s", date=max(older).date().isoformat())
    if _mostly([when > date + SLACK for date in newer]):
        return Said("newer than what the list has above it, of %(date)s", date=min(newer).date().isoformat())
    return None


def _mostly(found: Sequence[bool]) -> bool:
    """Whether it holds for more than half: one that is pinned says nothing."""
    return sum(found) * 2 > len(found)


def _in_order(dates: Sequence[datetime]) -> bool:
    pairs = [later >= earlier for later, earlier in pairwise(dates)]
    return sum(pairs) >= ORDERED * len(pairs)
