"""What a page is, what it declares, and where among a site's pages its releases lie."""

from __future__ import annotations

import gzip

import pytest

from newsletter.collect.read.page import PageTree
from newsletter.collect.scout.declared import declared_feeds, declared_sitemaps, title_of
from newsletter.collect.scout.narrowing import narrowed
from newsletter.collect.scout.nature import Nature, feed_title, nature
from newsletter.collect.scout.outlines import read_outlines
from newsletter.collect.scout.way import Way
from newsletter.errors import UnreadablePage
from newsletter.model import Candidate, Page

SITE = "https://www.musterstadt.example"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- made by hand -->\n<rss version="2.0"/>', Nature.FEED),
        (b'<rdf:RDF xmlns:rdf="x"></rdf:RDF>', Nature.FEED),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"/>', Nature.FEED),
        ('<?xml version="1.0" encoding="utf-16"?><rss/>'.encode("utf-16"), Nature.FEED),
        (b' {"version": "https://jsonfeed.org/version/1.1", "items": []}', Nature.FEED),
        (b'<?xml-stylesheet href="a.xsl"?><urlset/>', Nature.SITEMAP),
        (gzip.compress(b"<sitemapindex/>", mtime=0), Nature.SITEMAP),
        (b'<!DOCTYPE opml [<!ENTITY a "b">]><opml/>', Nature.OUTLINES),
        (b"<!doctype html><html><body><rss></body></html>", Nature.WEB),
        (b"", Nature.WEB),
        (b"\x1f\x8b damaged", Nature.WEB),
    ],
)
def test_what_a_page_is(body, expected):
    assert nature(Page(f"{SITE}/x", body, content_type="text/html")) is expected


@pytest.mark.parametrize(
    "body",
    [
        b"<rss><channel><title>Presse</title><item><title>Falsch</title></item></channel></rss>",
        b'<rdf:RDF xmlns:rdf="r" xmlns="http://purl.org/rss/1.0/"><channel><title> Presse </title></channel></rdf:RDF>',
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title type="html">Presse</title></feed>',
        b'{"title": "Presse", "items": []}',
    ],
)
def test_the_title_of_a_feed(body):
    assert feed_title(Page(f"{SITE}/feed", body)) == "Presse"


def tree(html: str, path: str = "/presse") -> PageTree:
    return PageTree(html, SITE + path)


def test_declared_feeds_come_first_the_nearest_to_the_page_before_the_others():
    head = """<link rel="alternate" type="application/rss+xml" title="Alles" href="/alles.xml">
    <link rel="ALTERNATE" type="application/atom+xml" title="Presse" href="/presse/neu">
    <link rel="alternate" type="application/rss+xml" title="Kommentare" href="/comments/feed">
    <link rel="alternate" type="application/json+oembed" href="/oembed">
    <link rel="alternate" hreflang="en" href="/en">"""
    body = '<a href="/presse/rss.xml">RSS</a> <a href="/presse/rssolid">Solide</a> <a href="javascript:feed/">x</a>'
    found = declared_feeds(tree(f"<html><head>{head}</head><body>{body}</body></html>"))
    assert [(feed.url.removeprefix(SITE), feed.title, feed.sure) for feed in found] == [
        ("/presse/neu", "Presse", True),
        ("/alles.xml", "Alles", True),
        ("/presse/rss.xml", "RSS", False),
    ]


@pytest.mark.parametrize(
    "href",
    [
        "/feed",
        "/presse/feed/",
        "/rss2.xml",
        "/atom.xml",
        "/feed.json",
        "/presse.rss",
        "/presse?type=9818",
        "/index.php?format=feed&id=3",
        "/SiteGlobals/Functions/RSSFeed/RSSNewsfeed/RSSNewsfeed.xml?nn=17",
        "/rss/presse.xml",
    ],
)
def test_links_that_systems_give_to_their_feeds(href):
    assert len(declared_feeds(tree(f'<body><a href="{href}">abonnieren</a></body>'))) == 1


def test_sitemaps_of_robots_txt_and_page_those_of_news_first():
    robots = (
        b"User-agent: *\nDisallow: /intern/\nSitemap: https://www.musterstadt.example/sitemap.xml\nsitemap: /news.xml"
    )
    found = declared_sitemaps(tree('<head><link rel="sitemap" href="/karte.xml"></head>'), robots)
    assert found == [f"{SITE}/news.xml", f"{SITE}/sitemap.xml", f"{SITE}/karte.xml"]


def test_a_page_is_called_by_its_title_else_by_its_heading():
    assert (
        title_of(tree("<head><title> Presse | Stadt </title></head><svg><title>Logo</title></svg>")) == "Presse | Stadt"
    )
    assert title_of(tree("<body><svg><title>Logo</title></svg><h1>Presse</h1></body>")) == "Presse"
    assert title_of(tree("<body></body>")) == "musterstadt"


def sitemap(*paths: str, headline: str | None = None) -> Way:
    return Way("sitemap", f"{SITE}/sitemap.xml", tuple(Candidate(SITE + path, headline) for path in paths))


PRESS = [f"/rathaus/presse/meldungen/{n}" for n in range(8)]
OTHER = ["/", "/impressum", *(f"/dienste/{n}" for n in range(30)), "/rathaus/presse/kontakt", "/rathaus/presse/fotos"]


def test_a_sitemap_is_narrowed_to_the_folder_of_the_page():
    way = narrowed(sitemap(*OTHER, "/dienste/", *PRESS), f"{SITE}/dienste.html")
    assert (way.under, len(way.candidates)) == ("/dienste/", 30)


def test_a_sitemap_is_narrowed_to_the_innermost_press_folder_that_holds_most():
    way = narrowed(sitemap(*OTHER, *PRESS), f"{SITE}/sitemap.xml")
    assert (way.under, len(way.candidates)) == ("/rathaus/presse/meldungen/", 8)
    assert way.profile["item"] == {"under": "/rathaus/presse/meldungen/"}


def test_a_sitemap_of_news_is_taken_as_it_is_and_one_without_a_press_folder_is_told_to_be_too_wide():
    assert narrowed(sitemap(*PRESS, headline="Neue Brunnen"), f"{SITE}/") == sitemap(*PRESS, headline="Neue Brunnen")
    (problem,) = narrowed(sitemap("/a", "/b", "/c"), f"{SITE}/").problems
    assert "under" in problem


def test_outlines_name_feeds_each_once():
    body = """<opml version="2.0"><body><outline text="Ordner"><outline text="Presse &amp; mehr" language="de-DE"
    xmlUrl="https://a.example/feed"/><outline title="Noch einmal" xmlUrl="http://a.example/feed/"/></outline>
    <outline text="Nur Seite" htmlUrl="https://b.example/"/><outline text="Unfug" xmlUrl="javascript:1"/>
    <outline xmlUrl="https://c.example/rss"/></body></opml>"""
    outlines = read_outlines(Page("https://unknown.example/", body.encode()))
    assert [(way.title, way.url, way.language) for way in outlines.ways] == [
        ("Presse & mehr", "https://a.example/feed", "de-DE"),
        ("https://c.example/rss", "https://c.example/rss", None),
    ]
    assert [problem.split(":")[0] for problem in outlines.problems] == ["Nur Seite", "Unfug"]


@pytest.mark.parametrize("body", [b"", b"<opml><body/></opml>", b"<opml"])
def test_an_opml_without_feeds_is_told(body):
    with pytest.raises(UnreadablePage):
        read_outlines(Page("https://unknown.example/", body))
