"""Releases are found by their words, on both databases; what is kept back never is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert

from newsletter.model import OwnWords, Topic
from newsletter.store.database import Database
from newsletter.store.documents import release_columns
from newsletter.store.listing import list_release
from newsletter.store.own_words import OwnWording
from newsletter.store.releases import Releases
from newsletter.store.search import INDEXED, Asked, Hits, Search
from newsletter.store.tables import releases, search_texts
from newsletter.store.words import MOST_PARTS, keep_words, parts, stems
from tests.integration.store.test_releases import HOUR, NOW, release

TRAFFIC = (Topic("verkehr", "Verkehr"),)


def put(connection: Connection, id: str, headline: str, **values: Any) -> None:
    made = release(id, headline=headline, url=f"https://musterstadt.example/{id}", **values)
    row = release_columns(made, NOW) | {"digest": id, "told_revision": 1}
    connection.execute(insert(releases).values(row))
    list_release(connection, made)
    keep_words(connection, made)


@pytest.fixture
def search(database: Database) -> Search:
    def fill(connection: Connection) -> None:
        put(connection, "a", "Neue Radbrücke", age=3 * HOUR, topics=TRAFFIC)
        put(connection, "b", "Häuser & <b>Gärten</b>", body_text="Heute mit Geld der EU: neu.")

    database.write(fill)
    return Search(database)


def find(search: Search, query: str, now: datetime = NOW, **within: Any) -> Hits:
    return search.find(Asked(stems(query), **within), now, 20)


def ids(hits: Hits) -> list[str]:
    assert hits.total == len(hits.releases)
    return [each.id for each in hits.releases]


@pytest.mark.parametrize(
    ("query", "found"),
    [("Brücken", ["a"]), ("HAUS", ["b"]), ("neue rad", ["a"]), ("rücke", ["a"]), ("Zug", [])],
)
def test_words_are_found_in_compounds_and_inflections(search: Search, query: str, found: list[str]) -> None:
    assert ids(find(search, query)) == found


@pytest.mark.parametrize(("query", "found"), [("EU", ["b"]), ("ra", []), ("heute EU", ["b"]), ("neu EU", ["b"])])
def test_a_word_of_two_letters_is_found_where_it_stands_alone(search: Search, query: str, found: list[str]) -> None:
    assert ids(find(search, query)) == found


def test_headlines_come_first(search: Search) -> None:
    assert ids(find(search, "neu")) == ["a", "b"]  # b is newer


def test_it_can_be_looked_for_in_a_feed_a_topic_and_a_time(search: Search) -> None:
    assert ids(find(search, "neu", feed="musterstadt")) == ["a", "b"]
    assert ids(find(search, "neu", feed="elsewhere")) == []
    assert ids(find(search, "neu", feed="musterstadt", topic="verkehr")) == ["a"]
    assert ids(find(search, "neu", feed="musterstadt", topic="natur")) == []
    assert ids(find(search, "neu", since=NOW - 2 * HOUR)) == ["b"]


@pytest.mark.parametrize("query", ['"', "%", "_", "a* NEAR(", "\0", "'; --", "x" * 10_000, "a OR b AND", "' & !", "²"])
def test_hostile_queries_are_only_words(search: Search, query: str) -> None:
    assert find(search, query).total <= 1


def test_what_is_kept_back_is_not_found(search: Search, database: Database) -> None:
    Releases(database).withhold("a", "a mistake", NOW)
    Releases(database).embargo("b", NOW + HOUR, NOW)
    assert find(search, "Brücke").total == 0
    assert find(search, "Haus").total == 0
    assert find(search, "Haus", NOW + HOUR).total == 1


def test_an_editors_words_take_the_place_of_the_sources(search: Search, database: Database) -> None:
    own = OwnWording(database)
    own.keep(OwnWords("a", "ada", NOW, headline="Der Steg am Ufer"))
    (found,) = find(search, "Steg").releases
    assert found.headline == "Der Steg am Ufer"
    assert ids(find(search, "Radbrücke")) == []
    database.write(lambda connection: keep_words(connection, release("a", headline="Neue Radbrücke")))  # a collect
    assert ids(find(search, "Steg")) == ["a"]
    own.keep(OwnWords("a", "ada", NOW))
    assert (ids(find(search, "Steg")), ids(find(search, "Radbrücke"))) == ([], ["a"])


def test_what_is_gone_is_not_found(search: Search, database: Database) -> None:
    database.write(lambda connection: connection.execute(delete(search_texts).where(search_texts.c.release == "a")))
    assert ids(find(search, "Radbrücke")) == []
    assert ids(find(search, "Haus")) == ["b"]


def test_an_index_is_asked(search: Search, database: Database) -> None:
    sqlite = """EXPLAIN QUERY PLAN SELECT rowid FROM search_index WHERE search_index MATCH '"bruck"*'"""
    postgres = f"EXPLAIN SELECT release FROM search_texts WHERE {INDEXED} @@ CAST($$'bruck':*$$ AS tsquery)"  # noqa: S608

    def plan(connection: Connection) -> str:
        if connection.dialect.name == "sqlite":
            return str(connection.exec_driver_sql(sqlite).all())
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # of two rows a scan is cheaper
        return str(connection.exec_driver_sql(postgres).all())

    assert any(name in database.read(plan) for name in ("VIRTUAL TABLE INDEX", "ix_search_texts_parts"))


def test_a_text_of_a_megabyte_is_found_by_its_first_words(database: Database) -> None:
    long = " ".join(f"wort{number}straße" for number in range(1_000_000 // 16))
    assert len(parts(long).encode()) <= MOST_PARTS
    database.write(lambda connection: put(connection, "a", "Lang", body_text=long))
    assert ids(find(Search(database), "wort7straße lang")) == ["a"]


def test_letters_that_hide_in_a_sign_and_words_without_blanks(database: Database) -> None:
    japanese = "新しい橋" * 30
    database.write(lambda connection: put(connection, "a", "Impfung", body_text=f"Novavax™ {japanese}歩道"))
    for query in ("novavaxtm", "Novavax™", "歩道"):
        assert ids(find(Search(database), query)) == ["a"], query


def test_what_is_new_is_in_the_index_at_once(database: Database) -> None:
    """A list of what is new, read whole with each search, made PostgreSQL read all texts instead."""
    query = "SELECT reloptions FROM pg_class WHERE relname = 'ix_search_texts_parts'"

    def options(connection: Connection) -> list[str]:
        postgres = connection.dialect.name == "postgresql"
        return connection.exec_driver_sql(query).scalar_one() if postgres else ["fastupdate=off"]

    assert database.read(options) == ["fastupdate=off"]
