"""Collecting: what is asked of sources, and what a person is told of how it went."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from newsletter.collect.past import WHOLE, Extent
from newsletter.collect.progress import Progress
from newsletter.collect.replay import Replay, replay_kept
from newsletter.collect.report import SourceReport
from newsletter.config import FeedSettings
from newsletter.errors import NotFound
from newsletter.model import Draft
from newsletter.store.collecting import Collecting

if TYPE_CHECKING:
    from newsletter.app.program import Program


class Gathering:
    """What a program does with its sources."""

    def __init__(self, program: Program, store: Collecting) -> None:
        self._program, self._store = program, store

    async def collect(
        self, slugs: Sequence[str] = (), *, dry_run: bool = False, accept: bool = False
    ) -> list[SourceReport]:
        """Collect from the feeds named (all where none is), due or not. Raises NotFound for a feed there is not."""
        program, feeds = self._program, self._feeds(slugs)
        if not dry_run:
            program.desk.rows(program.now())  # a cadence begins before its first collect: what comes with it is due
        work = (
            program.collector.collect(slug, feed, now=program.now(), dry_run=dry_run, accept=accept)
            for slug, feed in feeds.items()
        )
        reports = list(await asyncio.gather(*work))
        if not dry_run:
            reports = await asyncio.to_thread(self._told, reports)
            await program.pictures.look()
        return reports

    async def backfill(
        self, slugs: Sequence[str], extent: Extent = WHOLE, tell: Callable[[Progress], None] = lambda _: None
    ) -> list[SourceReport]:
        """Read the past of the feeds named (of all where none is), one after the other, into the archive.

        Raises NotFound for a feed there is not, StateError where another process collects it.
        """
        program, reports = self._program, []
        program.desk.rows(program.now())  # see `collect`
        for slug, feed in self._feeds(slugs).items():
            reports.append(await program.collector.backfill(slug, feed, now=program.now(), extent=extent, tell=tell))
        reports = await asyncio.to_thread(self._told, reports)
        await program.pictures.look()
        return reports

    async def collect_due(self, seconds: float | None = None) -> list[SourceReport]:
        """Collect from the feeds whose time has come; from each for so many seconds, then from the others first."""
        program = self._program
        reports = await program.collector.collect_due(program.settings.feeds, program.now(), seconds)
        return await asyncio.to_thread(self._told, reports)

    async def look(self, slugs: Sequence[str]) -> dict[str, list[Draft]]:
        """What a collect would find, storing nothing."""
        reports = await self.collect(slugs, dry_run=True)
        return {report.slug: list(report.drafts) for report in reports}

    def replay(self, slugs: Sequence[str]) -> dict[str, Replay]:
        """What the pages kept of sources say as they are read now, without the network. Raises NotFound."""
        store, zone, now = self._store, self._program.settings.site.zone, self._program.now()
        return {slug: replay_kept(store, slug, feed, now, zone) for slug, feed in self._feeds(slugs).items()}

    def _feeds(self, slugs: Sequence[str]) -> dict[str, FeedSettings]:
        """The feeds named; all where none is."""
        feeds = self._program.settings.feeds
        if unknown := [slug for slug in slugs if slug not in feeds]:
            raise NotFound(f"there is no feeds/{unknown[0]}.toml; there are: {', '.join(feeds) or 'none'}")
        return {slug: feeds[slug] for slug in slugs or feeds}

    def _told(self, reports: Sequence[SourceReport]) -> list[SourceReport]:
        return [self._program.watchman.told(report, self._program.now()) for report in reports]
