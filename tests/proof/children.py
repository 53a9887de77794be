"""Delivering processes, forked from one that has everything imported: or most kills would meet nothing but imports."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import httpx
import structlog
from sqlalchemy import and_, or_, select

from newsletter.config import Mail
from newsletter.deliver import held
from newsletter.deliver.server import Timeouts
from newsletter.deliver.transports import Transport, find
from newsletter.errors import StoreError
from newsletter.model import OPEN, DeliveryState, EditionState
from newsletter.store.database import open_database
from newsletter.store.deliveries import Terms
from newsletter.store.tables import deliveries, editions
from tests.integration.deliver.world import World

SMTP, HTTP = "smtp", "http"
processes = get_context("forkserver")
LATE = (
    *("newsletter.store.schema", "anyio._backends._asyncio", "httpcore._backends.anyio", "encodings.idna"),
    *("email.contentmanager", "email.headerregistry", "email.policy", "email.parser", "email.quoprimime"),
)
PROVIDER = ("newsletter.deliver.http", "newsletter.deliver.providers.brevo")
processes.set_forkserver_preload(["tests.proof.parts.kills"])  # and what it imports
NO_TLS = httpx.create_ssl_context(verify=False)  # made once: it reads a lot
PATIENT = Timeouts()


@dataclass(frozen=True, slots=True)
class How:
    """How a child delivers. `alone`: it knows that nobody else does; `lease` in seconds; `mutant`: a rule it breaks;
    `over`: by SMTP, or over HTTP to a provider that knows a repeated request by its key."""

    connections: int = 1
    batch: int = 6
    alone: bool = True
    lease: float = 900.0
    mutant: str | None = None
    over: str = SMTP
    patience: float | None = None  # seconds that it waits for SQLite's lock, where not the usual ones


@dataclass
class Child:
    """A process that is up and waits to be let go."""

    process: ForkServerProcess
    go: Any

    def let_go(self) -> None:
        """Let it deliver."""
        with suppress(BrokenPipeError):
            self.go.send(True)

    def ended(self, seconds: float | None = None) -> bool:
        """Whether it came to its end by itself within that time."""
        self.process.join(seconds)
        return self.process.exitcode == 0

    def kill(self) -> None:
        """SIGKILL, and wait."""
        self.process.kill()
        self.process.join()


def prepare(*, mutant: bool, provider: bool) -> None:
    """Have all imported before a child is forked that it may need: half of the kills would meet nothing but imports."""
    wanted = ("tests.proof.parts.kills", *(("tests.proof.mutants",) if mutant else ()))
    processes.set_forkserver_preload([*wanted, *((*PROVIDER, *LATE) if provider else LATE[:1])])


def child(url: str, folder: Path, port: int, how: How) -> Child:
    """A new child that is up, held before its first step."""
    up, its_up = processes.Pipe(duplex=False)
    its_go, go = processes.Pipe(duplex=False)
    process = processes.Process(target=_deliver, args=(url, folder, port, how, its_up, its_go), daemon=True)
    process.start()
    assert up.poll(60), "the deliverer did not come up"
    return Child(process, go)


def hush() -> None:
    """Say nothing of what goes wrong: all of it is meant to."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)


def _deliver(url: str, folder: Path, port: int, how: How, up: Any, go: Any) -> None:
    hush()
    if how.mutant:
        from tests.proof.mutants import MUTANTS

        MUTANTS[how.mutant].spoil()
    up.send(True)
    go.recv()
    asyncio.run(until_done(url, folder, port, how))


async def until_done(url: str, folder: Path, port: int, how: How) -> None:
    """Deliver what is due as `run` does, from settling a crash to the finished edition."""
    lease = timedelta(seconds=how.lease)
    held.BEAT = how.lease / 4  # as often within a lease as in earnest
    with suppress(StoreError):
        return await _until_done(url, folder, port, how, Terms(claim=lease, answer=lease))
    await asyncio.sleep(0.05)  # the database was locked by somebody who was stopped: begin again, as systemd would
    return await until_done(url, folder, port, how)


async def _until_done(url: str, folder: Path, port: int, how: How, terms: Terms) -> None:
    waits = how.patience and url.startswith("sqlite")
    database = open_database(f"{url}?timeout={how.patience}" if waits else url)
    try:
        world = World(database, folder, terms)
        world.clock = lambda: datetime.now(UTC)  # type: ignore[method-assign]
        if how.alone:
            world.ledger.recover(world.clock())
        deliverer = world.deliverer(_transport(world, port, how), batch=how.batch)
        while under_way(world):
            with suppress(StoreError):  # who was stopped may hold the database's lock
                await deliverer.run_until_idle()
            await asyncio.sleep(0.02)
    finally:
        database.close()


def _transport(world: World, port: int, how: How) -> Transport:
    if how.over == SMTP:
        return world.transport(port, how.connections, timeouts=PATIENT)
    api = {"key": "key", "url": f"http://127.0.0.1:{port}", "connections": how.connections}
    mail = Mail.model_validate({"from": "presse@musterstadt.example", "transport": "brevo", "api": api})
    return find(mail, lambda host: httpx.AsyncHTTPTransport(verify=NO_TLS), world.clock)


def under_way(world: World) -> bool:
    """Whether an edition is being sent, or a mail beside it is due."""
    own, later = deliveries.c, deliveries.c.retry_at > datetime.now(UTC)
    edition = select(editions.c.id).where(editions.c.state == EditionState.SENDING)
    mail = select(own.id).where(own.state.in_(OPEN), ~and_(own.state == DeliveryState.DEFERRED, later))
    query = select(or_(edition.exists(), mail.exists()))
    return bool(world.database.read(lambda connection: connection.execute(query).scalar_one()))
