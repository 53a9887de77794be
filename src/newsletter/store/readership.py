"""Subscribers as editors look for them: lists, sums, and what is known of the mails to one. Reads only.

Lists are read from the latest to the earliest, each page from where the one before ended (keyset). By newsletter and
state that is a walk along the subscriptions' key; part of an address is compared along the subscribers' own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, exists, func, select

from newsletter.model import DeliveryState, NoticeKind, Subscriber, Subscription, SubscriptionState
from newsletter.store.audience import AudienceRows
from newsletter.store.database import Database
from newsletter.store.suppression_tables import suppressions
from newsletter.store.tables import deliveries, editions, events, notices, subscribers, subscriptions

own = subscriptions.c


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which subscriptions are looked for. `among`: the newsletters that may be seen, None for all.

    `part`: of the address, in small letters.
    """

    among: Collection[str] | None = None
    newsletter: str = ""
    state: SubscriptionState | None = None
    part: str = ""


class Listed(NamedTuple):
    """A subscription, whose it is, and whether nothing is sent to them all the same."""

    subscription: Subscription
    subscriber: Subscriber
    suppressed: bool


class Mail(NamedTuple):
    """A mail to somebody, and what became of it. One of `edition` and `notice` is there.

    `back`: what came back of it later, oldest first, as pairs of its kind and what it said.
    """

    edition: str | None
    notice: NoticeKind | None
    newsletter: str
    state: DeliveryState
    attempts: int
    answer: str | None
    at: datetime
    back: tuple[tuple[str, str], ...] = ()


class Readership:
    """Lists and sums."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, wanted: Wanted, before: int | None, most: int) -> tuple[list[Listed], int | None]:
        """Subscriptions of people whose address is there, the latest first; and where the next page begins.

        It begins before a subscription; where part of an address is asked for, before a subscriber.
        """
        return self._database.read(
            lambda connection: (_by_part if wanted.part else _by_wish)(connection, wanted, before, most)
        )

    def counts(self, among: Collection[str] | None) -> dict[str, dict[SubscriptionState, int]]:
        """How many subscriptions there are, by newsletter and state."""
        query = select(own.newsletter, own.state, func.count()).group_by(own.newsletter, own.state)
        query = query if among is None else query.where(own.newsletter.in_(sorted(among)))
        found: dict[str, dict[SubscriptionState, int]] = {}
        for newsletter, state, count in self._database.read(lambda connection: connection.execute(query).all()):
            found.setdefault(newsletter, {})[SubscriptionState(state)] = count
        return found

    def mails(self, subscriber: int, among: Collection[str] | None, most: int) -> list[Mail]:
        """What is known of the mails to somebody, the latest first; of those of these newsletters."""
        return self._database.read(lambda connection: _mails(connection, subscriber, among, most))

    def suppressions(self) -> list[tuple[str, int, datetime]]:
        """Why nothing is sent to addresses: each reason, to how many, and since when to the latest of them."""
        one = suppressions.c
        query = select(one.reason, func.count(), func.max(one.at)).group_by(one.reason)
        query = query.order_by(func.count().desc(), one.reason)
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return [(reason, count, latest) for reason, count, latest in rows]


def _by_wish(connection: Connection, wanted: Wanted, before: int | None, most: int) -> tuple[list[Listed], int | None]:
    query = select(own.id).join(subscribers, subscribers.c.id == own.subscriber)
    query = query.where(subscribers.c.email.is_not(None), *_conditions(wanted))
    if before is not None:
        query = query.where(own.id < before)
    ids = connection.execute(query.order_by(own.id.desc()).limit(most + 1)).scalars().all()
    found = _listed(connection, own.id.in_(ids[:most]))
    return sorted(found, key=lambda row: -row.subscription.id), ids[most - 1] if len(ids) > most else None


def _by_part(connection: Connection, wanted: Wanted, before: int | None, most: int) -> tuple[list[Listed], int | None]:
    own_id = subscribers.c.id
    wished = exists().where(own.subscriber == own_id, *_conditions(wanted))
    query = select(own_id).where(subscribers.c.email.contains(wanted.part, autoescape=True), wished)
    if before is not None:
        query = query.where(own_id < before)
    ids = connection.execute(query.order_by(own_id.desc()).limit(most + 1)).scalars().all()
    found = _listed(connection, own.subscriber.in_(ids[:most]), *_conditions(wanted))
    found.sort(key=lambda row: (-row.subscriber.id, row.subscription.id))
    return found, ids[most - 1] if len(ids) > most else None


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    if wanted.among is not None:
        asked.append(own.newsletter.in_(sorted(wanted.among)))
    if wanted.newsletter:
        asked.append(own.newsletter == wanted.newsletter)
    if wanted.state is not None:
        asked.append(own.state == wanted.state)
    return asked


def _listed(connection: Connection, *wanted: ColumnElement[bool]) -> list[Listed]:
    return [Listed(*row) for row in AudienceRows(connection).everybody(0, None, *wanted)]


def _mails(connection: Connection, subscriber: int, among: Collection[str] | None, most: int) -> list[Mail]:
    mail = deliveries.c
    newsletter = func.coalesce(editions.c.newsletter, own.newsletter)
    columns = (mail.id, mail.edition, notices.c.kind, newsletter, mail.state, mail.attempts, mail.answer)
    query = (
        select(*columns, mail.changed_at)
        .join_from(deliveries, notices, notices.c.id == mail.notice, isouter=True)
        .join(editions, editions.c.id == mail.edition, isouter=True)
        .join(subscriptions, own.id == mail.subscription, isouter=True)
        .where(mail.subscriber == subscriber)
    )
    query = query if among is None else query.where(newsletter.in_(sorted(among)))
    rows = connection.execute(query.order_by(mail.id.desc()).limit(most)).all()
    back = _came_back(connection, [row.id for row in rows])
    return [_mail(row, back.get(row.id, ())) for row in rows]


def _mail(row: Any, back: Sequence[tuple[str, str]]) -> Mail:
    _id, edition, kind, newsletter, state, attempts, answer, at = row
    notice = NoticeKind(kind) if kind else None
    return Mail(edition, notice, newsletter or "", DeliveryState(state), attempts, answer, at, tuple(back))


def _came_back(connection: Connection, ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    query = select(events.c.delivery, events.c.kind, events.c.detail).where(events.c.delivery.in_(ids))
    found: dict[int, list[tuple[str, str]]] = {}
    for delivery, kind, detail in connection.execute(query.order_by(events.c.id)):
        found.setdefault(delivery, []).append((kind, detail or ""))
    return found
