"""What may go out under the caps: granted to whichever process asks, and counted for all of them together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select, text, update

from newsletter.model import Grant
from newsletter.store.database import Database
from newsletter.store.shared_tables import grants

ONE_AT_A_TIME = 0x67726E74  # key of the advisory lock
LASTS = timedelta(seconds=2)
"""A mail may be begun so long after it was granted; so windows reach back by as much, and the caps are never passed."""
AHEAD = timedelta(minutes=5)
"""No clock that is right is so far ahead of another."""
Windows = Sequence[tuple[timedelta, int]]


class Budget:
    """See `newsletter.deliver.ledger.Budget`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def grant(self, windows: Windows, wanted: int, now: datetime, spent: int = 0) -> Grant:
        """See `Budget`."""
        return self._database.write(lambda connection: _grant(connection, windows, wanted, now, spent))

    def give_back(self, grant: Grant, mails: int) -> None:
        """See `Budget`."""
        less = update(grants).where(grants.c.id == grant.id).values(mails=grants.c.mails - mails)
        self._database.write(lambda connection: connection.execute(less))


def _grant(connection: Connection, windows: Windows, wanted: int, now: datetime, spent: int) -> Grant:
    if connection.dialect.name == "postgresql":  # SQLite has but one writer anyway
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
    bound = [(window + LASTS, most) for window, most in windows if most]
    connection.execute(delete(grants).where(grants.c.at <= now - max(window for window, _ in bound)))
    ahead = update(grants).where(grants.c.at > now + AHEAD)
    connection.execute(ahead.values(at=now))  # by a clock that was wrong: it counts from now on
    room = min(wanted, *(most - _used(connection, now - window) for window, most in bound))
    if room <= 0:
        full = [pair for pair in bound if _used(connection, now - pair[0]) >= pair[1]]
        room_at = max(_free_at(connection, window, most, now) for window, most in full)
        others = select(grants.c.id).where(grants.c.at > now - LASTS, grants.c.mails > 0, grants.c.id != spent)
        if connection.execute(others.limit(1)).first():  # some of it may be given back
            room_at = min(room_at, now + LASTS)
        return Grant(0, 0, now, room_at)
    row = grants.insert().values(at=now, mails=room).returning(grants.c.id)
    return Grant(connection.execute(row).scalar_one(), room, now + LASTS, None)


def _used(connection: Connection, since: datetime) -> int:
    used = select(func.coalesce(func.sum(grants.c.mails), 0)).where(grants.c.at > since)
    return int(connection.execute(used).scalar_one())


def _free_at(connection: Connection, window: timedelta, most: int, now: datetime) -> datetime:
    """When there is room under one cap for one more."""
    query = select(grants.c.at, grants.c.mails).where(grants.c.at > now - window).order_by(grants.c.at)
    found: list[tuple[datetime, int]] = [(at, int(mails)) for at, mails in connection.execute(query)]
    used = sum(mails for _, mails in found)
    for at, mails in found:
        used -= mails
        if used < most:
            return at + window
    return now
