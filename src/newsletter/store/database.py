"""One way to the database: `read` in a snapshot, `write` in a transaction of its own.

Both calls block; async callers go through `asyncio.to_thread`, or `begin` a write. `work` gets a SQLAlchemy connection
inside a transaction and neither commits nor keeps it. It may run again where the database asks for that (PostgreSQL:
deadlock, serialization), so it changes nothing but the database. What it raises is raised to the caller; what the
database itself refuses (locked, full, unreachable) becomes a StoreError with its cause. A row that may be there already
is written with ON CONFLICT or in `connection.begin_nested()`: PostgreSQL gives up a whole transaction after one failed
statement.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from sqlalchemy import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError

from newsletter.errors import StoreError

T = TypeVar("T")


class Database(Protocol):
    """What the queries of this room are written against. `engine` reads only; its dialect says which database it is."""

    engine: Engine

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one read snapshot. Raises StoreError where the database fails."""

    def write(self, work: Callable[[Connection], T], *, urgent: bool = False) -> T:
        """Run `work` in one transaction and commit it durably; whatever it raises rolls it back and is raised here."""

    def begin(self, work: Callable[[Connection], T], *, urgent: bool = False) -> Future[T]:
        """`write` without waiting for it; to cancel the future may be too late. Raises StoreError after `close`."""

    def alone(self, task: str) -> AbstractContextManager[bool]:
        """Whether nobody else does this task now, of all who share the database; others are told False meanwhile.

        However the process ends, the database lets go of it.
        """

    def scrub(self) -> None:
        """Let nothing that was erased linger in what the database keeps beside its tables, as far as it can be told."""

    def close(self) -> None:
        """Finish what is queued and let go of the database; a second call does nothing."""


def open_database(url: str | URL) -> Database:
    """Open the database at `url`, making the tables of an empty one.

    Raises StoreError when it cannot be reached, belongs to another program, or is older or newer than this one.
    """
    from newsletter.store import schema

    database = connect(url)
    try:
        schema.ready(database)
    except BaseException:
        database.close()
        raise
    return database


def connect(url: str | URL) -> Database:
    """The database at `url` with whatever tables it has; for what must look at one that `open_database` refuses."""
    parsed = parse(url)
    if parsed.get_backend_name() == "sqlite":
        from newsletter.store.sqlite import SqliteDatabase

        return SqliteDatabase(parsed)
    try:
        from newsletter.store.postgres import PostgresDatabase
    except ImportError as error:
        raise StoreError("store.url: PostgreSQL needs its driver: pip install 'newsletter[postgres]'") from error
    return PostgresDatabase(parsed)


def parse(url: str | URL) -> URL:
    """`sqlite:///file` or `postgresql://user@host/name`; raises StoreError for anything else."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError("store.url: no database address, as sqlite:///var/newsletter.db") from error
    backend = parsed.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise StoreError(f"store.url: {backend} is not supported; sqlite:///file or postgresql://user@host/name")
    if backend == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise StoreError("store.url: SQLite needs a file, as sqlite:///var/newsletter.db")
    if not re.fullmatch(r"\d+(\.\d+)?", str(parsed.query.get("timeout", "0"))):
        raise StoreError("store.url: timeout is a number of seconds")
    return parsed
