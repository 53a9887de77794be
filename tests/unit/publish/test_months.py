"""A feed's past: whoever follows its archives finds every release, and what is closed stays as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree

from newsletter.i18n import Words
from newsletter.model import ReleaseState
from newsletter.publish import rules
from newsletter.publish.archive import Report, publish
from newsletter.publish.pages import Pages
from newsletter.publish.writer import Writer
from tests.unit.publish.sample import FEEDS, NEWSLETTERS, NOW, SITE, Shelf, make, withdrawn

ARCHIVE = "feeds/musterstadt/archive"
ATOM = "{http://www.w3.org/2005/Atom}"
LATER = NOW + timedelta(hours=1)


def run(store: Shelf, directory: Path, now: datetime = NOW, feeds: Any = FEEDS) -> Report:
    report = publish(SITE, feeds, NEWSLETTERS, store, Pages(SITE), Writer(directory), now)
    assert report.problems == ()
    return report


def dated(number: int, day: datetime, **values: object) -> Any:
    return make(number, published=day, first_seen=day + timedelta(minutes=5), updated=day, **values)


@pytest.fixture
def store() -> Shelf:
    """120 releases over four months of which one has none, the newest month with more than a feed lists."""
    months = [(1, 8, 20), (30, 10, 30), (60, 11, 58)]
    stock = [
        dated(first + n, datetime(2026, month, 1 + n % 20, 9, n, tzinfo=UTC))
        for first, month, count in months
        for n in range(count)
    ]
    return Shelf(stock)


def links(file: Path) -> dict[str, str]:
    root = etree.parse(str(file)).getroot()
    return {one.get("rel"): one.get("href") for one in root.findall(f"{ATOM}link")}


def walked(directory: Path) -> Iterator[str]:
    """The ids that a reader finds who begins with the feed and follows `prev-archive` (RFC 5005, 4)."""
    file: Path | None = directory / "feeds/musterstadt.atom"
    while file is not None:
        yield from (entry.id.removeprefix("urn:uuid:") for entry in feedparser.parse(file.read_bytes()).entries)
        earlier = links(file).get("prev-archive")
        file = directory / earlier.removeprefix(f"{SITE.base_url}/") if earlier else None


def test_whoever_follows_the_archives_finds_each_release_once(store: Shelf, tmp_path: Path) -> None:
    run(store, tmp_path)
    found = list(walked(tmp_path))
    assert sorted(found) == sorted(release.id for release in store.stock)


def test_the_months_know_each_other_and_the_feed(store: Shelf, tmp_path: Path) -> None:
    run(store, tmp_path)
    base = f"{SITE.base_url}/feeds/musterstadt"
    october = links(tmp_path / ARCHIVE / "2026-10.atom")
    assert october["current"] == f"{base}.atom"
    assert october["prev-archive"] == f"{base}/archive/2026-08.atom"
    assert october["self"] == f"{base}/archive/2026-10.atom"
    assert links(tmp_path / ARCHIVE / "2026-08.atom")["next-archive"] == f"{base}/archive/2026-10.atom"
    assert not (tmp_path / ARCHIVE / "2026-11.atom").exists()  # it is not over


def test_an_archive_is_a_valid_feed_that_says_what_it_is(store: Shelf, tmp_path: Path) -> None:
    run(store, tmp_path)
    data = (tmp_path / ARCHIVE / "2026-10.atom").read_bytes()
    assert etree.fromstring(data).find("{http://purl.org/syndication/history/1.0}archive") is not None
    assert [finding.rule for finding in rules.check(data, Words("en"), LATER)] == []
    assert feedparser.parse(data).feed.title == "Pressemitteilungen der Stadt Musterstadt: Oktober 2026"


def test_a_month_ends_where_the_site_is(tmp_path: Path) -> None:
    late = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)  # half past midnight on 1 November in Berlin
    run(Shelf([dated(1, late), dated(2, late - timedelta(days=2))]), tmp_path)
    assert feedparser.parse((tmp_path / ARCHIVE / "2026-10.atom").read_bytes()).entries[0].title == "Meldung 2"


def test_what_is_closed_stays_and_a_change_reaches_its_month_alone(store: Shelf, tmp_path: Path) -> None:
    run(store, tmp_path)
    before = {path.name: path.read_bytes() for path in (tmp_path / ARCHIVE).iterdir() if path.suffix != ".gz"}
    store.put(dated(200, datetime(2026, 11, 25, 8, tzinfo=UTC)), LATER)
    store.put(replace(store.stock[3], headline="Berichtigt"), LATER)
    run(store, tmp_path, LATER + timedelta(days=9))
    changed = {name for name, data in before.items() if (tmp_path / ARCHIVE / name).read_bytes() != data}
    assert changed == {".months", "index.html", "2026-08.atom", "2026-08.html", "2026-11.html"}


def test_a_month_is_closed_by_the_next_one(store: Shelf, tmp_path: Path) -> None:
    run(store, tmp_path)
    store.put(dated(200, datetime(2026, 12, 1, 8, tzinfo=UTC)), LATER)
    run(store, tmp_path, NOW + timedelta(days=20))
    assert links(tmp_path / "feeds/musterstadt.atom")["prev-archive"].endswith("/archive/2026-11.atom")
    assert links(tmp_path / ARCHIVE / "2026-10.atom")["next-archive"].endswith("/archive/2026-11.atom")
    assert len(set(walked(tmp_path))) == len(store.stock)


def test_a_withdrawn_release_leaves_its_month_with_a_tombstone(store: Shelf, tmp_path: Path) -> None:
    run(store, tmp_path)
    gone = store.stock[25]
    store.put(withdrawn(gone, LATER), LATER)
    run(store, tmp_path, LATER)
    entries = feedparser.parse((tmp_path / ARCHIVE / "2026-10.atom").read_bytes()).entries
    assert f"urn:uuid:{gone.id}" not in [entry.id for entry in entries]
    october = (tmp_path / ARCHIVE / "2026-10.atom").read_text()
    assert f'deleted-entry ref="urn:uuid:{gone.id}"' in october
    assert gone.headline not in (tmp_path / ARCHIVE / "2026-10.html").read_text()


def test_a_month_of_which_nothing_is_left_goes(store: Shelf, tmp_path: Path) -> None:
    run(store, tmp_path)
    for release in list(store.stock[:20]):
        store.put(replace(release, state=ReleaseState.WITHHELD), LATER)
    run(store, tmp_path, LATER)
    assert not list((tmp_path / ARCHIVE).glob("2026-08*"))
    assert "prev-archive" not in links(tmp_path / ARCHIVE / "2026-10.atom")


def test_an_embargoed_release_is_in_no_month_before_its_time(store: Shelf, tmp_path: Path) -> None:
    secret = dated(300, datetime(2026, 10, 5, 8, tzinfo=UTC), headline="Geheim", not_before=LATER)
    store.put(secret)
    run(store, tmp_path)
    assert not any(b"Geheim" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    run(store, tmp_path, LATER)
    for ending in ("atom", "html"):
        assert "Geheim" in (tmp_path / ARCHIVE / f"2026-10.{ending}").read_text()


def test_a_lost_file_and_a_lost_memory_are_made_again(store: Shelf, tmp_path: Path) -> None:
    run(store, tmp_path)
    before = (tmp_path / ARCHIVE / "2026-10.atom").read_bytes()
    (tmp_path / ARCHIVE / "2026-10.atom").unlink()
    (tmp_path / ARCHIVE / ".months").write_text("{ half")
    run(store, tmp_path)
    assert (tmp_path / ARCHIVE / "2026-10.atom").read_bytes() == before


def test_people_find_the_months(store: Shelf, tmp_path: Path) -> None:
    run(store, tmp_path)
    index = (tmp_path / ARCHIVE / "index.html").read_text()
    assert index.index("November 2026") < index.index("Oktober 2026") < index.index("August 2026")
    assert "30 Meldungen" in index
    assert f"{SITE.base_url}/feeds/musterstadt/archive/2026-10" in index
    assert (
        f'href="{SITE.base_url}/feeds/musterstadt/archive/"' in (tmp_path / "feeds/musterstadt/index.html").read_text()
    )
    november = (tmp_path / ARCHIVE / "2026-11.html").read_text()
    assert "Früher: Oktober 2026" in november
    assert store.stock[-1].id in november


def test_the_sitemap_names_what_people_can_read(store: Shelf, tmp_path: Path) -> None:
    store.put(withdrawn(store.stock[0], LATER), LATER)
    run(store, tmp_path, LATER)
    root = etree.parse(str(tmp_path / "sitemap.xml")).getroot()
    addresses = [element.text for element in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    live = [release for release in store.stock if release.state is ReleaseState.LIVE]
    assert {f"{SITE.base_url}/releases/{release.id}" for release in live} <= set(addresses)
    assert not any(store.stock[-1].id in address for address in addresses if address)
    assert f"{SITE.base_url}/feeds/musterstadt/archive/2026-08" in addresses
    assert addresses.count(f"{SITE.base_url}/feeds/musterstadt/archive/") == 1
    assert f"Sitemap: {SITE.base_url}/sitemap.xml" in (tmp_path / "robots.txt").read_text()


def test_a_feed_that_ends_says_so_and_can_come_back(store: Shelf, tmp_path: Path) -> None:
    run(store, tmp_path)
    other = {"vorstadt": FEEDS["musterstadt"].model_copy(update={"title": "Vorstadt"})}
    run(store, tmp_path, feeds=other)
    found = (tmp_path / "feeds").rglob("musterstadt*.*")
    left = {str(path.relative_to(tmp_path / "feeds")) for path in found if path.suffix != ".gz"}
    assert left == {f"musterstadt.{ending}.gone.html" for ending in ("atom", "rss", "json")}
    assert (tmp_path / "feeds/musterstadt/index.gone.html").exists()
    assert (tmp_path / "feeds/musterstadt/archive/2026-10.atom.gone.html").exists()
    assert "Dieser Feed ist beendet" in (tmp_path / "feeds/musterstadt.atom.gone.html").read_text()
    run(store, tmp_path)
    assert not list((tmp_path / "feeds").rglob("musterstadt*.gone.html"))
    assert len(set(walked(tmp_path))) == len(store.stock)


def test_a_former_slug_has_no_notice_in_the_way(store: Shelf, tmp_path: Path) -> None:
    run(store, tmp_path)
    run(store, tmp_path, feeds={"stadt": FEEDS["musterstadt"].model_copy(update={"aliases": ["musterstadt"]})})
    assert not list((tmp_path / "feeds").rglob("musterstadt.*"))


def test_feeds_name_the_hub(store: Shelf, tmp_path: Path) -> None:
    hub = "https://hub.example/"
    publish(SITE, FEEDS, NEWSLETTERS, store, Pages(SITE), Writer(tmp_path), NOW, hub=hub)
    assert links(tmp_path / "feeds/musterstadt.atom")["hub"] == hub
    rss = etree.parse(str(tmp_path / "feeds/musterstadt.rss")).getroot()
    assert [one.get("href") for one in rss.iter(f"{ATOM}link") if one.get("rel") == "hub"] == [hub]
    assert json.loads((tmp_path / "feeds/musterstadt.json").read_text())["hubs"] == [{"type": "WebSub", "url": hub}]
    assert "hub" not in links(tmp_path / ARCHIVE / "2026-10.atom")


def test_the_months_of_all_feeds_are_listed_for_people(tmp_path: Path) -> None:
    other = make(999, published=datetime(2026, 9, 3, 9, tzinfo=UTC), source="rat", headline="Aus dem Rat")
    both = [dated(one, datetime(2026, 10, 1 + one, 9, tzinfo=UTC)) for one in range(2)]
    feeds = {**FEEDS, "rat": next(iter(FEEDS.values())).model_copy(update={"title": "Der Rat"})}
    run(Shelf([*both, other]), tmp_path, feeds=feeds)
    months = (tmp_path / "archive/index.html").read_text()
    assert re.findall(r'href="https://[^"]*/archive/(2026-\d\d)"', months) == ["2026-10", "2026-09"]
    assert "2 Meldungen" in months
    assert 'href="/editions/"' in months
    month = (tmp_path / "archive/2026-09.html").read_text()
    assert "Aus dem Rat" in month
    assert 'rel="next"' in month
    assert "alternate" not in month
    assert not list((tmp_path / "archive").glob("*.atom"))
    assert f"<loc>{SITE.base_url}/archive/2026-09</loc>" in (tmp_path / "sitemap.xml").read_text()


def test_the_list_of_months_is_there_before_any_release(tmp_path: Path) -> None:
    run(Shelf([]), tmp_path)
    assert "sobald es welche gibt" in (tmp_path / "archive/index.html").read_text()
    assert "sobald es welche gibt" in (tmp_path / "editions/index.html").read_text()
