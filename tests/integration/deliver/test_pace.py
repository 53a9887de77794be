"""Caps on what goes out, and an edition to an old list."""

from __future__ import annotations

from datetime import timedelta

from newsletter.deliver.pace import Caps
from newsletter.model import EditionState
from tests.integration.deliver.scripted import Scripted, serving
from tests.integration.deliver.world import EDITION, World


async def test_no_more_goes_out_than_a_cap_allows_not_even_after_a_restart(small_world: World) -> None:
    world, readers = small_world, small_world.plan(7)
    async with serving(Scripted()) as server:

        async def run() -> timedelta | None:
            transport = world.transport(server.port, connections=3)
            progress = await world.deliverer(transport, caps=Caps(per_minute=2, per_hour=5)).run_until_idle()
            return progress.capped_until - world.now if progress.capped_until else None

        assert (await run(), len(server.taken)) == (timedelta(minutes=1), 2)
        assert (await run(), len(server.taken)) == (None, 2), "there is no room, and it is not known what waits"
        world.pass_time(minutes=1)
        assert (await run(), len(server.taken)) == (timedelta(minutes=1), 4)
        world.pass_time(minutes=1)
        assert (await run(), len(server.taken)) == (timedelta(minutes=58), 5)
        assert set(world.states()) == {"accepted", "queued"}
        world.pass_time(minutes=58)
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
