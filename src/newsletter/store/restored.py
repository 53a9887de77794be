"""A database that came from a backup: it starts paused, and learns from the journal what happened since.

Nobody who left is written to, no edition is sent twice, and what cannot be shown unsent is `uncertain` until a person
decides (DESIGN, decision 9). These are the only moves outside model.DELIVERY_MOVES.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, Update, exists, func, insert, literal, or_, select, update

from newsletter.errors import StateError
from newsletter.model import OPEN, Carried, DeliveryState, EditionState, SubscriptionState
from newsletter.store import conflict, state
from newsletter.store.columns import Moment
from newsletter.store.database import Database
from newsletter.store.journal import Entry, Goodbye, Journal, Lifted, Sent, address_hash
from newsletter.store.suppression import take_off
from newsletter.store.suppression_tables import suppressions
from newsletter.store.tables import (
    deliveries,
    edition_releases,
    editions,
    events,
    releases,
    sent_before,
    subscribers,
    subscriptions,
)

CHUNK = 200  # journal entries a transaction
BY_JOURNAL = "by the journal"
NONE: frozenset[str] = frozenset()
SENT = "sent before the restore"
UNFINISHED = "being restored"
UNFROZEN = (EditionState.COMPOSED, EditionState.HELD, EditionState.APPROVED)
UNDER_WAY = (EditionState.APPROVED, EditionState.SENDING)


def note_sent(connection: Connection, journal: Journal, edition: str, at: datetime) -> None:
    """Write an edition into the journal; call it in the transaction that sets `first_fence_at`, before it commits."""
    row = connection.execute(select(editions).where(editions.c.id == edition)).one()
    query = (
        select(releases.c.url, edition_releases.c.revision)
        .join(releases, releases.c.id == edition_releases.c.release)
        .where(edition_releases.c.edition == edition)
        .order_by(edition_releases.c.position)
    )
    carried = tuple(Carried(address_hash(url), revision) for url, revision in connection.execute(query))
    journal.sent(Sent(at, edition, row.newsletter, row.cadence, row.slot, carried))


def pause(database: Database, why: str) -> None:
    """Let nothing be sent until `resume_after_restore`."""
    database.write(lambda connection: state.write(connection, state.PAUSED, why))


def resume_after_restore(database: Database) -> None:
    """Let the program send again: a person has looked. Raises StateError where nothing is paused, or not restored."""

    def work(connection: Connection) -> None:
        why = state.read(connection, state.PAUSED)
        if why is None:
            raise StateError("nothing is paused")
        if why == UNFINISHED:
            raise StateError("the database was not restored to the end: run `newsletter db restore` again")
        state.write(connection, state.PAUSED, None)

    database.write(work)


def replay(journal: Journal, database: Database, now: datetime) -> Counter[str]:
    """Apply the journal to a restored database, before anything else is done with it.

    Returns how many subscriptions `ended`, addresses were `erased`, `suppressed` and `lifted` from that list, editions
    were `stopped`, and deliveries are `uncertain`.
    """
    done: Counter[str] = Counter()
    entries = _in_order(journal)
    for start in range(0, len(entries), CHUNK):
        chunk = entries[start : start + CHUNK]
        done += database.write(partial(_apply, entries=chunk, now=now))
    notices = database.write(lambda connection: _doubt(connection, deliveries.c.notice.is_not(None), now))
    return done + Counter(uncertain=notices)


def _in_order(journal: Journal) -> list[tuple[Entry, frozenset[str]]]:
    """What it says by its time, each with the newsletters that it ends for nobody: the next lift gave them back.

    By its time, because a lift is written after its commit, when another goodbye may have come already.
    """
    entries = sorted(journal.entries(), key=lambda entry: entry.at)
    given_back: dict[str, frozenset[str]] = {}
    found: list[tuple[Entry, frozenset[str]]] = []
    for entry in reversed(entries):
        theirs = NONE
        if isinstance(entry, Lifted):
            given_back[entry.email_hash] = frozenset(entry.newsletters)
        elif isinstance(entry, Goodbye) and entry.kind == "suppressed":
            theirs = given_back.get(entry.email_hash, NONE)
        found.append((entry, theirs))
    return found[::-1]


def _apply(connection: Connection, entries: Sequence[tuple[Entry, frozenset[str]]], now: datetime) -> Counter[str]:
    done: Counter[str] = Counter()
    for entry, given_back in entries:
        match entry:
            case Sent():
                done += _sent(connection, entry, now)
            case Lifted():
                done += _lifted(connection, entry)
            case Goodbye():
                done += _goodbye(connection, entry, given_back)
    return done


def _lifted(connection: Connection, entry: Lifted) -> Counter[str]:
    """Take it off the list. What that gave back to nobody it ended."""
    ended = connection.execute(_ending(entry, entry.newsletters)).rowcount
    return Counter(ended=ended, lifted=take_off(connection, entry.email_hash, BY_JOURNAL, entry.at))


def _goodbye(connection: Connection, entry: Goodbye, given_back: Collection[str]) -> Counter[str]:
    ending = _ending(entry, given_back)
    if entry.newsletter is not None:
        ending = ending.where(subscriptions.c.newsletter == entry.newsletter)
    ended = connection.execute(ending).rowcount
    erased = _erase(connection, entry.email_hash) if entry.kind == "erased" else 0
    suppressed = _suppress(connection, entry) if entry.kind == "suppressed" else 0
    return Counter(ended=ended, erased=erased, suppressed=suppressed)


def _ending(entry: Goodbye | Lifted, given_back: Collection[str]) -> Update:
    """End what was asked for before that: whoever came back later stays, and who was `given_back` theirs."""
    person = select(subscribers.c.id).where(subscribers.c.email_hash == entry.email_hash).scalar_subquery()
    ending = update(subscriptions).where(
        subscriptions.c.subscriber == person,
        subscriptions.c.state != SubscriptionState.ENDED,
        subscriptions.c.created_at <= entry.at,  # when it was last asked for
        or_(subscriptions.c.confirmed_at.is_(None), subscriptions.c.confirmed_at <= entry.at),
    )
    if given_back:
        ending = ending.where(subscriptions.c.newsletter.not_in(sorted(given_back)))
    return ending.values(state=SubscriptionState.ENDED, ended_at=entry.at)


def _erase(connection: Connection, email_hash: str) -> int:
    back = exists().where(
        subscriptions.c.subscriber == subscribers.c.id, subscriptions.c.state != SubscriptionState.ENDED
    )
    gone = update(subscribers).where(subscribers.c.email_hash == email_hash, subscribers.c.email.is_not(None), ~back)
    return connection.execute(gone.values(email=None)).rowcount


def _suppress(connection: Connection, entry: Goodbye) -> int:
    row = {"email_hash": entry.email_hash, "reason": BY_JOURNAL, "at": entry.at}
    query = conflict.insert(connection, suppressions).values(row).on_conflict_do_nothing()
    return len(connection.execute(query.returning(suppressions.c.email_hash)).all())


def _sent(connection: Connection, entry: Sent, now: datetime) -> Counter[str]:
    _remember(connection, entry)
    row = connection.execute(select(editions).where(editions.c.id == entry.edition)).first()
    if row is None:
        return Counter(stopped=_take_slot(connection, entry))
    if row.frozen_at is None:  # whom it was sent to is not known here: it cannot be taken up again
        stopped = _stop(connection, entry, UNFROZEN, {"state": EditionState.CANCELLED, "reason": SENT})
    else:
        fence = {"first_fence_at": func.coalesce(editions.c.first_fence_at, literal(entry.at, Moment))}
        stopped = _stop(connection, entry, UNDER_WAY, {"state": EditionState.PAUSED, "reason": SENT, **fence})
    return Counter(stopped=stopped, uncertain=_doubt(connection, deliveries.c.edition == entry.edition, now))


def _stop(connection: Connection, entry: Sent, states: Sequence[EditionState], values: dict[str, Any]) -> int:
    change = update(editions).where(editions.c.id == entry.edition, editions.c.state.in_(states))
    return connection.execute(change.values(values)).rowcount


def _take_slot(connection: Connection, entry: Sent) -> int:
    """Record an edition that the backup does not know, so that its slot is not composed again."""
    row = {"id": entry.edition, "newsletter": entry.newsletter, "cadence": entry.cadence, "slot": entry.slot}
    connection.execute(insert(editions).values(**row, state=EditionState.SKIPPED, reason=SENT, findings=[]))
    return 1


def _remember(connection: Connection, entry: Sent) -> None:
    rows = [
        {
            "newsletter": entry.newsletter,
            "cadence": entry.cadence,
            "address_hash": one.release,
            "revision": one.revision,
        }
        for one in entry.carried
    ]
    if rows:
        query = conflict.insert(connection, sent_before)
        key, latest = ("newsletter", "cadence", "address_hash"), {"revision": query.excluded.revision}
        older = sent_before.c.revision < query.excluded.revision
        connection.execute(query.on_conflict_do_update(index_elements=key, set_=latest, where=older), rows)


def _doubt(connection: Connection, which: ColumnElement[bool], now: datetime) -> int:
    """Put in doubt whom the backup shows as not served yet; claims and fences of before are void."""
    change = update(deliveries).where(which, deliveries.c.state.in_(sorted(OPEN)))
    doubt = {
        "state": DeliveryState.UNCERTAIN,
        "uncertain": deliveries.c.uncertain + 1,
        "token": deliveries.c.token + 1,
        "lease_until": None,
        "changed_at": now,
    }
    ids = connection.execute(change.values(doubt).returning(deliveries.c.id)).scalars().all()
    if ids:
        rows = [{"delivery": id, "kind": "uncertain", "at": now, "detail": SENT} for id in ids]
        connection.execute(insert(events), rows)
    return len(ids)
