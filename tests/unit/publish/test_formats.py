"""The formats: what validators demand, what readers get. Names in brackets are the W3C validator's."""

from __future__ import annotations

import json
import locale
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import feedparser
import pytest
from lxml import etree, html

from newsletter.publish.content import FeedContent, entry, fit, printable
from newsletter.publish.formats import formats
from newsletter.publish.opml import build as build_opml
from newsletter.publish.pages import Pages
from tests.unit.publish.sample import ALL, BRIDGE, ENGLISH, HOSTILE, NASTY, NO_ALT, NOW, SITE, UNDATED, make

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
DC = "{http://purl.org/dc/elements/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
OFFSET = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d\Z")
PAGES = Pages(SITE)


def feed_of(*releases: Any) -> FeedContent:
    shown = [fit(release, "de") for release in releases]
    return FeedContent(
        title="Pressemitteilungen",
        description="Stadt Musterstadt: neue Meldungen im vollen Wortlaut",
        language="de",
        publisher="Stadt Musterstadt",
        address="https://news.musterstadt.example/feeds/musterstadt",
        page="https://news.musterstadt.example/feeds/musterstadt/",
        entries=tuple(entry(release, PAGES.content(release), SITE.zone) for release in shown),
    )


FEED = feed_of(*ALL)
ATOM_BYTES, JSON_BYTES, RSS_BYTES = (formats()[name].build(FEED) for name in ("atom", "json", "rss"))
ATOM_ROOT, RSS_ROOT = etree.fromstring(ATOM_BYTES), etree.fromstring(RSS_BYTES)
ENTRIES = ATOM_ROOT.findall(f"{ATOM}entry")
ITEMS = RSS_ROOT.findall("channel/item")
JSON_ITEMS = json.loads(JSON_BYTES)["items"]
IDS = [f"urn:uuid:{release.id}" for release in ALL]
XML = pytest.mark.parametrize("data", [ATOM_BYTES, RSS_BYTES], ids=["atom", "rss"])


def contents() -> Iterable[str]:
    yield from (item.findtext(f"{ATOM}content") for item in ENTRIES)
    yield from (item.findtext(CONTENT) for item in ITEMS)
    yield from (item["content_html"] for item in JSON_ITEMS)


def test_every_file_of_the_folder_is_a_format() -> None:
    assert {name: format_.MEDIA_TYPE for name, format_ in formats().items()} == {
        "atom": "application/atom+xml",
        "json": "application/feed+json",
        "rss": "application/rss+xml",
    }


@pytest.mark.parametrize("name", sorted(formats()))
@pytest.mark.parametrize("feed", [FEED, feed_of()], ids=["full", "empty"])
def test_equal_feeds_are_equal_bytes(name: str, feed: FeedContent) -> None:
    assert formats()[name].build(feed) == formats()[name].build(replace(feed))
    assert b"2026-11-22" not in formats()[name].build(feed)  # nothing of today


# What must be


def test_the_id_is_the_same_in_every_format() -> None:
    assert [item.findtext(f"{ATOM}id") for item in ENTRIES] == IDS
    assert [item.findtext("guid") for item in ITEMS] == IDS
    assert [item["id"] for item in JSON_ITEMS] == IDS


def test_rss_guids_are_unique_and_no_permalinks() -> None:  # [DuplicateValue, InvalidHttpGUID]
    assert len(set(IDS)) == len(IDS)
    assert {item.find("guid").get("isPermaLink") for item in ITEMS} == {"false"}


def test_rss_dates_are_rfc_822_whatever_the_locale() -> None:  # [InvalidRFC2822Date, IncorrectDOW]
    before = locale.setlocale(locale.LC_ALL)
    for item in [*(item.findtext("pubDate") for item in ITEMS), RSS_ROOT.findtext("channel/lastBuildDate")]:
        at = parsedate_to_datetime(item)
        assert item[:3] == ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[at.weekday()]
        assert re.search(r" [+-]\d{4}\Z", item)
    assert locale.setlocale(locale.LC_ALL) == before


