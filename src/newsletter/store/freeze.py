"""Freezing an audience: an edition's deliveries are planned in chunks and sealed by a last commit (DESIGN, decision 1).

A crash in between costs nothing: one delivery is unique on edition and subscriber, so that freezing again adds what is
missing, and nothing is claimed before the seal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from time import monotonic

from sqlalchemy import ColumnElement, Connection, Select, exists, func, literal, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from newsletter.errors import NotFound, StateError
from newsletter.model import Cadence, DeliveryState, EditionState, Format, SubscriptionState
from newsletter.store import conflict
from newsletter.store.database import Database
from newsletter.store.suppression_tables import suppressions
from newsletter.store.tables import deliveries, editions, subscribers, subscriptions

FIRST_CHUNK = 2_000  # subscriptions; then as many as a chunk's time allows
CHUNK_SECONDS = {"sqlite": 0.04, "postgresql": 0.4}  # of SQLite's one writer a fence waits no longer than about that
SMALLEST, LARGEST = 500, 50_000
MANY = 10_000  # PostgreSQL, which does not know of so many new ones yet, would sort them all for each claim
SUPPRESSED = "the address is suppressed"

Choice = tuple[str, Format, tuple[str, ...]]
"""What decides on a variant: language, format, topics (slugs, sorted; none: all)."""


class Freezer:
    """Plans who gets an edition, and in which variant."""

    def __init__(self, database: Database, sealed: Callable[[Connection], None] = lambda _: None) -> None:
        self._database = database
        self._sealed = sealed  # told within the transaction that lets an edition be sent

    def wishes(self, newsletter: str, cadence: Cadence, follows: str | None = None) -> list[Choice]:
        """What active subscribers of a newsletter's cadence have chosen, each choice once; or who got an edition."""
        own = subscriptions.c
        query = (
            select(own.language, own.format, own.topics)
            .where(*_audience(newsletter, cadence, follows))
            .distinct()
            .order_by(own.language, own.format, own.topics)
        )
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return [(language, Format(format), tuple(topics.split())) for language, format, topics in rows]

    def freeze(self, edition: str, variant_of: Callable[[Choice], str | None], now: datetime) -> int:
        """Plan an approved edition for its audience, seal it, and let it be sent; how many were planned.

        `variant_of` gives the key of the variant for a choice, None where nothing in the edition concerns it: those are
        not planned. It runs again harmlessly after a crash. Raises StateError where the edition is not approved.
        """
        row = self._row(edition)
        if row[0] == EditionState.SENDING:
            return self._planned(edition)
        if row[0] != EditionState.APPROVED:
            raise StateError(f"edition {edition} is {row[0]}: only an approved one can be sent")
        audience = (row[1], Cadence(row[2]), row[3])
        for choice in self.wishes(*audience):
            variant = variant_of(choice)
            if variant is not None:
                self._plan(edition, variant, _chosen(_audience(*audience), choice), now)
        planned = self._planned(edition)
        if planned >= MANY and self._database.engine.dialect.name == "postgresql":
            self._database.write(lambda connection: connection.execute(text("ANALYZE deliveries")))
        self._database.write(partial(self._seal, edition=edition, now=now))
        return planned

    def _seal(self, connection: Connection, edition: str, now: datetime) -> None:
        _seal(connection, edition, now)
        self._sealed(connection)

    def _row(self, edition: str) -> tuple[str, str, str, str | None]:
        own = editions.c
        query = select(own.state, own.newsletter, own.cadence, own.follows).where(own.id == edition)
        row = self._database.read(lambda connection: connection.execute(query).first())
        if row is None:
            raise NotFound(f"there is no edition {edition}")
        return row

    def _planned(self, edition: str) -> int:
        query = select(func.count()).select_from(deliveries).where(deliveries.c.edition == edition)
        return self._database.read(lambda connection: connection.execute(query).scalar_one())

    def _plan(self, edition: str, variant: str, chosen: Select[tuple[int, int]], now: datetime) -> None:
        """Add the deliveries of one choice, a chunk a transaction, each as large as its time allows."""
        after, size, seconds = 0, FIRST_CHUNK, CHUNK_SECONDS[self._database.engine.dialect.name]
        while True:
            began = monotonic()
            people = chosen.where(subscriptions.c.id > after)
            chunk = partial(_chunk, edition=edition, variant=variant, people=people, size=size, now=now)
            last = self._database.write(chunk)
            if last is None:
                return
            after, took = last, max(monotonic() - began, 0.001)
            size = max(SMALLEST, min(LARGEST, int(size * seconds / took)))


