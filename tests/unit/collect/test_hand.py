"""What of pages is in hand is bounded by bytes, and who waits gets room in turn."""

from __future__ import annotations

import asyncio
import threading

import pytest

from newsletter.collect.hand import Room, read_in_turn
from newsletter.model import Page


async def turns() -> None:
    """Let whoever may go on go on."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_who_finds_no_room_waits_for_it_in_turn() -> None:
    room, came = Room(10), list[str]()

    async def come(name: str, size: int) -> None:
        await room.take(size)
        came.append(name)

    tasks = [asyncio.create_task(come(name, size)) for name, size in (("a", 6), ("b", 6), ("c", 2))]
    await turns()
    assert came == ["a"]
    room.give(6)
    await asyncio.gather(*tasks)
    assert came == ["a", "b", "c"]


async def test_who_gives_up_waiting_leaves_its_turn() -> None:
    room = Room(10)
    await room.take(10)
    waiting = [asyncio.create_task(room.take(5)) for _ in range(2)]
    await turns()
    waiting[0].cancel()
    await turns()
    room.give(5)
    await waiting[1]
    assert waiting[0].cancelled()


async def test_a_page_keeps_what_it_needs_until_nobody_holds_it() -> None:
    room = Room(10)
    with room.hold(100) as hold:
        await hold.take()
        page = hold.keep_for(Page("https://a.example/x", b"1234"))
    later = asyncio.create_task(room.take(7))
    await turns()
    assert not later.done()
    assert page.body == b"1234"
    del page
    await later


async def test_a_page_that_another_thread_drops_gives_back_its_room_too() -> None:
    room = Room(4)
    with room.hold(4) as hold:
        await hold.take()
        held = [hold.keep_for(Page("https://a.example/x", b"1234"))]
    thread = threading.Thread(target=held.clear)
    thread.start()
    thread.join()
    await room.take(4)


async def test_what_fails_keeps_nothing() -> None:
    room = Room(4)

    async def fail() -> None:
        with room.hold(4) as hold:
            await hold.take()
            raise ValueError

    with pytest.raises(ValueError):
        await fail()
    await room.take(4)


async def test_a_small_page_needs_no_room() -> None:
    room = Room(4)
    await room.take(4)
    with room.hold(4) as hold:
        assert hold.keep_for(Page("https://a.example/x", b"1234")).body == b"1234"


async def test_pages_are_read_one_at_a_time() -> None:
    under_way, most = 0, 0

    def read(number: int) -> int:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        for _ in range(10_000):
            pass
        under_way -= 1
        return number

    assert await asyncio.gather(*(read_in_turn(read, n) for n in range(20))) == list(range(20))
    assert most == 1
