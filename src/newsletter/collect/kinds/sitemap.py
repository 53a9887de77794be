"""Kind `sitemap`: the addresses that a site lists for search engines; those marked as news, else those under a path.

Of an index the parts are read that speak of news in their address, else all; the one that changed last comes first.
They are read as far as they hold something new; at a first collect and at a backfill, all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from newsletter.collect.hand import read_in_turn
from newsletter.collect.identity import address_key
from newsletter.collect.kinds import Discovery, Leaf, Visit
from newsletter.collect.sitemaps import Part, Sitemap, read_sitemap
from newsletter.errors import FetchError, UnreadablePage
from newsletter.model import Candidate, Page
from newsletter.said import Said

GUESSED = False
FIRST_PAGES = 101
FIRST_RELEASES = 2_000

NONE_UNDER = "none of the %(n)s addresses lies under %(under)s"
MOST = 2_000  # releases, the newest; a plain sitemap may list a whole site
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_SPEAKS_OF_NEWS = re.compile(
    r"(?<![a-z])(?:news|press(?:e\w*)?|\w*meldung(?:en)?|\w*mitteilung(?:en)?|posts?|articles?|artikel|aktuell\w*|"
    r"releases?)(?![a-z])",
    re.IGNORECASE,
)


async def discover(visit: Visit) -> Discovery:
    """What the sitemap lists, newest first, as far as it lies under the path that the settings give."""
    first = await visit.fetch(visit.feed.url, etag=visit.etag, last_modified=visit.last_modified)
    if first.status == 304:
        return Discovery(etag=visit.etag, last_modified=visit.last_modified, unchanged=True)
    sitemap = await _read(first, visit)
    walk = _Walk(visit)
    walk.take(sitemap)
    await walk.through(sitemap.parts)
    # An index may stay the same while its parts change; one that dates them all changes with them.
    steady = all(part.modified is not None for part in sitemap.parts)
    return Discovery(
        candidates=walk.newest(),
        etag=first.etag if steady else None,
        last_modified=first.last_modified if steady else None,
        unchanged=walk.news and not walk.listed,  # a news sitemap holds two days only, and may be empty
        incomplete=walk.incomplete,
        problems=tuple(walk.problems),
    )


async def leaf(visit: Visit, url: str) -> Leaf:
    """One sitemap, the newest of its addresses first; after an index come its parts."""
    page = await visit.fetch(url)
    sitemap = await _read(page, visit)
    under = visit.feed.item.under
    listed = [c for c in sitemap.candidates if under is None or lies_under(c, under)]
    parts = tuple(part.url for part in _in_order(sitemap.parts))
    if sitemap.candidates and not listed and address_key(url) == address_key(visit.feed.url):
        raise UnreadablePage(NONE_UNDER, n=len(sitemap.candidates), under=under)
    return Leaf(page.url, _newest(listed), parts, falling=False, of=1 + len(parts) if parts else None)


class _Walk:
    """The way through the parts of a sitemap."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.listed = 0
        self.news = False
        self.found: dict[str, Candidate] = {}
        self.problems: list[str] = []
        self.incomplete: str | None = None

    async def through(self, parts: Sequence[Part]) -> None:
        """Read the parts, those that changed last first, as far as the visit goes."""
        if len(parts) > self.visit.most > 1:
            said = "%(url)s: of %(n)s parts at most %(most)s are read"
            self.problems.append(Said(said, url=self.visit.feed.url, n=len(parts), most=self.visit.most))
        for number, part in enumerate(_in_order(parts)[: self.visit.most], 1):
            fresh = await self._next(part)
            if len(self.found) >= MOST:
                return
            far_enough = part.modified is not None and number >= self.visit.least
            if far_enough and fresh is not None and not await self.visit.news(fresh):
                return

    def take(self, sitemap: Sitemap) -> list[Candidate]:
        """Take in what a sitemap lists; what was not there before."""
        self.listed += len(sitemap.candidates)
        self.news |= sitemap.news
        under = self.visit.feed.item.under
        fresh = [c for c in sitemap.candidates if c.url not in self.found and (under is None or lies_under(c, under))]
        self.found |= {candidate.url: candidate for candidate in fresh}
        return fresh

    def newest(self) -> tuple[Candidate, ...]:
        """All that was found, the newest first, those without a date last. Raises UnreadablePage."""
        if self.listed and not self.found:
            raise UnreadablePage(NONE_UNDER, n=self.listed, under=self.visit.feed.item.under)
        found = _newest(self.found.values())
        if len(found) > MOST:
            said = (
                "%(url)s: of %(n)s addresses the newest %(most)s are taken; "
                '[item] under = "/presse/" takes those under a path only'
            )
            self.problems.append(Said(said, url=self.visit.feed.url, n=len(found), most=MOST))
        return found[:MOST]

    async def _next(self, part: Part) -> list[Candidate] | None:
        try:
            return self.take(await _read(await self.visit.fetch(part.url), self.visit))
        except FetchError as error:
            self.incomplete = error.said
        except UnreadablePage as error:
            self.problems.append(Said("%(url)s: %(why)s", url=part.url, why=error.said))
        return None


def _newest(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    return tuple(sorted(candidates, key=lambda one: one.published or one.modified or _LONG_AGO, reverse=True))


def lies_under(candidate: Candidate, under: str) -> bool:
    """Whether a candidate's page lies under a path, and is not the page of that path itself."""
    path = urlsplit(candidate.url).path
    return path.startswith(under) and path.rstrip("/") != under.rstrip("/")


def _in_order(parts: Sequence[Part]) -> list[Part]:
    chosen = [part for part in parts if _SPEAKS_OF_NEWS.search(urlsplit(part.url)._replace(netloc="").geturl())]
    return sorted(chosen or parts, key=lambda part: part.modified or _LONG_AGO, reverse=True)


async def _read(page: Page, visit: Visit) -> Sitemap:
    if page.status != 200:
        said = "%(url)s: the sitemap answered %(code)s; has it moved?"
        raise FetchError(said, status=page.status, url=page.url, code=page.status)
    return await read_in_turn(read_sitemap, page, zone=visit.zone)