def test_atom_dates_carry_an_offset() -> None:  # [InvalidRFC3339Date]
    dates = [element.text for element in ATOM_ROOT.iter(f"{ATOM}updated", f"{ATOM}published")]
    assert len(dates) == 1 + 2 * len(ALL) - 1  # the feed's; one release is undated
    assert all(OFFSET.match(date) for date in dates)


def test_atom_entries_have_content_and_one_alternate() -> None:  # [MissingContentOrAlternate, DuplicateAtomLink]
    for item, release in zip(ENTRIES, ALL, strict=True):
        assert item.find(f"{ATOM}content").get("type") == "html"
        links = [link.attrib for link in item.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
        assert links == [{"href": release.url, "rel": "alternate", "type": "text/html", "hreflang": release.language}]


def test_documents_keep_rel_type_length_and_title() -> None:
    links = [dict(link.attrib) for link in ENTRIES[0].findall(f"{ATOM}link") if link.get("rel") == "enclosure"]
    assert links[0] == {
        "href": "https://musterstadt.example/plan.pdf",
        "rel": "enclosure",
        "type": "application/pdf",
        "length": "1234567",
        "title": "Lageplan",
    }
    assert len(links) == 2
    assert JSON_ITEMS[0]["attachments"] == [
        {
            "url": "https://musterstadt.example/plan.pdf",
            "mime_type": "application/pdf",
            "title": "Lageplan",
            "size_in_bytes": 1234567,
        }
    ]


def test_authors_are_names() -> None:  # [InvalidContact]
    assert not list(RSS_ROOT.iter("author", "enclosure"))
    assert ITEMS[0].findtext(f"{DC}creator") == "Tiefbauamt"
    assert ENTRIES[0].findtext(f"{ATOM}author/{ATOM}name") == "Tiefbauamt"
    assert ATOM_ROOT.findtext(f"{ATOM}author/{ATOM}name") == "Stadt Musterstadt"
    assert JSON_ITEMS[0]["authors"] == [{"name": "Tiefbauamt"}]


def test_every_entry_says_its_language() -> None:  # [InvalidLanguage]
    languages = [release.language for release in ALL]
    assert [item.get(LANG) for item in ENTRIES] == languages
    assert [item.get(LANG) for item in ITEMS] == languages
    assert [item["language"] for item in JSON_ITEMS] == languages
    assert ATOM_ROOT.get(LANG) == RSS_ROOT.findtext("channel/language") == json.loads(JSON_BYTES)["language"] == "de"


@XML
def test_media_lie_in_the_item_behind_its_content(data: bytes) -> None:  # [MediaGroupWithoutAlternatives]
    root = etree.fromstring(data)
    assert not list(root.iter(f"{MEDIA}group"))
    media = next(root.iter(f"{MEDIA}content"))
    assert dict(media.attrib) == {
        "url": "https://musterstadt.example/bruecke.jpg",
        "medium": "image",
        "width": "1200",
        "height": "675",
    }
    assert media.findtext(f"{MEDIA}description") == "Schrägseilbrücke mit zwei Pfeilern über einem Fluss"
    assert media.findtext(f"{MEDIA}credit") == "Stadt Musterstadt"
    assert media.getparent()[-1] is media


# What should be


def test_feeds_point_to_themselves_and_to_their_page() -> None:
    page, address = "https://news.musterstadt.example/feeds/musterstadt/", FEED.address
    links = {link.get("rel"): link.get("href") for link in ATOM_ROOT.findall(f"{ATOM}link")}
    assert links == {"self": f"{address}.atom", "alternate": page}
    channel = RSS_ROOT.find("channel")
    assert channel.findtext("link") == page
    assert [(link.get("rel"), link.get("href")) for link in channel.findall(f"{ATOM}link")] == [
        ("self", f"{address}.rss")
    ]
    assert json.loads(JSON_BYTES)["feed_url"] == f"{address}.json"
    assert json.loads(JSON_BYTES)["home_page_url"] == page


def test_description_comes_before_the_content() -> None:
    for item in ITEMS:
        names = [child.tag for child in item]
        assert names.index("description") < names.index(CONTENT)


def test_addresses_in_content_are_absolute() -> None:  # [ContainsRelRef]
    for content in contents():
        for element, _, address, _ in html.fragment_fromstring(content, create_parent="div").iterlinks():
            assert urlsplit(address).scheme in ("https", "http", "mailto", "tel"), (element.tag, address)


def test_content_has_nothing_that_runs_or_floats() -> None:  # [SecurityRisk, DangerousStyleAttr]
    for content in contents():
        root = html.fragment_fromstring(content, create_parent="div")
        assert not root.xpath("//script|//iframe|//style|//@style|//@onclick")


def test_every_picture_in_content_has_an_alt_text() -> None:
    pictures = [
        picture
        for content in contents()
        for picture in html.fragment_fromstring(content, create_parent="div").iter("img")
    ]
    assert pictures
    assert all(picture.get("alt") for picture in pictures)


def test_no_date_lies_in_the_future_and_no_two_updated_are_equal() -> None:  # [DuplicateUpdated]
    dates = [datetime.fromisoformat(item.findtext(f"{ATOM}updated")) for item in ENTRIES]
    assert len(set(dates)) == len(dates)
    assert max(dates) <= NOW
    assert FEED.updated == max(dates)


def test_the_newest_comes_first() -> None:
    assert [item.findtext(f"{ATOM}title") for item in ENTRIES] == [each.release.headline for each in FEED.entries]


def test_an_undated_release_has_no_invented_date() -> None:
    index = ALL.index(UNDATED)
    assert ENTRIES[index].find(f"{ATOM}published") is None
    assert "date_published" not in JSON_ITEMS[index]
    assert parsedate_to_datetime(ITEMS[index].findtext("pubDate")) == UNDATED.first_seen
    assert "Ohne Datum, gesehen am" in ENTRIES[index].findtext(f"{ATOM}content")


# What people read


def test_the_content_is_the_whole_release() -> None:
    content = ENTRIES[0].findtext(f"{ATOM}content")
    words = html.fragment_fromstring(content, create_parent="div").text_content()
    in_order = (
        "Aktualisiert am 21. November 2026",
        BRIDGE.teaser,
        "Die Brücke ist 210 Meter lang. Symbolbild. Bild: Stadt Musterstadt",
        "Der Steg ist vier Meter breit & beleuchtet.",
        "Umleitung",
        "Dokumente",
        "Lageplan (PDF, 1,2 MB)",
        "Notiz (DOCX)",
    )
    places = [words.index(part) for part in in_order]
    assert places == sorted(places)
    assert '<figure>\n<img src="https://musterstadt.example/bruecke.jpg" alt="Schrägseilbrücke' in content


def test_notes_are_in_the_releases_language() -> None:
    english = replace(BRIDGE, language="en")
    [only] = feed_of(english).entries
    assert "Updated on" in only.content
    assert "1.2 MB" in only.content


def test_notes_in_another_language_than_the_release_say_so() -> None:
    [only] = feed_of(replace(BRIDGE, language="fr")).entries
    assert '<p lang="de"><strong>Aktualisiert am' in only.content
    assert '<h2 lang="de">Dokumente</h2>' in only.content
    assert 'Die Brücke ist 210 Meter lang. <span lang="de">Symbolbild.</span>' in only.content


def test_a_picture_without_alt_text_is_nowhere() -> None:
    index = ALL.index(NO_ALT)
    assert NO_ALT.images[0].src.encode() not in ATOM_BYTES + RSS_BYTES + JSON_BYTES
    assert "image" not in JSON_ITEMS[index]


def test_json_says_what_there_is_to_say_of_the_picture() -> None:
    assert JSON_ITEMS[0]["image"] == "https://musterstadt.example/bruecke.jpg"
    assert JSON_ITEMS[0]["_image"] == {
        "alt": "Schrägseilbrücke mit zwei Pfeilern über einem Fluss",
        "caption": "Die Brücke ist 210 Meter lang",
        "credit": "Stadt Musterstadt",
        "symbolic": True,
    }


def test_without_a_teaser_the_summary_is_how_the_text_begins() -> None:
    [only] = feed_of(make(1, teaser=None, body_text="Wort " * 100)).entries
    assert only.summary.startswith("Wort Wort")
    assert len(only.summary) <= 300
    [empty] = feed_of(make(1, teaser=None, body_text="", body_html="")).entries
    assert empty.summary == "Meldung 1"


# Read back


@XML
def test_feedparser_reads_it_all_back(data: bytes) -> None:
    parsed = feedparser.parse(data)
    assert not parsed.bozo
    assert parsed.feed.title == "Pressemitteilungen"
    assert [item.id for item in parsed.entries] == IDS
    assert [item.link for item in parsed.entries] == [release.url for release in ALL]
    assert parsed.entries[1].title == ENGLISH.headline
    assert "<h2>Umleitung</h2>" in parsed.entries[0].content[0].value
    assert "<p>In eight languages.</p>" in parsed.entries[1].content[0].value
    assert parsed.entries[0].summary == BRIDGE.teaser  # not the alt text: feedparser #53


@XML
def test_hostile_strings_come_back_as_text(data: bytes) -> None:
    root = etree.fromstring(data)
    title = next(element for element in root.iter("title", f"{ATOM}title") if "alert" in (element.text or ""))
    assert title.text == " ".join(printable(NASTY.headline).split())
    assert len(title.text) > 10_000
    assert feedparser.parse(data).bozo == 0
    assert b"<script" not in data


def test_rss_descriptions_are_text_within_html() -> None:
    description = ITEMS[ALL.index(NASTY)].findtext("description")
    assert html.fragment_fromstring(description, create_parent="div").text_content() == printable(HOSTILE).strip()


@pytest.mark.parametrize("name", sorted(formats()))
def test_any_text_in_any_field_gives_a_readable_feed(name: str, naughty: list[str]) -> None:
    releases = [
        make(n, headline=text, teaser=text, kicker=text, author=text, issuer=text, body_text=text, language=text[:9])
        for n, text in enumerate(naughty)
    ]
    data = formats()[name].build(feed_of(*releases))
    if name == "json":
        assert len(json.loads(data)["items"]) == len(releases)
    else:
        parsed = feedparser.parse(data)
        assert not parsed.bozo
        assert len(parsed.entries) == len(releases)


@pytest.fixture
def naughty() -> list[str]:
    return [
        "", " ", "\x00", "\ud800", "]]>", "<![CDATA[x]]>", "&nbsp;", "&#0;", "<!--", "<?xml?>", "%(date)s", "{{ 7*7 }}",
        "{% raw %}", "𝕿𝖍𝖊", "🏳️‍🌈", "\u202e\u2066", "ﷺ" * 99, "\r\nBcc: a@b.example",
        "'\"><img src=x onerror=alert(1)>", "\ufeff",
    ]  # fmt: skip


def test_opml_lists_every_feed() -> None:
    root = etree.fromstring(build_opml("Presse & mehr", [FEED]))
    assert root.findtext("head/title") == "Presse & mehr"
    [outline] = root.findall("body/outline")
    assert outline.get("xmlUrl") == f"{FEED.address}.atom"
    assert outline.get("htmlUrl") == FEED.page
    assert (outline.get("type"), outline.get("text")) == ("rss", "Pressemitteilungen")


def test_an_empty_feed_is_a_valid_one() -> None:
    builders: list[Callable[[FeedContent], bytes]] = [formats()["atom"].build, formats()["rss"].build]
    for build in builders:
        assert not feedparser.parse(build(feed_of())).bozo


def test_an_update_moves_updated_and_nothing_else_of_the_identity() -> None:
    later = replace(BRIDGE, updated=BRIDGE.updated + timedelta(days=1), revision=3)
    [before], [after] = feed_of(BRIDGE).entries, feed_of(later).entries
    assert (before.id, before.published) == (after.id, after.published)
    assert after.updated - before.updated == timedelta(days=1)
