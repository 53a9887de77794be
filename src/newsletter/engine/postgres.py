"""The engine of many processes: procrastinate carries the calls, in the database that the ledger lies in.

A call that is answered is deleted at once; one whose worker was killed is found by the heartbeat that is missing, and
waits again (procrastinate itself retries none).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from procrastinate import App, PsycopgConnector, RetryStrategy, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.utils import utcnow
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import Connection, text

from newsletter.engine import EVERY_QUEUE, RETRY, Handler, Queue, Stats
from newsletter.engine.attempt import Outcome, attempt
from newsletter.engine.clock import ticking
from newsletter.errors import StoreError
from newsletter.store.database import Database

log = structlog.get_logger(__name__)

HEARTBEAT = 5.0  # seconds
STALLED = 20.0  # seconds without a heartbeat after which a worker is taken for dead
RECOVER_EVERY = timedelta(seconds=10)
POLL = 2.0  # seconds between looks for calls that no notification told of
KEPT = 24  # hours that a call is kept which nobody could answer: its handler is of another version of the program
CONNECTIONS = 4  # of a process, beside one for each queue, which listens
ALONE = "recover"
# Shared, so that nobody takes a call that stands for ours too before we have committed what it is to see.
WAITING = text(
    "SELECT queueing_lock FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock = ANY(:locks) FOR SHARE"
)
COUNTS = text(
    "SELECT status::text, task_name, count(*), bool_or(args ? 'failed') FROM procrastinate_jobs "
    "WHERE status IN ('todo', 'doing') GROUP BY status, task_name"
)
STALLED_COUNT = text(
    "SELECT count(*) FROM procrastinate_jobs job LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id "
    "WHERE job.status = 'doing' AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => :old))"
)
WORKERS = text("SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat >= now() - make_interval(secs => :old)")


class PostgresEngine:
    """See `Engine`."""

    def __init__(self, database: Database, handlers: Iterable[Handler]) -> None:
        self._database = database
        self._handlers = {handler.name: handler for handler in handlers}
        self._calls = JobManager(SyncPsycopgConnector())  # never opened: it borrows the caller's connection
        self._app = App(connector=PsycopgConnector())
        for handler in self._handlers.values():
            # what is broken off because its process ends is for another one
            again = RetryStrategy(retry_exceptions=[asyncio.CancelledError])  # type: ignore[list-item]
            self._app.task(name=handler.name, queue=handler.queue, retry=again)(self._task(handler))

    def wake(self, connection: Connection, name: str) -> None:
        """See `Engine`."""
        handler = self._handlers[name]
        self._call(connection, [_call(handler, number) for number in range(handler.processes)])

    async def run(self, stopped: asyncio.Event, queues: Collection[Queue] = EVERY_QUEUE) -> None:
        """See `Engine`. A database that cannot be reached is waited for."""
        mine = [handler for handler in self._handlers.values() if handler.queue in queues]
        pool = AsyncConnectionPool(
            kwargs=_address(self._database),
            min_size=1,
            max_size=CONNECTIONS,
            timeout=10,
            open=False,
            check=AsyncConnectionPool.check_connection,
        )
        async with pool, self._app.open_async(pool):
            recovery = Handler("recover", Queue.MAINTENANCE, self._recovered, RECOVER_EVERY)
            with ticking([*mine, recovery], partial(self._tick, recovery)):
                serving = [asyncio.create_task(self._serve(queue, mine)) for queue in {one.queue for one in mine}]
                await stopped.wait()
            for task in serving:
                task.cancel()
            await asyncio.gather(*serving, return_exceptions=True)

    async def recover(self, now: datetime) -> int:
        """See `Engine`. Of several processes that look at once, one does: what it woke is being answered already."""
        with ExitStack() as held:
            mine = await asyncio.to_thread(held.enter_context, self._database.alone(ALONE))
            try:
                return await self._recover(now) if mine else 0
            finally:
                await asyncio.to_thread(held.close)

    def stats(self) -> Stats:
        """See `Engine`."""

        def look(connection: Connection) -> Stats:
            counts = connection.execute(COUNTS).all()
            old = {"old": STALLED}
            stalled = connection.execute(STALLED_COUNT, old).scalar_one()
            return Stats(
                {name: count for status, name, count, _ in counts if status == "todo"},
                sum(count for status, _, count, _ in counts if status == "doing") - stalled,
                stalled,
                tuple(sorted({name for _, name, _, failed in counts if failed})),
                connection.execute(WORKERS, old).scalar_one(),
            )

        return self._database.read(look)

    # --- calling

    def _call(self, connection: Connection, jobs: list[Job]) -> None:
        """Put in those calls that do not wait already.

        In a savepoint: where another puts in the same at this moment, the database would give up the transaction.
        """
        missing = {job.queueing_lock: job for job in jobs}
        while missing:
            for lock in connection.execute(WAITING, {"locks": list(missing)}).scalars():
                del missing[lock]
            if missing:
                with suppress(AlreadyEnqueued), connection.begin_nested():
                    raw = connection.connection.driver_connection
                    self._calls.batch_defer_jobs(list(missing.values()), connection=raw)
                    missing.clear()

    async def _tick(self, recovery: Handler, handler: Handler) -> None:
        """Call one process, once a tick whatever the number of clocks."""
        with _tried("the clock could not wake", handler.name):
            if handler is recovery:
                await self._recovered()
                return
            assert handler.every is not None  # noqa: S101 - the clock asks for no other
            every = int(handler.every.total_seconds())
            tick = int(time.time()) // every * every
            job = _call(handler, 0).evolve(task_kwargs={"timestamp": tick})
            if not await self._waits(job):
                with suppress(AlreadyEnqueued):
                    await self._app.job_manager.defer_periodic_job(job, periodic_id="", defer_timestamp=tick)

    async def _waits(self, job: Job) -> bool:
        waiting = await self._app.job_manager.list_jobs_async(status="todo", queueing_lock=job.queueing_lock)
        return bool(list(waiting))

    # --- answering

    def _task(self, handler: Handler) -> Any:
        async def run(timestamp: int = 0, failed: bool = False) -> None:
            outcome = await attempt(handler)
            if outcome is Outcome.MORE:
                await asyncio.to_thread(self._database.write, lambda connection: self.wake(connection, handler.name))
            elif outcome is Outcome.FAILED:
                then = utcnow() + timedelta(seconds=RETRY)
                later = _call(handler, 0).evolve(scheduled_at=then, task_kwargs={"failed": True})
                await asyncio.to_thread(self._database.write, lambda connection: self._call(connection, [later]))

        return run

    async def _serve(self, queue: Queue, handlers: Iterable[Handler]) -> None:
        """Work on a queue. A worker ends where it cannot reach the database; then another is begun."""
        mine = [handler for handler in handlers if handler.queue is queue]
        while True:
            with _tried("a queue waits for the database", queue):
                await self._app.run_worker_async(
                    queues=[queue],
                    name=queue,
                    concurrency=sum(handler.at_once for handler in mine),
                    fetch_job_polling_interval=POLL,
                    shutdown_graceful_timeout=max(handler.grace for handler in mine),
                    install_signal_handlers=False,
                    delete_jobs="successful",
                    update_heartbeat_interval=HEARTBEAT,
                    stalled_worker_timeout=STALLED,
                )
            await asyncio.sleep(1)

    # --- recovering

    async def _recovered(self) -> bool:
        if count := await self.recover(utcnow()):
            log.warning("calls of processes that are gone wait again", count=count)
        return False

    async def _recover(self, now: datetime) -> int:
        """Directly, and not by a call: it would wait behind what it is to get going."""
        manager = self._app.job_manager
        stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED))
        for job in stalled:
            try:
                await manager.retry_job(job, retry_at=now)
            except UniqueViolation:  # another call of its kind waits
                await manager.finish_job(job, Status.ABORTED, delete_job=True)
        await manager.prune_stalled_workers(STALLED)
        await manager.delete_old_jobs(KEPT, include_failed=True, include_cancelled=True, include_aborted=True)
        return len(stalled)


def _call(handler: Handler, number: int) -> Job:
    """A call of a handler. What one process does, no other does meanwhile."""
    spread = handler.processes > 1 or handler.at_once > 1
    return Job(
        queue=handler.queue,
        lock=None if spread else handler.name,
        queueing_lock=f"{handler.name} {number}",
        task_name=handler.name,
    )


def _address(database: Database) -> dict[str, Any]:
    """How psycopg connects to the database that SQLAlchemy knows by its URL; `context` is SQLAlchemy's own."""
    _, named = database.engine.dialect.create_connect_args(database.engine.url)
    return {name: value for name, value in named.items() if name != "context"}


@contextmanager
def _tried(what: str, name: str) -> Iterator[None]:
    """Let nothing that the database refuses end what runs for ever."""
    try:
        yield
    except (ConnectorException, StoreError) as error:
        log.warning(what, name=name, reason=str(error.__cause__ or error))
    except Exception:
        log.exception(what, name=name)
