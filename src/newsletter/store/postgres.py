"""PostgreSQL: each write takes a pooled connection and a transaction of its own; the server orders them."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from time import sleep
from typing import TypeVar

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from newsletter.errors import StoreError
from newsletter.store.failures import explaining

T = TypeVar("T")
TRIES = 5
AGAIN = ("40001", "40P01")  # serialization failure, deadlock: rolled back for certain, so that it may run again
CONNECT_TIMEOUT = "10"  # seconds, unless the URL says otherwise
SESSION = """
    SELECT set_config('lock_timeout', '30s', false), set_config('timezone', 'UTC', false),
           -- A fence must be on disk before the dot is sent, whatever the server is set to.
           CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', false) END
"""


class PostgresDatabase:
    """A database on a server. Connects when first used."""

    def __init__(self, url: URL) -> None:
        url = url.set(drivername="postgresql+psycopg")
        if "connect_timeout" not in url.query:
            url = url.update_query_dict({"connect_timeout": CONNECT_TIMEOUT})
        self._writing = create_engine(url, pool_size=8, max_overflow=24, pool_pre_ping=True, hide_parameters=True)
        event.listen(self._writing, "connect", _prepare)
        self._threads = ThreadPoolExecutor(thread_name_prefix="store-writer")
        # The same pool: a snapshot that holds from the first statement to the last.
        self.engine: Engine = self._writing.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    def read(self, work: Callable[[Connection], T]) -> T:
        """See `Database.read`."""
        with explaining(), self.engine.begin() as connection:
            return work(connection)

    def write(self, work: Callable[[Connection], T], *, urgent: bool = False) -> T:
        """See `Database.write`; nobody waits behind others here, so `urgent` changes nothing."""
        with explaining():
            for attempt in range(1, TRIES):
                try:
                    return self._once(work)
                except DBAPIError as error:
                    if getattr(error.orig, "sqlstate", None) not in AGAIN:
                        raise
                    sleep(random.uniform(0, 0.02 * 2**attempt))
            return self._once(work)

    def begin(self, work: Callable[[Connection], T], *, urgent: bool = False) -> Future[T]:
        """See `Database.begin`."""
        try:
            return self._threads.submit(self.write, work, urgent=urgent)
        except RuntimeError as error:
            raise StoreError("the database is closed: the program is ending") from error

    @contextmanager
    def alone(self, task: str) -> Iterator[bool]:
        """See `Database.alone`: an advisory lock of a session, which ends with its connection."""
        key = int.from_bytes(hashlib.sha256(f"newsletter {task}".encode()).digest()[:8], "big", signed=True)
        engine = self._writing.execution_options(isolation_level="AUTOCOMMIT")
        with explaining(), engine.connect() as connection:
            mine = connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}).scalar_one()
            try:
                yield mine
            finally:
                if mine:
                    with suppress(DBAPIError):  # a connection that broke has let go of it
                        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})

    def scrub(self) -> None:
        """See `Database.scrub`: the server's own log is its administrator's (docs: backups and erasing)."""

    def close(self) -> None:
        """See `Database.close`."""
        self._threads.shutdown()
        self._writing.dispose()

    def _once(self, work: Callable[[Connection], T]) -> T:
        with self._writing.begin() as connection:
            return work(connection)


def _prepare(connection: psycopg.Connection[object], record: object) -> None:
    connection.execute(SESSION)
    connection.commit()
