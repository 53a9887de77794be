"""A backup comes back whole, paused, and knows who left since."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from newsletter.errors import StateError, StoreError
from newsletter.model import Cadence, Carried, DeliveryState, EditionState
from newsletter.store.backup import backup, restore
from newsletter.store.database import Database, open_database
from newsletter.store.editions import Editions
from newsletter.store.journal import Journal, Sent, address_hash
from newsletter.store.releases import Releases
from newsletter.store.restored import note_sent, resume_after_restore
from newsletter.store.state import State
from newsletter.store.suppression_tables import suppressions
from newsletter.store.tables import deliveries, events, notices, subscribers, subscriptions
from tests.integration.store.test_editions import deliver, edition, force
from tests.integration.store.test_releases import FEEDS, collected, release

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal")


def subscribe(database: Database, number: int, newsletter: str = "presse", confirmed: datetime = NOW - DAY) -> None:
    """Somebody with the hash h<number>."""
    person = {"id": number, "email": f"p{number}@a.example", "email_hash": f"h{number}", "created_at": NOW - DAY}
    wish = {"cadence": "daily", "language": "de", "format": "standard", "topics": ""}

    def work(connection: Any) -> None:
        if connection.execute(select(subscribers.c.id).where(subscribers.c.id == number)).first() is None:
            connection.execute(insert(subscribers).values(person))
        row = {"subscriber": number, "newsletter": newsletter, "state": "active", "created_at": confirmed, **wish}
        connection.execute(insert(subscriptions).values(**row, confirmed_at=confirmed))

    database.write(work)


def standing(database: Database) -> dict[str, Any]:
    """Who still subscribes to what, whose addresses are known, who is suppressed."""

    def work(connection: Any) -> dict[str, Any]:
        active = select(subscriptions.c.subscriber, subscriptions.c.newsletter).where(subscriptions.c.state != "ended")
        known = select(subscribers.c.id).where(subscribers.c.email.is_not(None))
        return {
            "active": {tuple(row) for row in connection.execute(active)},
            "known": set(connection.execute(known).scalars()),
            "suppressed": set(connection.execute(select(suppressions.c.email_hash)).scalars()),
        }

    return database.read(work)


def states(database: Database) -> list[str]:
    query = select(deliveries.c.state).order_by(deliveries.c.id)
    return list(database.read(lambda connection: connection.execute(query).scalars().all()))


def back(store_url: str, file: Path, journal: Journal, aside: Path | None = None) -> tuple[Counter[str], Database]:
    done = restore(store_url, file, journal, NOW + DAY, aside)
    return done, open_database(store_url)


def test_it_comes_back_paused_until_a_person_decides(
    database: Database, store_url: str, tmp_path: Path, journal: Journal
) -> None:
    collected(database, release("a"))
    backup(store_url, tmp_path / "backup")
    assert stat.S_IMODE((tmp_path / "backup").stat().st_mode) == 0o600
    collected(database, release("b"))
    database.close()
    done, again = back(store_url, tmp_path / "backup", journal, tmp_path / "aside")
    assert not +done
    assert again.read(lambda connection: Releases(again).by_address(release("b").url)) is None
    assert Releases(again).get("a") == release("a")
    assert State(again).paused() == "restored from backup at 2026-11-23T06:00:00+00:00"
    resume_after_restore(again)
    assert State(again).paused() is None
    with pytest.raises(StateError):
        resume_after_restore(again)
    again.close()
    _, first = back(store_url, tmp_path / "aside", journal, tmp_path / "second")
    assert Releases(first).get("b") == release("b"), "what was put aside is a backup itself"
    first.close()


def test_who_left_since_stays_away(database: Database, store_url: str, tmp_path: Path, journal: Journal) -> None:
    for number in range(1, 7):
        subscribe(database, number)
    subscribe(database, 1, "amtsblatt")
    subscribe(database, 2, "amtsblatt")
    subscribe(database, 6, "amtsblatt", confirmed=NOW + timedelta(hours=3))
    backup(store_url, tmp_path / "backup")
    database.close()
    at = NOW + timedelta(hours=1)
    journal.goodbye("left", "h1", "presse", at)
    journal.goodbye("left", "h2", None, at)
    journal.goodbye("erased", "h3", None, at)
    journal.goodbye("suppressed", "h4", None, at)
    journal.goodbye("left", "h5", "presse", NOW - 2 * DAY)  # and came back before the backup
    journal.goodbye("erased", "h6", "presse", at)  # and came back to another
    journal.goodbye("left", "unknown", None, at)
    done, again = back(store_url, tmp_path / "backup", journal, tmp_path / "aside")
    assert standing(again) == {
        "active": {(1, "amtsblatt"), (5, "presse"), (6, "amtsblatt")},
        "known": {1, 2, 4, 5, 6},
        "suppressed": {"h4"},
    }
    assert done == Counter(ended=6, erased=1, suppressed=1)
    again.close()


def test_what_cannot_be_shown_unsent_is_in_doubt(
    database: Database, store_url: str, tmp_path: Path, journal: Journal
) -> None:
    under_way, held, unsent = edition(), edition(NOW + DAY), edition(NOW + 2 * DAY)
    known = Editions(database)
    for one in (under_way, held, unsent):
        known.add(one)
    for one in (under_way, unsent):
        known.move(one.id, EditionState.APPROVED, NOW)
        known.move(one.id, EditionState.SENDING, NOW)
        force(database, one.id, frozen_at=NOW)
    known.hold(held.id, [], "to be seen", NOW)
    open_ones = [DeliveryState.QUEUED, DeliveryState.CLAIMED, DeliveryState.COMMITTING, DeliveryState.DEFERRED]
    deliver(database, under_way.id, *open_ones, DeliveryState.ACCEPTED, DeliveryState.FAILED)
    deliver(database, unsent.id, DeliveryState.QUEUED)
    backup(store_url, tmp_path / "backup")
    for one in (under_way, held):
        database.write(partial(note_sent, journal=journal, edition=one.id, at=NOW))
    database.close()
    done, again = back(store_url, tmp_path / "backup", journal, tmp_path / "aside")
    assert done == Counter(stopped=2, uncertain=4)
    assert states(again) == ["uncertain"] * 4 + ["accepted", "failed", "queued"]
    found = {one.edition.id: one.edition for one in Editions(again).listed()}
    assert (found[under_way.id].state, found[under_way.id].first_fence_at) == (EditionState.PAUSED, NOW)
    assert found[held.id].state is EditionState.CANCELLED
    assert found[unsent.id].state is EditionState.SENDING
    noted = again.read(lambda connection: connection.execute(select(events.c.kind, events.c.detail)).all())
    assert {tuple(row) for row in noted} == {("uncertain", "sent before the restore")}
    assert len(noted) == 4
    again.close()


def test_an_edition_that_the_backup_never_knew_is_not_composed_again(
    database: Database, store_url: str, tmp_path: Path, journal: Journal
) -> None:
    collected(database, release("a"))
    backup(store_url, tmp_path / "backup")
    database.close()
    carried = (Carried(address_hash(release("a").url), 1), Carried(address_hash(release("later").url), 1))
    journal.sent(Sent(NOW, edition().id, "presse", Cadence.DAILY, NOW, carried))
    done, again = back(store_url, tmp_path / "backup", journal, tmp_path / "aside")
    assert done == Counter(stopped=1)
    assert not Editions(again).add(edition(carried=["a"]))
    assert Editions(again).get(edition().id).state is EditionState.SKIPPED
    collected(again, release("later"), release("new"))  # collected anew: another id, the same address
    assert {one.id for one in Releases(again).due("presse", FEEDS, Cadence.DAILY, NOW)} == {"new"}
    assert len(Releases(again).due("presse", FEEDS, Cadence.WEEKLY, NOW)) == 3
    again.close()


def test_the_journal_names_what_an_edition_carries(database: Database, journal: Journal) -> None:
    collected(database, release("b"), release("a"))
    Editions(database).add(edition(carried=["b", "a"]))
    database.write(lambda connection: note_sent(connection, journal, edition().id, NOW))
    hashes = tuple(Carried(address_hash(release(id).url), 1) for id in "ba")
    assert list(journal.entries()) == [Sent(NOW, edition().id, "presse", Cadence.DAILY, NOW, hashes)]


def test_notices_on_their_way_are_in_doubt(
    database: Database, store_url: str, tmp_path: Path, journal: Journal
) -> None:
    subscribe(database, 1)

    def queue(connection: Any) -> None:
        subscription = connection.execute(select(subscriptions.c.id)).scalar_one()
        of = {"subscription": subscription, "subscriber": 1}
        notice = {"id": 1, "kind": "confirmation", "language": "de", "created_at": NOW, "dated": NOW, **of}
        connection.execute(insert(notices).values(notice))
        row = {"notice": 1, "variant": "confirmation-de", "state": "queued", "changed_at": NOW, **of}
        connection.execute(insert(deliveries).values(row))

    database.write(queue)
    backup(store_url, tmp_path / "backup")
    database.close()
    done, again = back(store_url, tmp_path / "backup", journal, tmp_path / "aside")
    assert done == Counter(uncertain=1)
    assert states(again) == ["uncertain"]
    again.close()


def test_nothing_is_replaced_by_mistake(database: Database, store_url: str, tmp_path: Path, journal: Journal) -> None:
    collected(database, release("a"))
    file = tmp_path / "backup"
    backup(store_url, file)
    with pytest.raises(StoreError, match="there already"):
        backup(store_url, file)
    with pytest.raises(StoreError, match=r"locked by another process|in use by another process"):
        restore(store_url, file, journal, NOW, tmp_path / "aside")
    database.close()
    with pytest.raises(StoreError, match="not empty"):
        restore(store_url, file, journal, NOW)
    with pytest.raises(StoreError, match="there already"):
        restore(store_url, file, journal, NOW, file)
    (tmp_path / "letter").write_text("Sehr geehrte Damen und Herren")
    with pytest.raises(StoreError, match="no backup"):
        restore(store_url, tmp_path / "letter", journal, NOW, tmp_path / "aside")
    with pytest.raises(StoreError, match="cannot be read"):
        restore(store_url, tmp_path / "none", journal, NOW, tmp_path / "aside")
    again = open_database(store_url)
    assert Releases(again).get("a") == release("a")
    assert State(again).paused() is None
    again.close()
    assert not list(tmp_path.glob("*.restoring*"))
    assert not list(tmp_path.glob("*.part"))


def test_a_damaged_journal_is_told_of_before_anything_is_touched(
    database: Database, store_url: str, tmp_path: Path, journal: Journal
) -> None:
    backup(store_url, tmp_path / "backup")
    database.close()
    (tmp_path / "journal").write_text("nonsense\n")
    with pytest.raises(StoreError, match="line 1"):
        restore(store_url, tmp_path / "backup", journal, NOW, tmp_path / "aside")
    assert not (tmp_path / "aside").exists()


def test_a_restore_that_stops_half_way_stays_paused(
    database: Database, store_url: str, tmp_path: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    collected(database, release("a"))
    backup(store_url, tmp_path / "backup")
    collected(database, release("b"))
    database.close()

    def fail(*_: object) -> None:
        raise StoreError("power cut")

    monkeypatch.setattr("newsletter.store.restored.replay", fail)
    with pytest.raises(StoreError, match="power cut"):
        restore(store_url, tmp_path / "backup", journal, NOW, tmp_path / "aside")
    monkeypatch.undo()
    again = open_database(store_url)
    if store_url.startswith("sqlite"):
        assert Releases(again).get("b") == release("b"), "nothing was changed"
    else:
        with pytest.raises(StateError, match="restore` again"):
            resume_after_restore(again)
    again.close()
    done, finished = back(store_url, tmp_path / "backup", journal, tmp_path / "another")
    assert not +done
    resume_after_restore(finished)
    finished.close()


def test_a_new_place_needs_no_file_to_keep_anything_in(
    database: Database, store_url: str, tmp_path: Path, journal: Journal, request: pytest.FixtureRequest
) -> None:
    collected(database, release("a"))
    backup(store_url, tmp_path / "backup")
    sqlite = store_url.startswith("sqlite")
    fresh = f"sqlite:///{tmp_path}/new/newsletter.db" if sqlite else request.getfixturevalue("postgres_url")
    _, again = back(fresh, tmp_path / "backup", journal)
    assert Releases(again).get("a") == release("a")
    again.close()


def test_a_backup_taken_while_others_write_is_one_moment(sqlite_url: str, tmp_path: Path) -> None:
    database = open_database(sqlite_url)
    collected(database, *[release(str(number)) for number in range(50)])
    backup(sqlite_url, tmp_path / "backup")
    with closing(sqlite3.connect(tmp_path / "backup")) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert copy.execute("SELECT count(*) FROM releases").fetchone() == (50,)
    database.close()


def test_a_damaged_backup_is_refused(sqlite_url: str, tmp_path: Path, journal: Journal) -> None:
    backup(sqlite_url, tmp_path / "backup")
    content = bytearray((tmp_path / "backup").read_bytes())
    content[4096:12288] = b"\xff" * 8192
    (tmp_path / "backup").write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        restore(sqlite_url, tmp_path / "backup", journal, NOW, tmp_path / "aside")


def test_another_programs_file_is_refused(sqlite_url: str, tmp_path: Path, journal: Journal) -> None:
    with closing(sqlite3.connect(tmp_path / "other")) as other:
        other.execute("CREATE TABLE wp_posts (id INTEGER)")
    with pytest.raises(StoreError, match="no backup of this program"):
        restore(sqlite_url, tmp_path / "other", journal, NOW, tmp_path / "aside")


def test_where_there_is_nothing_there_is_no_backup(tmp_path: Path, postgres_url: str) -> None:
    with pytest.raises(StoreError, match="there is no database"):
        backup(f"sqlite:///{tmp_path}/none.db", tmp_path / "backup")
    assert not (tmp_path / "none.db").exists()
    with pytest.raises(StoreError, match="empty"):
        backup(postgres_url, tmp_path / "backup")


def test_a_missing_client_tool_is_named(postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_database(postgres_url).close()
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(StoreError, match="apt install postgresql-client"):
        backup(postgres_url, tmp_path / "backup")
