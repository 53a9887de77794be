"""What is due, what is seen and what is kept back, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from newsletter.errors import NotFound, StateError
from newsletter.model import (
    Cadence,
    Carried,
    Change,
    Edition,
    EditionState,
    Image,
    Mark,
    Release,
    ReleaseState,
    Sighting,
    Topic,
)
from newsletter.store.database import Database
from newsletter.store.documents import release_columns
from newsletter.store.editions import Editions
from newsletter.store.journal import address_hash
from newsletter.store.listing import list_release
from newsletter.store.published import Published
from newsletter.store.releases import Releases
from newsletter.store.tables import addresses, editions, releases, revisions, sent_before

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
FEEDS = ["musterstadt"]


def release(id: str, age: timedelta = HOUR, **values: Any) -> Release:
    seen = NOW - age
    start = Release(
        id=id,
        source="musterstadt",
        url=f"https://musterstadt.example/{id}",
        headline=f"Überschrift {id}",
        body_html="<p>Text</p>",
        body_text="Text",
        language="de",
        first_seen=seen,
        updated=seen,
        published=seen,
    )
    return replace(start, **values)


def collected(database: Database, *found: Release, changed_at: datetime = NOW) -> None:
    """What the collector writes, in short."""

    def work(connection: Any) -> None:
        for one in found:
            row = release_columns(one, changed_at) | {"told_revision": one.revision, "digest": "d"}
            connection.execute(insert(releases).values(row))
            connection.execute(insert(addresses), [{"url": url, "release": one.id} for url in (one.url, *one.aliases)])
            list_release(connection, one)

    database.write(work)


def revise(database: Database, id: str, told: int, revision: int) -> None:
    values = {"told_revision": told, "revision": revision}
    database.write(lambda connection: connection.execute(update(releases).where(releases.c.id == id).values(values)))


def due(database: Database, cadence: Cadence = Cadence.DAILY, **arguments: Any) -> list[str]:
    return [one.id for one in Releases(database).due("presse", FEEDS, cadence, NOW, **arguments)]


def carry(database: Database, state: EditionState, fenced: datetime | None = None, revision: int = 1) -> None:
    edition = Edition("e", "presse", Cadence.DAILY, NOW, EditionState.COMPOSED, (Carried("a", revision),))
    Editions(database).add(edition)
    values = {"state": state, "first_fence_at": fenced}
    database.write(lambda connection: connection.execute(update(editions).values(values)))


def test_a_release_is_found_by_id_and_by_any_address_it_had(database: Database) -> None:
    one = release("a", aliases=("https://old.example/a",), images=(Image("x.jpg", alt=""),), topics=(Topic("v", "V"),))
    collected(database, one)
    known = Releases(database)
    assert known.get("a") == one
    assert known.by_address("https://old.example/a") == one
    assert known.by_address("https://old.example/b") is None
    with pytest.raises(NotFound):
        known.get("b")


def test_due_is_what_is_live_mailable_free_and_of_the_feeds(database: Database) -> None:
    collected(
        database,
        release("older", 2 * HOUR),
        release("newer"),
        release("archive", mailable=False),
        release("kept back", state=ReleaseState.WITHHELD),
        release("embargo", not_before=NOW + HOUR),
        release("embargo over", 3 * HOUR, not_before=NOW),
        release("elsewhere", source="andere"),
    )
    assert due(database) == ["newer", "older", "embargo over"]
    assert Releases(database).due("presse", [], Cadence.DAILY, NOW) == []


@pytest.mark.parametrize(
    ("state", "fenced", "is_due"),
    [
        (EditionState.COMPOSED, None, True),
        (EditionState.HELD, None, True),
        (EditionState.APPROVED, None, False),
        (EditionState.SENDING, NOW, False),
        (EditionState.PAUSED, NOW, False),
        (EditionState.FINISHED, NOW, False),
        (EditionState.SKIPPED, None, True),
        (EditionState.SUPERSEDED, None, True),
        (EditionState.CANCELLED, None, True),
        (EditionState.CANCELLED, NOW, False),
    ],
)
def test_due_ends_when_an_edition_carries_it(
    database: Database, state: EditionState, fenced: datetime | None, is_due: bool
) -> None:
    collected(database, release("a"))
    carry(database, state, fenced)
    assert due(database) == (["a"] if is_due else [])
    assert due(database, Cadence.WEEKLY) == ["a"]
    assert [one.id for one in Releases(database).due("amtsblatt", FEEDS, Cadence.DAILY, NOW)] == ["a"]


def test_an_update_makes_it_due_again_a_cosmetic_change_does_not(database: Database) -> None:
    collected(database, release("a"))
    carry(database, EditionState.FINISHED)
    revise(database, "a", told=1, revision=2)
    assert due(database) == []
    revise(database, "a", told=3, revision=3)
    assert due(database) == ["a"]


def test_a_new_newsletter_does_not_begin_with_the_past(database: Database) -> None:
    collected(
        database,
        release("long ago", 48 * HOUR),
        release("updated", 48 * HOUR, updated=NOW),
        release("found late", 48 * HOUR, first_seen=NOW),
    )
    assert set(due(database, since=NOW - HOUR)) == {"updated", "found late"}


def test_what_the_journal_shows_sent_is_not_due_until_it_is_updated(database: Database) -> None:
    collected(database, release("a"), release("b"))
    row = {"newsletter": "presse", "cadence": "daily", "address_hash": address_hash(release("a").url), "revision": 1}
    database.write(lambda connection: connection.execute(insert(sent_before).values(row)))
    assert due(database) == ["b"]
    assert due(database, Cadence.WEEKLY) == ["b", "a"]
    revise(database, "a", told=2, revision=2)
    assert due(database) == ["b", "a"]


def test_an_editor_keeps_back_and_shows_again(database: Database) -> None:
    collected(database, release("a"))
    known = Releases(database)
    assert known.withhold("a", "names a person", NOW + HOUR).reason == "names a person"
    assert due(database) == []
    assert Published(database).newest("musterstadt", None, 50, NOW) == []
    assert known.show("a", NOW + 2 * HOUR) == release("a")
    assert due(database) == ["a"]
    assert Published(database).release_marks(NOW) == [Mark("a", NOW + 2 * HOUR)]


def test_withdrawing_is_a_revision_and_for_good(database: Database) -> None:
    collected(database, release("a"))
    known = Releases(database)
    taken = known.withdraw("a", "wrong figures", NOW + HOUR)
    assert (taken.state, taken.change, taken.revision) == (ReleaseState.WITHDRAWN, Change.WITHDRAWAL, 2)
    assert known.withdraw("a", "again", NOW + 2 * HOUR) == taken == known.get("a")
    rows = database.read(lambda connection: connection.execute(select(revisions.c.number, revisions.c.change)).all())
    assert [tuple(row) for row in rows] == [(2, "withdrawal")]
    with pytest.raises(StateError, match="withdrawn"):
        known.withhold("a", "x", NOW)
    assert Published(database).release_marks(NOW) == [Mark("a", NOW + HOUR, ReleaseState.WITHDRAWN)]


@pytest.mark.parametrize("verb", [lambda known: known.withdraw("x", "r", NOW), lambda known: known.show("x", NOW)])
def test_what_is_not_there_cannot_be_decided_on(database: Database, verb: Callable[[Releases], object]) -> None:
    with pytest.raises(NotFound):
        verb(Releases(database))


def test_a_feed_lists_the_newest_of_a_topic(database: Database) -> None:
    bau, rad = Topic("bauen", "Bauen"), Topic("rad", "Ärger mit dem Rad")
    collected(
        database,
        release("a", HOUR, topics=(bau, rad)),
        release("b", 2 * HOUR, topics=(bau,)),
        release("c", HOUR),
        release("d", 3 * HOUR, topics=(rad,), state=ReleaseState.WITHHELD),
    )
    published = Published(database)
    assert [one.id for one in published.newest("musterstadt", None, 50, NOW)] == ["c", "a", "b"]
    assert [one.id for one in published.newest("musterstadt", None, 1, NOW)] == ["c"]
    assert [one.id for one in published.newest("musterstadt", "bauen", 50, NOW)] == ["a", "b"]
    assert published.topics_of("musterstadt") == [bau, rad]
    assert published.topics_of("andere") == []
    assert {one.id for one in published.releases(["a", "d", "z"])} == {"a", "d"}


def test_an_edition_is_marked_by_the_latest_change_of_what_it_carries(database: Database) -> None:
    collected(database, release("a"), changed_at=NOW + HOUR)
    carry(database, EditionState.COMPOSED)
    published = Published(database)
    assert published.edition_marks() == []
    Editions(database).move("e", EditionState.APPROVED, NOW)
    assert published.edition_marks() == [Mark("e", NOW + HOUR)]
    Editions(database).move("e", EditionState.SENDING, NOW)
    assert published.edition_marks() == [Mark("e", NOW + HOUR)]
    assert published.edition("e").carried == (Carried("a", 1),)


def test_what_two_feeds_list_is_due_once_with_the_topics_of_both(database: Database) -> None:
    elsewhere = Sighting("portal", "https://portal.example/a", NOW, topics=(Topic("mobil", "Verkehr"), Topic("n", "N")))
    collected(database, release("a", topics=(Topic("n", "Natur"),), sightings=(elsewhere,)))
    found = {
        feeds: [[topic.slug for topic in one.topics] for one in Releases(database).due("p", feeds, Cadence.DAILY, NOW)]
        for feeds in (("musterstadt",), ("portal",), ("musterstadt", "portal"), ("andere",))
    }
    assert found == {
        ("musterstadt",): [["n"]],
        ("portal",): [["mobil", "n"]],
        ("musterstadt", "portal"): [["n", "mobil"]],
        ("andere",): [],
    }
    published = Published(database)
    assert [one.topics for one in published.newest("portal", "mobil", 5, NOW)] == [elsewhere.topics]
    assert published.newest("musterstadt", "mobil", 5, NOW) == []
    assert published.topics_of("musterstadt") == [Topic("n", "Natur")]


def test_each_source_has_its_own_rule_of_the_archive_and_its_own_first_sight(database: Database) -> None:
    elsewhere = Sighting("portal", "https://portal.example/a", NOW - HOUR, mailable=True)
    collected(database, release("a", 9 * HOUR, mailable=False, sightings=(elsewhere,)))
    known = Releases(database)

    def due(*feeds: str, hours: int) -> int:
        return len(known.due("p", feeds, Cadence.DAILY, NOW, since=NOW - hours * HOUR))

    assert (due("musterstadt", hours=10), due("portal", hours=10), due("musterstadt", "portal", hours=10)) == (0, 1, 1)
    assert (due("portal", hours=1), due("portal", hours=0)) == (1, 0)


def test_what_went_out_before_a_restore_is_known_by_any_address_it_had(database: Database) -> None:
    old = "https://musterstadt.example/old"
    collected(database, release("a", aliases=(old,)))
    row = {"newsletter": "presse", "cadence": Cadence.DAILY, "address_hash": address_hash(old), "revision": 1}
    database.write(lambda connection: connection.execute(insert(sent_before).values(row)))
    assert due(database) == []
