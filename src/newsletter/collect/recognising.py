"""Which stored release a draft is: by its address, by its entry's id, by what its page claims, by what it says.

Addresses change with every redesign, ids of entries with every update of a portal's software: a release that were taken
for a new one then would be mailed to everybody again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from newsletter.collect.digest import ENOUGH, normalised
from newsletter.collect.identity import MAX_KEY, address_key, claim_key
from newsletter.collect.read.text import likeness
from newsletter.model import Candidate, Draft, Release, Standing, Stored

AGREES = 0.5  # share of words that two headlines of one release have in common, at least
MOVED = 0.6  # share of words of a text that a redesigned page keeps, at least
LINE = 25  # characters; shorter paragraphs are headings, labels, dates
MANY = 3  # new pages at once that bear the headlines of stored ones: a portal with new addresses


@dataclass(frozen=True, slots=True)
class Known:
    """What a draft may be known by: keys that are surely its own, and keys it (or another) only claims to have."""

    sure: tuple[str, ...]
    claims: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()  # as they were written, the canonical one among them
    guid: str | None = None  # the sure key that an entry of a feed gave

    @property
    def keys(self) -> tuple[str, ...]:
        """All of them, the surest first."""
        return self.sure + self.claims


@dataclass(frozen=True, slots=True)
class Place:
    """Where a draft was found: by which source, what else is on its list, whether that has new addresses throughout."""

    source: str
    listed: frozenset[str] = frozenset()  # keys of addresses
    rebuilt: bool = False


def known_by(draft: Draft, candidate: Candidate, guid: str | None) -> Known:
    """What a draft is known by. A canonical address on another host is an alias, and never fetched."""
    own = tuple(dict.fromkeys(a for a in (draft.url, candidate.url) if len(a) <= MAX_KEY))
    keys = dict.fromkeys((*map(address_key, own), *((guid,) if guid else ()), *own))
    named = [address for address in (draft.canonical, *own) if address]
    claims = [claim_key(spelling) for address in named for spelling in (address, _without_www(address))]
    addresses = dict.fromkeys((*own, *((draft.canonical,) if draft.canonical else ())))
    return Known(tuple(keys), tuple(dict.fromkeys(claims)), tuple(addresses), guid)


def recognise(
    draft: Draft, known: Known, found: Sequence[tuple[Stored, str | None]], place: Place = Place("")
) -> Stored | None:
    """The stored release that a draft is, if any, of those found by one of its keys or (key None) by what they say.

    A claim counts where the headline agrees (some systems call every page by one canonical address); what it says,
    where that is long enough and of the same day (the same notice may come every year).
    """
    for stored, key in found:
        if key in known.sure:
            return stored
        if key is not None and likeness(stored.release.headline, draft.headline) >= AGREES:
            return stored
        if key is None and _says_the_same(draft, stored.release, place):
            return stored
    return None


def namesakes(headline: str, headlines: Mapping[str, str]) -> list[str]:
    """The ids of those headlines that may be of the same release, the most alike first."""
    alike = {id: likeness(headline, other) for id, other in headlines.items()}
    found = [id for id, share in alike.items() if share >= AGREES]
    return sorted(found, key=lambda id: (normalised(headlines[id]) != normalised(headline), -alike[id]))[:10]


def is_rebuilt(new: Iterable[Candidate], headlines: Collection[str]) -> bool:
    """Whether a portal seems to have given new addresses to what it has: half of what is new on its list, and not only
    one or two, bear the `headlines` of what it had."""
    stored = set(map(normalised, headlines))
    told = [normalised(candidate.headline) for candidate in new if candidate.headline]
    again = sum(headline in stored for headline in told)
    return again >= MANY and again * 2 >= len(told)


def _says_the_same(draft: Draft, release: Release, place: Place) -> bool:
    same_words = normalised(draft.headline) == normalised(release.headline)
    same_day = _same_day(draft, release)
    if same_words and same_day is not False and normalised(draft.body_text) == normalised(release.body_text):
        return len(normalised(draft.body_text)) >= ENOUGH
    if any(seen.source == place.source and address_key(seen.url) in place.listed for seen in release.seen_by):
        return False  # both stand on one list: two of a kind, as the meetings of two committees are
    if same_day and likeness(draft.headline, release.headline) >= AGREES and _one_holds_the_other(draft, release):
        return True
    own = place.rebuilt and any(seen.source == place.source for seen in release.seen_by)
    return own and same_words and (bool(same_day) or likeness(draft.body_text, release.body_text) >= MOVED)


def _same_day(draft: Draft, release: Release) -> bool | None:
    """None where one of them has no date."""
    if draft.published is None or release.published is None:
        return None
    return draft.published.date() == release.published.date()


def _one_holds_the_other(draft: Draft, release: Release) -> bool:
    """Whether all paragraphs of the shorter are in the longer, so that only what surrounds them differs: a redesigned
    page, or another site that adds a contact or leaves out the teaser."""
    one, other = (_paragraphs(text.teaser, text.body_text) for text in (draft, release))
    short, long = sorted((one, other), key=lambda found: sum(map(len, found)))
    size = sum(map(len, short))
    return short <= long and size >= ENOUGH and sum(map(len, long)) <= 2 * size


def _paragraphs(teaser: str | None, text: str) -> frozenset[str]:
    lines = map(normalised, (teaser or "", *text.splitlines()))
    return frozenset(line for line in lines if len(line) >= LINE)


def _without_www(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.lower().removeprefix("www.")))


def new_on_list(standings: Iterable[Standing], listed: Mapping[str, Candidate]) -> list[Candidate]:
    """Those of the candidates (by address) that were never looked at."""
    pages = (standing.page for standing in standings if standing.release is None)
    return [listed[page.url] for page in pages if page.checked_at is None and page.url in listed]
