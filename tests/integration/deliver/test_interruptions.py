"""What comes in between: a store that cannot be written, an order to stop."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from newsletter.deliver import held, worker
from newsletter.deliver.server import Timeouts
from newsletter.engine import Handler, Queue, engine_of
from newsletter.errors import StoreError
from newsletter.model import Claim, EditionState, Receipt
from newsletter.store.database import open_database
from newsletter.store.deliveries import Deliveries
from tests.integration.deliver.scripted import STALL, Scripted, at, serving
from tests.integration.deliver.world import EDITION, World

PATIENT = Timeouts()


class Failing(Deliveries):
    """A ledger whose n-th commits of fences and receipts fail, before or after they are on disk."""

    failures: range = range(0)
    afterwards = False
    calls = 0

    def settle(self, fences: Sequence[Claim], receipts: Sequence[Receipt], now: datetime) -> Future[frozenset[int]]:
        self.calls += 1
        fails = self.calls in self.failures
        if fails and not self.afterwards:
            raise StoreError("the database has no room left")
        settled = super().settle(fences, receipts, now)
        if not fails:
            return settled
        settled.result()
        broken = Future[frozenset[int]]()
        broken.set_exception(StoreError("the database cannot be reached"))
        return broken


@pytest.mark.parametrize("afterwards", [False, True])
@pytest.mark.parametrize("failures", [range(n, n + 1) for n in range(1, 7)] + [range(2, 5)])
async def test_no_dot_without_a_fence_on_disk(small_world: World, failures: range, afterwards: bool) -> None:
    readers = small_world.plan(4)
    ledger = Failing(small_world.database, small_world.journal)
    ledger.failures, ledger.afterwards = failures, afterwards
    small_world.ledger = ledger
    async with serving(Scripted()) as server:
        deliverer = small_world.deliverer(small_world.transport(server.port))
        for _ in range(12):
            with suppress(StoreError):
                await deliverer.run_until_idle()
            small_world.pass_time(minutes=16)
    assert small_world.edition_row().state == EditionState.FINISHED
    assert set(small_world.states()) == {"accepted"}
    assert set(server.recipients()) == set(readers)
    doubts = Counter(delivery for delivery, kind in small_world.events() if kind == "uncertain")
    copies = Counter(server.recipients())
    ids = dict(zip(readers, (id for (id,) in small_world.rows("id")), strict=True))
    assert all(copies[reader] <= 1 + doubts[ids[reader]] for reader in readers)


async def test_a_locked_database_in_mid_send(sqlite_url: str, tmp_path: Path) -> None:
    database = open_database(f"{sqlite_url}?timeout=0.3")
    world = World(database, tmp_path)
    readers = world.plan(4)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)

    def lock(verb: str, argument: str, number: int) -> str | None:
        if verb == "DATA" and number == 3:
            other.execute("BEGIN IMMEDIATE")
            asyncio.get_running_loop().call_later(1.0, other.rollback)
        return None

    async with serving(Scripted(script=lock)) as server:
        deliverer = world.deliverer(world.transport(server.port))
        with pytest.raises(StoreError, match="locked"):
            await deliverer.run_until_idle()
        assert server.recipients() == readers[:2]
        await deliverer.run_until_idle()
    assert server.recipients() == readers
    assert world.events() == []
    other.close()
    database.close()


async def test_it_goes_on_when_the_store_is_back(small_world: World) -> None:
    readers = small_world.plan(3)
    ledger = Failing(small_world.database, small_world.journal)
    ledger.failures = range(2, 4)
    small_world.ledger = ledger
    async with serving(Scripted()) as server:
        deliverer = small_world.deliverer(small_world.transport(server.port))

        async def deliver() -> bool:
            return (await deliverer.run_until_idle()).more

        handlers = [Handler("deliver", Queue.DELIVER, deliver, timedelta(seconds=1))]
        stopped = asyncio.Event()
        running = asyncio.create_task(engine_of(small_world.database, handlers).run(stopped))
        await until(lambda: small_world.edition_row().state == EditionState.FINISHED)
        small_world.ask("neu@stadt.example")
        await until(lambda: len(server.taken) == 4)
        stopped.set()
        await asyncio.wait_for(running, 5)
    assert server.recipients() == [*readers, "neu@stadt.example"]


async def test_a_turn_ends_in_time_and_another_goes_on(small_world: World) -> None:
    readers = small_world.plan(6)

    class Slow(Scripted):
        async def _say(self, writer: Any, answer: str) -> None:
            await asyncio.sleep(0.3 if "taken" in answer else 0)
            await super()._say(writer, answer)

    async with serving(Slow()) as server:
        deliverer = small_world.deliverer(small_world.transport(server.port))
        more = (await deliverer.run_until_idle(0.5)).more
        assert len(server.taken) < 6
        assert {"claimed", "committing"}.isdisjoint(small_world.states())
        turns = 1
        while more:
            more, turns = (await deliverer.run_until_idle(0.5)).more, turns + 1
        assert turns > 2
    assert server.recipients() == readers
    assert small_world.edition_row().state == EditionState.FINISHED


async def test_what_is_under_way_is_held_for_as_long_as_it_takes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another worker, at whose clock all leases of this moment have run out, takes nothing that is renewed."""
    monkeypatch.setattr(held, "BEAT", 0.05)
    readers = world.plan(3)
    release = asyncio.Event()

    class Slow(Scripted):
        async def _say(self, writer: Any, answer: str) -> None:
            if "taken" in answer:
                await release.wait()
            await super()._say(writer, answer)

    async with serving(Slow()) as server:
        deliverer = world.deliverer(world.transport(server.port, timeouts=PATIENT))
        running = asyncio.create_task(deliverer.run_until_idle())
        await until(lambda: "committing" in world.states())
        world.now += timedelta(minutes=5)
        await until(lambda: all(lease > world.now for (lease,) in world.rows("lease_until")))
        await asyncio.to_thread(world.ledger.tidy, world.now)
        assert sorted(world.states()) == ["claimed", "claimed", "committing"]
        release.set()
        await asyncio.wait_for(running, 10)
    assert server.recipients() == readers
    assert world.events() == []


