"""Publishing from the real store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, insert

from newsletter.model import Release
from newsletter.publish.archive import Report, publish
from newsletter.publish.pages import Pages
from newsletter.publish.store import PublishStore
from newsletter.publish.writer import Writer
from newsletter.store.database import Database, open_database
from newsletter.store.documents import release_columns
from newsletter.store.editions import Editions
from newsletter.store.listing import list_release
from newsletter.store.published import Published
from newsletter.store.records import Records
from newsletter.store.schema import upgrade
from newsletter.store.sheet_tables import variants
from newsletter.store.tables import release_sources, release_topics, releases
from tests.unit.publish.sample import ALL, BRIDGE, FEEDS, NEWSLETTERS, NOW, RECORD, SITE, shelf, withdrawn

CHECKED = [
    {
        "edition": RECORD.edition,
        "key": one.key,
        "language": one.language,
        "format": one.format,
        "selection": list(one.releases),
        "html_sha256": one.html_sha256,
        "text_sha256": one.text_sha256,
    }
    for one in RECORD.variants
]
PLAIN = [release for release in ALL if "\ud800" not in release.headline]  # what no database takes


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path}/newsletter.db"
    upgrade(url)
    opened = open_database(url)
    yield opened
    opened.close()


def put(database: Database, release: Release, at: object = NOW) -> None:
    def work(connection: Connection) -> None:
        for table in (release_topics, release_sources):
            connection.execute(delete(table).where(table.c.release == release.id))
        connection.execute(delete(releases).where(releases.c.id == release.id))
        row = release_columns(release, at)  # type: ignore[arg-type]
        connection.execute(insert(releases).values(**row, digest="", told_revision=release.revision))
        list_release(connection, release)

    database.write(work)


def run(store: PublishStore, directory: Path, now: object = NOW) -> Report:
    return publish(SITE, FEEDS, NEWSLETTERS, store, Pages(SITE), Writer(directory), now)  # type: ignore[arg-type]


def files(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def test_the_store_and_a_shelf_publish_the_same_bytes(database: Database, tmp_path: Path) -> None:
    memory = shelf()
    memory.stock = list(PLAIN)
    for release in PLAIN:
        put(database, release)
    for edition in memory.editions:
        Editions(database).add(edition)
        Records(database).save(RECORD)
    database.write(lambda connection: connection.execute(insert(variants), CHECKED))
    assert run(Published(database), tmp_path / "store").problems == ()
    run(memory, tmp_path / "memory")
    assert files(tmp_path / "store") == files(tmp_path / "memory")


def test_a_second_run_writes_nothing_and_a_withdrawal_is_seen(database: Database, tmp_path: Path) -> None:
    for release in PLAIN:
        put(database, release)
    run(Published(database), tmp_path / "public")
    assert run(Published(database), tmp_path / "public", NOW + timedelta(days=1)).written == 0
    later = NOW + timedelta(days=1)
    put(database, withdrawn(BRIDGE), later)
    report = run(Published(database), tmp_path / "public", later)
    assert report.removed == (f"releases/{BRIDGE.id}.html",)
    put(database, replace(BRIDGE, headline="Wieder da", revision=4), later + timedelta(hours=1))
    run(Published(database), tmp_path / "public", later + timedelta(hours=1))
    assert b"Wieder da" in (tmp_path / f"public/releases/{BRIDGE.id}.html").read_bytes()
