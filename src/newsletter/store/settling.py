"""How deliveries move on: sets of rows under their claims' tokens, from states that model.DELIVERY_MOVES allows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Protocol

from sqlalchemy import ColumnElement, Connection, Update, and_, bindparam, case, exists, insert, or_, tuple_, update

from newsletter.model import DELIVERY_MOVES, DeliveryState, EditionState, Receipt, SubscriptionState
from newsletter.store.tables import deliveries, editions, events, subscribers, subscriptions, suppressions

own = deliveries.c
LEFT = "the reader left, or the address was suppressed, before it was sent"
STOPPED = "the edition was cancelled before it was sent"
RESENDS: Final = 3  # automatic ones: a server that takes mail and never says so must not get it without end

# An edition goes only to who is subscribed, a confirmation only to who has not confirmed yet.
NEEDED = case((own.edition.is_(None), SubscriptionState.PENDING), else_=SubscriptionState.ACTIVE)
reader = subscribers.alias("reader")  # a name of its own: queries that join subscribers must not be taken for it
WANTED: Final[ColumnElement[bool]] = and_(
    exists().where(subscriptions.c.id == own.subscription, subscriptions.c.state == NEEDED).correlate(deliveries),
    exists()
    .where(
        reader.c.id == own.subscriber,
        reader.c.email.is_not(None),
        ~exists().where(suppressions.c.email_hash == reader.c.email_hash),
    )
    .correlate(deliveries),
)


class Held(Protocol):
    """What names a delivery and the claim it was made under: a Claim or a Receipt."""

    @property
    def delivery(self) -> int: ...

    @property
    def token(self) -> int: ...


def held(claims: Sequence[Held], *states: DeliveryState) -> Update:
    """An UPDATE of those rows that are still under these claims and in one of `states`."""
    pairs = [(claim.delivery, claim.token) for claim in claims]
    ids = [delivery for delivery, _ in pairs]  # for the index: row values alone would be looked for everywhere
    return update(deliveries).where(own.id.in_(ids), tuple_(own.id, own.token).in_(pairs), own.state.in_(states))


def refuse(connection: Connection, claims: Sequence[Held], now: datetime) -> None:
    """Give deliveries that were refused their fence the state that says why; those that may still go are queued."""
    if not claims:
        return
    change = held(claims, DeliveryState.CLAIMED)
    stopped = exists().where(editions.c.id == own.edition, editions.c.state == EditionState.CANCELLED)
    ended = {"lease_until": None, "retry_at": None, "changed_at": now}
    connection.execute(change.where(stopped).values(state=DeliveryState.CANCELLED, answer=STOPPED, **ended))
    connection.execute(change.where(~WANTED).values(state=DeliveryState.SUPPRESSED, answer=LEFT, **ended))
    connection.execute(change.values(state=DeliveryState.QUEUED, **ended))


def write(connection: Connection, target: DeliveryState, receipts: Sequence[Receipt]) -> None:
    """Move deliveries to the state that their receipts say."""
    origins = [own.state == state for state, moves in DELIVERY_MOVES.items() if target in moves]
    change = (
        update(deliveries)
        .where(own.id == bindparam("of"), own.token == bindparam("under"), or_(*origins))
        .values(
            state=target,
            attempts=own.attempts + 1,
            lease_until=None,
            retry_at=bindparam("again", type_=own.retry_at.type),
            answer=bindparam("said"),
            changed_at=bindparam("then", type_=own.changed_at.type),
        )
    )
    rows = [
        {"of": one.delivery, "under": one.token, "again": one.retry_at, "said": one.answer, "then": one.at}
        for one in receipts
    ]
    connection.execute(change, rows)


def doubt(connection: Connection, change: Update, detail: str, now: datetime, *, resend: bool) -> None:
    """Make the rows of `change` uncertain, each named by an event; and queue them again where that is wished."""
    values: dict[str, Any] = {
        "state": DeliveryState.UNCERTAIN,
        "attempts": own.attempts + 1,
        "uncertain": own.uncertain + 1,
        "lease_until": None,
        "answer": detail,
        "changed_at": now,
    }
    ids = connection.execute(change.values(values).returning(own.id)).scalars().all()
    _note(connection, ids, "uncertain", detail, now)
    if resend and ids:
        again = update(deliveries).where(own.id.in_(ids), own.uncertain <= RESENDS)
        queued = again.values(state=DeliveryState.QUEUED, retry_at=None).returning(own.id)
        _note(connection, connection.execute(queued).scalars().all(), "resent", "mail.when_uncertain", now)


def _note(connection: Connection, ids: Sequence[int], kind: str, detail: str, now: datetime) -> None:
    if ids:
        connection.execute(insert(events), [{"delivery": id, "kind": kind, "at": now, "detail": detail} for id in ids])
