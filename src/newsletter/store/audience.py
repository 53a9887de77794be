"""The queries of the audience: people, their subscriptions, what is on record of their consent."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, select, update
from sqlalchemy.exc import IntegrityError

from newsletter.model import (
    Cadence,
    Consent,
    Format,
    Happening,
    NoticeKind,
    Subscriber,
    Subscription,
    SubscriptionState,
    Wish,
)
from newsletter.store.conflict import insert
from newsletter.store.database import Database
from newsletter.store.deliveries import add_notice
from newsletter.store.given import among
from newsletter.store.intake import AT_ONCE, IntakeRows
from newsletter.store.outbox import happened
from newsletter.store.suppression import SuppressionRows
from newsletter.store.suppression_tables import suppressions
from newsletter.store.tables import consents, notices, subscribers, subscriptions

T = TypeVar("T")


class Audience:
    """The store as the audience sees it."""

    def __init__(self, database: Database, queued: Callable[[Connection], None] = lambda _: None) -> None:
        self._database = database
        self.at_once = AT_ONCE[database.engine.dialect.name]
        self._queued = queued  # told within the transaction that queues a notice

    def read(self, work: Callable[[AudienceRows], T]) -> T:
        """Run `work` in one read snapshot."""
        return self._database.read(lambda connection: work(AudienceRows(connection)))

    def write(self, work: Callable[[AudienceRows], T]) -> T:
        """Run `work` in one transaction; durable when this returns, undone when it raises."""

        def within(connection: Connection) -> T:
            rows = AudienceRows(connection, lock=True)
            result = work(rows)
            if rows.queued:
                self._queued(connection)
            return result

        return self._database.write(within)

    def scrub(self) -> None:
        """Leave nothing of what was overwritten in the database's own log files."""
        self._database.scrub()


