"""The kill proof: a delivering process is killed at random moments until its editions are done, then all is counted.

The mail server is a process of its own that writes down each message at the moment it takes it. What it wrote is held
against the ledger: nobody may be missing, and nobody may have more copies than the ledger names doubts.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from time import sleep
from typing import Any

from sqlalchemy import select

from newsletter.deliver.server import Timeouts
from newsletter.errors import StoreError
from newsletter.model import EditionState
from newsletter.store.database import open_database
from newsletter.store.deliveries import Terms
from newsletter.store.tables import deliveries, editions, events, subscribers
from tests.integration.deliver.scripted import Scripted, serving
from tests.integration.deliver.world import World

READERS = 20  # of an edition
CONNECTIONS = 3
SLOWEST = 0.008  # seconds that the server takes for an answer, at most
WHOLE = 0.3  # seconds: about what a run takes from its start to its end
processes = get_context("forkserver")
processes.set_forkserver_preload(["tests.acceptance.killing"])  # or most kills would meet nothing but imports


@dataclass
class Outcome:
    """What was counted. `lost` and `unexplained` must be 0."""

    kills: int = 0
    editions: int = 0
    mails: int = 0
    lost: int = 0
    doubled: int = 0
    unexplained: int = 0
    uncertain: int = 0


class Counting(Scripted):
    """Writes each recipient to a file when it takes the message, then is a little slow to say so."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    async def _end(self, writer: asyncio.StreamWriter, recipient: str, data: bytes) -> None:
        await asyncio.sleep(random.uniform(0, SLOWEST))
        os.write(self._file, f"{recipient}\n".encode())
        await asyncio.sleep(random.uniform(0, SLOWEST))
        await self._say(writer, "250 2.0.0 taken")


def run_server(folder: Path) -> None:
    """A process: takes mail until it is ended; its port stands in the file `port`."""

    async def serve() -> None:
        async with serving(Counting(folder / "taken")) as server:
            (folder / "port.new").write_text(str(server.port))
            (folder / "port.new").rename(folder / "port")
            await asyncio.Event().wait()

    asyncio.run(serve())


def run_deliverer(url: str, folder: Path, port: int, alone: bool, lease: float, up: Any) -> None:
    """A process: delivers what is due as `run` does, from settling a crash to the finished edition."""

    async def deliver() -> None:
        up.send(True)
        database = open_database(url)
        terms = Terms(claim=timedelta(seconds=lease), answer=timedelta(seconds=lease))
        world = World(database, folder, terms)
        clock = _Clock(world)
        if alone:
            world.ledger.recover(world.clock())
        deliverer = world.deliverer(world.transport(port, CONNECTIONS, timeouts=Timeouts()), batch=6)
        while clock.under_way():
            with suppress(StoreError):  # who was stopped may hold the database's lock
                await deliverer.run_until_idle()
            await asyncio.sleep(0.05)
        database.close()

    asyncio.run(deliver())


class _Clock:
    """Makes a world's clock the real one."""

    def __init__(self, world: World) -> None:
        self._world = world
        world.clock = lambda: datetime.now(UTC)  # type: ignore[method-assign]

    def under_way(self) -> bool:
        query = select(editions.c.id).where(editions.c.state == EditionState.SENDING)
        return self._world.database.read(lambda connection: connection.execute(query).first()) is not None


@contextmanager
def mail_server(folder: Path) -> Iterator[int]:
    server = processes.Process(target=run_server, args=(folder,), daemon=True)
    server.start()
    while not (folder / "port").exists():
        assert server.is_alive()
        sleep(0.01)
    try:
        yield int((folder / "port").read_text())
    finally:
        server.kill()
        server.join()


def plan(url: str, folder: Path, number: int) -> str:
    """One more edition; the readers are the same."""
    database = open_database(url)
    world = World(database, folder, now=datetime.now(UTC))
    if number == 0:
        for reader in range(READERS):
            world.subscribe(f"leser{reader}@stadt.example")
    id = world.edition(f"presse-daily-{number}", world.now + timedelta(seconds=number))
    assert world.freeze(id) == READERS
    database.close()
    return id


