"""What publishing reads. Every answer is the same as long as the rows are (DESIGN, decision 11)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select

from newsletter.errors import NotFound
from newsletter.model import Cadence, Dated, Edition, Issued, Mark, Record, Release, ReleaseState, Topic
from newsletter.store import releases as queries
from newsletter.store.database import Database
from newsletter.store.documents import release_from
from newsletter.store.editions import Editions
from newsletter.store.records import Records
from newsletter.store.sheet_tables import records
from newsletter.store.tables import edition_releases, editions, release_sources, release_topics, releases


class Published:
    """The store as publishing sees it: reads only."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._editions = Editions(database)
        self._records = Records(database)

    def newest(self, feed: str, topic: str | None, limit: int, now: datetime) -> list[Release]:
        """The newest releases of a feed visible at `now`, by (published_at, id) descending; of a topic where given."""
        query = _of(feed, topic).where(queries.visible(now))
        query = query.order_by(release_sources.c.published_at.desc(), release_sources.c.release.desc()).limit(limit)
        documents = self._database.read(lambda connection: connection.execute(query).scalars().all())
        return [release_from(document).as_in([feed]) for document in documents]

    def withdrawn(self, feed: str, topic: str | None, limit: int) -> list[Release]:
        """The releases of a feed that were withdrawn, the latest first; of a topic where given."""
        query = _of(feed, topic).where(releases.c.state == ReleaseState.WITHDRAWN)
        query = query.order_by(releases.c.updated.desc(), releases.c.id).limit(limit)
        documents = self._database.read(lambda connection: connection.execute(query).scalars().all())
        return [release_from(document).as_in([feed]) for document in documents]

    def dated(self, feed: str, now: datetime) -> list[Dated]:
        """All releases of a feed, whatever their state, in no order."""
        query = (
            select(
                release_sources.c.release,
                release_sources.c.published_at,
                releases.c.changed_at,
                releases.c.state,
                queries.visible(now),
            )
            .join(releases, releases.c.id == release_sources.c.release)
            .where(release_sources.c.source == feed)
        )
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return [Dated(id, at, changed, ReleaseState(state), bool(shown)) for id, at, changed, state, shown in rows]

    def topics_of(self, feed: str) -> list[Topic]:
        """The topics that any release of the feed has, whatever its state, by title; each with one title."""
        topic, title = release_topics.c.topic, func.min(release_topics.c.title)
        query = select(topic, title).where(release_topics.c.source == feed).group_by(topic)
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return sorted((Topic(*row) for row in rows), key=lambda topic: (topic.title.casefold(), topic.slug))

    def release_marks(self, now: datetime) -> list[Mark]:
        """Every release visible at `now` (LIVE) and every withdrawn one (WITHDRAWN), in no order."""
        shown = or_(queries.visible(now), releases.c.state == ReleaseState.WITHDRAWN)
        query = select(releases.c.id, releases.c.changed_at, releases.c.state).where(shown)
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return [Mark(id, changed_at, ReleaseState(state)) for id, changed_at, state in rows]

    def releases(self, ids: Sequence[str]) -> list[Release]:
        """The releases of these ids that exist, in no order; at most 500 are asked for at a time."""
        return self._database.read(lambda connection: queries.many(connection, ids))

    def edition_marks(self) -> list[Mark]:
        """Every edition that people may read: approved or later, or cancelled after its first fence."""
        written = func.coalesce(editions.c.approved_at, editions.c.composed_at, editions.c.slot)
        query = (
            select(editions.c.id, written, func.max(releases.c.changed_at), func.max(records.c.at))
            .outerjoin(records, records.c.edition == editions.c.id)
            .join(edition_releases, edition_releases.c.edition == editions.c.id)
            .join(releases, releases.c.id == edition_releases.c.release)
            .where(queries.carries())
            .group_by(editions.c.id)
        )
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return [Mark(id, max(filter(None, moments))) for id, *moments in rows]

    def editions_issued(self) -> list[Issued]:
        """The same, the latest first."""
        own = editions.c
        carry = select(1).where(edition_releases.c.edition == own.id).exists()
        query = select(own.id, own.newsletter, own.cadence, own.slot).where(queries.carries(), carry)
        rows = self._database.read(lambda connection: connection.execute(query).all())
        found = [Issued(id, newsletter, Cadence(cadence), slot) for id, newsletter, cadence, slot in rows]
        return sorted(found, key=lambda one: (one.slot, one.id), reverse=True)

    def edition(self, edition: str) -> Edition:
        """The edition. Raises NotFound."""
        return self._editions.get(edition)

    def record(self, edition: str) -> Record | None:
        """How an edition was checked, None where nobody wrote it down."""
        try:
            return self._records.get(edition)
        except NotFound:
            return None


def _of(feed: str, topic: str | None) -> Select[tuple[Any]]:
    query = select(releases.c.document).join(release_sources, release_sources.c.release == releases.c.id)
    query = query.where(release_sources.c.source == feed)
    if topic is None:
        return query
    has = (release_topics.c.release == releases.c.id, release_topics.c.source == feed, release_topics.c.topic == topic)
    return query.where(select(1).where(*has).exists())
