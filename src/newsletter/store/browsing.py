"""Lists that programs read page by page: each page begins after the last row of the one before (keyset)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, or_, select

from newsletter.model import (
    Consent,
    EditionState,
    Release,
    ReleaseState,
    Subscriber,
    Subscription,
    SubscriptionState,
    Suppression,
)
from newsletter.store.audience import AudienceRows
from newsletter.store.database import Database
from newsletter.store.documents import release_from
from newsletter.store.edition_rows import Counted, counted
from newsletter.store.suppression_tables import suppressions
from newsletter.store.tables import editions, release_sources, release_topics, releases, subscribers, subscriptions


@dataclass(frozen=True, slots=True)
class ReleaseFilter:
    """Which releases are asked for; None: whichever. `changed_since` is of the row: also what people are not told."""

    source: str | None = None
    topic: str | None = None
    state: ReleaseState | None = None
    published_since: datetime | None = None
    changed_since: datetime | None = None


class Browsing:
    """Reads pages of at most `limit` rows that come after a row, named by what the list is sorted by."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def releases(self, wanted: ReleaseFilter, after: tuple[datetime, str] | None, limit: int) -> list[Release]:
        """Releases, the newest first; `after` is the last one's `published_at` and id."""
        query = select(releases.c.document).where(*_wanted(wanted))
        query = _behind(query, releases.c.published_at, releases.c.id, after).limit(limit)
        documents = self._database.read(lambda connection: connection.execute(query).scalars().all())
        return [release_from(document) for document in documents]

    def editions(
        self, newsletter: str | None, states: Collection[EditionState], after: tuple[datetime, str] | None, limit: int
    ) -> list[Counted]:
        """Editions with the states of their deliveries, the latest slot first; `after` is the last one's."""
        query = select(editions)
        if newsletter is not None:
            query = query.where(editions.c.newsletter == newsletter)
        if states:
            query = query.where(editions.c.state.in_(sorted(states)))
        query = _behind(query, editions.c.slot, editions.c.id, after).limit(limit)
        return self._database.read(lambda connection: counted(connection, query))

    def subscriptions(
        self, newsletter: str | None, state: SubscriptionState | None, after: int, limit: int
    ) -> list[tuple[Subscription, Subscriber, bool]]:
        """Subscriptions of people whose address is there, in the order they came; True: the address is suppressed."""
        wanted: list[ColumnElement[bool]] = []
        if newsletter is not None:
            wanted.append(subscriptions.c.newsletter == newsletter)
        if state is not None:
            wanted.append(subscriptions.c.state == state)
        return self._database.read(lambda connection: AudienceRows(connection).everybody(after, limit, *wanted))

    def subscriber(self, id: int) -> tuple[Subscriber, list[Subscription], list[Consent]] | None:
        """Somebody with all they have and had, and what is on record of their consent; None where nobody is there."""

        def work(connection: Connection) -> tuple[Subscriber, list[Subscription], list[Consent]] | None:
            rows = AudienceRows(connection)
            row = connection.execute(select(subscribers).where(subscribers.c.id == id)).first()
            if row is None:
                return None
            found = Subscriber(*row)
            return found, rows.subscriptions(id), [consent for _, consent in rows.consents([found.email_hash])]

        return self._database.read(work)

    def person(self, email_hash: str) -> Subscriber | None:
        """Who has or had the address that this hash stands for."""
        return self._database.read(lambda connection: AudienceRows(connection).subscriber(email_hash))

    def suppressions(self, after: tuple[datetime, str] | None, limit: int) -> list[Suppression]:
        """What nothing is sent to, the latest first; `after` is the last one's moment and hash."""
        query = _behind(_suppressions(), suppressions.c.at, suppressions.c.email_hash, after).limit(limit)
        return self._database.read(lambda connection: [Suppression(*row) for row in connection.execute(query)])

    def suppression(self, email_hash: str) -> Suppression | None:
        """Whether and why nothing is sent to the address that this hash stands for."""
        query = _suppressions().where(suppressions.c.email_hash == email_hash)
        row = self._database.read(lambda connection: connection.execute(query).first())
        return None if row is None else Suppression(*row)


def _suppressions() -> Select[Any]:
    return select(suppressions.c.email_hash, suppressions.c.reason, suppressions.c.at)


def _behind(
    query: Select[Any], moment: ColumnElement[Any], id: ColumnElement[Any], after: tuple[datetime, str] | None
) -> Select[Any]:
    """The rows after one of them, from the latest moment to the earliest."""
    if after is not None:
        query = query.where(or_(moment < after[0], and_(moment == after[0], id < after[1])))
    return query.order_by(moment.desc(), id.desc())


def _wanted(wanted: ReleaseFilter) -> list[ColumnElement[bool]]:
    mine: list[ColumnElement[bool]] = []
    if wanted.source is not None:
        own = release_sources.c
        mine.append(exists().where(own.release == releases.c.id, own.source == wanted.source))
    if wanted.topic is not None:
        mine.append(exists().where(release_topics.c.release == releases.c.id, release_topics.c.topic == wanted.topic))
    if wanted.state is not None:
        mine.append(releases.c.state == wanted.state)
    if wanted.published_since is not None:
        mine.append(releases.c.published_at >= wanted.published_since)
    if wanted.changed_since is not None:
        mine.append(releases.c.changed_at >= wanted.changed_since)
    return mine
