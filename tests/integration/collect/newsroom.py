"""A collector with a real store and a portal of its own: what most tests of collecting need."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from newsletter.collect.collector import Collector
from newsletter.collect.leases import LEASE
from newsletter.collect.report import SourceReport
from newsletter.collect.schedule import latest_look
from newsletter.config import FeedSettings
from newsletter.model import Release
from newsletter.store.collecting import Collecting
from newsletter.store.database import Database
from newsletter.store.documents import release_from
from newsletter.store.source_tables import pages, sources
from newsletter.store.tables import releases, revisions
from tests.integration.collect.web import Web, fetcher, list_page, release_page, web

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
TEXT = "Am Marktplatz fließt er schon, neunzehn weitere folgen bis zum Sommer. " * 6


DATE = "2026-11-21T09:20:00+01:00"


def counts(report: SourceReport) -> dict[str, int]:
    """The counts that are not zero."""
    names = ("found", "new", "updated", "withdrawn", "withheld", "unchanged")
    return {name: getattr(report, name) for name in names if getattr(report, name)}


def headline(number: int) -> str:
    return f"Brunnen Nummer {number} sprudelt am Platz"


class Newsroom:
    """`portal` is the web server, `now` the collector's clock."""

    def __init__(self, portal: Web, database: Database) -> None:
        self.portal = portal
        self.database = database
        self.now = NOW
        self.store = Collecting(database)
        self.fetcher = fetcher(clock=lambda: self.now)
        self.collector = Collector(self.fetcher, self.store)

    def feed(self, **settings: Any) -> FeedSettings:
        return FeedSettings(**{"title": "Presse", "url": f"{self.portal.site}/presse", **settings})

    async def collect(
        self, minutes: float = 0, *, backfill: bool = False, dry_run: bool = False, **settings: Any
    ) -> SourceReport:
        """Collect after so many minutes."""
        self.now += timedelta(minutes=minutes)
        if backfill:
            return await self.collector.backfill("portal", self.feed(**settings), now=self.now)
        return await self.collector.collect("portal", self.feed(**settings), now=self.now, dry_run=dry_run)

    def publish(self, *numbers: int, date: str | None = DATE) -> None:
        """Put these releases, and a list of them, on the portal."""
        for number in numbers:
            self.portal.pages[f"/presse/{number}"] = release_page(
                headline(number), f"{TEXT} Es ist Nummer {number}.", date
            )
        self.show(*numbers, date=date)

    def show(self, *numbers: int, date: str | None = DATE) -> None:
        """Put a list of these on the portal."""
        self.portal.pages["/presse"] = list_page({f"/presse/{n}": headline(n) for n in numbers}, date=date)

    def releases(self) -> list[Release]:
        """All that is stored, by headline."""
        documents = self.database.read(lambda c: c.execute(select(releases.c.document)).scalars().all())
        return sorted(map(release_from, documents), key=lambda release: (len(release.headline), release.headline))

    def one(self) -> Release:
        (release,) = self.releases()
        return release

    def problems(self) -> Mapping[str, str | None]:
        """The pages by path, with why each is kept back."""
        rows = self.database.read(lambda c: c.execute(select(pages.c.url, pages.c.problem)).all())
        return {url.removeprefix(self.portal.site): problem for url, problem in rows}

    def told_revision(self) -> int:
        told: int = self.database.read(lambda c: c.execute(select(releases.c.told_revision)).scalar_one())
        return told

    def count_revisions(self) -> int:
        query = select(func.count()).select_from(revisions)
        found: int = self.database.read(lambda c: c.execute(query).scalar_one())
        return found

    def claim(self, minutes: float = 0) -> list[str]:
        """Whether the source is due after so many minutes: then it is claimed."""
        now = self.now + timedelta(minutes=minutes)
        latest = latest_look(now, timedelta(minutes=15))
        return self.store.claim({"portal": latest}, now, now + LEASE)

    def next_at(self) -> datetime:
        moment: datetime = self.database.read(lambda c: c.execute(select(sources.c.next_at)).scalar_one())
        return moment


@asynccontextmanager
async def newsroom(database: Database) -> AsyncIterator[Newsroom]:
    """A newsroom whose portal is empty."""
    async with web() as portal:
        room = Newsroom(portal, database)
        yield room
        await room.fetcher.aclose()
