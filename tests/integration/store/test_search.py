"""Releases are found by their words, on both databases; what is kept back never is."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, insert

from newsletter.store.database import Database
from newsletter.store.documents import release_columns
from newsletter.store.releases import Releases
from newsletter.store.search import Search
from newsletter.store.tables import releases
from newsletter.store.words import keep_words, stems
from tests.integration.store.test_releases import HOUR, NOW, release


@pytest.fixture
def search(database: Database) -> Search:
    def fill(connection: Connection) -> None:
        for id, headline in (("a", "Neue Radbrücke"), ("b", "Häuser & <b>Gärten</b>")):
            made = release(id, headline=headline, url=f"https://musterstadt.example/{id}")
            row = release_columns(made, NOW) | {"digest": id, "told_revision": 1}
            connection.execute(insert(releases).values(row))
            keep_words(connection, made)

    database.write(fill)
    return Search(database)


@pytest.mark.parametrize(("query", "found"), [("Brücken", ["a"]), ("HAUS", ["b"]), ("neue rad", ["a"]), ("Zug", [])])
def test_words_are_found_in_compounds_and_inflections(search: Search, query: str, found: list[str]) -> None:
    hits = search.find(stems(query), NOW, 20)
    assert (hits.total, [each.id for each in hits.releases]) == (len(found), found)


@pytest.mark.parametrize("query", ['"', "%", "_", "a* NEAR(", "\0", "'; --", "x" * 10_000, "a OR b AND"])
def test_hostile_queries_are_only_words(search: Search, query: str) -> None:
    assert search.find(stems(query), NOW, 20).total <= 1


def test_what_is_kept_back_is_not_found(search: Search, database: Database) -> None:
    Releases(database).withhold("a", "a mistake", NOW)
    Releases(database).embargo("b", NOW + HOUR, NOW)
    assert search.find(stems("Brücke"), NOW, 20).total == 0
    assert search.find(stems("Haus"), NOW, 20).total == 0
    assert search.find(stems("Haus"), NOW + HOUR, 20).total == 1
