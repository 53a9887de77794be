"""What breaks on a portal: it is told, and changes nothing else."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

import newsletter.collect.looking
from newsletter.collect.collector import Collector
from tests.integration.collect.newsroom import DATE, TEXT, Newsroom, counts
from tests.integration.collect.web import Asked, Page, Reply, list_page, release_page

EMPTY = {
    "an empty page": "",
    "a page without a list": "<!doctype html><html><body><h1>Wartungsarbeiten</h1><p>Bald wieder da.</p></body></html>",
    "a menu": "<!doctype html><html><body><main><h1>Willkommen</h1><ul>"
    + "".join(f'<li><h2><a href="/thema/{n}">Ein Thema der Stadt {n}</a></h2></li>' for n in range(5))
    + "</ul></main></body></html>",
}


@pytest.mark.parametrize("name", EMPTY)
async def test_a_list_that_is_empty_or_changed_is_an_alarm_and_changes_nothing(room: Newsroom, name: str) -> None:
    room.publish(1, 2, 3)
    await room.collect()
    before = room.releases()
    room.portal.pages |= {"/presse": EMPTY[name], **{f"/thema/{n}": release_page("Thema", TEXT) for n in range(5)}}
    report = await room.collect(15)
    assert report.alarm
    assert report.alarm == report.broken == report.problems[0]
    assert room.releases() == before
    assert room.next_at() == room.now + timedelta(minutes=30)
    room.show(1, 2, 3)
    again = await room.collect(30)
    assert (again.alarm, again.problems) == (None, ())
    assert room.next_at() == room.now + timedelta(minutes=15)


async def test_a_portal_that_is_not_reached_is_told_the_third_time(room: Newsroom) -> None:
    room.publish(1)
    await room.collect()
    room.portal.pages["/presse"] = Reply("", 500)
    reports = [await room.collect(60) for _ in range(3)]
    assert all("answered 500" in str(report.broken) for report in reports)
    assert [bool(report.alarm) for report in reports] == [False, False, True]
    assert room.next_at() == room.now + timedelta(hours=2)


@pytest.mark.parametrize("reply", [Reply("", 404), Reply(status=302, headers={"Location": "http://10.0.0.1/"})])
async def test_a_list_that_is_gone_or_refused_is_told_at_once(room: Newsroom, reply: Reply) -> None:
    room.portal.pages["/presse"] = reply
    report = await room.collect()
    assert report.alarm
    assert report.broken == report.alarm


async def test_a_kind_that_is_none_is_told(room: Newsroom) -> None:
    report = await room.collect(kind="gopher")
    assert str(report.alarm).startswith("feeds/portal.toml: kind: 'gopher' is not one of feed, html")


BROKEN: dict[str, tuple[Page, str]] = {
    "no headline": ("<html><body><p>Nur Text, kein Titel.</p></body></html>", "headline"),
    "no text": ("<html><body><main><h1>Brunnen Nummer 2 sprudelt</h1></main></body></html>", "text"),
    "empty": ("", "empty"),
    "a picture": (Reply(b"\x89PNG", type="image/png"), "image/png"),
    "a server's fault": (Reply("", 500), "answered 500"),
    "gone": (Reply("", 404), "answered 404"),
    "something else": (
        release_page("Bitte stimmen Sie zu", "Wir brauchen Ihr Einverständnis. " * 20),
        "not what the list calls",
    ),
    "forbidden": (Reply(status=302, headers={"Location": "http://10.0.0.1/"}), "private network"),
    "nested": ("<div>" * 40_000, "nested"),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_page_is_withheld_and_the_others_go_on(room: Newsroom, name: str) -> None:
    room.publish(1, 2, 3)
    page = room.portal.pages["/presse/2"]
    broken, said = BROKEN[name]
    room.portal.pages["/presse/2"] = broken
    report = await room.collect(first_collect="send")
    assert counts(report) == {"found": 3, "new": 2, "withheld": 1}
    assert len(report.problems) == 1
    assert said in report.problems[0]
    assert said in str(room.problems()["/presse/2"])
    room.portal.pages["/presse/2"] = page
    assert counts(await room.collect(60)) == {"found": 3, "new": 1, "unchanged": 2}
    assert room.problems()["/presse/2"] is None
    assert all(release.mailable for release in room.releases())


async def test_what_was_broken_at_a_first_collect_goes_to_the_archive_all_the_same(room: Newsroom) -> None:
    room.publish(1, 2, 3)
    page = room.portal.pages["/presse/2"]
    room.portal.pages["/presse/2"] = Reply("", 500)
    await room.collect()
    room.portal.pages["/presse/2"] = page
    await room.collect(60)
    assert [release.mailable for release in room.releases()] == [False] * 3


async def test_a_source_of_which_nothing_can_be_taken_is_broken(room: Newsroom) -> None:
    room.publish(1, 2, 3)
    room.portal.pages |= {f"/presse/{n}": "<p>Nichts" for n in (1, 2, 3)}
    report = await room.collect()
    assert report.withheld == 3
    assert "none of 3 new pages" in str(report.alarm)


async def test_a_page_that_breaks_leaves_its_release(room: Newsroom) -> None:
    room.publish(1)
    await room.collect()
    before = room.one()
    room.portal.pages["/presse/1"] = release_page("Wartung", "Unser Angebot ist derzeit nicht erreichbar. " * 20)
    report = await room.collect(60)
    assert counts(report) == {"found": 1, "unchanged": 1}
    assert "Wartung" in report.problems[0]
    assert room.one() == before


async def test_a_bug_in_reading_one_page_stops_no_other(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    read = newsletter.collect.looking.read_release  # type: ignore[attr-defined]  # as its neighbours see it

    def poisoned(page: Any, *rest: Any, **named: Any) -> Any:
        if page.url.endswith("/2"):
            raise RecursionError("too deep")
        return read(page, *rest, **named)

    monkeypatch.setattr("newsletter.collect.looking.read_release", poisoned)
    room.publish(1, 2, 3)
    report = await room.collect()
    assert counts(report) == {"found": 3, "new": 2, "withheld": 1}
    assert "RecursionError" in report.problems[0]


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252", "utf-8", "nonsense"])
async def test_a_wrong_charset_harms_no_umlaut(room: Newsroom, charset: str) -> None:
    page = release_page("Müllabfuhr fährt früher", TEXT).replace('<meta charset="utf-8">', "")
    room.portal.pages["/presse/1"] = Reply(page.encode("iso-8859-1"), type=f"text/html; charset={charset}")
    room.portal.pages["/presse"] = list_page({"/presse/1": "Müllabfuhr fährt früher"}, date=DATE)
    await room.collect()
    assert room.one().headline == "Müllabfuhr fährt früher"


async def test_a_portal_that_asks_for_rest_gets_it_and_nothing_is_lost(room: Newsroom) -> None:
    room.publish(*range(8))
    pages = dict(room.portal.pages)

    def busy(asked: Asked) -> Reply:
        return Reply("", 429, {"Retry-After": "1200"})

    room.portal.pages |= {f"/presse/{n}": busy for n in range(3, 8)}
    report = await room.collect(first_collect="send")
    assert (report.new, report.withheld, report.broken) == (3, 0, None)
    assert len([path for path in room.portal.paths() if path != "/presse"]) <= 4
    assert room.next_at() == room.now + timedelta(seconds=1200)
    room.portal.pages |= pages
    assert (await room.collect(20)).new == 5
    assert all(release.mailable for release in room.releases())


async def test_robots_keeps_us_out_of_a_release(room: Newsroom) -> None:
    room.publish(1, 2)
    room.portal.pages["/robots.txt"] = "User-agent: *\nDisallow: /presse/2"
    report = await room.collect()
    assert counts(report) == {"found": 2, "new": 1, "withheld": 1}
    assert "robots.txt" in report.problems[0]
    assert "/presse/2" not in room.portal.paths()


async def test_one_hanging_source_does_not_stop_the_others(room: Newsroom) -> None:
    room.publish(1)
    hanging = asyncio.Event()
    fetch = room.fetcher.fetch

    async def stalls(url: str, **rest: Any) -> Any:
        if "/haengt" in url:
            await hanging.wait()
        return await fetch(url, **rest)

    room.fetcher.fetch = stalls  # type: ignore[method-assign]
    collector = Collector(room.fetcher, room.store)
    feeds = {"haengt": room.feed(url=f"{room.portal.site}/haengt"), "portal": room.feed()}
    task = asyncio.create_task(collector.collect_due(feeds, room.now))
    async with asyncio.timeout(20):
        while not room.releases():  # noqa: ASYNC110  # it is the store that tells, and it has no events
            await asyncio.sleep(0.01)
    hanging.set()
    reports = {report.slug: report for report in await task}
    assert reports["portal"].new == 1
    assert "answered 404" in str(reports["haengt"].broken)


async def test_links_that_all_say_the_same_are_no_headlines(room: Newsroom) -> None:
    room.publish(1, 2, 3)
    items = "".join(
        f'<li><p>Meldung</p><a href="/presse/{n}">Vollständigen Beitrag anzeigen</a></li>' for n in (1, 2, 3)
    )
    room.portal.pages["/presse"] = f"<!doctype html><main><ul>{items}</ul></main>"
    assert counts(await room.collect(item={"select": "li", "link": "a"})) == {"found": 3, "new": 3}


async def test_what_is_no_page_is_not_loaded_again(room: Newsroom) -> None:
    room.publish(1, 2)
    room.portal.pages["/presse/2"] = Reply(b"%PDF-1.7", type="application/pdf", etag='"pdf"')
    assert counts(await room.collect()) == {"found": 2, "new": 1, "withheld": 1}
    report = await room.collect(60)
    assert (counts(report), report.broken) == ({"found": 2, "withheld": 1, "unchanged": 1}, None)
    assert {asked.path: asked.headers.get("if-none-match") for asked in room.portal.asked}["/presse/2"] == '"pdf"'


async def test_more_pages_than_a_collect_looks_at_wait_for_the_next(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.collect.collector.MOST_LOOKS", 4)
    room.publish(*range(10))
    reports = [await room.collect(), await room.collect(15), await room.collect(15)]
    assert [report.new for report in reports] == [4, 4, 2]
    assert "6 more pages wait" in reports[0].problems[0]
    assert not any(release.mailable for release in room.releases())
