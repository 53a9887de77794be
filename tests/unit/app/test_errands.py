"""Work that outlasts a request: done once, waited for a little, its end kept for a while."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from newsletter.app.errands import Errands
from newsletter.errors import StateError

START = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


class Clock:
    now = START

    def __call__(self) -> datetime:
        return self.now


async def test_who_asks_again_waits_for_the_same_work() -> None:
    errands, go, begun = Errands(Clock(), patience=0), asyncio.Event(), list[int]()

    async def work() -> str:
        begun.append(1)
        await go.wait()
        return "done"

    first = await errands.run("a", work)
    second = await errands.run("a", work)
    assert first is second
    assert first.ended_at is None
    other = await errands.run("b", work)
    assert other is not first
    go.set()
    errands.patience = 10
    ended = await errands.run("a", work)
    assert ended is first
    assert (ended.result, ended.problem, ended.ended_at) == ("done", None, START)
    assert errands.latest("a") is first
    assert begun == [1, 1]


async def test_what_fails_says_why_and_may_be_begun_again() -> None:
    errands = Errands(Clock())

    async def refuse() -> None:
        raise StateError("somebody else is at work")

    async def break_down() -> None:
        raise ZeroDivisionError("what nobody should read")

    async def succeed() -> int:
        return 1

    assert (await errands.run("a", refuse)).problem == "somebody else is at work"
    assert (await errands.run("a", break_down)).problem == "ZeroDivisionError"
    assert (await errands.run("a", succeed)).result == 1


async def test_an_end_is_forgotten_after_an_hour() -> None:
    clock = Clock()
    errands = Errands(clock)

    async def succeed() -> int:
        return 1

    await errands.run("a", succeed)
    clock.now += timedelta(minutes=59)
    assert errands.latest("a") is not None
    clock.now += timedelta(minutes=2)
    assert errands.latest("a") is None
