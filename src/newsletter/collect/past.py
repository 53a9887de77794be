"""How the past of a source is gone through, page by page of its list, and where that ends. Pure functions of values.

What was read is told by two digests a page: of where it lies, and of what it lists. So a list that leads in circles, or
shows its last page for ever, is known by either, in this call or in a later one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from statistics import median_low

from newsletter.collect.identity import address_key
from newsletter.collect.kinds import Leaf
from newsletter.model import Backfill, Candidate

MOST_AHEAD = 10_000  # addresses of a list's pages that are kept
FRUITLESS = 20  # pages in a row with something unread of which nothing came: no list of releases goes on like that

AT_ITS_END = "the end of the list"
IN_CIRCLES = "the list leads to pages that were read before"
NOTHING_MORE = "its pages list nothing that the pages before them did not"
NOTHING_TAKEN = f"of what {FRUITLESS} pages in a row list nothing could be taken"
OLD_ENOUGH = "all that comes after it is older than asked for"


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of a past is wanted: `pages` of the list and `releases` on it in all, back `until` then, `most` new ones
    in this call; None where there is no bound."""

    pages: int | None = None
    releases: int | None = None
    until: datetime | None = None
    most: int | None = None


WHOLE = Extent()


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of the releases that a page lists: how many were unread, are new, are kept by now, and their dates."""

    unread: int = 0
    new: int = 0
    kept: int = 0
    dates: Sequence[datetime] = ()


def asked_for(backfill: Backfill, collected_at: datetime | None) -> Backfill:
    """The past as somebody asked for it: into the archive only, and no longer the clock's own business.

    What stands below what was collected once is no newer than that.
    """
    oldest = backfill.oldest or collected_at
    return replace(backfill, first=False, mailable=False, oldest=oldest)


def anew(backfill: Backfill, url: str) -> Backfill:
    """The past read again from its first page, at `url`: the page to go on from is no longer there."""
    return replace(backfill, ahead=(url,), trail=(), pages=0, found=0, kept=0, fruitless=0)


def reached(backfill: Backfill, extent: Extent) -> str | None:
    """Why a first collect goes no further, None where it does."""
    if extent.pages is not None and backfill.pages >= extent.pages:
        return f"the first {backfill.pages} pages of its list were read"
    if extent.releases is not None and backfill.found >= extent.releases:
        return f"the first {backfill.found} releases of its list were read"
    return None


def repeats(backfill: Backfill, leaf: Leaf) -> bool:
    """Whether a page was read before, whatever its address; one without releases says nothing of itself."""
    known = set(backfill.trail)
    return _where(leaf.url) in known or (bool(leaf.candidates) and _what(leaf) in known)


def wanted(leaf: Leaf, until: datetime | None) -> tuple[Candidate, ...]:
    """The candidates of a page but for those that its list dates before `until`."""
    return tuple(c for c in leaf.candidates if until is None or c.published is None or c.published >= until)


def bounded(backfill: Backfill, listed: Mapping[str, Candidate], extent: Extent) -> dict[str, Candidate]:
    """What a page lists, as far as a first collect goes: a sitemap may list a whole site on its one page."""
    return dict(islice(listed.items(), None if extent.releases is None else max(extent.releases - backfill.found, 0)))


def after(backfill: Backfill, leaf: Leaf, taken: Taken, now: datetime, until: datetime | None = None) -> Backfill:
    """The past when a page was read and what it lists was looked at: what comes next, or why nothing does."""
    asked, *ahead = backfill.ahead
    marks = dict.fromkeys((_where(asked), _where(leaf.url), *([_what(leaf)] if leaf.candidates else [])))
    trail = (*backfill.trail, *marks)
    read = set(trail)
    following = [url for url in leaf.following if _where(url) not in read]
    barren = taken.unread > 0 and taken.new == 0
    done = replace(
        backfill,
        ahead=tuple(dict.fromkeys((*following, *ahead)))[:MOST_AHEAD],
        trail=trail,
        pages=backfill.pages + 1,
        found=backfill.found + len(leaf.candidates),
        kept=backfill.kept + taken.kept,
        fruitless=backfill.fruitless + 1 if barren else 0 if taken.new else backfill.fruitless,
        oldest=_oldest(backfill.oldest, taken.dates),
    )
    if done.fruitless >= FRUITLESS:
        return end(done, NOTHING_TAKEN, now)
    if until is not None and leaf.falling and taken.dates and max(taken.dates) < until:
        return replace(done, reason=OLD_ENOUGH)
    if not done.ahead:
        return end(done, IN_CIRCLES if leaf.following else AT_ITS_END, now)
    return done


def without(backfill: Backfill, now: datetime, reason: str) -> Backfill:
    """The past without the page that comes next: it is none, or gone; `reason` says so where nothing comes after it."""
    asked, *ahead = backfill.ahead
    left = replace(backfill, ahead=tuple(ahead), trail=(*backfill.trail, _where(asked)))
    return left if ahead else end(left, reason, now)


def end(backfill: Backfill, reason: str, now: datetime) -> Backfill:
    """The past, of which there is no more."""
    return replace(backfill, ahead=(), ended_at=now, reason=reason)


def keys(candidates: Iterable[Candidate]) -> frozenset[int]:
    """What tells candidates apart in little memory."""
    return frozenset(hash(address_key(candidate.url)) for candidate in candidates)


def _oldest(before: datetime | None, dates: Sequence[datetime]) -> datetime | None:
    """The date that a list has come back to: what is pinned at its top may be older, what was moved up newer."""
    here = median_low(dates) if dates else None
    return min((moment for moment in (before, here) if moment is not None), default=None)


def _where(url: str) -> str:
    return _digest(address_key(url))


def _what(leaf: Leaf) -> str:
    return _digest("\n".join(sorted(address_key(candidate.url) for candidate in leaf.candidates)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
