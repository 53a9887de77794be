"""Every verb × every way in which a server can fail: nothing lost, nothing doubled without a word, nobody blamed."""

from __future__ import annotations

from collections import Counter

import pytest

from newsletter.model import EditionState
from tests.integration.deliver.scripted import DROP, GARBAGE, KEPT_SILENT, LONG, STALL, Scripted, at, serving
from tests.integration.deliver.world import QUICK, SHORT, World, deliver_until_done

CLOSING, LATER, NEVER = "421 4.3.2 closing", "451 4.3.0 later", "550 5.0.0 no"
FAULTS = [CLOSING, LATER, NEVER, DROP, STALL, GARBAGE, LONG]
CELLS = [("greeting", 1), ("EHLO", 1), *((verb, number) for verb in ("MAIL", "RCPT", "DATA", ".") for number in (1, 2))]
PLAIN, PIPELINED, CHUNKED = ("SIZE 0",), ("PIPELINING", "8BITMIME"), ("PIPELINING", "CHUNKING")


@pytest.mark.parametrize("offers", [PIPELINED, PLAIN, CHUNKED], ids=["pipelined", "plain", "chunked"])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("verb", "number"), CELLS)
async def test_every_fault_at_every_verb(
    small_world: World, verb: str, fault: str, number: int, offers: tuple[str, ...]
) -> None:
    world, readers = small_world, small_world.plan(3)
    verb = "BDAT" if verb == "DATA" and offers == CHUNKED else verb
    server = Scripted(offers=offers, script=lambda said, _, count: fault if (said, count) == (verb, number) else None)
    async with serving(server):
        await deliver_until_done(world, world.transport(server.port, timeouts=QUICK if fault == STALL else SHORT))
    doubts = {delivery for delivery, kind in world.events() if kind == "uncertain"}
    taken = Counter(server.recipients())
    expected = Counter(readers)
    refused = fault == NEVER and verb in ("RCPT", "DATA", "BDAT", ".")
    if refused:
        assert sorted(world.states()) == ["accepted", "accepted", "failed"]
        expected[readers[number - 1]] = 0
    else:
        assert set(world.states()) == {"accepted"}
    assert +taken == +expected
    assert bool(doubts) == (verb == "." and fault in (DROP, STALL, GARBAGE, LONG))
    assert world.suppressed() == []
    assert bool(world.told.standing) is False, "what is over stands no longer"


async def test_what_was_taken_without_an_answer_is_doubled_and_named(small_world: World) -> None:
    readers = small_world.plan(3)
    async with serving(Scripted(script=at(".", KEPT_SILENT, about=readers[1]))) as server:
        await deliver_until_done(small_world, small_world.transport(server.port))
    assert Counter(server.recipients()) == Counter([*readers, readers[1]])
    ((doubled, _), (again, _)) = small_world.events()
    assert small_world.rows("id", "uncertain")[1] == (doubled, 1)
    assert again == doubled
    assert [kind for _, kind in small_world.events()] == ["uncertain", "resent"]
    texts = [data for recipient, data in server.taken if recipient == readers[1]]
    assert texts[0] == texts[1], "a repeat is recognisable: the same bytes, the same Message-ID"


async def test_a_server_that_never_answers_the_end_gets_a_mail_only_so_often(small_world: World) -> None:
    small_world.plan(1)
    async with serving(Scripted(script=at(".", KEPT_SILENT, times=99))) as server:
        deliverer = small_world.deliverer(small_world.transport(server.port))
        for _ in range(10):
            await deliverer.run_until_idle()
            small_world.pass_time(hours=2)
    assert len(server.taken) == 4
    assert small_world.rows("state", "uncertain") == [("uncertain", 4)]


async def test_a_server_that_takes_few_messages_a_connection_is_no_failing_one(small_world: World) -> None:
    readers = small_world.plan(9)
    server = Scripted(script=lambda verb, _, number: CLOSING if verb == "MAIL" and number % 4 == 0 else None)
    async with serving(server):
        await small_world.deliverer(small_world.transport(server.port)).run_until_idle()
    assert server.recipients() == readers
    assert server.sessions == 3
    assert {attempts for (attempts,) in small_world.rows("attempts")} == {1}


async def test_a_refused_recipient_does_not_spoil_the_next(small_world: World) -> None:
    readers = small_world.plan(4)
    async with serving(Scripted(script=at("RCPT", "550 5.1.1 nobody", about=readers[1]))) as server:
        await small_world.deliverer(small_world.transport(server.port)).run_until_idle()
    assert server.recipients() == [readers[0], readers[2], readers[3]]
    assert "RSET" in server.said
    assert server.sessions == 1


async def test_no_message_is_sent_to_nobody(small_world: World) -> None:
    """RFC 2920, 3.1: a server may ask for the message although it refused its only recipient."""
    readers = small_world.plan(2)

    def script(verb: str, argument: str, number: int) -> str | None:
        return "550 5.1.1 nobody" if verb == "RCPT" and number == 1 else "354 go on" if verb == "DATA" else None

    async with serving(Scripted(script=script)) as server:
        await small_world.deliverer(small_world.transport(server.port)).run_until_idle()
    assert server.recipients() == [readers[1]]
    assert small_world.states() == ["failed", "accepted"]


async def test_a_message_that_breaks_every_connection_does_not_stop_the_others(small_world: World) -> None:
    readers = small_world.plan(5)
    async with serving(Scripted(script=at("RCPT", DROP, times=99, about=readers[0]))) as server:
        deliverer = small_world.deliverer(small_world.transport(server.port))
        for _ in range(30):
            await deliverer.run_until_idle()
            small_world.pass_time(hours=4)
    assert sorted(server.recipients()) == sorted(readers[1:])
    assert small_world.states() == ["failed", *["accepted"] * 4]
    assert small_world.edition_row().state == EditionState.FINISHED


async def test_a_server_that_is_down_is_left_alone_and_asked_again(small_world: World) -> None:
    readers = small_world.plan(3)
    server = Scripted(script=at("greeting", CLOSING, times=6))
    async with serving(server):
        deliverer = small_world.deliverer(small_world.transport(server.port))
        progress = await deliverer.run_until_idle()
        assert server.sessions == 5
        assert progress.rests_until == small_world.now.replace(minute=1)
        assert set(small_world.states()) == {"queued"}, "no reader is charged"
        assert list(small_world.told.standing) == ["mail-server"]
        await deliverer.run_until_idle()
        assert server.sessions == 5, "it rests"
        small_world.pass_time(minutes=1)
        await deliverer.run_until_idle()
        assert server.sessions == 6
        small_world.pass_time(minutes=1)
        await deliverer.run_until_idle()
        assert server.sessions == 6, "it rests twice as long"
        small_world.pass_time(minutes=1)
        await deliverer.run_until_idle()
    assert server.recipients() == readers
    assert small_world.told.standing == {}


async def test_an_answer_that_comes_before_the_end_is_not_taken_for_one(small_world: World) -> None:
    """A `250` sent ahead of the dot must not count as having taken the message."""
    small_world.plan(1)
    async with serving(Scripted(script=at("DATA", "354 go on\r\n250 2.0.0 taken"))) as server:
        await small_world.deliverer(small_world.transport(server.port)).run_until_idle()
        assert server.taken == []
        assert small_world.states() == ["deferred"]
