"""Two workers on one PostgreSQL, and a domain that says "later" to both."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from time import monotonic
from typing import Any

import psycopg
import pytest
from sqlalchemy import Row, func, select, update

from newsletter.deliver.domains import Domains
from newsletter.deliver.exchange import Exchange
from newsletter.deliver.verdict import Fate, Outcome
from newsletter.model import Claim, DeliveryState, DomainLevel
from newsletter.model.domain import LONGEST
from newsletter.store.database import open_database
from newsletter.store.domains import SharedDomains
from newsletter.store.shared_tables import domain_shares, slow_domains
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


refused = Claim(1, 1, "e", None, "v", 1, 1, f"leser@{FULL}", datetime.now(UTC), 0, datetime.now(UTC))


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


async def test_what_could_not_be_told_is_told_later(postgres_url: str) -> None:
    with closing(open_database(postgres_url)) as database:
        domains = Domains(4, alone=False)
        exchange = Exchange(domains, SharedDomains(database))
        domains.end(refused, Outcome(Fate.DEFERRED, "RCPT: 451 4.7.1 later", crowded=True))
        read_only(postgres_url, "on")
        async with exchange.kept_up([refused]):
            await asyncio.sleep(0.5)
            assert not domains.may(refused), "nothing is begun that others may have begun"
            read_only(postgres_url, "off")
            await until(lambda: domains.may(refused))
            assert SharedDomains(database).exchange({}, 4).levels == {FULL: DomainLevel(2)}
        query = select(func.count()).select_from(domain_shares)
        assert database.read(lambda connection: connection.execute(query).scalar_one()) == 0, "it left its share"


def test_on_sqlite_there_is_nobody_to_tell(small_world: World) -> None:
    assert small_world.ledger.neighbours is None


def read_only(url: str, how: str) -> None:
    """Let the server take no writes of whoever connects to this database from now on, as all have to."""
    server, _, name = url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = {how}".encode())
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
