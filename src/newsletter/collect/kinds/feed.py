"""Kind `feed`: RSS, Atom or JSON Feed, of any vintage; its past, where it is paged or has archives (RFC 5005)."""

from __future__ import annotations

from newsletter.collect.entries import page_before, read_feed
from newsletter.collect.hand import read_in_turn
from newsletter.collect.kinds import Discovery, Leaf, Visit
from newsletter.errors import FetchError
from newsletter.model import Candidate, Page

GUESSED = False
FIRST_PAGES = 1  # what a feed holds is what it wants to be read; its archives are for a backfill
FIRST_RELEASES = 5_000


async def discover(visit: Visit) -> Discovery:
    """The entries of the feed, all that it holds."""
    page = await visit.fetch(visit.feed.url, etag=visit.etag, last_modified=visit.last_modified)
    if page.status == 304:
        return Discovery(etag=visit.etag, last_modified=visit.last_modified, unchanged=True)
    candidates, problems = await _read(page, visit)
    return Discovery(candidates, etag=page.etag, last_modified=page.last_modified, problems=problems)


async def leaf(visit: Visit, url: str) -> Leaf:
    """One document of the feed; before it lies an archive or the next page."""
    page = await visit.fetch(url)
    candidates, problems = await _read(page, visit)
    before = await read_in_turn(page_before, page)
    return Leaf(page.url, candidates, (before,) if before else (), problems=problems)


async def _read(page: Page, visit: Visit) -> tuple[tuple[Candidate, ...], tuple[str, ...]]:
    if page.status != 200:
        said = "%(url)s: the feed answered %(code)s; has it moved?"
        raise FetchError(said, status=page.status, url=page.url, code=page.status)
    return await read_in_turn(read_feed, page, zone=visit.zone)