class AudienceRows(IntakeRows, SuppressionRows):
    """The rows inside one transaction; `lock` where it will write, so that two never decide on the same row at once."""

    queued = False  # whether a notice was

    def subscriber(self, email_hash: str) -> Subscriber | None:
        """Who has or had this address."""
        query = self._locked(select(subscribers).where(subscribers.c.email_hash == email_hash))
        row = self._connection.execute(query).one_or_none()
        return None if row is None else Subscriber(*row)

    def add_subscriber(self, email: str, email_hash: str, now: datetime) -> Subscriber:
        """The subscriber with this address: found, new, or known by the hash alone and now with the address again.

        The row is written in each case, and so locked: two who ask at once cannot both be the first.
        """
        query = insert(self._connection, subscribers).values(email=email, email_hash=email_hash, created_at=now)
        query = query.on_conflict_do_update(index_elements=["email_hash"], set_={"email": email})
        found = query.returning(*subscribers.c)
        try:
            with self._connection.begin_nested():
                return Subscriber(*self._connection.execute(found).one())
        except IntegrityError:  # who asked at the same moment is there by now: of two indexes the other one spoke first
            return Subscriber(*self._connection.execute(found).one())

    def forget_address(self, subscriber: int) -> None:
        """Leave nothing of the address but its hash."""
        self._connection.execute(update(subscribers).where(subscribers.c.id == subscriber).values(email=None))

    def subscription(self, subscription: int) -> tuple[Subscription, Subscriber] | None:
        """A subscription and whose it is. They are locked in the order in which all lock: the person first."""
        if self._lock and self._connection.dialect.name == "postgresql":
            owner = select(subscriptions.c.subscriber).where(subscriptions.c.id == subscription).scalar_subquery()
            self._connection.execute(select(subscribers.c.id).where(subscribers.c.id == owner).with_for_update())
        query = self._locked(_people().where(subscriptions.c.id == subscription))
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _pair(row)

    def subscriptions(self, subscriber: int) -> list[Subscription]:
        """All subscriptions of a subscriber, whatever their state."""
        query = select(subscriptions).where(subscriptions.c.subscriber == subscriber).order_by(subscriptions.c.id)
        return [_subscription(row) for row in self._connection.execute(self._locked(query))]

    def ask(self, subscriber: int, wish: Wish, now: datetime) -> Subscription:
        """Make the subscription pending with this wish, new or not, and return it; `ended_at` stays as it is.

        One that is active stays whole: the statement is the same, so that nobody can tell by the time it takes.
        """
        values = _columns(wish) | {"state": SubscriptionState.PENDING, "created_at": now, "confirmed_at": None}
        query = insert(self._connection, subscriptions).values(subscriber=subscriber, **values)
        active = subscriptions.c.state == SubscriptionState.ACTIVE
        kept = {name: case((active, subscriptions.c[name]), else_=query.excluded[name]) for name in values}
        query = query.on_conflict_do_update(index_elements=["subscriber", "newsletter"], set_=kept)
        return _subscription(self._connection.execute(query.returning(*subscriptions.c)).one())

    def activate(self, subscription: int, now: datetime) -> None:
        """Make it active; it no longer counts as ended."""
        self._set(subscription, state=SubscriptionState.ACTIVE, confirmed_at=now, ended_at=None)
        self._tell(Happening.SUBSCRIBER_CONFIRMED, subscription, now)

    def change(self, subscription: int, wish: Wish) -> None:
        """Give it another wish."""
        self._set(subscription, **_columns(wish))

    def end(self, subscription: int, now: datetime) -> None:
        """Make it ended, by its owner's wish."""
        self._set(subscription, state=SubscriptionState.ENDED, ended_at=now)
        self._tell(Happening.SUBSCRIBER_LEFT, subscription, now)

    def lapse(self, subscription: int) -> None:
        """Make it ended, nobody having confirmed it; `ended_at` stays as it is."""
        self._set(subscription, state=SubscriptionState.ENDED)

    def add_consent(self, email_hash: str, consent: Consent) -> None:
        """Put on record; nothing is ever taken from it."""
        self._connection.execute(consents.insert().values(_record(email_hash, consent)))

    def consents(self, email_hashes: Sequence[str]) -> list[tuple[str, Consent]]:
        """What is on record of these addresses, each with its hash, oldest first."""
        own = consents.c
        columns = (own.email_hash, own.subscription, own.action, own.wording, own.at, own.how, own.evidence)
        query = select(*columns).where(own.email_hash.in_(email_hashes)).order_by(own.id)
        return [(email_hash, Consent(*rest)) for email_hash, *rest in self._connection.execute(query)]

    def told_since(self, subscriber: int, kinds: Collection[NoticeKind], since: datetime) -> list[datetime]:
        """When notices of these kinds were queued for a subscriber."""
        query = select(notices.c.created_at).where(
            notices.c.subscriber == subscriber,
            notices.c.kind.in_(sorted(kinds)),
            notices.c.created_at > since,
        )
        return list(self._connection.execute(query).scalars())

    def add_notice(self, kind: NoticeKind, subscription: Subscription, subscriber: int, now: datetime) -> int:
        """Queue a notice in the language of a subscription and return its id."""
        self.queued = True
        return add_notice(self._connection, kind, subscription.id, subscriber, subscription.language, now)

    def person(self, subscriber: int) -> Subscriber | None:
        """A subscriber by number."""
        query = self._locked(select(subscribers).where(subscribers.c.id == subscriber))
        row = self._connection.execute(query).one_or_none()
        return None if row is None else Subscriber(*row)

    def unconfirmed(self, asked_before: datetime, limit: int) -> list[tuple[Subscription, Subscriber]]:
        """Pending subscriptions that were asked for before then, oldest first; none that somebody is deciding on."""
        pending = and_(subscriptions.c.state == SubscriptionState.PENDING, subscriptions.c.created_at < asked_before)
        query = _people().where(pending).order_by(subscriptions.c.created_at).limit(limit)
        query = query.with_for_update(skip_locked=True) if self._lock else query
        return [_pair(row) for row in self._connection.execute(query)]

    def people(self, email_hashes: Sequence[str]) -> dict[str, Subscriber]:
        """Who is known of these addresses, each by the hash."""
        theirs = among(self._connection, subscribers.c.email_hash, email_hashes)
        rows = self._connection.execute(select(subscribers).where(theirs))
        return {person.email_hash: person for person in (Subscriber(*row) for row in rows)}

    def subscriptions_of(self, people: Collection[Subscriber]) -> dict[int, list[Subscription]]:
        """All that these people have, by who they are; not by a join with them, for the reason in intake.py."""
        own: dict[int, list[Subscription]] = {person.id: [] for person in people}
        query = select(subscriptions).where(among(self._connection, subscriptions.c.subscriber, own))
        for row in self._connection.execute(query.order_by(subscriptions.c.id)):
            subscription = _subscription(row)
            own[subscription.subscriber].append(subscription)
        return own

    def everybody(
        self, after: int, limit: int | None, *wanted: ColumnElement[bool]
    ) -> list[tuple[Subscription, Subscriber, bool]]:
        """Subscriptions with an id above `after`, in that order, of people whose address is there; True: suppressed.

        `limit` None: all of those that are wanted.
        """
        query = (
            _people()
            .add_columns(suppressions.c.email_hash.is_not(None))
            .outerjoin(suppressions, suppressions.c.email_hash == subscribers.c.email_hash)
            .where(subscriptions.c.id > after, subscribers.c.email.is_not(None), *wanted)
            .order_by(subscriptions.c.id)
            .limit(limit)
        )
        return [(*_pair(row), bool(row[-1])) for row in self._connection.execute(query)]

    def _set(self, subscription: int, **values: Any) -> None:
        self._connection.execute(update(subscriptions).where(subscriptions.c.id == subscription).values(**values))

    def _tell(self, event: Happening, subscription: int, now: datetime) -> None:
        query = select(subscriptions.c.subscriber, subscriptions.c.newsletter).where(subscriptions.c.id == subscription)
        subscriber, newsletter = self._connection.execute(query).one()
        happened(self._connection, event, subscriber, now, None, subscription=subscription, newsletter=newsletter)

    def _locked(self, query: Select[Any]) -> Select[Any]:
        return query.with_for_update() if self._lock else query


def _people() -> Select[Any]:
    return select(*subscriptions.c, *subscribers.c).join_from(
        subscriptions, subscribers, subscribers.c.id == subscriptions.c.subscriber
    )


def _pair(row: Row[Any]) -> tuple[Subscription, Subscriber]:
    width = len(subscriptions.c)
    return _subscription(row), Subscriber(*row[width : width + len(subscribers.c)])


def _subscription(row: Sequence[Any]) -> Subscription:
    number, subscriber, newsletter, cadence, language, format_, topics, state, *moments = row[: len(subscriptions.c)]
    return Subscription(
        number,
        subscriber,
        newsletter,
        Cadence(cadence),
        language,
        Format(format_),
        tuple(topics.split()),
        SubscriptionState(state),
        *moments,
    )


def _columns(wish: Wish) -> dict[str, Any]:
    return {
        "newsletter": wish.newsletter,
        "cadence": wish.cadence,
        "language": wish.language,
        "format": wish.format,
        "topics": " ".join(wish.topics),
    }


def _record(email_hash: str, consent: Consent) -> dict[str, Any]:
    return {
        "email_hash": email_hash,
        "subscription": consent.subscription,
        "action": consent.action,
        "wording": consent.wording,
        "at": consent.at,
        "how": consent.how,
        "evidence": consent.evidence,
    }