@pytest.mark.parametrize("verb", ["greeting", "EHLO", "MAIL", "RCPT", "DATA"])
async def test_stop_drops_what_has_no_fence(small_world: World, verb: str) -> None:
    small_world.plan(3)
    async with serving(Scripted(script=at(verb, STALL))) as server:
        deliverer = small_world.deliverer(small_world.transport(server.port, timeouts=PATIENT))
        running = asyncio.create_task(deliverer.run_until_idle())
        await until(lambda: server.counts.get(verb, 0) > 0)
        began = monotonic()
        deliverer.stop()
        await asyncio.wait_for(running, 5)
        assert monotonic() - began < 2
    assert server.taken == []
    assert set(small_world.states()) == {"queued"}
    assert small_world.told.standing == {}


async def test_stop_waits_for_an_answer(small_world: World) -> None:
    readers = small_world.plan(3)
    holding = asyncio.Event()

    class Slow(Scripted):
        async def _say(self, writer: Any, answer: str) -> None:
            if "taken" in answer:
                holding.set()
                await asyncio.sleep(0.3)
            await super()._say(writer, answer)

    async with serving(Slow()) as server:
        deliverer = small_world.deliverer(small_world.transport(server.port, timeouts=PATIENT))
        running = asyncio.create_task(deliverer.run_until_idle())
        await holding.wait()
        deliverer.stop()
        await asyncio.wait_for(running, 5)
    assert server.recipients() == readers[:1]
    assert small_world.states() == ["accepted", "queued", "queued"]


async def test_stop_does_not_wait_for_ever(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "GRACE", 0.3)
    small_world.plan(2)
    async with serving(Scripted(script=at(".", STALL))) as server:
        deliverer = small_world.deliverer(small_world.transport(server.port, timeouts=PATIENT))
        running = asyncio.create_task(deliverer.run_until_idle())
        await until(lambda: server.counts.get(".", 0) > 0)
        deliverer.stop()
        await asyncio.wait_for(running, 5)
    assert small_world.states() == ["committing", "queued"]
    small_world.ledger.recover(small_world.now)
    assert [kind for _, kind in small_world.events()] == ["uncertain", "resent"]
    assert small_world.edition_row(EDITION).state == EditionState.SENDING


async def until(true: Any) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - what it waits for is a row
            await asyncio.sleep(0.01)
