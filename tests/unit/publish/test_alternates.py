"""Other ways to read a release in feeds and on its page: named, with language, length and size."""

from __future__ import annotations

import json
from pathlib import Path

import feedparser

from newsletter.i18n import Words, way_to_read
from newsletter.model import Alternate, AlternateKind
from newsletter.publish import rules
from newsletter.publish.archive import publish
from newsletter.publish.pages import Pages
from newsletter.publish.writer import Writer
from tests.unit.publish.sample import FEEDS, NEWSLETTERS, NOW, SITE, Shelf, make

EASY = Alternate(AlternateKind.EASY, "https://musterstadt.example/ls/1", "de-simple")
SIGN = Alternate(AlternateKind.SIGN, "https://musterstadt.example/1.mp4", "gsg", "video/mp4", 192, 24_000_000)
AUDIO = Alternate(AlternateKind.AUDIO, "https://musterstadt.example/1.mp3", None, "audio/mpeg", 61, 900_000)
RELEASE = make(1, alternates=(EASY, SIGN, AUDIO, Alternate(AlternateKind.AUDIO, "javascript:alert(1)")))


def published(directory: Path) -> Path:
    report = publish(SITE, FEEDS, NEWSLETTERS, Shelf([RELEASE]), Pages(SITE), Writer(directory), NOW)
    assert report.problems == ()
    return directory


def test_they_are_called_what_they_are() -> None:
    assert way_to_read(EASY, "de") == "In Leichter Sprache"
    assert way_to_read(SIGN, "de") == "Film in Gebärdensprache (3 Minuten, MP4, 24 MB)"
    assert way_to_read(AUDIO, "en") == "To listen to (1 minute, MP3, 900 KB)"


def test_the_page_leads_to_them(tmp_path: Path) -> None:
    page = (published(tmp_path) / f"releases/{RELEASE.id}.html").read_text("utf-8")
    assert "<h2>Diese Meldung anders lesen</h2>" in page
    assert '<a href="https://musterstadt.example/ls/1" hreflang="de-simple">In Leichter Sprache</a>' in page
    assert "javascript:" not in page


def test_feeds_carry_them_and_stay_valid(tmp_path: Path) -> None:
    published(tmp_path)
    for ending in ("atom", "rss", "json"):
        data = (tmp_path / f"feeds/musterstadt.{ending}").read_bytes()
        assert [found.message for found in rules.check(data, Words("en"), NOW)] == [], ending
    (entry,) = feedparser.parse((tmp_path / "feeds/musterstadt.atom").read_bytes()).entries
    links = {link.href: link for link in entry.links}
    assert (links[EASY.url].rel, links[EASY.url].hreflang) == ("related", "de-simple")
    assert (links[SIGN.url].rel, links[SIGN.url].hreflang, links[SIGN.url].length) == ("enclosure", "gsg", "24000000")
    assert links[AUDIO.url].title == "Zum Anhören (1 Minute, MP3, 900 KB)"
    (item,) = json.loads((tmp_path / "feeds/musterstadt.json").read_text())["items"]
    assert [one["url"] for one in item["attachments"]] == [SIGN.url, AUDIO.url]
    assert item["attachments"][1]["duration_in_seconds"] == 61
    assert "In Leichter Sprache" in item["content_html"]
