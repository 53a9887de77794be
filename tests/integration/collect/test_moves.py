"""Releases whose addresses change: nothing is doubled, nothing is mailed again, nothing is withdrawn that moved."""

from __future__ import annotations

import pytest

from newsletter.model import Change, ReleaseState
from tests.integration.collect.newsroom import DATE, TEXT, Newsroom, counts, headline
from tests.integration.collect.web import Reply, list_page, release_page

OLD = "2026-11-03T09:20:00+01:00"


def page(number: int, title: str | None = None, date: str | None = DATE, extra: str = "", head: str = "") -> str:
    return release_page(title or headline(number), f"{TEXT} Es ist Nummer {number}.{extra}", date, head=head)


SPELLINGS = {
    "a slash": ("/presse/1/", "/presse/1/"),
    "an index": ("/presse/1/index.html", "/presse/1/index.html"),
    "a campaign": ("/presse/1?utm_source=rss&mtm_campaign=x", "/presse/1"),
    "a session": ("/presse/1;jsessionid=0A1B2C", "/presse/1;jsessionid=0A1B2C"),
    "a fragment": ("/presse/1#inhalt", "/presse/1"),
}


@pytest.mark.parametrize("name", SPELLINGS)
async def test_another_spelling_is_no_move(room: Newsroom, name: str) -> None:
    listed, asked = SPELLINGS[name]
    room.publish(1)
    await room.collect()
    id = room.one().id
    room.portal.pages[asked] = page(1)
    room.portal.pages["/presse"] = list_page({listed: headline(1)}, date=DATE)
    assert (await room.collect(60)).new == 0
    assert (room.one().id, room.told_revision()) == (id, 1)


async def test_the_same_page_with_and_without_www_is_one(room: Newsroom) -> None:
    """By what it claims: no page is asked at another host for it."""
    room.portal.pages["/presse/1"] = page(1, head='<link rel="canonical" href="https://www.p.example/presse/1">')
    room.portal.pages["/neu/1"] = page(
        1, extra=" Neu.", head='<link rel="canonical" href="https://p.example/presse/1">'
    )
    room.show(1)
    await room.collect()
    room.portal.pages["/presse"] = list_page({"/neu/1": headline(1)}, date=DATE)
    assert (await room.collect(15)).new == 0
    assert room.one().url.endswith("/neu/1")
    assert {one.path for one in room.portal.asked} == {"/robots.txt", "/presse", "/presse/1", "/neu/1"}


@pytest.mark.parametrize("old", ["leads there", "is gone", "still stands"])
async def test_a_new_headline_and_address_is_one_update(room: Newsroom, old: str) -> None:
    room.publish(1, 2, 3)
    await room.collect()
    ids = {release.id for release in room.releases()}
    title = f"{headline(2)} am Rathaus"
    room.portal.pages["/presse/zwei"] = page(2, title)
    if old == "leads there":
        room.portal.pages["/presse/2"] = Reply(status=301, headers={"Location": "/presse/zwei"})
    elif old == "is gone":
        room.portal.pages["/presse/2"] = Reply("weg", 404)
    titles = {"/presse/1": headline(1), "/presse/zwei": title, "/presse/3": headline(3)}
    room.portal.pages["/presse"] = list_page(titles, date=DATE)
    told = [(await room.collect(30)).updated for _ in range(4)]
    moved = next(release for release in room.releases() if release.headline == title)
    assert {release.id for release in room.releases()} == ids
    assert (sum(told), moved.revision, moved.change, moved.state) == (1, 2, Change.UPDATE, ReleaseState.LIVE)
    assert (moved.url, moved.aliases) == (f"{room.portal.site}/presse/zwei", (f"{room.portal.site}/presse/2",))


async def test_two_addresses_on_one_list_are_one_release_and_stay_calm(room: Newsroom) -> None:
    room.publish(2, 3)
    room.portal.pages["/presse/1"] = room.portal.pages["/presse/1-1"] = page(1)
    titles = {"/presse/1": headline(1), "/presse/2": headline(2), "/presse/1-1": headline(1), "/presse/3": headline(3)}
    room.portal.pages["/presse"] = list_page(titles, date=DATE)
    assert (await room.collect()).new == 3
    room.portal.pages["/presse/1-1"] = page(1, extra=" Das steht nur hier.")
    for _ in range(3):
        assert (await room.collect(60)).updated == 0
    one, *_ = room.releases()
    assert (one.url, one.aliases) == (f"{room.portal.site}/presse/1", (f"{room.portal.site}/presse/1-1",))
    room.portal.pages["/presse/1"] = Reply("weg", 410)
    assert [(await room.collect(60)).withdrawn for _ in range(3)] == [0, 0, 0]
    one, *_ = room.releases()
    assert (one.url, one.state, one.change) == (f"{room.portal.site}/presse/1-1", ReleaseState.LIVE, None)
    assert one.body_text.endswith("Das steht nur hier.")
    room.portal.pages["/presse/1-1"] = Reply("weg", 410)
    assert sum([(await room.collect(60)).withdrawn for _ in range(3)]) == 1


