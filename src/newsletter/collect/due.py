"""Which pages of a source are looked at now."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from statistics import median_low

from newsletter.collect.digest import normalised
from newsletter.collect.schedule import page_due
from newsletter.model import Candidate, Standing


def listed_digest(candidate: Candidate) -> str:
    """Of what a list or feed says of a release: another one is a reason to look at its page."""
    entry = candidate.entry
    said = [candidate.headline, candidate.kicker, candidate.teaser, entry.body_html if entry else None]
    if candidate.modified is not None:
        said.append(candidate.modified.isoformat())
    return hashlib.sha256("\x1f".join(normalised(part) for part in said).encode()).hexdigest()


def due(
    standings: Iterable[Standing],
    listed: Mapping[str, Candidate],
    ids: frozenset[str],
    now: datetime,
    anew: Collection[str] = (),
) -> list[Standing]:
    """The pages to look at now. `listed`: candidates by the address of their page; `ids`: the releases on the list;
    `anew`: pages that there is a reason to look at, whenever they were."""
    all_of_them = list(standings)
    dates = [s.published_at for s in all_of_them if s.release in ids and s.published_at is not None]
    newest_half = median_low(dates) if len(dates) >= 3 else None
    return [
        s
        for s in all_of_them
        if s.page.url in anew or _due(s, listed.get(s.page.url), s.release in ids, newest_half, now)
    ]


def _due(
    standing: Standing, candidate: Candidate | None, on_list: bool, newest_half: datetime | None, now: datetime
) -> bool:
    page, born = standing.page, standing.published_at or standing.page.found_at
    if standing.withdrawn:
        return on_list and page_due(page.checked_at, born, now)
    said_otherwise = candidate is not None and page.listed is not None and page.listed != listed_digest(candidate)
    # A list is in the order of dates, but for a few that are pinned: what is newer than half of it should be on it.
    left = newest_half is not None and standing.release is not None and not on_list and born > newest_half
    return page_due(page.checked_at, born, now, hinted=said_otherwise or left or page.gone == 1)
