"""Several processes on one PostgreSQL ask a portal at one pace."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from itertools import pairwise

import pytest

from newsletter.collect.pace import OwnPace
from newsletter.store.database import Database, open_database
from newsletter.store.pace import SharedPace
from newsletter.store.shared_tables import portal_paces
from tests.integration.collect.web import Asked, fetcher, web

HOST = "https://portal.example:443"


@pytest.fixture
def databases(postgres_url: str) -> Iterator[list[Database]]:
    """One database, as two processes see it."""
    both = [open_database(postgres_url) for _ in range(2)]
    yield both
    for one in both:
        one.close()


async def test_steps_of_a_process_follow_each_other() -> None:
    pace = OwnPace()
    waits = [await pace.step(HOST, 5) for _ in range(3)]
    assert waits == pytest.approx([0, 5, 10], abs=0.1)
    assert await pace.step("https://other.example:443", 5) == 0


async def test_steps_of_processes_follow_each_other(databases: list[Database]) -> None:
    processes = [SharedPace(database) for database in databases]
    waits = await asyncio.gather(*(pace.step(HOST, 5) for pace in processes * 4))
    assert sorted(waits) == pytest.approx([5 * number for number in range(8)], abs=1)
    assert await processes[0].step("https://other.example:443", 5) == 0


async def test_a_host_without_a_pace_has_no_steps(databases: list[Database]) -> None:
    pace = SharedPace(databases[0])
    assert [await pace.step(HOST, 0) for _ in range(3)] == [0, 0, 0]
    assert await pace.step(HOST, 1) == 0


async def test_a_clock_that_was_wrong_keeps_nobody_waiting(databases: list[Database]) -> None:
    row = {"host": HOST, "free_at": 4_000_000_000_000_000}
    databases[0].write(lambda connection: connection.execute(portal_paces.insert().values(row)))
    assert await SharedPace(databases[0]).step(HOST, 1) <= 600


async def test_a_portal_is_asked_at_one_pace_by_two_processes(databases: list[Database]) -> None:
    asked: list[float] = []

    def page(_: Asked) -> str:
        asked.append(time.monotonic())
        return "seen"

    pause = 0.25
    processes = [fetcher(pace=SharedPace(database)) for database in databases]
    async with web() as portal:
        portal.pages |= {"/robots.txt": f"User-agent: *\nCrawl-delay: {pause}"}
        portal.pages |= {f"/{number}": page for number in range(6)}
        await asyncio.gather(*(processes[n % 2].fetch(f"{portal.site}/{n}") for n in range(6)))
        for one in processes:
            await one.aclose()
    gaps = [later - earlier for earlier, later in pairwise(sorted(asked))]
    assert len(gaps) == 5
    assert min(gaps) > 0.7 * pause
