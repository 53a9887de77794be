"""People of an import on their way in, a batch at a time: a few statements for all of them, whichever database it is.

How the batch gets there differs: as one JSON value on SQLite, by COPY into a table of the transaction's own on
PostgreSQL. Who writes there locks in one order, as everybody does who decides on people: subscribers (by hash), then
subscriptions (by id), so that nobody waits for somebody who waits for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    and_,
    column,
    exists,
    func,
    literal,
    or_,
    select,
    table,
    text,
    true,
    update,
)

from newsletter.model import Enrolment, SubscriptionState
from newsletter.store.conflict import insert
from newsletter.store.given import among, listed
from newsletter.store.own_data import OwnDataRows
from newsletter.store.suppression_tables import lifted
from newsletter.store.tables import consents, subscribers, subscriptions, suppressions

WISH: Final = ("newsletter", "cadence", "language", "format", "topics")
STAGED: Final = ("place", "email_hash", "email", *WISH, "evidence")
TYPES: Final = ", ".join(f"{name} {'integer' if name == 'place' else 'text'} NOT NULL" for name in STAGED)
CREATE: Final = text(f"CREATE TEMPORARY TABLE arriving ({TYPES}) ON COMMIT DROP")
COPY: Final = "COPY pg_temp.arriving FROM STDIN"
LAPSED: Final = and_(subscriptions.c.state != SubscriptionState.ACTIVE, subscriptions.c.ended_at.is_(None))
"""What was never confirmed, be it asked still or not."""
AT_ONCE: Final = {"sqlite": 300, "postgresql": 10_000}
"""How many a transaction takes: on SQLite it is under 50 ms, so that no fence waits long (DESIGN, decision 7)."""


class IntakeRows(OwnDataRows):
    """The rows of those who come in together."""

    def hold(self, people: Sequence[Enrolment], now: datetime) -> None:
        """Let all of these be known who are not suppressed, and nobody else decide on them until the end.

        Whoever is not known and was suppressed once cannot come in (see fate.py): their address is not kept.
        """
        new = {who.email_hash: who.email for who in people}
        some = listed(self._connection, new.items(), "email_hash", "email")
        never = or_(*(exists().where(out.c.email_hash == some.c.email_hash) for out in (suppressions, lifted)))
        moment = literal(now, subscribers.c.created_at.type)
        rows = select(some.c.email_hash, some.c.email, moment).where(~never).order_by(some.c.email_hash)
        query = insert(self._connection, subscribers).from_select(["email_hash", "email", "created_at"], rows)
        self._connection.execute(query.on_conflict_do_nothing(index_elements=["email_hash"]))
        if self._connection.dialect.name == "postgresql":  # SQLite has one writer
            self._wait_for(sorted(new))

    def enrol(self, people: Sequence[Enrolment], wording: str, how: str, now: datetime) -> int:
        """Add active subscriptions with their consents, of people that are held; how many are new.

        What is active, or was ended by its owner, stays as it is.
        """
        if not people:
            return 0
        staged = _staged(self._connection, people)
        self._give_addresses(staged)
        added = self._subscribe(staged, now)
        self._record(staged, wording, how, now)
        return added

    def _wait_for(self, email_hashes: Sequence[str]) -> None:
        own = among(self._connection, subscribers.c.email_hash, email_hashes)
        lock = select(subscribers.c.id).where(own).order_by(subscribers.c.email_hash)
        self._connection.execute(lock.with_for_update(key_share=True)).close()
        lock = select(subscriptions.c.id).join(subscribers, subscribers.c.id == subscriptions.c.subscriber)
        lock = lock.where(own, LAPSED).order_by(subscriptions.c.id)
        self._connection.execute(lock.with_for_update(key_share=True, of=subscriptions)).close()

    def _give_addresses(self, staged: FromClause) -> None:
        """Those of whom the hash alone was left have an address again."""
        nameless = func.coalesce(subscribers.c.email, "") == ""  # no `IS NULL`: SQLite would go through all the erased
        theirs = subscribers.c.email_hash == staged.c.email_hash
        self._connection.execute(update(subscribers).values(email=staged.c.email).where(theirs, nameless))

    def _subscribe(self, staged: FromClause, now: datetime) -> int:
        own, moment = subscriptions.c, literal(now, subscriptions.c.created_at.type)
        values = {name: staged.c[name] for name in WISH}
        values |= {"state": literal(SubscriptionState.ACTIVE), "created_at": moment, "confirmed_at": moment}
        rows = select(subscribers.c.id, *values.values()).select_from(_known(staged)).where(true())
        query = insert(self._connection, subscriptions).from_select(
            ["subscriber", *values], rows.order_by(staged.c.place)
        )
        new = {name: query.excluded[name] for name in values if name != "newsletter"}
        query = query.on_conflict_do_update(index_elements=["subscriber", "newsletter"], set_=new, where=LAPSED)
        return len(self._connection.execute(query.returning(own.id)).all())

    def _record(self, staged: FromClause, wording: str, how: str, now: datetime) -> None:
        own = subscriptions.c
        values: dict[str, ColumnElement[Any]] = {
            "subscription": own.id,
            "email_hash": staged.c.email_hash,
            "action": literal("imported"),
            "wording": literal(wording),
            "at": literal(now, consents.c.at.type),
            "how": literal(how),
            "evidence": staged.c.evidence,
        }
        theirs = and_(own.subscriber == subscribers.c.id, own.newsletter == staged.c.newsletter)
        rows = select(*values.values()).select_from(_known(staged).join(subscriptions, theirs))
        rows = rows.where(own.confirmed_at == now).order_by(staged.c.place)  # those just added
        self._connection.execute(consents.insert().from_select(list(values), rows))


def _known(staged: FromClause) -> FromClause:
    return staged.join(subscribers, subscribers.c.email_hash == staged.c.email_hash)


def _staged(connection: Connection, people: Sequence[Enrolment]) -> FromClause:
    """A table of these people, in their order."""
    rows = [_row(place, who) for place, who in enumerate(people)]
    if connection.dialect.name == "sqlite":
        return listed(connection, rows, *STAGED)
    connection.execute(CREATE)
    with connection.connection.cursor() as cursor, cursor.copy(COPY) as copy:  # type: ignore[attr-defined]
        for row in rows:
            copy.write_row(row)
    return table("arriving", *map(column, STAGED))


def _row(place: int, who: Enrolment) -> tuple[Any, ...]:
    wish = who.wish
    chosen = (wish.newsletter, wish.cadence, wish.language, wish.format, " ".join(wish.topics))
    return (place, who.email_hash, who.email, *chosen, who.evidence)
