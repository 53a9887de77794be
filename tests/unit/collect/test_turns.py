"""Turns of sources, places of hosts."""

from __future__ import annotations

import asyncio

import pytest

from newsletter.collect import turns
from newsletter.collect.turns import Places, Turn


def test_a_turn_ends_with_its_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(turns, "monotonic", lambda: clock[0])
    turn = Turn(seconds=60)
    clock[0] = 159.9
    assert turn.begins_look()
    clock[0] = 160.0
    assert turn.over
    assert not turn.begins_look()


def test_a_turn_ends_with_its_looks() -> None:
    turn = Turn(looks=2)
    assert [turn.begins_look() for _ in range(3)] == [True, True, False]
    assert turn.over


def test_a_turn_without_bounds_never_ends() -> None:
    turn = Turn()
    assert all(turn.begins_look() for _ in range(10_000))
    assert not turn.over


async def inside(places: Places, host: str, here: list[str], leave: asyncio.Event) -> None:
    async with places.of(host):
        here.append(host)
        await leave.wait()
        here.remove(host)


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_the_sources_of_a_host_share_its_place() -> None:
    places, leave, here = Places(2), asyncio.Event(), list[str]()
    tasks = [asyncio.create_task(inside(places, host, here, leave)) for host in ("slow", "slow", "slow", "b", "c")]
    await settled()
    assert sorted(here) == ["b", "slow", "slow", "slow"]
    leave.set()
    await asyncio.gather(*tasks)
    assert here == []


async def test_a_place_is_free_when_the_last_of_its_host_has_left() -> None:
    places, leave, other, here = Places(1), asyncio.Event(), asyncio.Event(), list[str]()
    first = asyncio.create_task(inside(places, "a", here, other))
    second = asyncio.create_task(inside(places, "a", here, leave))
    third = asyncio.create_task(inside(places, "b", here, leave))
    await settled()
    other.set()
    await first
    await settled()
    assert here == ["a"]
    leave.set()
    await asyncio.gather(second, third)


async def test_who_no_longer_waits_takes_no_place() -> None:
    places, leave, here = Places(1), asyncio.Event(), list[str]()
    first = asyncio.create_task(inside(places, "a", here, leave))
    await settled()
    waiting = asyncio.create_task(inside(places, "b", here, leave))
    await settled()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    leave.set()
    await first
    async with asyncio.timeout(5), places.of("b"):
        pass
