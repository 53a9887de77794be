"""What editors decided about the alt texts of pictures, and which pictures live releases show."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import asdict

from sqlalchemy import Connection, func, select

from newsletter.model import AltDecision, Release, ReleaseState
from newsletter.store.database import Database
from newsletter.store.image_tables import alt_decisions, images, release_images
from newsletter.store.images import CHUNK, touch
from newsletter.store.releases import many
from newsletter.store.tables import releases

_COLUMNS = [alt_decisions.c[name] for name in ("picture", "alt", "by", "at", "reason", "before")]


class Alts:
    """Decisions by picture, the latest of each."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def decided(self, pictures: Collection[str]) -> dict[str, AltDecision]:
        """What was decided last about each of these pictures."""
        asked = sorted(pictures)

        def work(connection: Connection) -> dict[str, AltDecision]:
            found: dict[str, AltDecision] = {}
            for start in range(0, len(asked), CHUNK):
                some = alt_decisions.c.picture.in_(asked[start : start + CHUNK])
                last = select(func.max(alt_decisions.c.id)).where(some).group_by(alt_decisions.c.picture)
                for row in connection.execute(select(*_COLUMNS).where(alt_decisions.c.id.in_(last))):
                    found[row.picture] = AltDecision(*row)
            return found

        return self._database.read(work) if asked else {}

    def decide(self, decision: AltDecision, sources: Collection[str]) -> None:
        """Keep a decision; the releases that show the picture at these addresses are to be published anew."""

        def work(connection: Connection) -> None:
            connection.execute(alt_decisions.insert().values(**asdict(decision)))
            touch(connection, sorted(sources), decision.at)

        self._database.write(work)

    def sources(self, beginning: str) -> dict[str, set[str]]:
        """The addresses at which pictures lie whose hash begins so, by their hash."""
        query = select(images.c.content_hash, images.c.src).where(images.c.content_hash.startswith(beginning))
        rows = self._database.read(lambda connection: connection.execute(query).all())
        found: dict[str, set[str]] = {}
        for content_hash, src in rows:
            found.setdefault(content_hash, set()).add(src)
        return found

    def with_pictures(self) -> Iterator[Release]:
        """Every live release that shows a picture, the newest first; a few hundred are in memory at a time."""
        query = (
            select(releases.c.id)
            .where(releases.c.state == ReleaseState.LIVE)
            .where(select(1).where(release_images.c.release == releases.c.id).exists())
            .order_by(releases.c.published_at.desc(), releases.c.id)
        )
        ids = list(self._database.read(lambda connection: connection.execute(query).scalars().all()))
        for start in range(0, len(ids), CHUNK):
            some = ids[start : start + CHUNK]
            found = {one.id: one for one in self._database.read(lambda connection, some=some: many(connection, some))}  # type: ignore[misc]
            yield from (found[id] for id in some if id in found)
