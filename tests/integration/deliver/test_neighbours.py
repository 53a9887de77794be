"""Two workers on one PostgreSQL, and a domain that says "later" to both."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import Row, select, update

from newsletter.model import DeliveryState
from newsletter.model.domain import LONGEST
from newsletter.store.database import open_database
from newsletter.store.shared_tables import slow_domains
from newsletter.store.tables import deliveries
from tests.integration.deliver.scripted import Scripted, serving
from tests.integration.deliver.world import World, until
from tests.proof.children import Child, How, child

FULL, EMPTY = "voll.example", "leer.example"
FULL_READERS, EMPTY_READERS = 150, 400
HOW = How(connections=6, batch=30, alone=False)
TAKES = 0.05  # seconds that the server takes to answer for a reader of the full domain


@dataclass
class Busy(Scripted):
    """Takes its time over readers of one domain, and says "later" while it is `full`; sees how many come at once."""

    full: bool = True
    begun: list[float] = field(default_factory=list)
    under_way: int = 0
    most: int = 0

    async def _answer(self, writer: asyncio.StreamWriter, verb: str, argument: str, good: str = "") -> str:
        if verb != "RCPT" or FULL not in argument:
            return await super()._answer(writer, verb, argument, good)
        self.under_way += 1
        self.begun.append(monotonic())
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(TAKES)
        self.under_way -= 1
        return await super()._answer(writer, verb, argument, "451 4.7.1 later" if self.full else good)

    def taken_of(self, domain: str) -> int:
        return sum(recipient.endswith(domain) for recipient in self.recipients())


@asynccontextmanager
async def working(world: World, port: int, count: int) -> AsyncIterator[list[Child]]:
    """So many workers, which end when nothing is left."""
    url = world.database.engine.url.render_as_string(hide_password=False)
    workers = [await asyncio.to_thread(child, url, world.folder, port, HOW) for _ in range(count)]
    try:
        for worker in workers:
            worker.let_go()
        yield workers
    finally:
        for worker in workers:
            worker.kill()


def planned(world: World, full: int, empty: int) -> None:
    """An edition to readers of both domains, mixed."""
    for number in range(full + empty):
        mixed = number * full % (full + empty) < full
        world.subscribe(f"leser{number}@{FULL if mixed else EMPTY}")
    world.edition()
    world.freeze()


def try_again(world: World) -> None:
    """Let the time pass that anything was put off for."""
    later = update(deliveries).where(deliveries.c.state == DeliveryState.DEFERRED)
    world.database.write(lambda connection: connection.execute(later.values(retry_at=world.now)))


def level(world: World) -> Row[Any]:
    """How much of its mail the full domain gets."""
    query = select(slow_domains).where(slow_domains.c.domain == FULL)
    return world.database.read(lambda connection: connection.execute(query).one())


@pytest.mark.timeout(240)
async def test_two_workers_go_easy_on_a_domain_together(postgres_url: str, tmp_path: Path) -> None:
    database = open_database(postgres_url)
    world = World(database, tmp_path, now=datetime.now(UTC))
    planned(world, full=FULL_READERS, empty=EMPTY_READERS)
    server = Busy()
    async with serving(server), working(world, server.port, 2):
        await until(lambda: server.taken_of(EMPTY) == EMPTY_READERS, 20)
        assert len(server.begun) < 30, "its neighbours did not wait for it"
        await asyncio.sleep(max(server.begun[0] + 14 - monotonic(), 0))
        late = [at for at in server.begun if at > server.begun[0] + 3]
        assert len(late) >= 5
        assert min(later - earlier for earlier, later in pairwise(late)) > 0.8 * LONGEST, "one a second, of both"
        assert (level(world).most, level(world).pause) == (1, LONGEST * 1_000_000)
        server.full, server.most = False, 0
        for _ in range(60):
            try_again(world)
            await asyncio.sleep(1)
            if server.taken_of(FULL) == FULL_READERS:
                break
        assert server.taken_of(FULL) == FULL_READERS
        assert 1 < server.most <= 2 * HOW.connections
        assert level(world).most in {0, *range(4, 2 * HOW.connections)}, "well, or nearly so"
    database.close()
