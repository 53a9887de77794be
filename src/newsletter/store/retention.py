"""Forgetting, when its time has come: who got which mail, the addresses of those who left, at last that they were here.

What is deleted is deleted in chunks, so that no fence waits for it, and a run that breaks off is taken up by the next.
An edition keeps its numbers. Suppressions stay: they are keyed hashes, and keep a promise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, exists, func, or_, select, update

from newsletter.model import OPEN, EditionState, SubscriptionState
from newsletter.store.change_tables import address_changes
from newsletter.store.database import Database
from newsletter.store.states import open_of
from newsletter.store.tables import consents, deliveries, editions, events, notices, subscribers, subscriptions

CHUNK = 1_000  # rows a transaction: under 50 ms
OVER = (EditionState.FINISHED, EditionState.CANCELLED)
own = deliveries.c
READER_OPEN = exists().where(own.subscriber == subscribers.c.id, own.state.in_(sorted(OPEN)))


class Retention:
    """Deletes what is older than it may be. Each method returns how many it forgot, and raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def forget_deliveries(self, before: datetime) -> int:
        """Deliveries of editions that were over before then, and what is known of each; the sums stay."""
        late = (editions.c.state.in_(OVER), func.coalesce(editions.c.finished_at, editions.c.slot) < before)
        has = exists().where(own.edition == editions.c.id)
        query = select(editions.c.id).where(*late, has, ~open_of(editions.c.id))
        forgotten = 0
        for edition in self._database.read(lambda connection: connection.execute(query).scalars().all()):
            self._database.write(partial(_keep_sums, edition=edition))
            forgotten += self._by_chunks(select(own.id).where(own.edition == edition), _forget_deliveries)
        return forgotten

    def forget_notices(self, before: datetime) -> int:
        """Notices that were dealt with before then, with their deliveries."""
        done = select(own.id).where(own.edition.is_(None), own.state.not_in(sorted(OPEN)), own.changed_at < before)
        return self._by_chunks(done, _forget_deliveries)

    def forget_addresses(self, before: datetime) -> int:
        """Addresses of those who ended all they had before then; their keyed hash stays, with their consents."""
        query = select(subscribers.c.id).where(subscribers.c.email.is_not(None), _left_before(before), ~READER_OPEN)
        return self._by_chunks(query, _forget_addresses)

    def forget_people(self, before: datetime) -> int:
        """All that is known of those who ended all they had before then."""
        query = select(subscribers.c.id).where(subscribers.c.email.is_(None), _left_before(before), ~READER_OPEN)
        return self._by_chunks(query, _forget_people)

    def _by_chunks(self, query: Select[Any], forget: Callable[[Connection, Sequence[int]], None]) -> int:
        def work(connection: Connection) -> int:
            ids = connection.execute(query.limit(CHUNK)).scalars().all()
            if ids:
                forget(connection, ids)
            return len(ids)

        forgotten = 0
        while found := self._database.write(work):
            forgotten += found
        return forgotten


def _keep_sums(connection: Connection, edition: str) -> None:
    query = select(own.state, func.count()).where(own.edition == edition).group_by(own.state)
    sums = {state: count for state, count in connection.execute(query)}  # noqa: C416 - a Row is no pair to `dict`
    change = update(editions).where(editions.c.id == edition, editions.c.outcome.is_(None))
    connection.execute(change.values(outcome=sums))


def _forget_deliveries(connection: Connection, ids: Sequence[int]) -> None:
    connection.execute(delete(events).where(events.c.delivery.in_(ids)))
    query = select(own.notice).where(own.id.in_(ids), own.notice.is_not(None))
    told = connection.execute(query).scalars().all()
    connection.execute(delete(deliveries).where(own.id.in_(ids)))
    connection.execute(delete(address_changes).where(address_changes.c.notice.in_(told)))
    connection.execute(delete(notices).where(notices.c.id.in_(told)))


def _forget_addresses(connection: Connection, ids: Sequence[int]) -> None:
    connection.execute(update(subscribers).where(subscribers.c.id.in_(ids)).values(email=None))


def _forget_people(connection: Connection, ids: Sequence[int]) -> None:
    hashes = connection.execute(select(subscribers.c.email_hash).where(subscribers.c.id.in_(ids))).scalars().all()
    told = select(own.id).where(own.subscriber.in_(ids), own.notice.is_not(None))
    _forget_deliveries(connection, connection.execute(told).scalars().all())
    _forget_notices_of(connection, ids)
    connection.execute(delete(consents).where(consents.c.email_hash.in_(hashes)))
    connection.execute(delete(subscriptions).where(subscriptions.c.subscriber.in_(ids)))
    connection.execute(delete(subscribers).where(subscribers.c.id.in_(ids)))


def _forget_notices_of(connection: Connection, ids: Sequence[int]) -> None:
    """What others were told of these people's subscriptions: that an address was to take the place of theirs."""
    mine = select(subscriptions.c.id).where(subscriptions.c.subscriber.in_(ids))
    told = select(own.id).where(own.notice.in_(select(notices.c.id).where(notices.c.subscription.in_(mine))))
    _forget_deliveries(connection, connection.execute(told).scalars().all())
    connection.execute(delete(address_changes).where(address_changes.c.subscriber.in_(ids)))


def _left_before(before: datetime) -> ColumnElement[bool]:
    """That somebody ended, or let lapse, all subscriptions before then; or never had one."""
    mine = subscriptions.c.subscriber == subscribers.c.id
    when = func.coalesce(subscriptions.c.ended_at, subscriptions.c.created_at)
    kept = exists().where(mine, or_(subscriptions.c.state != SubscriptionState.ENDED, when >= before))
    return and_(or_(exists().where(mine), subscribers.c.created_at < before), ~kept)
