"""Sources of the kind `feed`, of every vintage, from a real server."""

from __future__ import annotations

from datetime import timedelta
from html import escape

import pytest

from newsletter.model import Change, ReleaseState
from tests.integration.collect.newsroom import TEXT, Newsroom, headline
from tests.integration.collect.web import Reply, release_page
from tests.unit.collect.entries.variants import TEASER, TEASERS, WHOLE, written

LONG = TEXT * 4


def entry(number: int, content: str = LONG, *, link: str | None = None, guid: str | None = None, more: str = "") -> str:
    place = f"<link>{link or f'/presse/{number}'}</link>"
    mark = f'<guid isPermaLink="false">{guid}</guid>' if guid else ""
    whole = f"<content:encoded>{escape(content)}</content:encoded>" if content else ""
    date = "<pubDate>Sat, 21 Nov 2026 09:20:00 +0100</pubDate>"
    title = f"<title>{headline(number)}</title>"
    return f"<item>{title}{place}{mark}<description>{TEASER}</description>{date}{whole}{more}</item>"


def rss(*items: str) -> Reply:
    names = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    body = f'<rss version="2.0" {names}><channel><title>Presse</title>{"".join(items)}</channel></rss>'
    return Reply(body, type="application/rss+xml")


@pytest.mark.parametrize("name", WHOLE)
async def test_whole_entries_are_releases_without_a_look_at_their_pages(room: Newsroom, name: str) -> None:
    room.portal.pages["/presse"] = written(WHOLE[name], room.portal.site)
    report = await room.collect(kind="feed")
    assert (report.found, report.new, report.problems) == (1, 1, ())
    release = room.one()
    assert (release.headline, release.teaser, release.language[:2]) == ("Trinkbrunnen für alle", TEASER, "de")
    assert release.url == f"{room.portal.site}/brunnen"
    assert "<h2>Sauber</h2>" in release.body_html
    assert release.origin["body"] == "feed"
    assert room.portal.paths() == ["/presse"]
    again = await room.collect(15, kind="feed")
    assert (again.new, again.updated, again.unchanged) == (0, 0, 1)
    assert room.count_revisions() == 1


@pytest.mark.parametrize("name", TEASERS)
async def test_of_teasers_the_page_is_read_and_the_entry_fills_its_gaps(room: Newsroom, name: str) -> None:
    room.portal.pages["/presse"] = written(TEASERS[name], room.portal.site)
    room.portal.pages["/brunnen"] = release_page("Trinkbrunnen für alle", TEXT, "2026-11-21T09:20:00+01:00", kicker="")
    report = await room.collect(kind="feed")
    assert (report.new, report.problems) == (1, ())
    release = room.one()
    assert "Am Marktplatz" in release.body_text
    assert (release.teaser, release.origin["teaser"]) == (TEASER, "feed")
    assert release.origin["headline"] == "structure"
    if name == "RSS 0.92":
        assert (release.kicker, release.origin["kicker"]) == ("Umwelt", "feed")
        assert [document.type for document in release.documents] == ["application/pdf"]


async def test_a_teaser_whose_page_is_forbidden_is_a_release_by_itself(room: Newsroom) -> None:
    room.portal.pages |= {"/robots.txt": "User-agent: *\nDisallow: /presse/", "/presse": rss(entry(1, ""))}
    report = await room.collect(kind="feed")
    assert (report.new, report.withheld) == (1, 0)
    assert (room.one().body_text, room.one().teaser) == (TEASER, None)
    assert (await room.collect(60, kind="feed")).problems == ()


async def test_a_teaser_whose_page_is_not_there_yet_waits_for_it(room: Newsroom) -> None:
    room.portal.pages["/presse"] = rss(entry(1, ""))
    room.portal.pages["/presse/1"] = Reply("", 500)
    assert (await room.collect(kind="feed")).withheld == 1
    room.portal.pages["/presse/1"] = release_page(headline(1), TEXT)
    assert (await room.collect(60, kind="feed")).new == 1


async def test_a_changed_entry_is_an_update(room: Newsroom) -> None:
    room.portal.pages["/presse"] = rss(entry(1))
    await room.collect(kind="feed")
    room.portal.pages["/presse"] = rss(entry(1, LONG + "Nachtrag."))
    assert (await room.collect(15, kind="feed")).updated == 1
    release = room.one()
    assert (release.revision, release.change, room.told_revision()) == (2, Change.UPDATE, 2)
    room.portal.pages["/presse"] = rss(entry(1, LONG.replace(" ", "  ") + "Nachtrag."))
    assert (await room.collect(15, kind="feed")).updated == 0


