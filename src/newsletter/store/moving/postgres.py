"""PostgreSQL as one end of a move: COPY, both ways."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from psycopg import Cursor, sql
from sqlalchemy import Boolean, Column, Connection, Integer, MetaData, Table

from newsletter.store.columns import Moment
from newsletter.store.moving.lines import ROWS, Chunk, Key, chunk

ASCENDING, DESCENDING = sql.SQL(" ASC"), sql.SQL(" DESC")


def hold(connection: Connection, tables: MetaData) -> None:
    """Let nobody else write while this transaction runs."""
    names = sql.SQL(", ").join(sql.Identifier(table.name) for table in tables.sorted_tables)
    _cursor(connection).execute(sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(names))


def chunks(connection: Connection, table: Table) -> Iterator[Chunk]:
    """The rows of a table in the order of its key."""
    lines = _lines(connection, table, sql.SQL("ORDER BY {}").format(_order(table)))
    while some := list(islice(lines, ROWS)):
        yield chunk(table, some)


def last_key(connection: Connection, table: Table) -> Key | None:
    """The greatest key that is there."""
    last = list(_lines(connection, table, sql.SQL("ORDER BY {} LIMIT 1").format(_order(table, DESCENDING))))
    return chunk(table, last).last if last else None


def put(connection: Connection, table: Table, lines: bytes) -> None:
    """Add these rows."""
    query = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), _names(table))
    with _cursor(connection) as cursor, cursor.copy(query) as copy:
        copy.write(lines)


def finish(connection: Connection, tables: MetaData) -> None:
    """Let the next new row have a number of its own."""
    for table in tables.sorted_tables:
        column = table.autoincrement_column
        if column is not None:
            query = sql.SQL("SELECT setval(pg_get_serial_sequence({}, {}), max({}) + 1, false) FROM {}").format(
                table.name, column.name, sql.Identifier(column.name), sql.Identifier(table.name)
            )
            _cursor(connection).execute(query)


def _lines(connection: Connection, table: Table, order: sql.Composable) -> Iterator[bytes]:
    query = sql.SQL("COPY (SELECT {} FROM {} {}) TO STDOUT").format(_names(table), sql.Identifier(table.name), order)
    with _cursor(connection) as cursor, cursor.copy(query) as copy:
        for line in copy:
            yield bytes(line)


def _names(table: Table) -> sql.Composable:
    return sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)


def _order(table: Table, direction: sql.SQL = ASCENDING) -> sql.Composable:
    """By bytes, as SQLite orders, and not by the rules of a language."""
    return sql.SQL(", ").join(_key(column) + direction for column in table.primary_key)


def _key(column: Column[Any]) -> sql.Composed:
    collation = "" if isinstance(column.type, Boolean | Integer | Moment) else ' COLLATE "C"'
    return sql.Identifier(column.name) + sql.SQL(collation)


def _cursor(connection: Connection) -> Cursor[Any]:
    driver: Any = connection.connection.driver_connection
    cursor: Cursor[Any] = driver.cursor()
    return cursor
