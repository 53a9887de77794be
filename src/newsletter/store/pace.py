"""The pace of portals that all processes on one PostgreSQL share, by its clock."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import BigInteger, Connection, cast, func

from newsletter.store.columns import MICROSECOND
from newsletter.store.conflict import insert
from newsletter.store.database import Database
from newsletter.store.shared_tables import portal_paces

LONGEST_WAIT = timedelta(minutes=10)
LONGEST = 255  # characters of a host's name


class SharedPace:
    """See `newsletter.collect.pace.Pace`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def step(self, host: str, delay: float) -> float:
        """See `Pace`. Raises StoreError."""
        if delay <= 0:
            return 0.0
        length = timedelta(seconds=delay) // MICROSECOND
        waits = await asyncio.to_thread(self._database.write, lambda rows: _step(rows, host[:LONGEST], length))
        return waits / 1_000_000


def _step(connection: Connection, host: str, length: int) -> int:
    """Microseconds until our step."""
    now = cast(func.extract("epoch", func.clock_timestamp()) * 1_000_000, BigInteger)
    query = insert(connection, portal_paces).values(host=host, free_at=now + length)
    ahead = now + LONGEST_WAIT // MICROSECOND  # later than that only a clock that was wrong can have said
    later = func.least(func.greatest(portal_paces.c.free_at, now), ahead) + length
    taken = query.on_conflict_do_update(index_elements=["host"], set_={"free_at": later})
    free_at, at = connection.execute(taken.returning(portal_paces.c.free_at, now)).one()
    return max(int(free_at) - length - int(at), 0)
