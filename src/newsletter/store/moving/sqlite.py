"""SQLite as one end of a move."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from sqlalchemy import Connection, MetaData, Table, select

from newsletter.store.moving.lines import ROWS, Chunk, Key, chunk, decoded, encoded


def hold(connection: Connection, tables: MetaData) -> None:
    """Let nobody else write while this transaction runs: it is the one writer already (BEGIN IMMEDIATE)."""


def chunks(connection: Connection, table: Table) -> Iterator[Chunk]:
    """The rows of a table in the order of its key."""
    cursor = connection.connection.cursor()
    cursor.execute(str(select(table).order_by(*table.primary_key).compile(dialect=connection.dialect)))
    rows = iter(lambda: cursor.fetchmany(ROWS), [])
    lines = (line for some in rows for line in encoded(table, some))
    while some := list(islice(lines, ROWS)):
        yield chunk(table, some)
    cursor.close()


def last_key(connection: Connection, table: Table) -> Key | None:
    """The greatest key that is there."""
    query = select(table).order_by(*(column.desc() for column in table.primary_key)).limit(1)
    cursor = connection.connection.cursor()
    cursor.execute(str(query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})))
    found = cursor.fetchall()
    return chunk(table, list(encoded(table, found))).last if found else None


def put(connection: Connection, table: Table, lines: bytes) -> None:
    """Add these rows."""
    insert = str(table.insert().compile(dialect=connection.dialect))
    connection.connection.cursor().executemany(insert, list(decoded(table, lines)))


def finish(connection: Connection, tables: MetaData) -> None:
    """Let the next new row have a number of its own: SQLite counts on from the greatest by itself."""