def prove_killing(url: str, folder: Path, kills: int, seed: int) -> Outcome:
    """Kill a deliverer with SIGKILL until it was killed `kills` times, let the last edition end, and count."""
    chance = random.Random(seed)
    outcome = Outcome()
    with mail_server(folder) as port:
        while outcome.kills < kills:
            plan(url, folder, outcome.editions)
            outcome.editions += 1
            while not _deliver_until(url, folder, port, chance.uniform(0, WHOLE) if outcome.kills < kills else 60):
                outcome.kills += 1
    return count(url, folder, outcome)


def _deliver_until(url: str, folder: Path, port: int, seconds: float) -> bool:
    """Whether the deliverer came to its end before it was killed; the time runs from when it is up."""
    worker = start(url, folder, port, alone=True, lease=900)
    worker.join(seconds)
    ended = worker.exitcode is not None
    worker.kill()
    worker.join()
    assert not ended or worker.exitcode == 0, "the deliverer failed by itself"
    return ended


def start(url: str, folder: Path, port: int, *, alone: bool, lease: float) -> ForkServerProcess:
    up, its_end = processes.Pipe(duplex=False)
    worker = processes.Process(target=run_deliverer, args=(url, folder, port, alone, lease, its_end), daemon=True)
    worker.start()
    assert up.poll(60)
    return worker


def prove_stopping(url: str, folder: Path, stops: int, seed: int) -> Outcome:
    """Stop one of two deliverers with SIGSTOP past its lease, let the other one go on, wake the first."""
    chance, outcome, lease = random.Random(seed), Outcome(), 0.4
    with mail_server(folder) as port:
        for _ in range(stops):
            plan(url, folder, outcome.editions)
            outcome.editions += 1
            sleeper = start(url, folder, port, alone=False, lease=lease)
            sleep(chance.uniform(0, WHOLE))
            assert sleeper.pid
            _tell(sleeper.pid, signal.SIGSTOP)
            sleep(lease)
            other = start(url, folder, port, alone=False, lease=lease)
            other.join(2)  # it waits longer where the sleeper was stopped with the database's lock in its hand
            _tell(sleeper.pid, signal.SIGCONT)
            for worker in (sleeper, other):
                worker.join(60)
            assert (sleeper.exitcode, other.exitcode) == (0, 0), "a deliverer failed by itself"
    return count(url, folder, outcome)


def _tell(process: int, what: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it was done already
        os.kill(process, what)


def count(url: str, folder: Path, outcome: Outcome) -> Outcome:
    """Hold what the server took against what the ledger says."""
    taken = Counter((folder / "taken").read_text().split())
    database = open_database(url)
    query = select(subscribers.c.email, deliveries.c.id, deliveries.c.state).join(
        subscribers, subscribers.c.id == deliveries.c.subscriber
    )
    doubts = select(events.c.delivery).where(events.c.kind == "uncertain")
    rows = database.read(lambda connection: connection.execute(query).all())
    doubted = Counter(database.read(lambda connection: connection.execute(doubts).scalars().all()))
    database.close()
    allowed, expected = Counter[str](), Counter[str]()
    for email, id, state in rows:
        expected[email] += 1
        allowed[email] += 1 + doubted[id]
        outcome.lost += state not in ("accepted", "uncertain") or (state == "uncertain" and not doubted[id])
    outcome.mails = taken.total()
    outcome.lost += (expected - taken).total()
    outcome.doubled = (taken - expected).total()
    outcome.unexplained = (taken - allowed).total()
    outcome.uncertain = doubted.total()
    _whole(url)
    return outcome


def _whole(url: str) -> None:
    if url.startswith("sqlite"):
        with suppress(sqlite3.OperationalError):
            connection = sqlite3.connect(url.removeprefix("sqlite:///"))
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            connection.close()
