"""What feeds say of a release that was taken back, and of one that came back."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree

from newsletter.i18n import Words
from newsletter.model import Release
from newsletter.publish import rules
from newsletter.publish.archive import publish
from newsletter.publish.pages import Pages
from newsletter.publish.writer import Writer
from tests.unit.publish.sample import ALL, BRIDGE, ENGLISH, FEEDS, NEWSLETTERS, NOW, SITE, Shelf, make, shelf, withdrawn

AT = "{http://purl.org/atompub/tombstones/1.0}"
ATOM = "{http://www.w3.org/2005/Atom}"
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
SOUND = [release for release in ALL if "]]>" not in release.headline]
FEED_FILES = [f"feeds/musterstadt.{ending}" for ending in ("atom", "rss", "json")]


def run(store: Shelf, directory: Path, now: datetime = NOW + HOUR) -> Path:
    report = publish(SITE, FEEDS, NEWSLETTERS, store, Pages(SITE), Writer(directory), now)
    assert report.problems == ()
    return directory


def taken(directory: Path, release: Release = BRIDGE, at: datetime = NOW + HOUR) -> Shelf:
    """A shelf that was published before a release of it was taken back."""
    store = shelf()
    store.stock = list(SOUND)
    run(store, directory, at - DAY)
    store.put(withdrawn(release, at), at)
    return store


def item(directory: Path, release: Release = BRIDGE) -> dict[str, Any] | None:
    items = json.loads((directory / "feeds/musterstadt.json").read_text())["items"]
    return next((one for one in items if one["id"] == f"urn:uuid:{release.id}"), None)


def words(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


def tombstones(directory: Path) -> dict[str, str]:
    root = etree.parse(str(directory / "feeds/musterstadt.atom")).getroot()
    return {one.get("ref"): one.get("when") for one in root.iter(f"{AT}deleted-entry")}


def test_for_thirty_days_a_notice_stands_under_the_same_id(tmp_path: Path) -> None:
    store = taken(tmp_path)
    before = item(tmp_path)
    assert before is not None
    run(store, tmp_path)
    said = item(tmp_path)
    assert said is not None
    assert said["title"] == f"Zurückgezogen: {BRIDGE.headline}"
    assert said["url"] == f"{SITE.base_url}/releases/{BRIDGE.id}"
    assert "Zurückgezogen am 22. November 2026" in words(said["content_html"])
    assert said["date_modified"] > before["date_modified"]
    assert said["date_published"] == before["date_published"]
    assert not {"image", "attachments", "_image"} & said.keys()
    for name in FEED_FILES:
        data = (tmp_path / name).read_text()
        assert "Steg ist vier Meter breit" not in data
        assert data.count(BRIDGE.id) >= 1
    for ending in ("atom", "rss"):
        found = feedparser.parse((tmp_path / f"feeds/musterstadt.{ending}").read_bytes()).entries
        (notice,) = [one for one in found if BRIDGE.id in one.id]
        assert (notice.title, len(found)) == (f"Zurückgezogen: {BRIDGE.headline}", len(SOUND))


def test_the_words_are_those_of_the_releases_language(tmp_path: Path) -> None:
    said = item(run(taken(tmp_path, ENGLISH), tmp_path), ENGLISH)
    assert said is not None
    assert said["title"] == f"Withdrawn: {ENGLISH.headline}"
    assert "Withdrawn on 22 November 2026" in words(said["content_html"])


def test_a_tombstone_says_it_to_programs_and_is_never_older_than_its_notice(tmp_path: Path) -> None:
    run(taken(tmp_path), tmp_path)
    root = etree.parse(str(tmp_path / "feeds/musterstadt.atom")).getroot()
    (entry,) = [one for one in root.iter(f"{ATOM}entry") if BRIDGE.id in one.findtext(f"{ATOM}id")]
    when = tombstones(tmp_path)[f"urn:uuid:{BRIDGE.id}"]
    assert datetime.fromisoformat(when) >= datetime.fromisoformat(entry.findtext(f"{ATOM}updated"))
    assert root.findtext(f"{ATOM}updated") == when


@pytest.mark.parametrize("name", FEED_FILES)
def test_our_own_rules_find_nothing_in_it(tmp_path: Path, name: str) -> None:
    run(taken(tmp_path), tmp_path)
    found = rules.check((tmp_path / name).read_bytes(), Words("en"), NOW + DAY)
    assert [finding for finding in found if finding.blocks] == []
    assert [one for one in found if "deleted" in one.where or "at:" in one.message] == []


def test_after_thirty_days_only_the_tombstone_is_left_and_goes_with_the_window(tmp_path: Path) -> None:
    store = taken(tmp_path)
    run(store, tmp_path, NOW + HOUR + 30 * DAY - timedelta(seconds=1))
    assert item(tmp_path) is not None
    run(store, tmp_path, NOW + HOUR + 30 * DAY)
    assert item(tmp_path) is None
    when = tombstones(tmp_path)
    assert set(when) == {f"urn:uuid:{BRIDGE.id}"}
    for number in range(60, 110):
        store.put(make(number))
    run(store, tmp_path, NOW + 90 * DAY)
    assert tombstones(tmp_path) == {}


def test_pages_and_lists_leave_it_out_at_once(tmp_path: Path) -> None:
    run(taken(tmp_path), tmp_path)
    pages = [*tmp_path.rglob("*.html"), tmp_path / "feeds.opml"]
    assert [str(path) for path in pages if "Radbrücke" in path.read_text()] == []
    assert (tmp_path / f"releases/{BRIDGE.id}.gone.html").exists()


def test_its_topics_feed_says_so_too(tmp_path: Path) -> None:
    run(taken(tmp_path), tmp_path)
    assert "Zurückgezogen: Neue Radbrücke" in (tmp_path / "feeds/musterstadt/verkehr.rss").read_text()
    assert "Zurückgezogen" not in (tmp_path / "feeds/musterstadt/umwelt.rss").read_text()


def test_what_comes_back_has_its_id_a_dated_note_and_no_tombstone(tmp_path: Path) -> None:
    store = taken(tmp_path)
    run(store, tmp_path)
    gone = item(tmp_path)
    back = withdrawn(BRIDGE).brought_back(NOW + 2 * DAY)
    store.put(replace(back, revision=back.revision + 1), NOW + 2 * DAY)
    run(store, tmp_path, NOW + 2 * DAY)
    said = item(tmp_path)
    assert gone is not None
    assert said is not None
    assert said["title"] == BRIDGE.headline
    page = (tmp_path / f"releases/{BRIDGE.id}.html").read_text()
    assert "Wieder veröffentlicht am 24. November 2026" in words(said["content_html"])
    assert "Wieder veröffentlicht am 24. November 2026" in words(page)
    assert said["date_modified"] > gone["date_modified"]
    assert tombstones(tmp_path) == {}
    assert not (tmp_path / f"releases/{BRIDGE.id}.gone.html").exists()


def test_the_same_withdrawal_is_the_same_bytes(tmp_path: Path) -> None:
    one = run(taken(tmp_path / "a"), tmp_path / "a", NOW + DAY)
    other = run(taken(tmp_path / "b"), tmp_path / "b", NOW + 3 * DAY)
    for name in FEED_FILES:
        assert (one / name).read_bytes() == (other / name).read_bytes()
