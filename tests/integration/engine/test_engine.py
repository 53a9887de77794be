"""What every engine promises: one suite, the embedded one on SQLite and procrastinate on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection
from structlog.testing import capture_logs

from newsletter.engine import Engine, Handler, Queue, engine_of
from newsletter.store.database import Database, open_database
from tests.integration.engine import hanging

OFTEN = timedelta(seconds=1)


class Rota:
    """Handlers that count what they are called for."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.handlers: list[Handler] = []

    def add(
        self,
        name: str,
        queue: Queue = Queue.PUBLISH,
        *,
        then: Callable[[], Awaitable[bool]] | None = None,
        **more: Any,
    ) -> None:
        async def work() -> bool:
            self.calls[name] += 1
            return await then() if then is not None else False

        self.handlers.append(Handler(name, queue, work, **more))

    async def called(self, name: str, times: int = 1, within: float = 15) -> None:
        async with asyncio.timeout(within):
            while self.calls[name] < times:  # noqa: ASYNC110 - what it waits for may be counted by another engine
                await asyncio.sleep(0.02)


@pytest.fixture
def rota() -> Rota:
    return Rota()


@asynccontextmanager
async def running(engine: Engine, queues: Iterable[Queue] = Queue) -> AsyncIterator[asyncio.Event]:
    """The engine, until the block ends."""
    stopped = asyncio.Event()
    task = asyncio.create_task(engine.run(stopped, frozenset(queues)))
    try:
        yield stopped
    finally:
        stopped.set()
        await asyncio.wait_for(task, 40)


async def wake(database: Database, engine: Engine, *names: str) -> None:
    def work(connection: Connection) -> None:
        for name in names:
            engine.wake(connection, name)

    await asyncio.to_thread(database.write, work)


async def test_a_wake_that_commits_runs_once(database: Database, rota: Rota) -> None:
    rota.add("a")
    rota.add("b")
    engine = engine_of(database, rota.handlers)
    async with running(engine):
        await asyncio.sleep(0.5)
        await wake(database, engine, "a")
        await rota.called("a")
        await asyncio.sleep(2.5)  # longer than any look at the queue
    assert rota.calls == {"a": 1}


async def test_a_wake_that_is_rolled_back_runs_never(database: Database, rota: Rota) -> None:
    rota.add("a")
    engine = engine_of(database, rota.handlers)

    def work(connection: Connection) -> None:
        engine.wake(connection, "a")
        raise LookupError

    async with running(engine):
        with pytest.raises(LookupError):
            await asyncio.to_thread(database.write, work)
        await asyncio.sleep(2.5)
    assert rota.calls == {}


def test_a_wake_after_a_run_that_was_cancelled_breaks_nothing(sqlite_url: str, rota: Rota) -> None:
    """Its loop is gone, and the thread that commits rings nothing there."""
    rota.add("a")
    database = open_database(sqlite_url)
    engine = engine_of(database, rota.handlers)

    async def cancelled() -> None:
        run = asyncio.create_task(engine.run(asyncio.Event()))
        await asyncio.sleep(0.1)
        run.cancel()
        await asyncio.gather(run, return_exceptions=True)

    asyncio.run(cancelled())
    with capture_logs() as said:
        database.write(lambda connection: engine.wake(connection, "a"))
        database.close()
    assert said == []


async def test_several_wakes_before_a_run_are_one(database: Database, rota: Rota) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def busy() -> bool:
        begun.set()
        await go_on.wait()
        return False

    rota.add("a", then=busy)
    engine = engine_of(database, rota.handlers)
    async with running(engine):
        await wake(database, engine, "a")
        await begun.wait()
        for _ in range(3):
            await wake(database, engine, "a")
        assert rota.calls == {"a": 1}
        go_on.set()
        await rota.called("a", 2)
        await asyncio.sleep(2.5)
    assert rota.calls == {"a": 2}


async def test_one_that_fails_is_tried_again_and_stops_no_other(database: Database, rota: Rota) -> None:
    async def fails() -> bool:
        if rota.calls["bad"] < 2:
            raise ZeroDivisionError
        return False

    rota.add("bad", then=fails)
    rota.add("good")
    engine = engine_of(database, rota.handlers)
    async with running(engine):
        await wake(database, engine, "bad")
        await rota.called("bad")
        await wake(database, engine, "good")
        await rota.called("good", within=4)
        await rota.called("bad", 2)
        await asyncio.sleep(1)
    assert rota.calls == {"bad": 2, "good": 1}
    assert engine.stats().failing == ()


async def test_what_leaves_some_goes_on(database: Database, rota: Rota) -> None:
    async def more() -> bool:
        return rota.calls["a"] < 3

    rota.add("a", Queue.DELIVER, then=more)
    engine = engine_of(database, rota.handlers)
    async with running(engine):
        await wake(database, engine, "a")
        await rota.called("a", 3)
        await asyncio.sleep(1)
    assert rota.calls == {"a": 3}


async def test_the_clock_wakes_at_once_and_again(database: Database, rota: Rota) -> None:
    rota.add("a", every=OFTEN)
    async with running(engine_of(database, rota.handlers)):
        await rota.called("a", 3)


async def test_a_process_does_what_it_is_there_for(database: Database, rota: Rota) -> None:
    rota.add("sends", Queue.DELIVER, every=OFTEN)
    rota.add("writes", Queue.PUBLISH, every=OFTEN)
    async with running(engine_of(database, rota.handlers), [Queue.DELIVER]):
        await rota.called("sends", 2)
    assert rota.calls["writes"] == 0


async def test_stop_leaves_each_the_time_it_has(database: Database, rota: Rota) -> None:
    ends: list[str] = []

    def lasting(name: str) -> Callable[[], Awaitable[bool]]:
        async def work() -> bool:
            try:
                await asyncio.sleep(1)
                ends.append(f"{name} ended")
            except asyncio.CancelledError:
                ends.append(f"{name} was cancelled")
                raise
            return False

        return work

    rota.add("patient", Queue.DELIVER, then=lasting("patient"), grace=10)
    rota.add("brief", Queue.PUBLISH, then=lasting("brief"))
    engine = engine_of(database, rota.handlers)
    async with running(engine):
        await wake(database, engine, "patient", "brief")
        await rota.called("patient")
        await rota.called("brief")
    assert sorted(ends) == ["brief was cancelled", "patient ended"]


async def test_who_is_called_by_a_name_that_nobody_has(database: Database, rota: Rota) -> None:
    with pytest.raises(KeyError):
        await wake(database, engine_of(database, rota.handlers), "nobody")


async def test_what_a_killed_process_was_at_is_taken_up(database: Database, store_url: str, rota: Rota) -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", hanging.__name__, store_url, stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout
    assert await asyncio.wait_for(child.stdout.readline(), 30) == b"begun\n"
    child.kill()
    await child.wait()
    rota.add(hanging.NAME, Queue.COLLECT, every=hanging.EVERY)
    async with running(engine_of(database, rota.handlers)):
        await rota.called(hanging.NAME, within=60)
    assert rota.calls == {hanging.NAME: 1}


def test_sqlite_needs_nothing_of_what_postgresql_does(sqlite_url: str) -> None:
    """So that it starts as fast as ever, and without what is not installed."""
    script = (
        "import sys\n"
        "from newsletter.app import Program\n"
        "from newsletter.engine import engine_of\n"
        "from newsletter.store.database import open_database\n"
        "engine_of(open_database(sys.argv[1]), ()).stats()\n"
        "print([name for name in ('procrastinate', 'psycopg', 'apscheduler') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", script, sqlite_url], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
