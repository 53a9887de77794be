"""Kind `sitemap`, collected from a real server into a real store."""

from __future__ import annotations

import gzip
from collections.abc import Sequence

from newsletter.config import ItemProfile
from tests.integration.collect.newsroom import TEXT, Newsroom, headline
from tests.integration.collect.web import Reply, release_page

SPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
)


def plain(room: Newsroom, paths: Sequence[str], changed: str = "2026-11-20") -> str:
    dates = (f"<lastmod>{changed}T{n % 24:02}:{n // 24:02}:00Z</lastmod>" for n in range(len(paths)))
    entries = zip(paths, dates, strict=True)
    inner = "".join(f"<url><loc>{room.portal.site}{path}</loc>{date}</url>" for path, date in entries)
    return f"<urlset {SPACES}>{inner}</urlset>"


def news(room: Newsroom, *numbers: int) -> str:
    inner = "".join(
        f"<url><loc>{room.portal.site}/presse/{n}</loc><news:news><news:publication><news:language>de</news:language>"
        f"</news:publication><news:publication_date>2026-11-2{n}T09:00:00+01:00</news:publication_date>"
        f"<news:title>{headline(n)}</news:title></news:news></url>"
        for n in numbers
    )
    return f"<urlset {SPACES}>{inner}</urlset>"


def index(room: Newsroom, parts: dict[str, str | None]) -> str:
    inner = "".join(
        f"<sitemap><loc>{room.portal.site}{path}</loc>{f'<lastmod>{date}</lastmod>' if date else ''}</sitemap>"
        for path, date in parts.items()
    )
    return f"<sitemapindex {SPACES}>{inner}</sitemapindex>"


def publish(room: Newsroom, *numbers: int, date: str | None = None) -> None:
    for n in numbers:
        text = f"{TEXT} Es ist Nummer {n}."
        room.portal.pages[f"/presse/{n}"] = release_page(headline(n), text, date)


async def collect(room: Newsroom, minutes: float = 0, path: str = "/sitemap.xml", under: str | None = None):
    url = f"{room.portal.site}{path}"
    return await room.collect(minutes, kind="sitemap", url=url, item=ItemProfile(under=under))


async def test_the_pages_of_a_news_sitemap_become_releases_dated_by_it(room: Newsroom):
    publish(room, 0, 1)
    room.portal.pages["/sitemap.xml"] = news(room, 0, 1)
    report = await collect(room)
    assert (report.found, report.new, report.problems) == (2, 2, ())
    one = room.releases()[0]
    assert (one.headline, one.published and one.published.isoformat()) == (headline(0), "2026-11-20T08:00:00+00:00")
    assert one.origin["published"] == "list"


async def test_a_news_sitemap_may_be_empty_over_a_weekend(room: Newsroom):
    publish(room, 1)
    room.portal.pages["/sitemap.xml"] = news(room, 1)
    await collect(room)
    room.portal.pages["/sitemap.xml"] = news(room)
    report = await collect(room, 60)
    assert (report.broken, report.withdrawn, len(room.releases())) == (None, 0, 1)


async def test_a_plain_sitemap_that_is_suddenly_empty_is_told(room: Newsroom):
    publish(room, 1)
    room.portal.pages["/sitemap.xml"] = plain(room, ["/presse/1"])
    await collect(room)
    room.portal.pages["/sitemap.xml"] = "<urlset/>"
    report = await collect(room, 60)
    assert report.broken
    assert "empty" in report.broken


async def test_of_a_plain_sitemap_what_lies_under_the_path_is_taken(room: Newsroom):
    publish(room, 1, 2)
    room.portal.pages["/sitemap.xml"] = plain(
        room, ["/", "/impressum", "/presse/", "/presse/1", "/presse/2", "/presse/p.pdf"]
    )
    report = await collect(room, under="/presse/")
    assert (report.found, report.new) == (2, 2)
    report = await collect(room, 60, under="/aktuelles/")
    assert report.broken == "none of the 5 addresses lies under /aktuelles/"


async def test_a_page_that_the_sitemap_says_has_changed_is_looked_at_before_its_time(room: Newsroom):
    publish(room, 1, 2, date="2026-01-21T09:00:00+01:00")  # so old that its turn would come in a month
    room.portal.pages["/sitemap.xml"] = plain(room, ["/presse/1", "/presse/2"])
    await collect(room)
    room.portal.asked.clear()
    room.portal.pages["/presse/2"] = release_page(
        headline(2), f"{TEXT} Er läuft schon heute.", "2026-01-21T09:00:00+01:00"
    )
    await collect(room, 60)
    assert room.portal.paths() == ["/sitemap.xml"]
    room.portal.pages["/sitemap.xml"] = plain(room, ["/presse/1", "/presse/2"]).replace("20T01:00", "22T07:30")
    report = await collect(room, 60)
    assert (room.portal.paths()[-1], report.updated) == ("/presse/2", 1)


async def test_of_an_index_the_parts_of_news_are_read_packed_or_not(room: Newsroom):
    publish(room, 1, 2)
    pages = room.portal.pages
    pages["/sitemap.xml"] = index(room, {"/s-pages.xml": None, "/s-news-1.xml.gz": None, "/s-news-2.xml": None})
    pages["/s-news-1.xml.gz"] = Reply(gzip.compress(plain(room, ["/presse/1"]).encode()), type="application/gzip")
    pages["/s-news-2.xml"] = plain(room, ["/presse/2"])
    report = await collect(room)
    assert (report.found, report.new, report.problems) == (2, 2, ())
    assert "/s-pages.xml" not in room.portal.paths()


async def test_a_dated_index_is_read_as_far_as_it_is_new(room: Newsroom):
    publish(room, *range(1, 5))
    pages = room.portal.pages
    pages["/sitemap.xml"] = index(room, {"/a.xml": "2026-01-01", "/b.xml": "2026-11-21", "/c.xml": "2026-06-01"})
    pages |= {
        "/a.xml": plain(room, ["/presse/1"]),
        "/b.xml": plain(room, ["/presse/2"]),
        "/c.xml": plain(room, ["/presse/3"]),
    }
    assert (await collect(room)).new == 3
    room.portal.asked.clear()
    pages["/b.xml"] = plain(room, ["/presse/2", "/presse/4"])
    report = await collect(room, 60)
    assert (report.found, report.new) == (3, 1)
    assert [path for path in room.portal.paths() if path.endswith(".xml")] == ["/sitemap.xml", "/b.xml", "/c.xml"]


async def test_a_part_that_cannot_be_had_or_read_does_not_stop_the_others(room: Newsroom):
    publish(room, 1)
    pages = room.portal.pages
    pages["/sitemap.xml"] = index(room, {"/weg.xml": None, "/kaputt.xml": None, "/gut.xml": None})
    pages |= {"/kaputt.xml": "<html>Wartung</html>", "/gut.xml": plain(room, ["/presse/1"])}
    report = await collect(room)
    assert report.new == 1
    assert any("/weg.xml" in problem for problem in report.problems)
    assert any("/kaputt.xml" in problem for problem in report.problems)