async def test_meetings_that_differ_in_a_word_are_two_releases(room: Newsroom) -> None:
    frame = "Der Ausschuss {} tagt am 3. Dezember um 19 Uhr im Rathaus, Saal 2, und die Sitzung ist öffentlich.\n"
    rest = "Wer etwas fragen möchte, meldet sich bis zum Tag davor im Büro des Rates an, und zwar schriftlich.\n" * 3
    for number, name in enumerate(("Verkehr", "Kultur")):
        room.portal.pages[f"/presse/{number}"] = release_page("Öffentliche Sitzung", frame.format(name) + rest, DATE)
    room.portal.pages["/presse"] = list_page({"/presse/0": "Öffentliche Sitzung"}, date=DATE)
    await room.collect()
    room.portal.pages["/presse"] = list_page({"/presse/1": "Öffentliche Sitzung"}, date=DATE)
    assert (await room.collect(15)).new == 1
    assert len(room.releases()) == 2


async def test_a_rebuilt_portal_is_no_flood(room: Newsroom) -> None:
    """New addresses, a new template that dates all today, and the old addresses gone without a word."""
    numbers = range(1, 13)
    for number in numbers:
        room.portal.pages[f"/presse/{number}"] = page(number, date=OLD)
    room.show(*numbers, date=OLD)
    await room.collect(first_collect="send", max_age="")
    ids = {release.id for release in room.releases()}
    today = room.now.isoformat()
    for number in numbers:
        del room.portal.pages[f"/presse/{number}"]
        text = f"{TEXT} Es ist Nummer {number}.\nMehr dazu erfahren Sie im neuen Portal der Stadt, jeden Tag."
        room.portal.pages[f"/meldungen/{number}"] = release_page(headline(number), text, today)
    room.portal.pages["/presse"] = list_page({f"/meldungen/{n}": headline(n) for n in numbers[:8]}, date=today)
    report = await room.collect(15, max_age="")
    assert (report.new, report.updated, report.withdrawn) == (0, 0, 0)
    assert "new addresses" in report.problems[0]
    for _ in range(4):  # four of them stand on no list any more, and their addresses are gone
        report = await room.collect(60, max_age="")
        assert (report.new, report.updated, report.withdrawn) == (0, 0, 0)
    after = room.releases()
    assert {release.id for release in after} == ids
    assert sum("/meldungen/" in release.url for release in after) == 8
    assert {release.state for release in after} == {ReleaseState.LIVE}


async def test_a_dry_run_of_a_portal_that_stayed_does_not_call_it_rebuilt(room: Newsroom) -> None:
    room.publish(1, 2, 3, 4)
    await room.collect()
    assert (await room.collect(15, dry_run=True)).problems == ()


async def test_a_redesign_that_keeps_its_dates_is_no_flood_either(room: Newsroom) -> None:
    room.publish(1, 2)
    await room.collect(first_collect="send")
    for number in (1, 2):
        del room.portal.pages[f"/presse/{number}"]
        room.portal.pages[f"/neu/{number}"] = page(number, extra="\nDieser Absatz steht nun unter jeder Meldung.")
    room.portal.pages["/presse"] = list_page({"/neu/1": headline(1), "/neu/2": headline(2)}, date=DATE)
    assert counts(await room.collect(15)) == {"found": 2, "unchanged": 2}
    assert [release.url.rpartition("/")[0] for release in room.releases()] == [f"{room.portal.site}/neu"] * 2


async def test_a_portal_that_is_gone_in_parts_withdraws_nothing_by_itself(room: Newsroom) -> None:
    room.publish(*range(1, 9))
    await room.collect()
    for number in range(1, 9):
        room.portal.pages[f"/presse/{number}"] = Reply("weg", 404)
    reports = [await room.collect(60) for _ in range(3)]
    assert sum(report.withdrawn for report in reports) == 0
    assert "many pages are gone at once" in reports[1].problems[0]
    assert {release.state for release in room.releases()} == {ReleaseState.LIVE}


async def test_new_ids_of_a_feeds_entries_double_nothing(room: Newsroom) -> None:
    item = "<item><title>{}</title><link>{}{}</link><guid isPermaLink='false'>{}</guid></item>"
    feed = "<rss version='2.0'><channel><title>x</title>{}</channel></rss>"
    for guid, path in (("a:1", "/presse/1"), ("b:1", "/presse/1"), ("c:1", "/neu/1")):
        room.portal.pages[path] = page(1)
        entry = item.format(headline(1), room.portal.site, path, guid)
        room.portal.pages["/presse"] = Reply(feed.format(entry), type="application/rss+xml")
        await room.collect(15, kind="feed")
        assert (len(room.releases()), room.told_revision()) == (1, 1)
