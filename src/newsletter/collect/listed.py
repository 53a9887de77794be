"""What a page of a list says, put in order: each page once, under an address that tracks nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from newsletter.collect.identity import MAX_KEY, address_key, uncounted
from newsletter.model import Candidate, Standing


def distinct(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Each page once, under an address that tracks nobody; addresses too long to be kept are left out.

    What several candidates have as their headline is none: "Read the press release".
    """
    found: dict[str, Candidate] = {}
    times = Counter(candidate.headline for candidate in candidates)
    for given in candidates:
        candidate = given if times[given.headline] == 1 else replace(given, headline=None)
        url = uncounted(candidate.url)
        if len(url) <= MAX_KEY:
            entry = replace(candidate.entry, url=url) if candidate.entry else None
            found.setdefault(address_key(url), replace(candidate, url=url, entry=entry))
    return tuple(found.values())


def keys_of(candidates: Iterable[Candidate]) -> dict[str, str]:
    """The addresses of candidates, each with the key it is known by."""
    return {url: address_key(url) for url in (uncounted(candidate.url) for candidate in candidates)}


def in_order(standings: Sequence[Standing], listed: Mapping[str, Candidate]) -> list[Standing]:
    """The pages in the order of the list, then the others."""
    place = {url: number for number, url in enumerate(listed)}
    return sorted(standings, key=lambda standing: place.get(standing.page.url, len(place)))


def slices(listed: Mapping[str, Candidate], size: int) -> Iterator[dict[str, Candidate]]:
    """The candidates, so many at a time, in their order."""
    items = iter(listed.items())
    while some := dict(islice(items, size)):
        yield some
