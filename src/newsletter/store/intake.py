"""People of an import on their way in, a batch at a time: a few statements for all of them, whichever database it is.

How the batch gets there differs: as JSON on SQLite; on PostgreSQL as arrays, subscriptions by COPY into a table of the
transaction's own, consents by COPY. Who writes there locks in one order, as everybody does who decides on people:
subscribers (by hash), then subscriptions (by id), so that nobody waits for somebody who waits for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Connection,
    FromClause,
    and_,
    bindparam,
    column,
    exists,
    literal,
    or_,
    select,
    table,
    text,
    true,
    update,
)

from newsletter.model import Enrolment, Subscriber, SubscriptionState, Wish
from newsletter.store.columns import Moment
from newsletter.store.conflict import insert
from newsletter.store.given import among, listed
from newsletter.store.own_data import OwnDataRows
from newsletter.store.prepared import asking
from newsletter.store.suppression_tables import lifted, suppressions
from newsletter.store.tables import consents, subscribers, subscriptions

WISH: Final = ("newsletter", "cadence", "language", "format", "topics")
STAGED: Final = ("place", "subscriber", *WISH)
TYPES: Final = ", ".join(f"{name} {'text' if name in WISH else 'bigint'} NOT NULL" for name in STAGED)
CREATE: Final = text(f"CREATE TEMPORARY TABLE arriving ({TYPES}) ON COMMIT DROP")
RECORD: Final = ("subscription", "email_hash", "action", "wording", "at", "how", "evidence")
LAPSED: Final = and_(subscriptions.c.state != SubscriptionState.ACTIVE, subscriptions.c.ended_at.is_(None))
"""What was never confirmed, be it asked still or not."""
AT_ONCE: Final = {"sqlite": 300, "postgresql": 10_000}
"""How many a transaction takes: on SQLite it is under 50 ms, so that no fence waits long (DESIGN, decision 7)."""


class IntakeRows(OwnDataRows):
    """The rows of those who come in together.

    What arrives is joined with no table that grows with it: a server whose figures of that are old would read all of
    it for each row.
    """

    def hold(self, people: Sequence[Enrolment], now: datetime) -> dict[str, Subscriber]:
        """Let all of these be known who are not suppressed, and nobody else decide on them until the end.

        Whoever is not known and was suppressed once cannot come in (see fate.py): their address is not kept.
        Each comes by the hash.
        """
        new = {who.email_hash: who.email for who in people}
        some = listed(self._connection, new.items(), "email_hash", "email")
        never = or_(*(exists().where(out.c.email_hash == some.c.email_hash) for out in (suppressions, lifted)))
        moment = literal(now, subscribers.c.created_at.type)
        rows = select(some.c.email_hash, some.c.email, moment).where(~never).order_by(some.c.email_hash)
        query = insert(self._connection, subscribers).from_select(["email_hash", "email", "created_at"], rows)
        self._connection.execute(query.on_conflict_do_nothing(index_elements=["email_hash"]))
        return self._held(sorted(new))

    def enrol(self, held: Sequence[tuple[Subscriber, Enrolment]], wording: str, how: str, now: datetime) -> int:
        """Add active subscriptions with their consents, of people that are held; how many are new.

        What is active, or was ended by its owner, stays as it is.
        """
        if not held:
            return 0
        self._give_addresses(held)
        added = self._subscribe([(person.id, who.wish) for person, who in held], now)
        known = ((added.get((person.id, who.wish.newsletter)), who) for person, who in held)
        self._record([(own, who) for own, who in known if own is not None], wording, how, now)
        return len(added)

    def _held(self, email_hashes: Sequence[str]) -> dict[str, Subscriber]:
        query = select(subscribers).where(among(self._connection, subscribers.c.email_hash, email_hashes))
        query = query.order_by(subscribers.c.email_hash).with_for_update(key_share=True)
        people = [Subscriber(*row) for row in self._connection.execute(query)]
        if self._connection.dialect.name == "postgresql":  # SQLite has one writer
            theirs = among(self._connection, subscriptions.c.subscriber, [person.id for person in people])
            lock = select(subscriptions.c.id).where(theirs, LAPSED).order_by(subscriptions.c.id)
            self._connection.execute(lock.with_for_update(key_share=True)).close()
        return {person.email_hash: person for person in people}

    def _give_addresses(self, held: Sequence[tuple[Subscriber, Enrolment]]) -> None:
        """Those of whom the hash alone was left have an address again."""
        values = [{"theirs": person.id, "email": who.email} for person, who in held if not person.email]
        if values:
            query = update(subscribers).where(subscribers.c.id == bindparam("theirs"))
            self._connection.execute(query.values(email=bindparam("email")), values)

    def _subscribe(self, people: Sequence[tuple[int, Wish]], now: datetime) -> dict[tuple[int, str], int]:
        """The subscriptions that are new, each by its subscriber and newsletter."""
        own, moment = subscriptions.c, literal(now, subscriptions.c.created_at.type)
        staged = _staged(self._connection, people)
        values = {name: staged.c[name] for name in ("subscriber", *WISH)}
        values |= {"state": literal(SubscriptionState.ACTIVE), "created_at": moment, "confirmed_at": moment}
        rows = select(*values.values()).where(true()).order_by(staged.c.place)
        query = insert(self._connection, subscriptions).from_select(list(values), rows)
        new = {name: query.excluded[name] for name in values if name not in ("subscriber", "newsletter")}
        query = query.on_conflict_do_update(index_elements=["subscriber", "newsletter"], set_=new, where=LAPSED)
        added = self._connection.execute(query.returning(own.subscriber, own.newsletter, own.id))
        return {(subscriber, newsletter): id for subscriber, newsletter, id in added}

    def _record(self, added: Sequence[tuple[int, Enrolment]], wording: str, how: str, now: datetime) -> None:
        moment = Moment().process_bind_param(now, self._connection.dialect)
        rows = [(own, who.email_hash, "imported", wording, moment, how, who.evidence) for own, who in added]
        if self._connection.dialect.name == "postgresql":
            _copy(self._connection, "consents", RECORD, rows)
        elif rows:
            given = listed(self._connection, rows, *RECORD)
            self._connection.execute(consents.insert().from_select(RECORD, select(given)))


def _staged(connection: Connection, people: Sequence[tuple[int, Wish]]) -> FromClause:
    """A table of these people, in their order."""
    rows = [
        (place, subscriber, wish.newsletter, wish.cadence, wish.language, wish.format, " ".join(wish.topics))
        for place, (subscriber, wish) in enumerate(people)
    ]
    if connection.dialect.name == "sqlite":
        return listed(connection, rows, *STAGED)
    connection.execute(CREATE)
    _copy(connection, "pg_temp.arriving", STAGED, rows)
    return table("arriving", *map(column, STAGED))


def _copy(connection: Connection, into: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    command = f"COPY {into} ({', '.join(names)}) FROM STDIN"
    with asking(connection, command) as cursor, cursor.copy(command) as copy:
        for row in rows:
            copy.write_row(row)
