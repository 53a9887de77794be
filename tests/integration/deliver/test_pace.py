"""Caps on what goes out, and an edition to an old list."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from newsletter.deliver.domains import FAR, NEAR
from newsletter.deliver.pace import AT_ONCE, Caps, Window
from newsletter.model import EditionState
from newsletter.store.budget import LASTS
from newsletter.store.fencing import CROWDED
from newsletter.store.tables import editions
from tests.integration.deliver.scripted import Scripted, serving
from tests.integration.deliver.world import EDITION, World, until


async def test_no_more_goes_out_than_a_cap_allows_not_even_after_a_restart(small_world: World) -> None:
    world, readers = small_world, small_world.plan(7)
    async with serving(Scripted()) as server:

        async def run() -> timedelta | None:
            transport = world.transport(server.port, connections=3)
            progress = await world.deliverer(transport, caps=Caps(per_minute=2, per_hour=5)).run_until_idle()
            return progress.capped_until - world.now if progress.capped_until else None

        minute = timedelta(minutes=1) + LASTS
        assert (await run(), len(server.taken)) == (minute, 2)
        assert (await run(), len(server.taken)) == (LASTS, 2), "the process before may give some back"
        world.now += minute
        assert (await run(), len(server.taken)) == (minute, 4)
        world.now += minute
        assert (await run(), len(server.taken)) == (timedelta(hours=1) + LASTS - 2 * minute, 5)
        assert set(world.states()) == {"accepted", "queued"}
        world.pass_time(hours=1)
        assert (await run(), len(server.taken)) == (None, 7)
    assert sorted(server.recipients()) == sorted(readers)
    assert world.edition_row().state == EditionState.FINISHED


async def test_an_edition_to_an_old_list_stops_and_a_person_decides(small_world: World) -> None:
    world, readers = small_world, small_world.plan(40)
    gone = set(readers[::2])

    def script(verb: str, argument: str, number: int) -> str | None:
        return "550 5.1.1 no such user" if verb == "RCPT" and any(one in argument for one in gone) else None

    async with serving(Scripted(script=script)) as server:
        deliverer = world.deliverer(world.transport(server.port))
        await deliverer.run_until_idle()
        row = world.edition_row()
        assert (row.state, world.states().count("failed"), world.states().count("queued")) == ("paused", 11, 19)
        assert "11 of its first mails were refused" in row.reason
        assert list(world.told.standing) == [f"failing:{EDITION}"]
        world.editions.move(EDITION, EditionState.SENDING, world.now)
        await deliverer.run_until_idle()
    assert sorted(server.recipients()) == sorted(set(readers) - gone)
    assert world.states().count("failed") == 20
    assert world.edition_row().state == EditionState.FINISHED


async def test_a_domain_that_refuses_for_now_holds_up_no_other(small_world: World) -> None:
    world = small_world
    for number in range(30):
        world.subscribe(f"leser{number}@{'voll' if number % 2 else 'leer'}.example")
    world.edition()
    world.freeze()

    def full(verb: str, argument: str, number: int) -> str | None:
        return "451 4.7.1 later" if verb == "RCPT" and "@voll" in argument else None

    busy = Scripted(script=full)
    async with serving(busy) as server:
        await world.deliverer(world.transport(server.port, connections=5)).run_until_idle()
        assert Counter(world.states()) == Counter(accepted=15, deferred=15)
        busy.script = lambda verb, argument, number: None
        world.pass_time(minutes=7)
        await world.deliverer(world.transport(server.port, connections=5)).run_until_idle()
    assert set(world.states()) == {"accepted"}
    assert len(set(server.recipients())) == 30


async def test_a_big_domain_that_refuses_for_now_fills_no_hand(world: World) -> None:
    for number in range(120):
        world.subscribe(f"leser{number}@{'voll' if number < 60 else 'leer'}.example")
    world.ask("neu@voll.example")
    world.edition()
    world.freeze()

    def full(verb: str, argument: str, number: int) -> str | None:
        return "451 4.7.1 later" if verb == "RCPT" and "@voll" in argument else None

    async with serving(Scripted(script=full)) as server:
        deliverer = world.deliverer(world.transport(server.port, connections=5), batch=10)
        running = asyncio.create_task(deliverer.run_until_idle())
        await until(lambda: len(server.taken) == 60, 20)
        deliverer.stop()
        await running
    untried = [row for row in world.rows("state", "attempts", "answer", "retry_at", "notice") if row[2] == CROWDED]
    assert len(untried) >= 20
    assert {row[:2] for row in untried} == {("deferred", 0)}
    assert all(NEAR < (row[3] - world.now).total_seconds() <= FAR for row in untried)
    assert all(row[4] is None for row in untried), "for a notice somebody waits"
    turns = sorted(row[3] for row in untried)
    assert len(set(turns)) == len(turns), "each has a turn of its own"


async def test_regular_editions_wait_for_their_hours(world: World) -> None:
    zone = ZoneInfo("Europe/Berlin")
    caps = Caps(window=Window(time(8), time(20), zone))  # it is seven
    world.plan(3)
    world.ask("neu@stadt.example")
    async with serving(Scripted()) as server:
        await world.deliverer(world.transport(server.port), caps=caps).run_until_idle()
        assert server.recipients() == ["neu@stadt.example"], "who subscribes does not wait"
        assert world.edition_row().state == EditionState.SENDING
        change = update(editions).values(extra=True)
        world.database.write(lambda connection: connection.execute(change))
        await world.deliverer(world.transport(server.port), caps=caps).run_until_idle()
        assert len(server.taken) == 4, "what a person put together goes when they approve it"
        world.freeze(world.edition("presse-daily-2"))
        await world.deliverer(world.transport(server.port), caps=caps).run_until_idle()
        assert len(server.taken) == 4
        world.pass_time(hours=1)
        await world.deliverer(world.transport(server.port), caps=caps).run_until_idle()
    assert len(server.taken) > 4
    assert set(world.states()) == {"accepted"}


@pytest.mark.parametrize(("opens", "closes", "open_at"), [(6, 22, range(6, 22)), (22, 6, [22, 23, *range(6)])])
def test_a_window_may_lie_over_midnight(opens: int, closes: int, open_at: Sequence[int]) -> None:
    window = Window(time(opens), time(closes), UTC)
    day = datetime(2026, 11, 27, tzinfo=UTC)
    assert [hour for hour in range(24) if window.open(day.replace(hour=hour))] == sorted(open_at)


async def test_many_connections_share_a_cap_without_stumbling(small_world: World) -> None:
    """Whoever waits for leave to begin may find that others took all that was at hand."""
    world, readers = small_world, small_world.plan(120)
    async with serving(Scripted()) as server:
        transport = world.transport(server.port, connections=30)
        await world.deliverer(transport, caps=Caps(per_day=1000), batch=AT_ONCE + 2).run_until_idle()
    assert sorted(server.recipients()) == sorted(readers)
    assert world.edition_row().state == EditionState.FINISHED
