"""The past of a source: read to its end, into the archive, from wherever it was left; on both databases."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest

from newsletter.collect.collector import Collector
from newsletter.collect.past import AT_ITS_END, FRUITLESS, IN_CIRCLES, NOTHING_MORE, Extent
from newsletter.collect.progress import Progress
from newsletter.collect.report import SourceReport
from newsletter.errors import StateError, StoreError
from newsletter.model import Backfill
from newsletter.store.database import Database
from tests.integration.collect.newsroom import DATE, TEXT, Newsroom, counts, headline, newsroom
from tests.integration.collect.test_feeds import entry
from tests.integration.collect.test_first_collect import Crashing
from tests.integration.collect.test_sitemap import index, plain
from tests.integration.collect.web import Asked, Reply, list_page, release_page

PER_PAGE = 3


@pytest.fixture
async def room(database: Database) -> AsyncIterator[Newsroom]:
    async with newsroom(database) as opened:
        yield opened


def day(number: int) -> str:
    """The higher its number, the older a release is: a day for each."""
    return (datetime(2026, 11, 20, 9, tzinfo=UTC) - timedelta(days=number)).isoformat()


def page_path(number: int) -> str:
    return "/presse" if number == 1 else f"/presse?seite={number}"


def put(room: Newsroom, pages: int, *, per_page: int = PER_PAGE, dated: bool = True) -> None:
    """A list of so many pages, each of which leads to the next."""
    for n in range(pages * per_page):
        date = day(n) if dated else None
        room.portal.pages[f"/presse/{n}"] = release_page(headline(n), f"{TEXT} Es ist Nummer {n}.", date)
    for page in range(1, pages + 1):
        items = {f"/presse/{n}": headline(n) for n in range((page - 1) * per_page, page * per_page)}
        room.portal.pages[page_path(page)] = list_page(items, page_path(page + 1) if page < pages else None)


async def backfill(room: Newsroom, extent: Extent = Extent(), **more: object) -> SourceReport:  # noqa: B008
    return await room.collector.backfill("portal", room.feed(), now=room.now, extent=extent, **more)  # type: ignore[arg-type]


def state(room: Newsroom) -> Backfill:
    found = room.store.backfill("portal")
    assert found is not None
    return found


def stored(room: Newsroom) -> Counter[str]:
    return Counter(release.url.rpartition("/")[2] for release in room.releases())


def each_once(number: int) -> Counter[str]:
    return Counter({str(n): 1 for n in range(number)})


async def test_a_first_collect_is_bounded_and_says_so_and_a_backfill_reads_the_rest(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.collect.kinds.html.FIRST_PAGES", 4)
    put(room, 9)
    report = await room.collect()
    assert counts(report) == {"found": 12, "new": 12}
    assert "the first 4 pages of its list were read; `newsletter collect portal --backfill`" in report.problems[0]
    assert (await room.collect(15)).problems == ()
    room.now += timedelta(minutes=15)
    report = await backfill(room)
    assert (report.new, report.broken, report.problems) == (15, None, ())
    assert report.backfill is not None
    assert (report.backfill.pages, report.backfill.found, report.backfill.kept) == (9, 27, 27)
    assert report.backfill.reason == AT_ITS_END
    assert stored(room) == each_once(27)
    assert not any(release.mailable for release in room.releases())


async def test_hundreds_of_pages_of_a_list_are_read_to_the_end(room: Newsroom) -> None:
    put(room, 150, per_page=1)
    await room.collect()
    assert len(room.releases()) == 100
    report = await backfill(room)
    assert (report.new, report.problems) == (50, ())
    assert stored(room) == each_once(150)


@pytest.mark.parametrize("after", [0, 2, 3, 10, 17])
async def test_a_crash_costs_nothing_but_a_page_of_the_list(room: Newsroom, after: int) -> None:
    put(room, 6)
    store = Crashing(room.database)
    store.left = after
    with pytest.raises(StoreError):
        await Collector(room.fetcher, store).backfill("portal", room.feed(), now=room.now)
    room.portal.asked.clear()
    report = await backfill(room)
    assert stored(room) == each_once(18)
    assert not any(release.mailable for release in room.releases())
    assert state(room).kept == state(room).found == 18
    again = Counter(path for path in room.portal.paths() if path.startswith("/presse/"))
    assert max(again.values()) == 1
    assert report.new == 18 - after


async def test_it_goes_on_where_the_portal_was_no_longer_reached(room: Newsroom) -> None:
    put(room, 6)
    down = room.portal.pages[page_path(4)]
    room.portal.pages[page_path(4)] = Reply("", 500)
    report = await backfill(room)
    assert report.broken is not None
    assert (
        "answered 500; stopped at page 4 of the list; `newsletter collect portal --backfill` goes on" in report.broken
    )
    assert report.new == 9
    room.portal.pages[page_path(4)] = down
    room.portal.asked.clear()
    report = await backfill(room)
    assert (report.new, report.broken) == (9, None)
    assert room.portal.paths()[:3] == ["/presse", page_path(4), "/presse/9"]  # first the news
    assert stored(room) == each_once(18)


async def test_pages_that_were_not_to_be_had_while_the_portal_was_down_are_looked_at_again(room: Newsroom) -> None:
    put(room, 4)
    asked, up = Counter[str](), True

    def fails_from(path: str) -> Callable[[Asked], Reply]:
        page = str(room.portal.pages[path])

        def answer(request: Asked) -> Reply:
            nonlocal up
            asked[path] += 1
            up = up and path != "/presse/4"
            return Reply(page) if up else Reply("", 502)

        return answer

    whole = dict(room.portal.pages)
    room.portal.pages |= {path: fails_from(path) for path in whole}
    report = await backfill(room)
    assert report.broken is not None
    assert state(room).pages == 1
    room.portal.pages |= whole
    assert (await backfill(room)).broken is None
    assert stored(room) == each_once(12)


async def test_one_page_that_is_always_broken_stops_nothing(room: Newsroom) -> None:
    put(room, 4)
    room.portal.pages["/presse/4"] = Reply("", 500)
    report = await backfill(room)
    assert (report.new, report.withheld, report.broken) == (11, 1, None)
    assert (await backfill(room)).broken is None


async def test_a_rest_that_is_short_is_sat_out(room: Newsroom) -> None:
    put(room, 3)
    busy, told = [2], list[float | None]()

    def once(asked: Asked) -> Reply:
        busy[0] -= 1
        return Reply("", 429, {"Retry-After": "1"}) if busy[0] >= 0 else Reply(page)

    page = str(room.portal.pages["/presse/5"])
    room.portal.pages["/presse/5"] = once
    room.fetcher._clock = lambda: datetime.now(UTC)  # a rest ends by the clock
    report = await backfill(room, tell=lambda progress: told.append(progress.rests))
    assert (report.new, report.broken) == (9, None)
    rests = [rest for rest in told if rest is not None]
    assert rests
    assert max(rests) <= 1


async def test_a_rest_that_is_long_stops_it_and_says_until_when(room: Newsroom) -> None:
    put(room, 3)
    page = room.portal.pages[page_path(2)]
    room.portal.pages[page_path(2)] = Reply("", 503, {"Retry-After": "7200"})
    report = await backfill(room)
    assert report.broken is not None
    assert "stopped at page 2" in report.broken
    assert "not before 2026-11-22 09:00" in report.broken
    room.portal.pages[page_path(2)] = page
    room.now += timedelta(hours=2)
    assert (await backfill(room)).new == 6


async def test_a_list_that_shows_its_last_page_for_ever_ends(room: Newsroom) -> None:
    put(room, 3)
    last = {f"/presse/{n}": headline(n) for n in (6, 7, 8)}
    for n in range(3, 40):
        room.portal.pages[page_path(n)] = list_page(last, page_path(n + 1))
    report = await backfill(room)
    assert report.backfill is not None
    assert report.backfill.reason == IN_CIRCLES
    assert page_path(5) not in room.portal.paths()
    assert (report.broken, report.new) == (None, 9)


async def test_a_list_that_shows_less_and_less_of_its_last_page_ends(room: Newsroom) -> None:
    put(room, 3)
    for n in range(4, 40):
        items = {f"/presse/{one}": headline(one) for one in (8, n % 7)}
        room.portal.pages[page_path(n)] = list_page(items, page_path(n + 1))
    room.portal.pages[page_path(3)] = list_page({f"/presse/{n}": headline(n) for n in (6, 7, 8)}, page_path(4))
    report = await backfill(room)
    assert report.backfill is not None
    assert report.backfill.reason == NOTHING_MORE
    assert len([path for path in room.portal.paths() if "seite" in path]) <= 4


async def test_a_list_that_leads_back_ends(room: Newsroom) -> None:
    put(room, 3)
    room.portal.pages[page_path(3)] = list_page({f"/presse/{n}": headline(n) for n in (6, 7, 8)}, "/presse")
    report = await backfill(room)
    assert report.backfill is not None
    assert report.backfill.reason == IN_CIRCLES
    assert report.new == 9


async def test_a_calendar_without_end_ends(room: Newsroom) -> None:
    """A page for each month, for ever, of which nothing is a release."""

    def month(asked: Asked) -> str:
        number = int(asked.path.rpartition("=")[2])
        days = {f"/kalender/{number}-{n}": f"Was am {n}. im Monat {number} los ist" for n in (1, 2)}
        for path in days:
            room.portal.pages[path] = "<!doctype html><html><body><p>Keine Termine.</p></body></html>"
        room.portal.pages[page_path(number + 1)] = month
        return list_page(days, page_path(number + 1))

    put(room, 1)
    room.portal.pages |= {
        page_path(2): month,
        "/presse": list_page({f"/presse/{n}": headline(n) for n in (0, 1, 2)}, page_path(2)),
    }
    report = await backfill(room)
    assert report.backfill is not None
    assert str(report.backfill.reason).startswith(f"of what {FRUITLESS} pages in a row")
    assert report.new == 3


async def test_an_empty_page_is_the_end_of_the_list(room: Newsroom) -> None:
    put(room, 3)
    empty = "<!doctype html><html><body><main><h1>Presse</h1><p>Keine weiteren Meldungen.</p></main></body></html>"
    room.portal.pages[page_path(3)] = empty
    report = await backfill(room)
    assert report.backfill is not None
    assert (report.backfill.reason, report.new, report.broken) == (AT_ITS_END, 6, None)
    assert page_path(3) in report.problems[0]


async def test_a_place_that_is_no_longer_there_is_looked_for_from_the_top(room: Newsroom) -> None:
    put(room, 4)
    room.portal.pages[page_path(3)] = Reply("", 500)
    await backfill(room)
    pages = dict(room.portal.pages)
    put(room, 4)
    for n in range(2, 5):  # the list has other addresses now
        pages[f"/presse?s=neu-{n}"] = str(room.portal.pages.pop(page_path(n))).replace("seite=", "s=neu-")
    room.portal.pages["/presse"] = str(room.portal.pages["/presse"]).replace("seite=", "s=neu-")
    room.portal.pages |= {path: page for path, page in pages.items() if "s=neu-" in path}
    report = await backfill(room)
    assert report.backfill is not None
    assert (report.broken, report.backfill.reason) == (None, AT_ITS_END)
    assert stored(room) == each_once(12)


async def test_it_goes_back_to_a_day(room: Newsroom) -> None:
    put(room, 6)
    until = datetime.fromisoformat(day(7))
    report = await backfill(room, Extent(until=until))
    assert stored(room) == each_once(12)  # the list gives no dates: to the end of the first page that is older
    assert report.backfill is not None
    assert report.backfill.ended_at is None
    assert page_path(5) not in room.portal.paths()
    assert (await backfill(room)).new == 6


async def test_it_takes_so_many_and_goes_on_with_the_next(room: Newsroom) -> None:
    put(room, 4)
    reports = [await backfill(room, Extent(most=5)) for _ in range(3)]
    assert reports[0].new == 5
    assert reports[0].backfill is not None
    assert reports[0].backfill.reason == "the 5 new releases that were asked for were read"
    assert sum(report.new for report in reports) == 12
    assert stored(room) == each_once(12)


async def test_news_go_to_mail_before_and_while_the_past_is_read(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(room, 5)
    await room.collect()
    await room.collect(15)
    put(room, 8)
    room.portal.pages["/presse/neu"] = release_page("Ganz neu", f"{TEXT} Es ist neu.", DATE)
    first = {"/presse/neu": "Ganz neu", **{f"/presse/{n}": headline(n) for n in (0, 1)}}
    room.portal.pages["/presse"] = list_page(first, page_path(2))
    seventh = str(room.portal.pages[page_path(7)])

    def late(asked: Asked) -> str:
        """While the seventh page is read, something is published, and a quarter of an hour passes."""
        room.portal.pages["/presse/spaet"] = release_page("Noch neuer", f"{TEXT} Es ist noch neuer.", DATE)
        room.portal.pages["/presse"] = list_page({"/presse/spaet": "Noch neuer", **first}, page_path(2))
        hours.append(1)
        return seventh

    hours: list[int] = []
    monkeypatch.setattr("newsletter.collect.run.monotonic", lambda: 3600.0 * len(hours))
    room.portal.pages[page_path(7)] = late
    await backfill(room)
    mailed = {release.headline for release in room.releases() if release.mailable}
    assert mailed == {"Ganz neu", "Noch neuer"}
    assert len(room.releases()) == 26


async def test_while_a_first_collect_is_under_way_its_past_is_no_news(room: Newsroom) -> None:
    put(room, 4)
    page = room.portal.pages[page_path(2)]
    room.portal.pages[page_path(2)] = Reply("", 500)
    await room.collect(first_collect="archive", max_age="")
    room.portal.pages[page_path(2)] = page
    room.portal.pages["/presse/neu"] = release_page("Ganz neu", f"{TEXT} Es ist neu.", DATE)
    first = {"/presse/neu": "Ganz neu", **{f"/presse/{n}": headline(n) for n in (0, 1)}}
    room.portal.pages["/presse"] = list_page(first, page_path(2))
    await room.collect(60, first_collect="archive", max_age="")
    assert [release.headline for release in room.releases() if release.mailable] == ["Ganz neu"]
    assert len(room.releases()) == 13


async def test_undated_releases_of_the_past_are_not_the_newest(room: Newsroom) -> None:
    put(room, 3, dated=False)
    for n in range(3):
        room.portal.pages[f"/presse/{n}"] = release_page(headline(n), f"{TEXT} Es ist Nummer {n}.", day(n))
    await backfill(room)
    found = {release.headline: release for release in room.releases()}
    undated = [found[headline(n)] for n in range(3, 9)]
    assert all(release.published is None and release.first_seen >= room.now for release in undated)
    newest = max(release.published_at for release in undated)
    assert newest <= min(found[headline(n)].published_at for n in (0, 1))


async def test_another_who_collects_the_source_is_not_disturbed(room: Newsroom) -> None:
    put(room, 1)
    assert room.claim() == ["portal"]
    with pytest.raises(StateError, match="another process collects this source"):
        await backfill(room)
    assert room.portal.asked == []


async def test_when_it_is_stopped_the_source_is_free_and_it_goes_on(room: Newsroom) -> None:
    put(room, 5)
    third = asyncio.Event()

    def watch(progress: Progress) -> None:
        if progress.backfill is not None and progress.backfill.pages == 3:
            third.set()

    reading = asyncio.create_task(backfill(room, tell=watch))
    await third.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert state(room).pages >= 3
    report = await backfill(room)
    assert report.broken is None
    assert stored(room) == each_once(15)


async def test_an_index_of_sitemaps_is_read_to_its_last_part(room: Newsroom) -> None:
    parts: dict[str, str | None] = {f"/s-{n}.xml": f"2026-0{9 - n}-01" for n in range(6)}
    for n, path in enumerate(parts):
        numbers = range(n * 4, n * 4 + 4)
        room.portal.pages[path] = plain(room, [f"/presse/{one}" for one in numbers], f"2026-0{9 - n}-01")
        for one in numbers:
            room.portal.pages[f"/presse/{one}"] = release_page(headline(one), f"{TEXT} Es ist Nummer {one}.", day(one))
    room.portal.pages["/sitemap.xml"] = index(room, parts)
    feed = room.feed(kind="sitemap", url=f"{room.portal.site}/sitemap.xml")
    room.portal.pages["/s-3.xml"], third = Reply("", 500), room.portal.pages["/s-3.xml"]
    report = await room.collector.backfill("portal", feed, now=room.now)
    assert report.new == 20  # the part that fails stops none that comes after it
    assert "answered 500" in str(report.broken)
    room.portal.pages["/s-3.xml"] = third
    room.portal.asked.clear()
    report = await room.collector.backfill("portal", feed, now=room.now)
    assert (report.new, report.broken) == (4, None)
    assert room.portal.paths().count("/s-4.xml") <= 1  # as the news
    assert stored(room) == each_once(24)


async def test_of_a_sitemap_of_a_whole_site_a_first_collect_takes_the_newest(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.collect.kinds.sitemap.FIRST_RELEASES", 10)
    put(room, 8)
    room.portal.pages["/sitemap.xml"] = plain(room, [f"/presse/{n}" for n in range(24)])
    place = f"{room.portal.site}/sitemap.xml"
    report = await room.collect(kind="sitemap", url=place)
    assert counts(report) == {"found": 10, "new": 10}
    assert "the first 10 releases of its list were read" in report.problems[0]
    assert stored(room) == Counter({str(n): 1 for n in range(14, 24)})  # by `lastmod`
    room.portal.asked.clear()
    report = await room.collector.backfill("portal", room.feed(kind="sitemap", url=place), now=room.now)
    assert stored(room) == each_once(24)
    assert not [path for path in room.portal.paths() if path in {f"/presse/{n}" for n in range(14, 24)}]
    assert not any(release.mailable for release in room.releases())


async def test_the_archives_of_a_feed_are_read(room: Newsroom) -> None:
    def document(path: str, numbers: range, relation: str, before: str | None) -> None:
        link = f'<atom:link rel="{relation}" href="{before}"/>' if before else ""
        items = "".join(entry(n, f"{TEXT * 4} Nummer {n}.") for n in numbers)
        names = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom"'
        body = f'<rss version="2.0" {names}><channel><title>Presse</title>{link}{items}</channel></rss>'
        room.portal.pages[path] = Reply(body, type="application/rss+xml")

    document("/presse", range(5), "prev-archive", "/archiv/2")
    document("/archiv/2", range(5, 10), "prev-archive", "/archiv/1")
    document("/archiv/1", range(10, 15), "next", "/archiv/0")
    document("/archiv/0", range(15, 20), "next", None)
    assert (await room.collect(kind="feed")).new == 5
    assert room.portal.paths() == ["/presse"]
    report = await room.collector.backfill("portal", room.feed(kind="feed"), now=room.now)
    assert (report.new, report.broken) == (15, None)
    assert stored(room) == each_once(20)
    assert not any(release.mailable for release in room.releases())
