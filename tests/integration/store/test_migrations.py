"""What a database of an earlier version holds is there afterwards, on both databases."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, select, text

from newsletter.i18n import Words
from newsletter.model import Alarm, AlarmKind, OwnWords, Release, Topic
from newsletter.said import Said
from newsletter.store import schema
from newsletter.store.alarms import Alarms
from newsletter.store.database import Database, connect, open_database
from newsletter.store.documents import release_columns
from newsletter.store.editions import Editions
from newsletter.store.own_words import OwnWording
from newsletter.store.published import Published
from newsletter.store.search import Asked, Search
from newsletter.store.tables import events, search_texts
from newsletter.store.words import stems
from tests.integration.store.test_releases import NOW, release

WORDS = ("Steg", "Verkehr", "Radbrücke", "garten")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'old.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


def begin_with(database: Database, version: str) -> None:
    """Make the tables as they were at a version."""
    script = ScriptDirectory(str(schema.MIGRATIONS))

    def work(connection: Connection) -> None:
        def steps(now: Any, _: Any) -> Any:
            return script._upgrade_revs(version, now)

        with EnvironmentContext(Config(), script, fn=steps) as environment:
            environment.configure(connection=connection)
            environment.run_migrations()

    database.write(work)


def put(connection: Connection, one: Release) -> None:
    """Write a release as the first version did."""
    row = release_columns(one, NOW)
    row = {name: int(v.timestamp() * 1_000_000) if hasattr(v, "timestamp") else v for name, v in row.items()}
    row |= {"document": json.dumps(row["document"]), "told_revision": 1, "digest": one.id, "state": "live"}
    names = ", ".join(row)
    values = ", ".join(f":{name}" for name in row)
    connection.execute(text(f"INSERT INTO releases ({names}) VALUES ({values})"), row)  # noqa: S608  # names of columns


def test_what_one_source_found_stays_in_its_feed(empty_url: str) -> None:
    one = release("a", topics=(Topic("n", "Natur"),), mailable=False)
    database = connect(empty_url)
    begin_with(database, "0001")
    topic = text("INSERT INTO release_topics (release, topic, title) VALUES ('a', 'n', 'Natur')")
    database.write(lambda connection: put(connection, one))
    database.write(lambda connection: connection.execute(topic))
    database.close()

    assert schema.upgrade(empty_url) == ("0001", schema.versions()[-1])
    upgraded = open_database(empty_url)
    published = Published(upgraded)
    assert published.newest("musterstadt", "n", 5, NOW) == [one]
    assert published.topics_of("musterstadt") == [Topic("n", "Natur")]
    rows = upgraded.read(lambda connection: connection.execute(text("SELECT * FROM release_sources")).all())
    assert [tuple(row)[:3] for row in rows] == [("a", "musterstadt", one.url)]
    assert not rows[0].mailable
    upgraded.close()


def test_releases_are_found_by_an_editors_words_as_before(empty_url: str) -> None:
    database = connect(empty_url)
    begin_with(database, "0018")
    own = text(
        "INSERT INTO own_words (release, by, at, headline, kicker) VALUES ('a', 'ada', 0, 'Der Steg am Ufer', '')"
    )

    def fill(connection: Connection) -> None:
        for one in (release("a", kicker="Verkehr", headline="Neue Radbrücke"), release("b", body_text="Gärten")):
            put(connection, replace(one, url=f"https://musterstadt.example/{one.id}"))
        connection.execute(own)

    database.write(fill)
    database.close()

    assert schema.upgrade(empty_url) == ("0018", schema.versions()[-1])
    upgraded = open_database(empty_url)
    search = Search(upgraded)
    found = {word: [one.id for one in search.find(Asked(stems(word)), NOW, 5).releases] for word in WORDS}
    assert found == {"Steg": ["a"], "Verkehr": [], "Radbrücke": [], "garten": ["b"]}
    before = upgraded.read(lambda connection: connection.execute(select(search_texts)).all())
    OwnWording(upgraded).keep(OwnWords("a", "ada", NOW, headline="Der Steg am Ufer", kicker=""))
    after = upgraded.read(lambda connection: connection.execute(select(search_texts)).all())
    assert set(after) == set(before)  # the migration writes what the program does
    upgraded.close()


def test_alarms_and_editions_of_before_are_told_as_they_were(empty_url: str) -> None:
    """Sentences of an older version have nothing beside them; those of today have."""
    database = connect(empty_url)
    begin_with(database, "0018")
    edition = """INSERT INTO editions (id, newsletter, cadence, slot, state, reason, findings)
        VALUES ('e', 'presse', 'daily', 1, 'held', 'an alt text is missing', '[{"rule": "ALT-1", "severity": "block",
        "criterion": "WCAG 1.1.1", "where": "x", "message": "Kein Alt-Text.", "remedy": "Schreiben Sie einen."}]')"""
    alarm = "INSERT INTO alarms (key, kind, message, raised_at) VALUES ('a', 'edition held', 'e is held', 1)"
    database.write(lambda connection: (connection.execute(text(edition)), connection.execute(text(alarm))))
    database.close()

    schema.upgrade(empty_url)
    upgraded = open_database(empty_url)
    found = Editions(upgraded).get("e")
    (finding,) = found.findings
    (standing,) = Alarms(upgraded).standing()
    assert [type(one) for one in (found.reason, finding.message, standing.message)] == [str, str, str]
    assert (found.reason, finding.message, found.ordered) == ("an alt text is missing", "Kein Alt-Text.", False)
    said = Said("overtaken by %(edition)s", edition="f")
    Alarms(upgraded).sound(Alarm("a", AlarmKind.EDITION_HELD, said, NOW))
    assert [one.message.values for one in Alarms(upgraded).standing() if isinstance(one.message, Said)] == [
        {"edition": "f"}
    ]
    Editions(upgraded).hold("e", found.findings, said, NOW)
    assert Words("de").tell(Editions(upgraded).get("e").reason or "") == "überholt von f"
    upgraded.close()


def test_what_came_back_for_good_is_known_of_older_bounces(empty_url: str) -> None:
    database = connect(empty_url)
    begin_with(database, "0018")
    told = {"bounced": ("user-unknown: 5.1.1", "mailbox-full: 5.2.2"), "refused": ("moved",), "uncertain": (None,)}
    into = text("INSERT INTO events (delivery, kind, at, detail) VALUES (1, :kind, 1, :detail)")
    rows = [{"kind": kind, "detail": detail} for kind, details in told.items() for detail in details]
    database.write(lambda connection: connection.execute(into, rows))
    database.close()

    assert schema.upgrade(empty_url) == ("0018", schema.versions()[-1])
    upgraded = open_database(empty_url)
    found = upgraded.read(lambda connection: connection.execute(select(events).order_by(events.c.id)).all())
    assert [row.permanent for row in found] == [True, None, None, None]
    upgraded.close()
