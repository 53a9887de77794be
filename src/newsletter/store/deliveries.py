"""The ledger: every delivery's way through its states, each step one durable, set-based statement.

Nobody's word is taken for what a row says: a fence or a receipt counts only under the token of the latest claim, and
only while the row is in a state that it may come from. What a crash leaves behind is found by its lease (`leases.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from newsletter.model import Claim, DeliveryState, Doubt, EditionState, NoticeKind, Receipt
from newsletter.store import fencing, leases
from newsletter.store.database import Database
from newsletter.store.domains import SharedDomains
from newsletter.store.editions import Editions
from newsletter.store.given import among
from newsletter.store.journal import Journal
from newsletter.store.reasons import told
from newsletter.store.restored import note_sent
from newsletter.store.settling import AT_ONCE, LEFT, WANTED, Doubting, accept, decide, doubt, held, refuse
from newsletter.store.states import is_in
from newsletter.store.suppression import put_on
from newsletter.store.tables import deliveries, editions, notices, subscribers, subscriptions

own = deliveries.c
CLAIMED = (own.id, own.token, own.edition, own.notice, own.variant, own.subscriber, own.subscription, own.attempts)


@dataclass(frozen=True, slots=True)
class Terms:
    """How long a claim holds that nobody renews: until its fence, and from there until its answer.

    The second is the longer one: who is cut off from us for a while may bring the answer yet.
    """

    claim: timedelta = timedelta(seconds=45)
    answer: timedelta = timedelta(minutes=2)
    doubting: Doubting = AT_ONCE


class Deliveries:
    """The rows of `deliveries`; see `deliver.ledger.Ledger` for what each method promises."""

    def __init__(self, database: Database, journal: Journal, terms: Terms = Terms()) -> None:
        self._database = database
        self._journal = journal
        self._terms = terms
        shared = database.engine.dialect.name == "postgresql"
        self.neighbours = SharedDomains(database) if shared else None
        self._begun: set[str] = set()  # editions whose first fence is known to be noted

    def tidy(self, now: datetime) -> None:
        """See `Ledger`."""
        self._database.write(lambda connection: leases.expire(connection, now, self._terms.doubting))
        while self._database.write(lambda connection: leases.cancel(connection, now)):
            pass

    def recover(self, now: datetime) -> None:
        """Settle what a crash left behind without waiting for its leases.

        Only for who knows that nobody else delivers from this database (SQLite, under the lock of `run`).
        """
        self._database.write(lambda connection: leases.expire(connection, now, self._terms.doubting, alone=True))

    def claim(self, limit: int, now: datetime, *, regular: bool = True) -> list[Claim]:
        """See `Ledger`."""
        lease = now + self._terms.claim
        return self._database.write(
            lambda connection: _claim(connection, _due(connection, now, regular), limit, lease, now)
        )

    def settle(self, fences: Sequence[Claim], receipts: Sequence[Receipt], now: datetime) -> Future[frozenset[int]]:
        """See `Ledger`."""

        def work(connection: Connection) -> frozenset[int]:
            granted = self._fence(connection, fences, now) if fences else frozenset()
            if receipts:
                self._receive(connection, receipts)
            return granted

        return self._database.begin(work, urgent=True)

    def renew(self, claims: Sequence[Claim], now: datetime) -> None:
        """See `Ledger`."""
        terms = {DeliveryState.CLAIMED: now + self._terms.claim, DeliveryState.COMMITTING: now + self._terms.answer}
        self._database.write(lambda connection: leases.renew(connection, claims, terms))

    def release(self, claims: Sequence[Claim], now: datetime) -> None:
        """See `Ledger`."""
        change = held(claims, DeliveryState.CLAIMED).values(
            state=DeliveryState.QUEUED, lease_until=None, changed_at=now
        )
        self._database.write(lambda connection: connection.execute(change))

    def put_off(self, later: Sequence[tuple[Claim, datetime]], now: datetime) -> None:
        """See `Ledger`."""
        self._database.write(lambda connection: fencing.put_off(connection, later, now))

    def pause(self, reason: str, now: datetime, edition: str | None = None) -> list[str]:
        """See `Ledger`."""
        sending = update(editions).where(editions.c.state == EditionState.SENDING)
        if edition is not None:
            sending = sending.where(editions.c.id == edition)
        change = sending.values(state=EditionState.PAUSED, **told(reason)).returning(editions.c.id)
        return sorted(self._database.write(lambda connection: connection.execute(change).scalars().all()))

    def doubtful(self, limit: int, now: datetime) -> list[Doubt]:
        """See `Ledger`."""
        dated = func.coalesce(editions.c.dated, notices.c.dated)
        query = (
            select(own.id, dated, own.changed_at)
            .join_from(deliveries, editions, editions.c.id == own.edition, isouter=True)
            .join(notices, notices.c.id == own.notice, isouter=True)
            .where(is_in(DeliveryState.UNCERTAIN), own.lease_until <= now)
            .order_by(own.lease_until)
            .limit(limit)
        )
        return [Doubt(*row) for row in self._database.read(lambda connection: connection.execute(query).all())]

    def resolve(self, asked: Sequence[Doubt], found: Mapping[int, str], now: datetime) -> None:
        """See `Ledger`."""

        def work(connection: Connection) -> None:
            accept(connection, found, now)
            unknown = [doubt.delivery for doubt in asked if doubt.delivery not in found]
            decide(connection, unknown, now, resend=self._terms.doubting.resend)

        self._database.write(work)

    def finish(self, now: datetime) -> list[str]:
        """See `Ledger`."""
        query = select(editions.c.id).where(editions.c.state == EditionState.SENDING, editions.c.frozen_at.is_not(None))
        ids = self._database.read(lambda connection: connection.execute(query).scalars().all())
        rows = Editions(self._database)
        return [id for id in sorted(ids) if rows.finish_if_complete(id, now)]

    def _fence(self, connection: Connection, claims: Sequence[Claim], now: datetime) -> frozenset[int]:
        """One statement decides for all who wait; it is what stops two workers, and mail after a goodbye."""
        if connection.dialect.name == "postgresql":
            self._lock(connection, claims)
        granted = fencing.grant(connection, claims, now, now + self._terms.answer)
        self._note_first(connection, {claim.edition for claim in claims if claim.delivery in granted}, now)
        refuse(connection, [claim for claim in claims if claim.delivery not in granted], now)
        return granted

    def _lock(self, connection: Connection, claims: Sequence[Claim]) -> None:
        """Let no goodbye and no pause commit between what the fence reads and its own commit; SQLite has one writer."""
        ids = {claim.edition for claim in claims if claim.edition}
        for which, shared in ((ids - self._begun, False), (ids & self._begun, True)):
            query = select(editions.c.id).where(editions.c.id.in_(sorted(which))).order_by(editions.c.id)
            connection.execute(query.with_for_update(read=shared))
        people = sorted({claim.subscription for claim in claims})
        query = select(subscriptions.c.id).where(subscriptions.c.id.in_(people)).order_by(subscriptions.c.id)
        connection.execute(query.with_for_update(read=True))

    def _note_first(self, connection: Connection, sent: Iterable[str | None], now: datetime) -> None:
        for edition in {one for one in sent if one} - self._begun:
            change = update(editions).where(editions.c.id == edition, editions.c.first_fence_at.is_(None))
            if connection.execute(change.values(first_fence_at=now)).rowcount:
                note_sent(connection, self._journal, edition, now)
            else:
                self._begun.add(edition)  # only once it was committed, by whomever

    def _receive(self, connection: Connection, receipts: Sequence[Receipt]) -> None:
        by_state: dict[DeliveryState, list[Receipt]] = {}
        for receipt in receipts:
            by_state.setdefault(receipt.state, []).append(receipt)
        for target, those in by_state.items():
            if target is not DeliveryState.UNCERTAIN:
                fencing.write(connection, target, those)
                continue
            for one in those:
                unanswered = held([one], DeliveryState.COMMITTING)
                doubt(connection, unanswered, one.answer or "no answer", one.at, self._terms.doubting)
        suppressed = [receipt for receipt in receipts if receipt.suppress]
        if suppressed:
            self._suppress(connection, suppressed)

    def _suppress(self, connection: Connection, receipts: Sequence[Receipt]) -> None:
        failed = {receipt.delivery: receipt for receipt in receipts}
        query = (
            select(own.id, subscribers.c.email_hash)
            .join(subscribers, subscribers.c.id == own.subscriber)
            .where(own.id.in_(failed), own.state == DeliveryState.FAILED)
        )
        for id, email_hash in connection.execute(query).all():
            since = put_on(connection, email_hash, failed[id].answer or "no such mailbox", failed[id].at)
            if since is not None:
                self._journal.goodbye("suppressed", email_hash, None, since)


def add_notice(
    connection: Connection, kind: NoticeKind, subscription: int, subscriber: int, language: str, now: datetime
) -> int:
    """Queue a notice within a transaction at hand; its id. Its variant is its own: it names what this person chose."""
    row = {"kind": kind, "subscription": subscription, "subscriber": subscriber, "language": language}
    added = insert(notices).values(**row, created_at=now, dated=now).returning(notices.c.id)
    notice = int(connection.execute(added).scalar_one())
    people = {"subscriber": subscriber, "subscription": subscription}
    variant = f"{kind}-{notice}"
    delivery = {"notice": notice, "variant": variant, "state": DeliveryState.QUEUED, "changed_at": now}
    connection.execute(insert(deliveries).values(**people, **delivery))
    return notice


def _claim(
    connection: Connection, due: Iterable[Select[Any]], limit: int, lease: datetime, now: datetime
) -> list[Claim]:
    found: list[Row[Any]] = []
    for query in due:
        if len(found) >= limit:
            break
        found += _rows(connection, connection.execute(query.limit(limit - len(found))).scalars().all())
    wanted = [row for row in found if row.wanted]
    held = {"state": DeliveryState.CLAIMED, "token": own.token + 1, "lease_until": lease, "changed_at": now}
    _set(connection, [row.id for row in wanted], **held)
    gone = [row.id for row in found if not row.wanted]
    _set(connection, gone, state=DeliveryState.SUPPRESSED, answer=LEFT, retry_at=None, changed_at=now)
    return [_claimed(row, lease) for row in wanted]


def _due(connection: Connection, now: datetime, regular: bool) -> Iterable[Select[Any]]:
    """What may be claimed, in order: notices, for which people wait; editions by their slot, or only the extra ones.

    Of what waited for a moment of its own comes first what waited longest, by an index of its own: of very many that
    wait for later nothing is read.
    """
    if not connection.execute(select(fencing.RUNNING)).scalar_one():
        return
    new = select(own.id).where(is_in(DeliveryState.QUEUED)).order_by(own.variant, own.id)
    again = select(own.id).where(is_in(DeliveryState.DEFERRED), own.retry_at <= now).order_by(own.retry_at, own.id)
    ready = [query.with_for_update(skip_locked=True) for query in (new, again)]
    yield from (query.where(own.edition.is_(None)) for query in ready)
    sending = (
        select(editions.c.id)
        .where(editions.c.state == EditionState.SENDING, editions.c.frozen_at.is_not(None))
        .order_by(editions.c.slot, editions.c.id)
    )
    if not regular:
        sending = sending.where(editions.c.extra)
    for edition in connection.execute(sending).scalars().all():
        yield from (query.where(own.edition == edition) for query in ready)


def _rows(connection: Connection, ids: Sequence[int]) -> list[Row[Any]]:
    """These deliveries, by their variants. Asked apart from which: of a query that may find very many PostgreSQL would
    gather all subscribers, to know who is wanted, and then look at the few of its LIMIT."""
    if not ids:
        return []
    dated = func.coalesce(editions.c.dated, notices.c.dated).label("dated")
    query = (
        select(*CLAIMED, subscribers.c.email, dated, WANTED.label("wanted"))
        .join_from(deliveries, subscribers, subscribers.c.id == own.subscriber, isouter=True)
        .join(editions, editions.c.id == own.edition, isouter=True)
        .join(notices, notices.c.id == own.notice, isouter=True)
    )
    return list(connection.execute(query.where(among(connection, own.id, ids)).order_by(own.variant, own.id)))


def _claimed(row: Row[Any], lease: datetime) -> Claim:
    return Claim(
        delivery=row.id,
        token=row.token + 1,
        edition=row.edition,
        notice=row.notice,
        variant=row.variant,
        subscriber=row.subscriber,
        subscription=row.subscription,
        email=row.email,
        dated=row.dated,
        attempts=row.attempts,
        lease_until=lease,
    )


def _set(connection: Connection, ids: Sequence[int], **values: Any) -> None:
    if ids:
        connection.execute(update(deliveries).where(among(connection, own.id, ids)).values(**values))
