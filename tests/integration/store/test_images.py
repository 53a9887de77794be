"""What is known of pictures, and which are due, on both databases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, delete, select, update

from newsletter.model import Change, Image, ImageCopy, ImageState, KnownImage, Release, ReleaseState, Revised
from newsletter.store.collecting import Collecting
from newsletter.store.database import Database
from newsletter.store.image_tables import image_copies, release_images
from newsletter.store.image_tables import images as image_table
from newsletter.store.images import Images, sources_of
from newsletter.store.tables import releases
from tests.integration.collect.test_store import release

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
COPY = ImageCopy("ab/abcd.jpg", "image/jpeg", 1200, 675, 90_000)


def src(name: str) -> str:
    return f"https://portal.example/bilder/{name}.jpg"


def kept(database: Database, id: str, *names: str, age: timedelta = HOUR, **values: Any) -> Release:
    """A release with these pictures, the first its lead, as the collector keeps it."""
    images = tuple(Image(src(name), "Etwas", lead=number == 0) for number, name in enumerate(names))
    at = NOW - age
    one = release(id=id, url=f"https://portal.example/{id}", images=images, published=at, first_seen=at, **values)
    assert Collecting(database).save(Revised(one, None, 1, id, (one.url,)), [], NOW - HOUR)
    return one


def due(database: Database, *, now: datetime = NOW, host: bool = True, urgent: bool = False) -> list[str]:
    found = Images(database).due(now, 100, host=host, urgent=urgent)
    return [one.image.src.rpartition("/")[2].removesuffix(".jpg") for one in found]


def good(name: str, copy: ImageCopy | None = COPY, **values: Any) -> KnownImage:
    known = KnownImage(src(name), ImageState.GOOD, "hash", copy, "image/jpeg", 4000, 2250, 9, '"1"', "then", NOW)
    return replace(known, next_at=NOW + timedelta(days=1), **values)


def changed_at(database: Database) -> Mapping[str, datetime]:
    query = select(releases.c.id, releases.c.changed_at)
    return {row.id: row.changed_at for row in database.read(lambda connection: connection.execute(query).all())}


def move(database: Database, id: str, state: ReleaseState) -> None:
    database.write(lambda c: c.execute(update(releases).where(releases.c.id == id).values(state=state)))


def test_what_mails_wait_for_comes_first_then_leads_then_the_newest(database: Database) -> None:
    kept(database, "archive", "alt", "alt-innen", age=9 * HOUR, mailable=False)
    kept(database, "newer", "neu", "neu-innen")
    kept(database, "older", "mittel", age=5 * HOUR)
    kept(database, "back", "zurueck", state=ReleaseState.WITHHELD)
    assert due(database) == ["neu", "mittel", "neu-innen", "alt", "alt-innen"]
    assert due(database, urgent=True) == ["neu", "mittel"]
    assert [one.born for one in Images(database).due(NOW, 1, host=True, urgent=False)] == [NOW - HOUR]


def test_the_pictures_of_the_text_are_known_too_and_what_no_index_holds_is_not(database: Database) -> None:
    body = f'<p><img src="{src("a&amp;b")}" alt="A"><img src="{src("lead")}" alt="B"><img src="data:x" alt="C"></p>'
    one = kept(database, "one", "lead", body_html=body)
    assert list(sources_of(one)) == [src("lead"), src("a&b")]
    assert list(sources_of(replace(one, images=(Image(src("ü" * 2_000)),), body_html=""))) == []
    assert due(database) == ["lead", "a&b"]


def test_what_is_kept_is_found_again(database: Database) -> None:
    kept(database, "one", "a", "b")
    store = Images(database)
    assert store.known([src("a"), src("b"), src("c")]) == {
        src("a"): KnownImage(src("a")),
        src("b"): KnownImage(src("b")),
    }
    assert store.settle(good("a"), NOW)
    assert store.known([src("a")]) == {src("a"): good("a")}
    assert due(database) == ["b"]
    assert due(database, now=NOW + timedelta(days=1)) == ["a", "b"]


def test_a_picture_shown_otherwise_has_its_releases_published_anew(database: Database) -> None:
    kept(database, "one", "a", "shared")
    kept(database, "two", "shared")
    store, before = Images(database), changed_at(database)
    assert store.settle(good("shared"), NOW)
    assert changed_at(database) == {"one": NOW, "two": NOW} != before

    again = good("shared", checked_at=NOW + HOUR, etag='"2"')
    assert not store.settle(again, NOW + HOUR)
    assert not store.settle(replace(again, state=ImageState.FAILED, failures=1, problem="no answer"), NOW + HOUR)
    assert changed_at(database) == {"one": NOW, "two": NOW}

    assert store.settle(good("a"), NOW)  # at the same moment, by a clock that stands
    assert changed_at(database)["one"] > NOW
    assert store.settle(KnownImage(src("shared"), ImageState.UNFIT), NOW + HOUR)
    assert changed_at(database) == {"one": NOW + HOUR, "two": NOW + HOUR}


def test_a_measured_picture_is_due_where_a_copy_is_wanted(database: Database) -> None:
    kept(database, "one", "a")
    Images(database).settle(good("a", copy=None), NOW)
    assert due(database, host=False) == []
    assert due(database, host=True) == ["a"]


def test_an_update_of_the_release_has_its_pictures_looked_at(database: Database) -> None:
    one = kept(database, "one", "a", "b")
    store = Images(database)
    store.settle(good("a"), NOW)
    store.settle(good("b"), NOW)
    changed = replace(one, headline="Neu", images=(*one.images[:1], Image(src("c"))), revision=2)
    Collecting(database).save(Revised(changed, one, 2, "d2", (one.url,), Change.UPDATE), [], NOW)
    assert due(database) == ["a", "c"]


def test_status_counts_the_pictures_of_live_releases(database: Database) -> None:
    kept(database, "one", "a", "b", "c")
    kept(database, "back", "d", state=ReleaseState.WITHHELD)
    store = Images(database)
    store.settle(good("a"), NOW)
    store.settle(KnownImage(src("b"), ImageState.FAILED, checked_at=NOW, problem="answered 500"), NOW)
    assert store.counts() == {"waiting": 1, "good": 1, "failed": 1, "unfit": 0, "stand-in": 0}
    assert [(image.src, image.problem) for image in store.problems(5)] == [(src("b"), "answered 500")]


def test_a_copy_is_kept_for_long_after_its_last_use(database: Database) -> None:
    one = kept(database, "one", "a")
    store, year = Images(database), timedelta(days=365)
    store.settle(good("a"), NOW)
    assert store.unused(NOW + year, 2 * year) == []  # still in use, and that is kept
    gone = replace(one, images=(), revision=2)
    Collecting(database).save(Revised(gone, one, 1, "d2", (one.url,)), [], NOW + year)
    assert store.unused(NOW + 2.9 * year, 2 * year) == []
    assert store.known([src("a")]) == {}
    assert store.unused(NOW + 3.1 * year, 2 * year) == [COPY.name]


def test_a_copy_goes_with_the_last_release_that_shows_it_when_that_is_withdrawn(database: Database) -> None:
    kept(database, "one", "a")
    kept(database, "two", "b")
    store = Images(database)
    store.settle(good("a"), NOW)
    store.settle(good("b"), NOW)  # the same picture at another address
    move(database, "one", ReleaseState.WITHDRAWN)
    assert store.unused(NOW, timedelta(days=730)) == []
    move(database, "two", ReleaseState.WITHDRAWN)
    assert store.unused(NOW, timedelta(days=730)) == [COPY.name]
    store.forget([COPY.name], NOW)
    assert store.copies() == set()
    assert due(database) == []
    move(database, "two", ReleaseState.LIVE)
    assert due(database) == ["b"]


def test_a_copy_whose_file_is_lost_is_made_again(database: Database) -> None:
    kept(database, "one", "a")
    store = Images(database)
    store.settle(good("a"), NOW)
    store.forget([COPY.name], NOW + HOUR)
    assert due(database) == ["a"]
    assert store.known([src("a")])[src("a")].copy is None
    assert changed_at(database) == {"one": NOW + HOUR}


@pytest.mark.parametrize("times", [1, 2])
def test_settling_twice_is_harmless(database: Database, times: int) -> None:
    kept(database, "one", "a")
    for _ in range(times):
        Images(database).settle(good("a"), NOW)
    rows = database.read(lambda connection: connection.execute(select(image_copies.c.name)).scalars().all())
    assert list(rows) == [COPY.name]


def test_an_older_database_learns_which_pictures_its_releases_show(database: Database) -> None:
    body = f'<p><img src="{src("a&amp;b")}" alt="A"></p>'
    one = kept(database, "one", "inner", "lead", body_html=body)
    images = (replace(one.images[0], lead=False), replace(one.images[1], lead=True))
    turned = replace(one, images=images)
    Collecting(database).save(Revised(turned, one, 1, "d2", (one.url,)), [], NOW)
    query = select(release_images.c.src, release_images.c.place).order_by(release_images.c.place)
    written = database.read(lambda connection: connection.execute(query).all())
    migration = import_module("newsletter.store.migrations.versions.v0004_the_pictures_that_we_host")

    def again(connection: Connection) -> None:
        connection.execute(delete(release_images))
        connection.execute(delete(image_table))
        with Operations.context(MigrationContext.configure(connection)):
            migration._fill()

    database.write(again)
    assert [row.src for row in written] == [src("lead"), src("inner"), src("a&b")]
    assert database.read(lambda connection: connection.execute(query).all()) == written
    assert set(due(database)) == {"lead", "inner", "a&b"}
