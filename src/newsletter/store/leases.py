"""What time settles: claims that nobody came back for, sends that a crash left in doubt, cancelled editions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, select, tuple_, union_all, update

from newsletter.model import Claim, DeliveryState, EditionState
from newsletter.store.settling import STOPPED, Doubting, doubt
from newsletter.store.states import is_in
from newsletter.store.tables import deliveries, editions

own = deliveries.c
CHUNK = 2_000  # rows a transaction: some 50 ms
CRASHED = "the program ended between fence and answer"
UNSENT = (DeliveryState.QUEUED, DeliveryState.CLAIMED, DeliveryState.DEFERRED)


def expire(connection: Connection, now: datetime, terms: Doubting, *, alone: bool = False) -> None:
    """Queue claims whose lease has run out; what was past its fence is uncertain.

    `alone`: nobody else works on this database, so that every lease is one of a process that is gone.
    """
    late = own.lease_until.is_not(None) if alone else own.lease_until <= now
    lost = update(deliveries).where(is_in(DeliveryState.CLAIMED), late)
    connection.execute(lost.values(state=DeliveryState.QUEUED, lease_until=None, changed_at=now))
    sent = update(deliveries).where(is_in(DeliveryState.COMMITTING), late)
    doubt(connection, sent, CRASHED, now, terms)


def renew(connection: Connection, claims: Sequence[Claim], terms: Mapping[DeliveryState, datetime]) -> None:
    """Prolong the leases of these claims, as far as they are still in one of the states of `terms`.

    A row that is locked is passing its fence, which renews it: who waited for it could wait in a circle.
    """
    pairs = [(claim.delivery, claim.token) for claim in claims]
    ids = [delivery for delivery, _ in pairs]
    for state, until in terms.items():
        ours = select(own.id).where(own.id.in_(ids), tuple_(own.id, own.token).in_(pairs), own.state == state)
        free = ours.with_for_update(skip_locked=True)
        connection.execute(update(deliveries).where(own.id.in_(free)).values(lease_until=until))


def cancel(connection: Connection, now: datetime) -> bool:
    """Cancel open deliveries of cancelled editions, a chunk at a time; whether there were any."""
    theirs = select(own.id).join(editions, editions.c.id == own.edition)
    theirs = theirs.where(editions.c.state == EditionState.CANCELLED)
    ids = union_all(*(theirs.where(is_in(state)) for state in UNSENT)).limit(CHUNK)
    change = update(deliveries).where(own.id.in_(ids), own.state.in_(UNSENT))
    stopped = change.values(
        state=DeliveryState.CANCELLED, answer=STOPPED, lease_until=None, retry_at=None, changed_at=now
    )
    return connection.execute(stopped).rowcount > 0
