"""The pictures of releases: looked at in time, shown as settings say, their copies kept as long as anybody may ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

import structlog

from newsletter.collect.fetch import Fetcher
from newsletter.collect.hosting.looker import ImageLooker
from newsletter.config import Settings
from newsletter.edition.theme import COLUMN
from newsletter.model import Cadence, KnownImage, Release
from newsletter.publish.alts import with_decisions
from newsletter.publish.copies import with_copies
from newsletter.publish.writer import Writer
from newsletter.store.alts import Alts
from newsletter.store.database import Database
from newsletter.store.images import Images, sources_of
from newsletter.store.own_words import OwnWording
from newsletter.store.published import Published
from newsletter.store.releases import Releases

log = structlog.get_logger()

FOLDER = "images"
WIDTH = 2 * COLUMN
"""Pixels of a copy: two for each of the column, as sharp screens show them."""

ROUND = 45.0  # seconds for pictures after a collect; the next round goes on with the others
BEFORE_COMPOSING = 20.0  # seconds that an edition waits for pictures that were never tried
KEPT = timedelta(days=730)
"""How long a copy is kept that no release shows any more: mails link to it."""

MOST_PROBLEMS = 5


class PictureDesk:
    """Looks at pictures, and says how they are shown: as copies, and with the alt texts that were decided on."""

    def __init__(self, settings: Settings, database: Database, fetcher: Fetcher, now: Callable[[], datetime]) -> None:
        self._store = Images(database)
        self._alts = Alts(database)
        self._now = now
        self._writer = Writer(settings.publish.directory)
        self.host = settings.publish.images == "host"
        self._copies = f"{settings.site.base_url}/{FOLDER}" if self.host else None
        self._looker = ImageLooker(fetcher.fetch, self._store, now, width=WIDTH, keep=self._keep if self.host else None)

    async def look(self, within: float = ROUND) -> int:
        """Look at what is due, as far as time allows; how many pictures are shown otherwise now."""
        return await self._looker.look(within)

    async def look_before_composing(self) -> int:
        """Look at what an edition may show and that was never tried."""
        return await self._looker.look(BEFORE_COMPOSING, urgent=True)

    def shown(self, releases: Iterable[Release]) -> list[Release]:
        """The releases with their pictures as readers load them."""
        found = list(releases)
        known = self._store.known(set(chain.from_iterable(map(sources_of, found))))
        decided = self._alts.decided({one.picture for one in known.values() if one.picture})
        described = (with_decisions(release, known, decided) for release in found)
        return [with_copies(release, known, self._copies) for release in described]

    def address(self, image: KnownImage) -> str | None:
        """Where a picture can be looked at: our copy, or where it lies itself; None where we have no copy yet."""
        if self._copies is None:
            return image.src
        return None if image.copy is None else f"{self._copies}/{image.copy.name}"

    def tidy(self) -> int:
        """Look again for copies whose files are lost, and remove those that nobody needs; how many were removed.

        A copy goes at once where every release that shows it was withdrawn, else two years after a release last did.
        """
        now = self._now()
        there = dict(self._writer.files_below(FOLDER))
        copies = self._store.copies()
        self._store.forget(sorted(copies - there.keys()), now)
        unused = self._store.unused(now, KEPT)
        strange = [name for name, at in there.items() if at < now - KEPT and name not in copies]
        for name in (*unused, *strange):
            self._writer.remove(f"{FOLDER}/{name}")
        self._store.forget(unused, now)
        if removed := len(unused) + len(strange):
            log.info("copies of pictures removed", count=removed)
        return removed

    def status(self) -> dict[str, Any]:
        """How many pictures are in each state, and what is wrong with the latest that are not shown."""
        problems = self._store.problems(MOST_PROBLEMS)
        return {**self._store.counts(), "problems": [f"{image.src}: {image.problem}" for image in problems]}

    def _keep(self, name: str, data: bytes) -> None:
        self._writer.write(f"{FOLDER}/{name}", data)


class ShownReleases(Releases):
    """The releases as editions show them: in editors' words where these have any."""

    def __init__(self, database: Database, pictures: PictureDesk) -> None:
        super().__init__(database)
        self._pictures = pictures
        self._own = OwnWording(database)

    def get(self, id: str) -> Release:
        """See Releases."""
        return self._pictures.shown(self._own.said([super().get(id)]))[0]

    def due(
        self, newsletter: str, feeds: Sequence[str], cadence: Cadence, now: datetime, since: datetime | None = None
    ) -> list[Release]:
        """See Releases."""
        return self._pictures.shown(self._own.said(super().due(newsletter, feeds, cadence, now, since)))


class ShownPublished(Published):
    """The store as publishing sees it, its releases as feeds and pages show them."""

    def __init__(self, database: Database, pictures: PictureDesk) -> None:
        super().__init__(database)
        self._pictures = pictures
        self._own = OwnWording(database)

    def newest(self, feed: str, topic: str | None, limit: int, now: datetime) -> list[Release]:
        """See Published."""
        return self._pictures.shown(self._own.said(super().newest(feed, topic, limit, now)))

    def releases(self, ids: Sequence[str]) -> list[Release]:
        """See Published."""
        return self._pictures.shown(self._own.said(super().releases(ids)))

    def withdrawn(self, feed: str, topic: str | None, limit: int) -> list[Release]:
        """See Published."""
        return self._own.said(super().withdrawn(feed, topic, limit))