def _audience(newsletter: str, cadence: Cadence, follows: str | None) -> list[ColumnElement[bool]]:
    """Who is meant: all of a cadence, or those whose mail of an earlier edition was accepted, whatever they chose."""
    own = subscriptions.c
    active = [own.newsletter == newsletter, own.state == SubscriptionState.ACTIVE]
    if follows is None:
        return [*active, own.cadence == cadence]
    got = exists().where(
        deliveries.c.edition == follows,
        deliveries.c.subscriber == own.subscriber,  # for the index: there is none by subscription
        deliveries.c.subscription == own.id,
        deliveries.c.state == DeliveryState.ACCEPTED,
    )
    return [*active, got]


def _chosen(audience: Sequence[ColumnElement[bool]], choice: Choice) -> Select[tuple[int, int]]:
    own, (language, format, topics) = subscriptions.c, choice
    return (
        select(own.subscriber, own.id)
        .where(*audience)
        .where(own.language == language, own.format == format, own.topics == " ".join(topics))
        .order_by(own.id)
    )


def _chunk(
    connection: Connection, edition: str, variant: str, people: Select[tuple[int, int]], size: int, now: datetime
) -> int | None:
    """Add up to `size` deliveries; the last subscription that was looked at, None when there was none.

    None too once another process sealed the edition: what it sends, or has sent, must not get new deliveries.
    """
    lock = select(editions.c.frozen_at).where(editions.c.id == edition).with_for_update(read=True)
    if connection.execute(lock).scalar() is not None:
        return None
    chunk = people.limit(size).subquery()
    last = connection.execute(select(func.max(chunk.c.id))).scalar()
    if last is not None:
        moment = literal(now, deliveries.c.changed_at.type)
        values = (
            literal(edition),
            literal(variant),
            literal(DeliveryState.QUEUED.value),
            literal(0),
            literal(0),
            literal(0),
        )
        rows = people.where(subscriptions.c.id <= last).add_columns(*values, moment)
        columns = ["subscriber", "subscription", "edition", "variant", "state", "token", "attempts", "uncertain"]
        query = conflict.insert(connection, deliveries).from_select([*columns, "changed_at"], rows.limit(size))
        _add(connection, query)
    return last


def _add(connection: Connection, query: postgresql.Insert | sqlite.Insert) -> None:
    """Insert what is not there yet; as a rule nothing is, and PostgreSQL saves a fifth where it need not look first."""
    try:
        with connection.begin_nested():
            connection.execute(query)
    except IntegrityError:
        connection.execute(query.on_conflict_do_nothing())


def _seal(connection: Connection, edition: str, now: datetime) -> None:
    """Set the suppressed aside and open the edition for claims, in one commit."""
    barred = select(subscribers.c.id).join(suppressions, suppressions.c.email_hash == subscribers.c.email_hash)
    planned = update(deliveries).where(
        deliveries.c.edition == edition,
        deliveries.c.state == DeliveryState.QUEUED,
        deliveries.c.subscriber.in_(barred),
    )
    connection.execute(planned.values(state=DeliveryState.SUPPRESSED, answer=SUPPRESSED))
    change = update(editions).where(editions.c.id == edition, editions.c.state == EditionState.APPROVED)
    dated = func.coalesce(editions.c.dated, literal(now, editions.c.dated.type))
    sealed = change.values(state=EditionState.SENDING, frozen_at=now, dated=dated)
    if connection.execute(sealed).rowcount:
        return
    by_another = exists().where(editions.c.id == edition, editions.c.frozen_at.is_not(None))
    if not connection.execute(select(by_another)).scalar_one():
        raise StateError(f"edition {edition} was stopped while its audience was frozen")
