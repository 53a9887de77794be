"""A few facts about the whole: whether nothing may be sent, and up to which slot each cadence was composed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select

from newsletter.model import Cadence
from newsletter.store.conflict import insert
from newsletter.store.database import Database
from newsletter.store.tables import state

PAUSED = "paused"


class State:
    """Named facts, each a text."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str) -> str | None:
        """The fact, or None."""
        return self._database.read(lambda connection: read(connection, name))

    def set(self, name: str, value: str | None) -> None:
        """Write the fact; None forgets it."""
        self._database.write(lambda connection: write(connection, name, value))

    def paused(self) -> str | None:
        """Why nothing may be sent at all, or None. While it says so, nothing is claimed, frozen or composed."""
        return self.get(PAUSED)

    def began(self, newsletter: str, cadence: Cadence, now: datetime) -> datetime:
        """When a newsletter's cadence was first asked for: `now` at the first call, the same ever after."""
        name = f"began:{newsletter}:{cadence}"

        def work(connection: Connection) -> str:
            query = insert(connection, state).values(name=name, value=now.isoformat())
            connection.execute(query.on_conflict_do_nothing())
            return read(connection, name) or now.isoformat()

        return datetime.fromisoformat(self.get(name) or self._database.write(work))

    def begin_again(self, newsletter: str, cadence: Cadence, now: datetime) -> None:
        """Let a cadence begin at `now`: what was due before is no longer."""
        self.set(f"began:{newsletter}:{cadence}", now.isoformat())

    def known_beginning(self, newsletter: str, cadence: Cadence) -> datetime | None:
        """What `began` wrote; None where it was never asked."""
        value = self.get(f"began:{newsletter}:{cadence}")
        return datetime.fromisoformat(value) if value else None

    def slot_cursor(self, newsletter: str, cadence: Cadence) -> datetime | None:
        """The last slot that was composed or skipped; None before the first."""
        value = self.get(f"slots:{newsletter}:{cadence}")
        return datetime.fromisoformat(value) if value else None

    def advance(self, newsletter: str, cadence: Cadence, slot: datetime) -> None:
        """Note that the slots up to and with `slot` are done. It goes back by `turn_back` only."""
        name = f"slots:{newsletter}:{cadence}"

        def work(connection: Connection) -> None:
            before = read(connection, name)
            if before is None or datetime.fromisoformat(before) < slot:
                write(connection, name, slot.isoformat())

        self._database.write(work)

    def turn_back(self, newsletter: str, cadence: Cadence, slot: datetime) -> None:
        """Let the slots after `slot` come again, which a clock that was ahead had done."""
        self.set(f"slots:{newsletter}:{cadence}", slot.isoformat())


def read(connection: Connection, name: str) -> str | None:
    """The fact within a transaction at hand."""
    return connection.execute(select(state.c.value).where(state.c.name == name)).scalar()


def write(connection: Connection, name: str, value: str | None) -> None:
    """Write the fact within a transaction at hand."""
    if value is None:
        connection.execute(delete(state).where(state.c.name == name))
        return
    query = insert(connection, state).values(name=name, value=value)
    connection.execute(query.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
