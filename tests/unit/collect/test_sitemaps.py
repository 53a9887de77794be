from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from newsletter.collect.sitemaps import Part, read_sitemap
from newsletter.errors import UnreadablePage
from newsletter.model import Image, Page, Precision

URL = "https://musterstadt.example/sitemap.xml"
SPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)


def page(inner: str, root: str = "urlset", head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> Page:
    return Page(URL, f"{head}<{root} {SPACES}>{inner}</{root}>".encode())


def entry(path: str, more: str = "") -> str:
    return f"<url><loc>https://musterstadt.example{path}</loc>{more}</url>"


NEWS = """<lastmod>2026-11-20T10:00:00+01:00</lastmod>
<image:image><image:loc>https://musterstadt.example/b.jpg</image:loc></image:image>
<news:news><news:publication><news:name>Musterstadt</news:name><news:language>de</news:language></news:publication>
<news:publication_date>2026-11-19T09:30:00+01:00</news:publication_date>
<news:title><![CDATA[Brunnen & Bänke für die Innenstadt]]></news:title></news:news>"""


def test_a_news_sitemap_says_headline_date_language_and_picture():
    sitemap = read_sitemap(page(entry("/presse/brunnen?a=1&amp;b=2", NEWS) + entry("/impressum")))
    (one,) = sitemap.candidates
    assert sitemap.news
    assert one.url == "https://musterstadt.example/presse/brunnen?a=1&b=2"
    assert (one.headline, one.language) == ("Brunnen & Bänke für die Innenstadt", "de")
    assert (one.published, one.published_precision) == (datetime(2026, 11, 19, 8, 30, tzinfo=UTC), Precision.SECOND)
    assert (one.modified, one.image) == (
        datetime(2026, 11, 20, 9, tzinfo=UTC),
        Image("https://musterstadt.example/b.jpg"),
    )


def test_a_plain_sitemap_knows_when_pages_changed_but_not_when_they_were_published():
    entries = entry("/presse/1#top", "<lastmod>2026-11-20</lastmod>") + entry("/presse/2", "<lastmod>morgen</lastmod>")
    sitemap = read_sitemap(page(entries + entry("/plan.pdf") + "<url><loc>javascript:alert(1)</loc></url><url/>"))
    assert [(c.url, c.modified, c.published) for c in sitemap.candidates] == [
        ("https://musterstadt.example/presse/1", datetime(2026, 11, 20, tzinfo=UTC), None),
        ("https://musterstadt.example/presse/2", None, None),
    ]
    assert not sitemap.news


def test_a_date_that_most_pages_share_is_that_of_the_file():
    made = "<lastmod>2026-11-22T03:00:00Z</lastmod>"
    shared = "".join(entry(f"/presse/{n}", made) for n in range(5))
    sitemap = read_sitemap(page(shared + entry("/presse/9", "<lastmod>2026-11-20</lastmod>")))
    assert {candidate.modified for candidate in sitemap.candidates} == {None}


def test_an_index_names_its_parts():
    inner = "<sitemap><loc>/a.xml</loc><lastmod>2026-11-20</lastmod></sitemap><sitemap><loc>/b.xml.gz</loc></sitemap>"
    assert read_sitemap(page(inner, "sitemapindex")).parts == (
        Part("https://musterstadt.example/a.xml", datetime(2026, 11, 20, tzinfo=UTC)),
        Part("https://musterstadt.example/b.xml.gz"),
    )


def test_packed_or_cut_off_it_is_read_as_far_as_it_goes():
    whole = page("".join(entry(f"/presse/{n}") for n in range(2_000)))
    packed = Page(URL, gzip.compress(whole.body))
    assert read_sitemap(packed).candidates == read_sitemap(whole).candidates
    assert len(read_sitemap(Page(URL, whole.body[: len(whole.body) // 2])).candidates) == pytest.approx(1_000, abs=10)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<html><body><urlset><url><loc>https://a.example/</loc></url></urlset></body></html>",
        b"<rss><channel/></rss>",
        gzip.compress(b"<urlset>" + b" " * 60_000_000, mtime=0),
        gzip.compress(b"<urlset></urlset>", mtime=0)[:-9],
        b"\x1f\x8b damaged",
    ],
    ids=["empty", "json", "html", "rss", "bomb", "cut off", "damaged"],
)
def test_what_is_no_sitemap_is_told(body):
    with pytest.raises(UnreadablePage):
        read_sitemap(Page(URL, body))


@pytest.mark.parametrize("packed", [False, True])
def test_an_entry_without_end_is_refused(packed):
    body = f"<urlset {SPACES}><url>{'<x/>' * 300_000}".encode()
    with pytest.raises(UnreadablePage, match="an entry of more than"):
        read_sitemap(Page(URL, gzip.compress(body) if packed else body))


@pytest.mark.parametrize(
    "declared", ['<!ENTITY a "ha"><!ENTITY b "&a;&a;">', '<!ENTITY b SYSTEM "file:///etc/passwd">']
)
def test_a_sitemap_with_entities_is_refused(declared):
    head = f'<?xml version="1.0"?><!DOCTYPE urlset [{declared}]>'
    with pytest.raises(UnreadablePage, match="declares entities"):
        read_sitemap(page(entry("/presse/&b;"), head=head))
