"""Kind `html`: a list of releases, on one page or several, that links to a page for each release."""

from __future__ import annotations

from dataclasses import replace

from newsletter.collect.hand import read_in_turn
from newsletter.collect.identity import address_key, same_host
from newsletter.collect.kinds import Discovery, Leaf, Visit
from newsletter.collect.read import Listing, read_list
from newsletter.errors import FetchError, UnreadablePage
from newsletter.model import Candidate, Page
from newsletter.said import Said

GUESSED = True
FIRST_PAGES = 100
FIRST_RELEASES = 5_000


async def discover(visit: Visit) -> Discovery:
    """What the list holds: its first page, and the next ones as long as they hold something that was never seen."""
    first = await visit.fetch(visit.feed.url, etag=visit.etag, last_modified=visit.last_modified)
    if first.status == 304:
        return Discovery(etag=visit.etag, last_modified=visit.last_modified, unchanged=True)
    listing: Listing | None = await _read(first, visit)
    first = replace(first, body=b"")  # what is held keeps room from others
    walk = _Walk(visit, first)
    while listing is not None and await walk.goes_on(listing):
        listing = await walk.next(str(listing.next_page))
    return Discovery(
        candidates=tuple(walk.found.values()),
        etag=first.etag,
        last_modified=first.last_modified,
        incomplete=walk.incomplete,
        problems=tuple(walk.problems),
    )


async def leaf(visit: Visit, url: str) -> Leaf:
    """One page of the list."""
    page = await visit.fetch(url)
    listing = await _read(page, visit)
    here = listing.next_page is not None and same_host(listing.next_page, page.url)
    following = (str(listing.next_page),) if here else ()
    return Leaf(page.url, listing.candidates, following, of=listing.pages)


class _Walk:
    """The way through the pages of one list."""

    def __init__(self, visit: Visit, first: Page) -> None:
        self.visit = visit
        self.first = first
        self.read = {address_key(first.url), address_key(visit.feed.url)}
        self.pages = 1
        self.found: dict[str, Candidate] = {}
        self.problems: list[str] = []
        self.incomplete: str | None = None

    async def goes_on(self, listing: Listing) -> bool:
        """Take in what a page lists; whether the next one is to be read."""
        fresh = [c for c in listing.candidates if c.url not in self.found]
        self.found |= {c.url: c for c in fresh}
        following = listing.next_page
        if following is None or address_key(following) in self.read or not same_host(following, self.first.url):
            return False
        if not fresh or self.pages >= self.visit.most:
            return False
        news = await self.visit.news(fresh)
        if self.visit.past:
            return len(news) == len(fresh)
        return self.pages < self.visit.least or bool(news)

    async def next(self, url: str) -> Listing | None:
        """The next page; None where it cannot be had or holds no list: the end of many lists is an empty page."""
        self.read.add(address_key(url))
        self.pages += 1
        try:
            return await _read(await self.visit.fetch(url), self.visit)
        except FetchError as error:
            self.incomplete = error.said
        except UnreadablePage as error:
            self.problems.append(Said("%(url)s: %(why)s", url=url, why=error.said))
        return None


async def _read(page: Page, visit: Visit) -> Listing:
    if page.status != 200:
        said = "%(url)s: the list answered %(code)s; has it moved?"
        raise FetchError(said, status=page.status, url=page.url, code=page.status)
    return await read_in_turn(read_list, page, visit.feed.item, zone=visit.zone)