async def test_an_entry_that_moves_stays_the_same_by_its_id(room: Newsroom) -> None:
    room.portal.pages["/presse"] = rss(entry(1, guid="17"))
    await room.collect(kind="feed")
    before = room.one()
    room.portal.pages["/presse"] = rss(entry(1, LONG + "Nachtrag.", guid="17", link="/neu/1"))
    assert (await room.collect(15, kind="feed")).updated == 1
    assert (room.one().id, room.one().url) == (before.id, f"{room.portal.site}/neu/1")


async def test_changed_ids_double_nothing(room: Newsroom) -> None:
    room.portal.pages["/presse"] = rss(*(entry(n, f"{LONG} Nummer {n}.", guid=f"http://alt/{n}") for n in range(5)))
    await room.collect(kind="feed")
    room.portal.pages["/presse"] = rss(
        *(entry(n, f"{LONG} Nummer {n}.", guid=f"https://neu/{n}", link=f"/n/{n}") for n in range(5))
    )
    report = await room.collect(15, kind="feed")
    assert (report.new, report.updated) == (0, 0)
    assert len(room.releases()) == 5


async def test_an_entry_whose_page_is_gone_is_withdrawn(room: Newsroom) -> None:
    room.portal.pages |= {"/presse": rss(entry(1), entry(2)), "/presse/1": "da", "/presse/2": "da"}
    await room.collect(kind="feed")
    room.portal.pages["/presse"] = rss(entry(1))
    assert (await room.collect(60, kind="feed")).problems == ()
    del room.portal.pages["/presse/2"]
    await room.collect(60, kind="feed")
    assert (await room.collect(60, kind="feed")).withdrawn == 1
    assert [release.state for release in room.releases()] == [ReleaseState.LIVE, ReleaseState.WITHDRAWN]


async def test_entries_without_links_are_releases_too(room: Newsroom) -> None:
    items = [f"<item><title>{headline(n)}</title><description>{TEXT} {n}</description></item>" for n in (1, 2)]
    room.portal.pages["/presse"] = rss(*items)
    assert (await room.collect(kind="feed")).new == 2
    again = await room.collect(120, kind="feed")
    assert (again.new, again.unchanged, again.problems) == (0, 2, ())
    assert room.portal.paths() == ["/presse", "/presse"]


async def test_a_feed_that_is_suddenly_empty_or_none_is_an_alarm(room: Newsroom) -> None:
    room.portal.pages["/presse"] = rss(entry(1))
    await room.collect(kind="feed")
    for broken in (rss(), "<!doctype html><html><body>Wartung</body></html>", b"\xff\xfe\x00"):
        room.portal.pages["/presse"] = broken
        assert (await room.collect(60, kind="feed")).alarm
    assert len(room.releases()) == 1


async def test_a_feed_may_begin_empty(room: Newsroom) -> None:
    room.portal.pages["/presse"] = rss()
    assert (await room.collect(kind="feed")).broken is None
    room.portal.pages["/presse"] = rss(entry(1))
    assert (await room.collect(15, kind="feed")).new == 1
    assert room.one().mailable


async def test_a_poisoned_entry_leaves_the_others(room: Newsroom) -> None:
    bad = "<item></item>"
    room.portal.pages["/presse"] = rss(entry(1), bad, entry(2, f"{LONG} Zwei."))
    report = await room.collect(kind="feed")
    assert (report.new, len(report.problems)) == (2, 1)


async def test_hundreds_of_old_entries_are_added_without_a_mail(room: Newsroom) -> None:
    room.portal.pages["/presse"] = rss(*(entry(n, f"{LONG} Nummer {n}.") for n in range(300)))
    assert (await room.collect(kind="feed")).new == 300
    assert not any(release.mailable for release in room.releases())


async def test_links_that_count_visitors_are_not_passed_on(room: Newsroom) -> None:
    room.portal.pages["/presse"] = rss(entry(1, link="/presse/1?utm_source=rss&amp;utm_medium=feed"))
    await room.collect(kind="feed")
    assert room.one().url == f"{room.portal.site}/presse/1"
    assert room.next_at() == room.now + timedelta(minutes=15)
