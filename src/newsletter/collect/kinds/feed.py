"""Kind `feed`: RSS, Atom or JSON Feed, of any vintage."""

from __future__ import annotations

from newsletter.collect.entries import read_feed
from newsletter.collect.hand import read_in_turn
from newsletter.collect.kinds import Discovery, Visit
from newsletter.errors import FetchError

GUESSED = False


async def discover(visit: Visit) -> Discovery:
    """The entries of the feed, all that it holds."""
    page = await visit.fetch(visit.feed.url, etag=visit.etag, last_modified=visit.last_modified)
    if page.status == 304:
        return Discovery(etag=visit.etag, last_modified=visit.last_modified, unchanged=True)
    if page.status != 200:
        raise FetchError(f"{page.url}: the feed answered {page.status}; has it moved?", status=page.status)
    candidates, problems = await read_in_turn(read_feed, page, zone=visit.zone)
    return Discovery(candidates, etag=page.etag, last_modified=page.last_modified, problems=problems)
