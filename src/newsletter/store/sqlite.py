"""SQLite: all writes through one thread, readers apart.

A second writer would only wait, and a read→write upgrade would fail at once (DESIGN, decision 7). The commit's fsync is
what a write costs, so writes that wait share one transaction, each in a savepoint of its own; nobody hears of success
before the commit is on disk (WAL, `synchronous=FULL`: without it the last commits can be lost with the power).
"""

from __future__ import annotations

import itertools
import os
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar, cast

import structlog
from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.pool import NullPool, QueuePool

from newsletter.errors import StoreError
from newsletter.store.failures import explained, explaining

T = TypeVar("T")
log = structlog.get_logger(__name__)
PATIENCE = "15"  # seconds to wait for another process's lock; `?timeout=` in the URL overrides it
GATHER = 0.010  # seconds after which a transaction takes no further write along
URGENT, USUAL, LAST = 0, 1, 2
READER = "PRAGMA query_only = ON"
WRITER = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # what is erased is overwritten, not just unlinked
)


@dataclass(order=True, slots=True)
class _Job:
    urgency: int
    number: int
    work: Callable[[Connection], Any] | None = field(compare=False)  # None ends the thread
    future: Future[Any] = field(compare=False, default_factory=Future)
    after: list[Callable[[], None]] = field(compare=False, default_factory=list)


class SqliteDatabase:
    """A database in one file. Raises StoreError when the file cannot be made or opened."""

    def __init__(self, url: URL) -> None:
        _make_file(Path(str(url.database)))
        url = url.set(drivername="sqlite+pysqlite")
        if "timeout" not in url.query:
            url = url.update_query_dict({"timeout": PATIENCE})
        self.engine = create_engine(url, poolclass=QueuePool, pool_size=4, max_overflow=60, hide_parameters=True)
        event.listen(self.engine, "connect", _prepare_reader)
        event.listen(self.engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        self._writing = create_engine(url, poolclass=NullPool, hide_parameters=True)
        event.listen(self._writing, "connect", _prepare_writer)
        event.listen(self._writing, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        self._jobs: queue.PriorityQueue[_Job] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._closed = False
        self._connection: Connection | None = None  # the writer thread's own
        self._at: _Job | None = None  # that it works on
        self._thread = threading.Thread(target=self._serve, name="store-writer", daemon=True)
        self._thread.start()

    def read(self, work: Callable[[Connection], T]) -> T:
        """See `Database.read`."""
        with explaining(), self.engine.begin() as connection:
            return work(connection)

    def write(self, work: Callable[[Connection], T], *, urgent: bool = False) -> T:
        """See `Database.write`; urgent ones go before all that wait."""
        return self.begin(work, urgent=urgent).result()

    def begin(self, work: Callable[[Connection], T], *, urgent: bool = False) -> Future[T]:
        """See `Database.begin`."""
        if threading.current_thread() is self._thread:
            raise RuntimeError("a write inside a write would wait for itself: use the connection at hand")
        with self._lock:
            if self._closed:
                raise StoreError("the database is closed: the program is ending")
            job = _Job(URGENT if urgent else USUAL, next(self._numbers), work)
            job.future.set_running_or_notify_cancel()  # who stops waiting for it does not stop it
            self._jobs.put(job)
        return job.future

    def after_commit(self, then: Callable[[], None]) -> None:
        """Within a write: have `then`, which raises nothing, called by the writing thread once it is on disk."""
        if self._at is None or threading.current_thread() is not self._thread:
            raise RuntimeError("there is no write at hand")
        self._at.after.append(then)

    def alone(self, task: str) -> AbstractContextManager[bool]:
        """See `Database.alone`: there is one process that does any of it (app/lock.py)."""
        return nullcontext(True)

    def scrub(self) -> None:
        """See `Database.scrub`: the write-ahead log keeps old pages until it is emptied into the file."""
        with explaining(), self._writing.connect() as connection:
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """See `Database.close`."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._jobs.put(_Job(LAST, next(self._numbers), None))
        self._thread.join()
        self.engine.dispose()

    # What follows runs in the writer thread only.

    def _serve(self) -> None:
        while (job := self._jobs.get()).work is not None:
            self._commit_together(job)
        self._let_go()

    def _commit_together(self, first: _Job) -> None:
        """Run `first` and what else waits in one transaction; whoever is in it hears its outcome after the commit."""
        within: list[tuple[_Job, Any]] = []
        try:
            if self._connection is None:
                self._connection = self._writing.connect()
            with self._connection.begin() as transaction:
                until = monotonic() + GATHER
                if not self._began(self._connection, first, within):
                    transaction.rollback()
                    return
                self._gather(self._connection, within, until)
        except BaseException as error:  # the thread survives whatever a work or the disk does
            self._let_go()
            waiting = [job for job, _ in within] or [first, *iter(self._next, None)]  # not begun: nobody can write
            for job in waiting:
                _fail(job, error)
        else:
            done = [(job, result) for job, result in within if not job.future.done()]
            for job, result in done:
                job.future.set_result(result)
            for job, _ in done:
                _call(job.after)

    def _began(self, connection: Connection, first: _Job, within: list[tuple[_Job, Any]]) -> bool:
        """Run the first work; it needs no savepoint, for there is nothing yet that its failure must spare."""
        within.append((first, None))
        try:
            within[-1] = first, self._done(first, connection)
        except BaseException as error:
            if not _in_transaction(connection):  # SQLITE_FULL and its like have rolled back everything
                raise
            _fail(first, error)
            return False
        return True

    def _done(self, job: _Job, connection: Connection) -> Any:
        assert job.work  # noqa: S101 - its callers have seen it
        self._at = job
        try:
            return job.work(connection)
        finally:
            self._at = None

    def _gather(self, connection: Connection, within: list[tuple[_Job, Any]], until: float) -> None:
        while monotonic() < until and (job := self._next()) is not None and job.work is not None:
            within.append((job, None))
            savepoint = connection.begin_nested()
            try:
                within[-1] = job, self._done(job, connection)
                savepoint.commit()
            except BaseException as error:
                if not _in_transaction(connection):
                    raise
                savepoint.rollback()
                _fail(job, error)

    def _next(self) -> _Job | None:
        try:
            job = self._jobs.get_nowait()
        except queue.Empty:
            return None
        if job.work is None:
            self._jobs.put(job)
            return None
        return job

    def _let_go(self) -> None:
        """Close the connection, whatever state it is in; the next write opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):
                connection.invalidate()
                connection.close()


def _call(after: Iterable[Callable[[], None]]) -> None:
    for then in after:
        try:
            then()
        except Exception:  # it promised not to; the thread has others to serve
            log.exception("what a commit was to call has failed")


def _fail(job: _Job, error: BaseException) -> None:
    if not job.future.done():
        job.future.set_exception(explained(error))


def _make_file(path: Path) -> None:
    """Make an empty file that only its owner reads: there will be addresses in it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StoreError(f"the database {path} cannot be opened ({reason}); check store.url and its rights") from error


def _prepare_reader(connection: sqlite3.Connection, record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy's `begin` event says BEGIN
    connection.execute(READER)


def _prepare_writer(connection: sqlite3.Connection, record: object) -> None:
    connection.isolation_level = None
    for pragma in WRITER:
        connection.execute(pragma)
    if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        raise StoreError("the database's file system does not support write-ahead logging: no network drives")


def _in_transaction(connection: Connection) -> bool:
    return cast(sqlite3.Connection, connection.connection.dbapi_connection).in_transaction
