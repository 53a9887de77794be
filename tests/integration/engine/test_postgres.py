"""What several processes on one PostgreSQL are promised beside."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from time import time

import pytest
from sqlalchemy import Connection, text

from newsletter.engine import Queue, Stats, engine_of
from newsletter.engine.postgres import PostgresEngine
from newsletter.store.database import Database, open_database
from tests.integration.engine.test_engine import Rota, running, wake

CLOCKS = 8


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    opened = open_database(postgres_url)
    yield opened
    opened.close()


@pytest.fixture
def rota() -> Rota:
    return Rota()


@asynccontextmanager
async def several(url: str, rota: Rota, number: int) -> AsyncIterator[None]:
    """So many engines on one database, as in so many processes."""
    async with AsyncExitStack() as stack:
        for _ in range(number):
            database = open_database(url)
            stack.callback(database.close)
            await stack.enter_async_context(running(engine_of(database, rota.handlers)))
        yield


async def test_eight_clocks_call_once_a_tick(database: Database, postgres_url: str, rota: Rota) -> None:
    rota.add("a", Queue.MAINTENANCE, every=timedelta(seconds=2))
    async with several(postgres_url, rota, CLOCKS):
        before, began = rota.calls["a"], time()
        await asyncio.sleep(8)
        ticks = time() // 2 - began // 2
    assert rota.calls["a"] - before <= ticks + 1
    assert rota.calls["a"] - before >= ticks - 1


async def test_one_call_brings_as_many_processes_as_it_says(database: Database, postgres_url: str, rota: Rota) -> None:
    inside, most = 0, 0

    async def deliver() -> bool:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(1)
        inside -= 1
        return False

    rota.add("a", Queue.DELIVER, then=deliver, processes=3)
    rota.add("b", Queue.PUBLISH, then=deliver)
    async with several(postgres_url, rota, 4):
        await wake(database, engine_of(database, rota.handlers), "a")
        await rota.called("a", 3)
        await asyncio.sleep(1.5)
        assert (rota.calls["a"], most) == (3, 3)
        most = 0
        for _ in range(3):
            await wake(database, engine_of(database, rota.handlers), "b")
            await asyncio.sleep(0.2)
        await rota.called("b", 2)
        await asyncio.sleep(1.5)
    assert (rota.calls["b"], most) == (2, 1)


async def test_a_call_that_stands_for_another_waits_for_it(database: Database, rota: Rota) -> None:
    """Whoever relies on a call that waits already has it wait until he has committed, so that it sees what he wrote."""
    rota.add("a")
    engine = engine_of(database, rota.handlers)
    await wake(database, engine, "a")
    relied, go_on = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def slowly(connection: Connection) -> None:
        engine.wake(connection, "a")
        loop.call_soon_threadsafe(relied.set)
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(30)

    writing = asyncio.create_task(asyncio.to_thread(database.write, slowly))
    await relied.wait()
    async with running(engine):
        await asyncio.sleep(3)
        assert rota.calls == {}
        go_on.set()
        await writing
        await rota.called("a")
        await asyncio.sleep(2.5)
    assert rota.calls == {"a": 1}


async def test_who_calls_twice_at_once_loses_nothing(database: Database, rota: Rota) -> None:
    rota.add("a", processes=2)
    engine = engine_of(database, rota.handlers)

    def work(connection: Connection) -> None:
        engine.wake(connection, "a")
        connection.execute(text("INSERT INTO state VALUES (gen_random_uuid()::text, '')"))

    await asyncio.gather(*(asyncio.to_thread(database.write, work) for _ in range(8)))
    assert engine.stats().waiting == {"a": 2}
    assert database.read(lambda connection: connection.execute(text("SELECT count(*) FROM state")).scalar()) == 8


async def test_it_goes_on_when_its_connections_were_cut(database: Database, rota: Rota) -> None:
    rota.add("a", every=timedelta(seconds=2))
    rota.add("b")
    engine = engine_of(database, rota.handlers)
    cut = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid()"
    )
    async with running(engine):
        await rota.called("a")
        for _ in range(3):
            await asyncio.to_thread(database.write, lambda connection: connection.execute(cut).all())
            await asyncio.sleep(1)
        seen = rota.calls["a"]
        await rota.called("a", seen + 2, within=30)
        await wake(database, engine, "b")
        await rota.called("b", within=10)


async def test_stats_say_what_waits_fails_and_stalls(database: Database, rota: Rota) -> None:
    async def fails() -> bool:
        raise ZeroDivisionError

    rota.add("bad", then=fails)
    rota.add("other", Queue.FEEDBACK)
    engine = engine_of(database, rota.handlers)
    assert isinstance(engine, PostgresEngine)
    async with running(engine, [Queue.PUBLISH]):
        await wake(database, engine, "bad", "other")
        await rota.called("bad")
        await asyncio.sleep(0.5)
        stats = engine.stats()
        assert (stats.workers, stats.failing, stats.stalled) == (1, ("bad",), 0)
        assert stats.waiting == {"bad": 1, "other": 1}


async def test_what_is_broken_off_is_for_another(database: Database, rota: Rota) -> None:
    async def hang() -> bool:
        if rota.calls["a"] == 1:
            await asyncio.Event().wait()
        return False

    rota.add("a", then=hang)
    engine = engine_of(database, rota.handlers)
    async with running(engine):
        await wake(database, engine, "a")
        await rota.called("a")
    assert engine.stats().waiting == {"a": 1}
    async with running(engine_of(database, rota.handlers)):
        await rota.called("a", 2)
        await asyncio.sleep(0.5)
    assert engine.stats().waiting == {}


async def test_a_call_that_nobody_here_can_answer_stops_nothing(database: Database, rota: Rota) -> None:
    """As when processes of two versions run beside each other."""
    newer = Rota()
    newer.add("unknown")
    rota.add("a")
    await wake(database, engine_of(database, newer.handlers), "unknown")
    engine = engine_of(database, rota.handlers)
    async with running(engine):
        await wake(database, engine, "a")
        await rota.called("a")


@pytest.mark.parametrize("again", [False, True], ids=["alone", "while another waits"])
async def test_what_stalls_is_told_and_done_once(database: Database, rota: Rota, again: bool) -> None:
    rota.add("a")
    engine = engine_of(database, rota.handlers)
    await wake(database, engine, "a")
    begun = text("UPDATE procrastinate_jobs SET status = 'doing'")  # by a process that is gone
    database.write(lambda connection: connection.execute(begun))
    if again:
        await wake(database, engine, "a")
    assert engine.stats().stalled == 1
    async with running(engine):
        await rota.called("a", within=30)
        await asyncio.sleep(3)
    assert rota.calls == {"a": 1}
    assert engine.stats() == Stats()
