"""The search page: what it shows, and that nothing asked of it is an error or markup."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert

from newsletter.config import FeedSettings
from newsletter.store.documents import release_columns
from newsletter.store.tables import releases
from newsletter.store.words import keep_words
from newsletter.web.search import snippet
from tests.integration.store.test_releases import release
from tests.integration.web.world import Site, site


def fill(here: Site) -> None:
    def work(connection: Connection) -> None:
        made = release("a", headline="Neue Radbrücke", body_text="Die <i>Radbrücke</i> ist fertig.")
        row = release_columns(made, here.now) | {"digest": "a", "told_revision": 1}
        connection.execute(insert(releases).values(row))
        keep_words(connection, made)

    here.database.write(work)


async def test_what_is_found_is_marked_and_escaped(sqlite_url: str, tmp_path: Path) -> None:
    with site(sqlite_url, tmp_path) as here:
        fill(here)
        before = here.rows()
        async with here.client() as client:
            page = await client.get("/search", params={"q": "Brücken", "lang": "de"})
        assert page.status_code == 200
        assert "1 Meldung gefunden" in page.text
        assert "&lt;i&gt;Rad<mark>brück</mark>e&lt;/i&gt;" in page.text
        assert 'value="Brücken"' in page.text
        assert here.rows() == before


def test_a_word_of_two_letters_is_marked_where_it_stands_alone() -> None:
    found = release("a", teaser="Heute Neues: " + "x" * 150, body_text="Geld der EU, EU-weit")
    assert snippet(found, ["eu"]).count("<mark>EU</mark>") == 2
    assert "eute" not in snippet(found, ["eu"])


async def test_a_page_beyond_the_last_is_the_last(sqlite_url: str, tmp_path: Path) -> None:
    with site(sqlite_url, tmp_path) as here:
        fill(here)
        async with here.client() as client:
            page = await client.get("/search", params={"q": "Brücken", "page": "7", "lang": "en"})
        assert "1 release found" in page.text
        assert "<mark>brück</mark>" in page.text


@pytest.mark.parametrize("query", ["", '"', "\0", "<script>", "%", "x" * 10_000, "a* NEAR("])
async def test_hostile_queries_are_answered(sqlite_url: str, tmp_path: Path, query: str) -> None:
    with site(sqlite_url, tmp_path) as here:
        async with here.client() as client:
            page = await client.get("/search", params={"q": query, "page": "-1"})
        assert page.status_code == 200
        assert "<script" not in page.text


async def test_it_can_be_looked_for_in_a_feed_and_a_time(sqlite_url: str, tmp_path: Path) -> None:
    with site(sqlite_url, tmp_path) as here:
        fill(here)
        feed, address = "musterstadt", "https://musterstadt.example/presse"
        here.settings.feeds[feed] = FeedSettings(title="Presse", url=address, topics={"Verkehr": "verkehr"})
        async with here.client() as client:
            every = await client.get("/search", params={"q": "Brücken", "in": "", "since": "", "lang": "en"})
            other = await client.get("/search", params={"q": "Brücken", "in": feed, "since": "week", "lang": "en"})
            gone = await client.get("/search", params={"q": "Brücken", "in": "gone/x", "since": "ever", "lang": "en"})
        assert "1 release found" in every.text
        assert "0 releases found" in other.text  # `fill` puts the release in no feed
        assert re.search(rf'<option value="{feed}"[^>]* selected', other.text)
        assert '<option value="week" selected' in other.text
        assert '<option value="musterstadt/verkehr" lang="de">Verkehr</option>' in other.text
        assert "1 release found" in gone.text
