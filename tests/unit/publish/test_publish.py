"""Publishing as a whole: a pure function of the store, and nothing that one release can break."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import feedparser
import pytest

from newsletter.errors import StoreError
from newsletter.model import ReleaseState, Topic
from newsletter.publish.archive import Report, publish
from newsletter.publish.content import FeedContent
from newsletter.publish.formats import formats
from newsletter.publish.pages import Pages
from newsletter.publish.writer import Writer
from tests.unit.publish.sample import (
    ALL,
    BRIDGE,
    FEEDS,
    NEWSLETTERS,
    NO_ALT,
    NOW,
    SITE,
    TRAFFIC,
    Shelf,
    make,
    shelf,
    withdrawn,
)

ARCHIVES = ("archive", "feeds/musterstadt/archive")
LATER = NOW + timedelta(hours=1)


def run(store: Shelf, directory: Path, now: datetime = NOW, templates: Path | None = None) -> Report:
    return publish(SITE, FEEDS, NEWSLETTERS, store, Pages(SITE, templates), Writer(directory), now)


def files(directory: Path) -> Mapping[str, bytes]:
    """Each file but those packed beside another."""
    files = (path for path in directory.rglob("*") if path.is_file() and path.suffix != ".gz")
    return {str(path.relative_to(directory)): path.read_bytes() for path in files}


def ids(directory: Path, name: str = "feeds/musterstadt.atom") -> list[str]:
    return [entry.id.removeprefix("urn:uuid:") for entry in feedparser.parse((directory / name).read_bytes()).entries]


def test_everything_lies_where_it_is_looked_for(tmp_path: Path) -> None:
    report = run(shelf(), tmp_path)
    assert report.problems == ()
    pages = {f"releases/{release.id}.html" for release in ALL}
    topics = {f"feeds/musterstadt/{topic}.{ending}" for topic in ("boese", "umwelt", "verkehr") for ending in formats()}
    assert set(files(tmp_path)) == pages | topics | {
        ".rendered",
        "archive/.months",
        "archive/2026-11.html",
        "archive/index.html",
        "editions/index.html",
        "editions/presse-daily-20261121T0600Z.html",
        "favicon.ico",
        "feeds.opml",
        "feeds/index.html",
        "feeds/musterstadt.atom",
        "feeds/musterstadt.json",
        "feeds/musterstadt.rss",
        "feeds/musterstadt/archive/.months",
        "feeds/musterstadt/archive/2026-11.html",
        "feeds/musterstadt/archive/index.html",
        "feeds/musterstadt/index.html",
        "icon.svg",
        "index.html",
        "reports/presse-daily-20261121T0600Z.html",
        "reports/presse-daily-20261121T0600Z.jsonld",
        "robots.txt",
        "share.js",
        "sitemap.xml",
        "style.css",
    }
    assert report.written == len(files(tmp_path))


def test_a_second_run_writes_nothing(tmp_path: Path) -> None:
    run(shelf(), tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    report = run(shelf(), tmp_path, NOW + timedelta(days=30))
    assert (report.written, report.removed) == (0, ())
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == before


def test_another_process_another_hash_seed_the_same_bytes(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from tests.unit.publish.test_publish import run; "
        "from tests.unit.publish.sample import shelf; run(shelf(), Path(sys.argv[1]))"
    )
    digests = set()
    for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C.UTF-8"}
        subprocess.run([sys.executable, "-c", program, tmp_path / seed], env=environment, check=True)
        digests.add(hashlib.sha256(repr(sorted(files(tmp_path / seed).items())).encode()).hexdigest())
    assert len(digests) == 1


def test_a_new_release_changes_only_what_it_stands_on(tmp_path: Path) -> None:
    store = shelf()
    run(store, tmp_path)
    before = files(tmp_path)
    new = make(59, topics=(TRAFFIC,), first_seen=NOW)
    store.put(new, LATER)
    run(store, tmp_path, LATER)
    after = files(tmp_path)
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {
        f"releases/{new.id}.html",
        "index.html",
        "sitemap.xml",
        "feeds/musterstadt/index.html",
        *(f"{archive}/{name}" for archive in ARCHIVES for name in (".months", "2026-11.html", "index.html")),
        *(f"feeds/musterstadt{topic}.{ending}" for topic in ("", "/verkehr") for ending in formats()),
    }
    assert ids(tmp_path)[0] == new.id


def test_a_change_reaches_its_page_and_the_edition(tmp_path: Path) -> None:
    store = shelf()
    run(store, tmp_path)
    store.put(replace(BRIDGE, headline="Neuer Titel", revision=3), LATER)
    run(store, tmp_path, LATER)
    for name in (f"releases/{BRIDGE.id}.html", "editions/presse-daily-20261121T0600Z.html"):
        assert b"Neuer Titel" in (tmp_path / name).read_bytes()


def test_the_newest_fifty_are_in_a_feed_and_all_have_pages(tmp_path: Path) -> None:
    store = Shelf([make(n) for n in range(60)])
    run(store, tmp_path)
    assert ids(tmp_path) == [make(n).id for n in range(59, 9, -1)]
    assert len(list((tmp_path / "releases").glob("*.html"))) == 60


def test_a_withdrawn_release_leaves_everything_but_a_notice(tmp_path: Path) -> None:
    store = shelf()
    run(store, tmp_path)
    store.put(withdrawn(BRIDGE), LATER)
    report = run(store, tmp_path, LATER)
    assert report.removed == (f"releases/{BRIDGE.id}.html",)
    assert "zurückgezogen" in (tmp_path / f"releases/{BRIDGE.id}.gone.html").read_text()
    for name, data in files(tmp_path).items():
        told = name.startswith("feeds/") and not name.endswith(".html")  # for 30 days; see test_withdrawals.py
        assert "Radbrücke".encode() not in data or told, name
    assert b"1 Meldung dieser Ausgabe" in (tmp_path / "editions/presse-daily-20261121T0600Z.html").read_bytes()
    store.put(replace(BRIDGE, revision=4), LATER + timedelta(hours=1))
    assert run(store, tmp_path, LATER).removed == (f"releases/{BRIDGE.id}.gone.html",)


@pytest.mark.parametrize(
    "kept_back", [replace(BRIDGE, state=ReleaseState.WITHHELD), replace(BRIDGE, not_before=NOW + timedelta(days=1))]
)
def test_what_is_kept_back_is_nowhere(tmp_path: Path, kept_back: object) -> None:
    store = shelf()
    run(store, tmp_path)
    store.put(kept_back, LATER)  # type: ignore[arg-type]
    run(store, tmp_path, LATER)
    for name, data in files(tmp_path).items():
        assert "Radbrücke".encode() not in data, name


def test_an_embargo_ends_by_itself(tmp_path: Path) -> None:
    store = Shelf([replace(BRIDGE, not_before=LATER)])
    run(store, tmp_path)
    assert ids(tmp_path) == []
    run(store, tmp_path, LATER)
    assert ids(tmp_path) == [BRIDGE.id]
    assert (tmp_path / f"releases/{BRIDGE.id}.html").is_file()


def test_a_broken_release_is_left_out_and_named(tmp_path: Path) -> None:
    store = shelf()
    store.put(make(55, url="javascript:alert(1)"))
    report = run(store, tmp_path)
    assert len(report.problems) == 2  # in feeds, as a page
    assert all("is no web address" in problem for problem in report.problems)
    assert ids(tmp_path) == [release.id for release in ALL]


def test_what_a_format_cannot_say_is_left_out_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    atom = formats()["atom"]
    build = atom.build

    def picky(feed: FeedContent) -> bytes:
        if any(entry.release.id == BRIDGE.id for entry in feed.entries):
            raise ValueError("boom")
        return build(feed)

    monkeypatch.setattr(atom, "build", picky)
    report = run(shelf(), tmp_path)
    assert report.problems[0] == f"release {BRIDGE.id} as Atom: boom"
    assert BRIDGE.id not in ids(tmp_path)
    assert BRIDGE.id in ids(tmp_path, "feeds/musterstadt.rss")


def test_the_last_good_feed_stays(tmp_path: Path) -> None:
    run(shelf(), tmp_path)
    before = files(tmp_path)
    broken = Shelf([replace(release, url="broken") for release in ALL])
    report = run(broken, tmp_path, LATER)
    after = files(tmp_path)
    assert "feeds/musterstadt.atom: none of its releases can be shown, so the last good one stays" in report.problems
    assert {
        name for name in before if name.startswith(("feeds/musterstadt", "releases/")) and after[name] != before[name]
    } == {"feeds/musterstadt/index.html"}


def test_a_huge_release_is_left_out_of_feeds_and_a_large_feed_loses_its_oldest(tmp_path: Path) -> None:
    store = Shelf([make(n, body_html=f"<p>{'ä' * 900_000}</p>") for n in range(4)])
    store.put(make(9, body_html=f"<p>{'a' * 1_100_000}</p>"))
    report = run(store, tmp_path)
    assert [problem for problem in report.problems if make(9).id in problem]
    assert ids(tmp_path) == [make(3).id, make(2).id]
    assert (tmp_path / "feeds/musterstadt.atom").stat().st_size < 5_000_000
    assert (tmp_path / f"releases/{make(9).id}.html").is_file()


def test_a_topic_nothing_has_any_more_loses_its_feed(tmp_path: Path) -> None:
    store = shelf()
    run(store, tmp_path)
    store.stock = [replace(release, topics=()) for release in store.stock]
    report = run(store, tmp_path, LATER)
    assert len(report.removed) == 3 * len(formats())


def test_a_topic_slug_that_is_none_is_a_problem(tmp_path: Path) -> None:
    report = run(Shelf([make(1, topics=(Topic("../../x", "X"),))]), tmp_path / "public")
    assert "topic 'X' of feed musterstadt" in report.problems[0]
    assert [path.name for path in tmp_path.iterdir()] == ["public"]


def test_pages_that_were_lost_or_spoilt_come_back(tmp_path: Path) -> None:
    run(shelf(), tmp_path)
    before = files(tmp_path)
    (tmp_path / f"releases/{BRIDGE.id}.html").unlink()
    (tmp_path / f"releases/{NO_ALT.id}.html").write_text("spoilt")
    (tmp_path / "index.html").write_text("spoilt")
    report = run(shelf(), tmp_path)
    assert report.written == 3
    assert files(tmp_path) == before


def test_a_template_of_the_users_own_renders_every_page_anew(tmp_path: Path) -> None:
    run(shelf(), tmp_path / "public")
    (tmp_path / "templates/web").mkdir(parents=True)
    (tmp_path / "templates/web/release.html").write_text("{{ release.headline }}")
    run(shelf(), tmp_path / "public", templates=tmp_path / "templates")
    assert (tmp_path / f"public/releases/{NO_ALT.id}.html").read_text() == NO_ALT.headline


def test_a_broken_template_stops_only_its_own_pages_and_is_tried_again(tmp_path: Path) -> None:
    run(shelf(), tmp_path / "public")
    before = files(tmp_path / "public")
    (tmp_path / "templates/web").mkdir(parents=True)
    (tmp_path / "templates/web/release.html").write_text("{{ release.nonsense }}")
    for _ in range(2):
        report = run(shelf(), tmp_path / "public", templates=tmp_path / "templates")
        assert len(report.problems) == len(ALL)
        assert "template web/release.html" in report.problems[0]
    assert {**files(tmp_path / "public"), ".rendered": b""} == {**before, ".rendered": b""}


def test_a_broken_store_is_no_problem_of_a_feed(tmp_path: Path) -> None:
    class Broken(Shelf):
        def newest(self, *_: object) -> list[object]:  # type: ignore[override]
            raise StoreError("database is locked")

    with pytest.raises(StoreError):
        run(Broken(), tmp_path)


def test_an_empty_store_has_pages_that_say_what_will_stand_there(tmp_path: Path) -> None:
    report = run(Shelf(), tmp_path)
    assert report.problems == ()
    assert "Hier stehen die neuesten Meldungen, sobald es welche gibt." in (tmp_path / "index.html").read_text()


def test_a_new_title_reaches_pages_that_nothing_else_changed(tmp_path: Path) -> None:
    run(shelf(), tmp_path)
    newsletters = [each.model_copy(update={"title": "Rathausbrief"}) for each in NEWSLETTERS]
    publish(SITE, FEEDS, newsletters, shelf(), Pages(SITE), Writer(tmp_path), NOW)
    assert b"<h1>Rathausbrief</h1>" in (tmp_path / "editions/presse-daily-20261121T0600Z.html").read_bytes()
