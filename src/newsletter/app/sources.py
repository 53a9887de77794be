"""The source desk: how each source stands, and what a person may have done about it now."""

from __future__ import annotations

import asyncio
import textwrap
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from newsletter.app.errands import Errand, Errands
from newsletter.collect.leases import LEASE, Leases, renewed
from newsletter.collect.replay import Replay
from newsletter.collect.report import SourceReport
from newsletter.collect.run import running
from newsletter.config import FeedSettings
from newsletter.errors import NotFound, StateError
from newsletter.model import Alarm, Breach, Draft, Image, KeptPage, Source
from newsletter.store.catalogue import Amount, Catalogue
from newsletter.store.collecting import Collecting

if TYPE_CHECKING:
    from newsletter.app.program import Program

LATELY = timedelta(days=7)
MOST_CHARACTERS = 120
NOTHING = Amount(0, 0, None)


@dataclass(frozen=True, slots=True)
class Health:
    """How a source stands. `alarms`: what a person was told of it; `withheld`: how many of its pages are."""

    slug: str
    feed: FeedSettings
    source: Source
    amount: Amount
    withheld: int
    alarms: Sequence[Alarm]

    @property
    def state(self) -> str:
        """`new` (never collected), `broken`, `unreached`, `withheld`, `silent` or `good`: the worst."""
        told = {alarm.key.partition(":")[0] for alarm in self.alarms}
        if "source" in told:
            return "broken"
        if self.source.failures:
            return "unreached"
        if self.source.succeeded_at is None:
            return "new"
        return "withheld" if self.withheld else "silent" if "silent" in told else "good"


@dataclass(frozen=True, slots=True)
class Found:
    """A release as a dry run reads it: what each field says (None: nothing), and the step that found it.

    `image_from`: the step that found its lead image.
    """

    url: str
    headline: str
    fields: Sequence[tuple[str, str | None, str]]
    image: Image | None
    image_from: str
    problems: Sequence[str]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a collect would find now: a page of the list at most. `problems`: what is wrong with the source."""

    releases: Sequence[Found]
    problems: Sequence[str]


class SourceDesk:
    """Sources as editors see them. Each verb raises NotFound for a source that no feed of the settings names."""

    def __init__(self, program: Program, store: Collecting) -> None:
        self._program = program
        self._store = store
        self._catalogue = Catalogue(program.database)
        self.errands = Errands(program.now)

    def all(self, slugs: Collection[str]) -> list[Health]:
        """How these sources stand, in the order of the settings."""
        feeds = {slug: feed for slug, feed in self._program.settings.feeds.items() if slug in slugs}
        sources = self._catalogue.sources(feeds)
        amounts = self._catalogue.amounts(self._program.now() - LATELY)
        withheld, alarms = self._catalogue.withheld(), self._program.alarms.standing()
        return [
            Health(
                slug,
                feed,
                sources[slug],
                amounts.get(slug, NOTHING),
                withheld.get(slug, 0),
                [one for one in alarms if one.key.partition(":")[2] == slug],
            )
            for slug, feed in feeds.items()
        ]

    def one(self, slug: str) -> Health:
        """How a source stands."""
        self._feed(slug)
        return self.all([slug])[0]

    def breaches(self, slug: str) -> list[Breach]:
        """Which pages of a source are withheld because they break what was learned of it."""
        return self._store.breaches(slug)

    def unreadable(self, slug: str) -> list[KeptPage]:
        """The pages that are withheld because they are no release at all."""
        return [page for page in self._store.kept(slug) if page.withheld and not page.fields]

    async def collect(self, slug: str, *, accept: bool = False) -> Errand:
        """Collect a source now, due or not, and publish; its result is a SourceReport.

        `accept`: what is withheld as unusual is right. StateError (the errand's problem) where somebody collects it.
        """
        self._feed(slug)
        return await self.errands.run(f"collect:{slug}", lambda: self._collect(slug, accept=accept))

    async def preview(self, slug: str) -> Errand:
        """What a collect would find now, storing nothing; its result is a Preview."""
        self._feed(slug)
        return await self.errands.run(f"preview:{slug}", lambda: self._preview(slug))

    async def replay(self, slug: str) -> Errand:
        """What the kept pages say as they are read now; its result is a Replay."""
        self._feed(slug)
        return await self.errands.run(f"replay:{slug}", lambda: self._replay(slug))

    async def _collect(self, slug: str, *, accept: bool) -> SourceReport:
        now, program = self._program.now(), self._program
        if not await asyncio.to_thread(self._store.hold, slug, now, now + LEASE):
            raise StateError("feeds/%(slug)s.toml is being collected just now; try again in a minute", slug=slug)
        async with renewed(Leases(self._store, [slug], now + LEASE), running(now)):
            (report,) = await program.gathering.collect([slug], accept=accept)
        await asyncio.to_thread(program.publish)
        return report

    async def _preview(self, slug: str) -> Preview:
        (report,) = await self._program.gathering.collect([slug], dry_run=True)
        zone = self._program.settings.site.zone
        return Preview([_found(draft, zone) for draft in report.drafts], report.problems)

    async def _replay(self, slug: str) -> Replay:
        return (await asyncio.to_thread(self._program.gathering.replay, [slug]))[slug]

    def _feed(self, slug: str) -> FeedSettings:
        if slug not in self._program.settings.feeds:
            raise NotFound("there is no feeds/%(slug)s.toml", slug=slug)
        return self._program.settings.feeds[slug]


def _found(draft: Draft, zone: ZoneInfo) -> Found:
    steps = draft.origin
    fields = [(name, in_words(draft, name, zone), step) for name, step in steps.items() if name != "image"]
    return Found(draft.url, draft.headline, fields, draft.lead, steps.get("image", ""), draft.problems)


def in_words(draft: Draft, field: str, zone: ZoneInfo) -> str | None:
    """What a step found, in a line; None where it is nothing. `body` is what a draft keeps as text."""
    if field == "published":
        if draft.published is None or draft.published_precision == "day":
            return draft.published.date().isoformat() if draft.published else None
        return draft.published.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    value = draft.body_text if field == "body" else getattr(draft, field, None)
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value or "")
    return textwrap.shorten(text, MOST_CHARACTERS, placeholder="…") or None
