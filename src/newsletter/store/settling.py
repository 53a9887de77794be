"""Sets of deliveries under their claims' tokens: who may still be written to, what is refused, what is in doubt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from sqlalchemy import ColumnElement, Connection, Update, and_, case, exists, insert, or_, select, tuple_, update

from newsletter.model import DeliveryState, EditionState, NoticeKind, Settled, SubscriptionState
from newsletter.store.change_tables import address_changes
from newsletter.store.states import is_in
from newsletter.store.suppression_tables import suppressions
from newsletter.store.tables import deliveries, editions, events, notices, subscribers, subscriptions

own = deliveries.c
LEFT = "the reader left, or the address was suppressed, before it was sent"
STOPPED = "the edition was cancelled before it was sent"
SETTLED_AT_ONCE: Final = 500  # deliveries of a write: nobody waits for long
BECOMES: Final = {  # what is decided of a doubt: the state that it comes to, and the event that names it
    Settled.ARRIVED: (DeliveryState.ACCEPTED, "found"),
    Settled.AGAIN: (DeliveryState.QUEUED, "resent"),
    Settled.FAILED: (DeliveryState.FAILED, "given-up"),
}
RESENDS: Final = 3  # automatic ones: a server that takes mail and never says so must not get it without end

# An edition goes only to who is subscribed, a confirmation only to who has not confirmed yet. The other notices are
# answers to their reader; one that asks at a new address goes as long as the question stands.
NEEDED = case((own.edition.is_(None), SubscriptionState.PENDING), else_=SubscriptionState.ACTIVE)
ANSWERS = (NoticeKind.KNOWN, NoticeKind.DATA, NoticeKind.MOVED)
ASKED: Final[ColumnElement[bool]] = (
    exists()
    .where(
        notices.c.id == own.notice,
        or_(
            *(notices.c.kind == kind for kind in ANSWERS),
            exists().where(address_changes.c.notice == notices.c.id).correlate(notices),
        ),
    )
    .correlate(deliveries)
)
reader = subscribers.alias("reader")  # a name of its own: queries that join subscribers must not be taken for it
WANTED: Final[ColumnElement[bool]] = and_(
    exists()
    .where(subscriptions.c.id == own.subscription, or_(subscriptions.c.state == NEEDED, ASKED))
    .correlate(deliveries),
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


@dataclass(frozen=True, slots=True)
class Doubting:
    """What becomes of doubts: somebody is asked, where there is one; what is not found is sent again, or held."""

    resend: bool = True
    ask_after: timedelta | None = None


AT_ONCE: Final = Doubting()


def doubt(connection: Connection, change: Update, detail: str, now: datetime, terms: Doubting) -> None:
    """Make the rows of `change` uncertain, each named by an event; and settle them at once where nobody can be asked.

    The lease of an uncertain row is the moment from which somebody is to be asked about it.
    """
    values: dict[str, Any] = {
        "state": DeliveryState.UNCERTAIN,
        "attempts": own.attempts + 1,
        "uncertain": own.uncertain + 1,
        "lease_until": None if terms.ask_after is None else now + terms.ask_after,
        "answer": detail,
        "changed_at": now,
    }
    ids = connection.execute(change.values(values).returning(own.id)).scalars().all()
    _note(connection, ids, "uncertain", detail, now)
    if terms.ask_after is None:
        decide(connection, ids, now, resend=terms.resend)


def decide(connection: Connection, ids: Sequence[int], now: datetime, *, resend: bool) -> None:
    """Queue uncertain deliveries again that nobody knows more of, a few times; or hold them, as is wished."""
    if not ids:
        return
    still = update(deliveries).where(own.id.in_(ids), own.state == DeliveryState.UNCERTAIN)
    if resend:
        again = still.where(own.uncertain <= RESENDS)
        queued = again.values(state=DeliveryState.QUEUED, retry_at=None, lease_until=None).returning(own.id)
        _note(connection, connection.execute(queued).scalars().all(), "resent", "mail.when_uncertain", now)
    connection.execute(still.values(lease_until=None))


def accept(connection: Connection, found: Mapping[int, str], now: datetime) -> None:
    """Take uncertain deliveries for accepted that were found where mail was taken; what was said of each."""
    for id, said in found.items():
        change = update(deliveries).where(own.id == id, own.state == DeliveryState.UNCERTAIN)
        change = change.values(state=DeliveryState.ACCEPTED, lease_until=None, answer=said, changed_at=now)
        if connection.execute(change).rowcount:
            _note(connection, [id], "found", said, now)


def in_doubt(connection: Connection, edition: str) -> Sequence[int]:
    """The uncertain deliveries of an edition."""
    query = select(own.id).where(own.edition == edition, is_in(DeliveryState.UNCERTAIN))
    return connection.execute(query.order_by(own.id)).scalars().all()


def settle(connection: Connection, edition: str, ids: Sequence[int], what: Settled, by: str, now: datetime) -> int:
    """What a person decides about these deliveries of an edition, as far as they are uncertain still: how many.

    A finished edition goes on for those that are sent once more. `by` says who, and why.
    """
    still = update(deliveries).where(own.edition == edition, own.id.in_(ids), own.state == DeliveryState.UNCERTAIN)
    state, kind = BECOMES[what]
    again = what is Settled.AGAIN
    decided = {"state": state, "retry_at": None, "lease_until": None, "changed_at": now} | (
        {} if again else {"answer": by}
    )
    found = connection.execute(still.values(decided).returning(own.id)).scalars().all()
    _note(connection, found, kind, by, now)
    if again and found:
        over = update(editions).where(editions.c.id == edition, editions.c.state == EditionState.FINISHED)
        connection.execute(over.values(state=EditionState.SENDING, finished_at=None))
    return len(found)


def _note(connection: Connection, ids: Sequence[int], kind: str, detail: str, now: datetime) -> None:
    if ids:
        connection.execute(insert(events), [{"delivery": id, "kind": kind, "at": now, "detail": detail} for id in ids])
