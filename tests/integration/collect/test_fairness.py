"""One source with much to read holds up no other; who died holds up nobody for long. On both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from newsletter.collect import leases, turns
from newsletter.collect.collector import Collector
from newsletter.collect.leases import LEASE
from newsletter.collect.report import SourceReport
from newsletter.store.database import Database
from tests.integration.collect.newsroom import Newsroom, counts, newsroom
from tests.integration.collect.test_backfill import each_once, put, stored
from tests.integration.collect.test_feeds import entry, rss
from tests.integration.collect.web import Reply


@pytest.fixture
async def room(database: Database) -> AsyncIterator[Newsroom]:
    async with newsroom(database) as opened:
        yield opened


@pytest.fixture
def slow(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> Newsroom:
    """Every page takes ten seconds, by the clock that turns go by."""
    clock, fetch = [0.0], room.fetcher.fetch

    async def slowly(url: str, **rest: Any) -> Any:
        clock[0] += 10
        return await fetch(url, **rest)

    monkeypatch.setattr(turns, "monotonic", lambda: clock[0])
    room.fetcher.fetch = slowly  # type: ignore[method-assign]
    room.collector = Collector(room.fetcher, room.store)
    return room


async def turn(room: Newsroom, seconds: float = 60) -> Any:
    (report,) = await room.collector.collect_due({"portal": room.feed()}, room.now, seconds)
    return report


async def test_a_first_collect_is_done_in_turns_and_each_release_once(slow: Newsroom) -> None:
    put(slow, 5)
    reports: list[SourceReport] = []
    while not reports or reports[-1].backfill is None or reports[-1].backfill.ended_at is None:
        reports.append(await turn(slow))
        slow.now += timedelta(seconds=20)
        assert len(reports) < 20
    assert len(reports) > 3
    assert max(report.new for report in reports) <= 7  # a minute, ten seconds each, four of them in hand
    assert stored(slow) == each_once(15)
    assert not any(release.mailable for release in slow.releases())
    assert all(release.kicker == "Umwelt" for release in slow.releases())


async def test_what_is_left_of_a_turn_is_due_at_once_and_then_the_source_rests(slow: Newsroom) -> None:
    slow.publish(*range(12))
    assert (await turn(slow)).new < 12
    assert slow.next_at() == slow.now
    while len(slow.releases()) < 12:
        await turn(slow)
    assert slow.next_at() == slow.now + timedelta(minutes=15)


async def test_news_are_collected_in_turns_too_and_all_of_them_are_mailed(slow: Newsroom) -> None:
    slow.publish(0)
    await turn(slow)
    slow.publish(*range(1, 13), 0)
    slow.now += timedelta(minutes=15)
    assert (await turn(slow)).problems[0].endswith("more pages wait for the next collect")
    while len(slow.releases()) < 13:
        await turn(slow)
    assert sum(release.mailable for release in slow.releases()) == 12


async def test_whole_entries_of_a_feed_that_a_turn_did_not_come_to_are_read_from_it(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.collect.collector.MOST_LOOKS", 4)
    room.portal.pages["/presse"] = rss(*(entry(n, f"Absatz Nummer {n}. " * 60) for n in range(10)))
    reports = [await room.collect(1, kind="feed") for _ in range(3)]
    assert [report.new for report in reports] == [4, 4, 2]
    assert set(room.portal.paths()) == {"/presse"}


async def test_a_tick_is_not_held_up_by_the_one_before(room: Newsroom) -> None:
    """Twelve sources of one host hang: they have one place of eight, and a later tick collects what is due then."""
    room.publish(1)
    stuck, all_of_them, fetch, hanging = asyncio.Event(), asyncio.Event(), room.fetcher.fetch, list[str]()

    async def stalls(url: str, **rest: Any) -> Any:
        if "/haengt" in url:
            hanging.append(url)
            if len(hanging) == 12:
                all_of_them.set()
            await stuck.wait()
        return await fetch(url, **rest)

    room.fetcher.fetch = stalls  # type: ignore[method-assign]
    collector = Collector(room.fetcher, room.store)
    slow = {f"haengt-{n}": room.feed(url=f"http://localhost:1/haengt/{n}") for n in range(12)}
    first = asyncio.create_task(collector.collect_due(slow, room.now, 60))
    await all_of_them.wait()
    second = await collector.collect_due({**slow, "portal": room.feed()}, room.now, 60)
    assert [counts(report) for report in second] == [{"found": 1, "new": 1}]
    stuck.set()
    assert [report.found for report in await first] == [0] * 12


async def test_who_dies_in_mid_collect_leaves_a_short_lease(room: Newsroom) -> None:
    room.publish(1)
    assert room.claim() == ["portal"]  # and dies
    assert room.claim(minutes=0.4) == []
    assert room.claim(minutes=LEASE.total_seconds() / 60) == ["portal"]


async def test_a_lease_is_renewed_while_the_work_goes_on(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "BEAT", 0.01)
    at_work, go_on = asyncio.Event(), asyncio.Event()
    fetch = room.fetcher.fetch

    async def waits(url: str, **rest: Any) -> Any:
        at_work.set()
        await go_on.wait()
        return await fetch(url, **rest)

    room.fetcher.fetch = waits  # type: ignore[method-assign]
    room.publish(1)
    hours: list[int] = []
    monkeypatch.setattr("newsletter.collect.run.monotonic", lambda: 3600.0 * len(hours))
    collecting = asyncio.create_task(Collector(room.fetcher, room.store).collect_due({"portal": room.feed()}, room.now))
    await at_work.wait()
    hours.append(1)
    async with asyncio.timeout(30):
        while room.claim(minutes=59):  # noqa: ASYNC110  # the store has no events; an hour is over for its holder
            await asyncio.sleep(0.01)
    go_on.set()
    await collecting
    assert room.claim(minutes=15) == ["portal"]


async def test_a_source_that_a_clock_put_off_for_years_is_collected(room: Newsroom) -> None:
    room.publish(1, 2)
    now = room.now
    room.now += timedelta(days=3650)
    await room.collect()
    room.now = now
    room.publish(3, 2, 1)
    (report,) = await room.collector.collect_due({"portal": room.feed()}, room.now)
    assert report.new == 1
    assert room.next_at() == now + timedelta(minutes=15)


async def test_a_list_whose_later_pages_fail_is_given_up_by_the_clock_and_not_by_a_person(room: Newsroom) -> None:
    put(room, 3)
    page = room.portal.pages.pop("/presse?seite=2")
    room.portal.pages["/presse?seite=2"] = Reply("", 500)
    reports = [await room.collect(600) for _ in range(4)]
    assert [bool(report.problems) for report in reports] == [True, True, True, False]
    room.portal.pages["/presse?seite=2"] = page
    room.now += timedelta(hours=1)
    report = await room.collector.backfill("portal", room.feed(), now=room.now)
    assert report.new == 6
    assert stored(room) == each_once(9)
