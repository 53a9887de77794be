"""Moving everything from one database into another, of whatever kind; it can be broken off and goes on where it was.

Rows go in chunks, in the order of their keys, each chunk a transaction; a chunk that is there is not put again. In the
end each table's lines are hashed at both ends. The one that was left is paused, so that not both send; the new one is
paused until it is whole. Nobody writes to the old one meanwhile: the move holds its lock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

from sqlalchemy import Connection, Table, delete, select

from newsletter.errors import StoreError
from newsletter.store import state, tables
from newsletter.store.columns import metadata
from newsletter.store.database import Database, open_database, parse

UNFINISHED = "a move into this database is not finished: run `newsletter db move` again"
MOVED = "moved to another database"
FACTS = tables.state  # goes last: it says whether the move is finished

Tell = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Moved:
    """A table that is the same at both ends: its rows, and the SHA-256 of their lines."""

    table: str
    rows: int
    sha256: str


class _Differs(Exception):
    """A table was put in part, and what it was taken from has changed since."""


def move(old: str, new: str, tell: Tell = lambda table, rows: None) -> list[Moved]:
    """Move everything from the database at `old` into the one at `new`, which must be empty or half moved into.

    `tell` hears of each chunk. Raises StoreError.
    """
    if parse(old) == parse(new):
        raise StoreError("--from and --to name the same database")
    source = open_database(old)
    try:
        target = open_database(new)
        try:
            _begin(target)
            moved = source.write(lambda connection: _move(connection, target, tell))
            target.write(lambda connection: _finish(connection, source))
        finally:
            target.close()
    finally:
        source.close()
    return moved


def _begin(target: Database) -> None:
    """Mark the new database as unfinished. Raises StoreError where it holds anything else."""

    def mark(connection: Connection) -> None:
        if state.read(connection, state.PAUSED) == UNFINISHED:
            return
        if any(connection.execute(select(table).limit(1)).first() for table in metadata.sorted_tables):
            raise StoreError("the database that --to names is not empty: give it one of its own")
        state.write(connection, state.PAUSED, UNFINISHED)

    target.write(mark)


def _move(connection: Connection, target: Database, tell: Tell) -> list[Moved]:
    if state.read(connection, state.PAUSED) not in (None, MOVED):
        raise StoreError("the database that --from names is paused: look at it, and `newsletter db resume` before")
    _end(connection).hold(connection, metadata)
    own = [table for table in metadata.sorted_tables if table is not FACTS]
    try:
        moved = [_move_table(connection, target, table, tell) for table in own]
    except _Differs:  # broken off, changed since, begun again: from the beginning, once
        target.write(lambda other: _clear(other, own))
        moved = [_move_table(connection, target, table, tell) for table in own]
    state.write(connection, state.PAUSED, MOVED)
    return moved


def _move_table(connection: Connection, target: Database, table: Table, tell: Tell) -> Moved:
    """Put what is missing of a table, then see that both ends hold the same. Raises _Differs."""
    there = target.read(lambda other: _end(other).last_key(other, table))
    digest, rows = hashlib.sha256(), 0
    for chunk in _end(connection).chunks(connection, table):
        if there is None or chunk.first > there:
            target.write(lambda other, lines=chunk.lines: _end(other).put(other, table, lines))  # type: ignore[misc]
        elif chunk.last > there:
            raise _Differs(table.name)
        digest.update(chunk.lines)
        rows += chunk.rows
        tell(table.name, rows)
    if target.read(lambda other: _hashed(other, table)) != (rows, digest.hexdigest()):
        raise _Differs(table.name)
    return Moved(table.name, rows, digest.hexdigest())


def _hashed(connection: Connection, table: Table) -> tuple[int, str]:
    digest, rows = hashlib.sha256(), 0
    for chunk in _end(connection).chunks(connection, table):
        digest.update(chunk.lines)
        rows += chunk.rows
    return rows, digest.hexdigest()


def _finish(connection: Connection, source: Database) -> None:
    """The facts of the old database, but that it was left, take the place of the mark."""
    facts = source.read(lambda old: old.execute(select(FACTS)).all())
    connection.execute(delete(FACTS))
    rows = [fact._asdict() for fact in facts if fact.value != MOVED]
    if rows:
        connection.execute(FACTS.insert(), rows)
    _end(connection).finish(connection, metadata)


def _clear(connection: Connection, own: list[Table]) -> None:
    for table in reversed(own):
        connection.execute(delete(table))


def _end(connection: Connection) -> ModuleType:
    from newsletter.store.moving import postgres, sqlite

    return postgres if connection.dialect.name == "postgresql" else sqlite
