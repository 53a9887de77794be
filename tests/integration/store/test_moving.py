"""Moving between databases: everything arrives, whatever stands in it; broken off it goes on; nobody sends twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text

from newsletter.cli import cli
from newsletter.errors import StoreError
from newsletter.store import moving, state, tables
from newsletter.store.columns import metadata
from newsletter.store.database import Database, open_database
from newsletter.store.moving import MOVED, UNFINISHED, lines, move
from newsletter.store.state import State
from tests.integration.audience.world import START
from tests.integration.deliver.world import World
from tests.servers.postgres import Postgres

NASTY = ["", "\\N", "Tab\tund\nZeile\r\n", "\\", "ä€🙂", "'; DROP TABLE x; --", "\b\f\v", "NULL", "a" * 70_000]


@pytest.fixture(params=["sqlite to postgresql", "postgresql to sqlite", "sqlite to sqlite", "postgresql to postgresql"])
def ends(request: pytest.FixtureRequest, tmp_path: Path, postgres: Postgres) -> Iterator[tuple[str, str]]:
    """Where from and where to."""
    old, new = (
        postgres.create() if kind == "postgresql" else f"sqlite:///{tmp_path}/{number}.db"
        for number, kind in enumerate(request.param.split(" to "))
    )
    yield old, new
    for url in (old, new):
        if url.startswith("postgresql"):
            postgres.drop(url)


@pytest.fixture
def filled(ends: tuple[str, str], tmp_path: Path) -> Iterator[World]:
    """An edition under way, and texts that no format likes."""
    with closing(open_database(ends[0])) as database:
        world = World(database, tmp_path)
        world.plan(30)
        database.write(
            lambda connection: connection.execute(
                tables.alarms.insert(),
                [{"key": f"{n}", "kind": "x", "message": nasty, "raised_at": START} for n, nasty in enumerate(NASTY)],
            )
        )
        State(database).set("slots:presse:daily", "2026-11-22T06:00:00+00:00")
        yield world


def rows(database: Database) -> dict[str, list[Any]]:
    def read(connection: Any) -> dict[str, list[Any]]:
        return {
            table.name: sorted(map(repr, connection.execute(select(table)).all())) for table in metadata.sorted_tables
        }

    return database.read(read)


def test_everything_arrives(ends: tuple[str, str], filled: World) -> None:
    before = rows(filled.database)
    filled.database.close()
    moved = {one.table: one.rows for one in move(*ends)}
    assert moved["deliveries"] == moved["subscribers"] == 30
    with closing(open_database(ends[1])) as new:
        assert rows(new) == before
        one_more = tables.subscribers.insert().values(email="x", email_hash="x", created_at=START)
        added = new.write(lambda c: c.execute(one_more.returning(tables.subscribers.c.id)).scalar())
        assert added == 31, "new rows count on"
        assert State(new).paused() is None
    with closing(open_database(ends[0])) as old:
        assert State(old).paused() == MOVED


def test_the_command_says_what_was_moved(filled: World, ends: tuple[str, str]) -> None:
    filled.database.close()
    done = CliRunner().invoke(cli, ["--plain", "db", "move", "--from", ends[0], "--to", ends[1]])
    assert done.exit_code == 0, done.output
    assert "deliveries: 30 rows, the same at both ends" in done.output
    assert "set store.url to the new address" in done.output


def test_broken_off_it_goes_on(ends: tuple[str, str], filled: World, monkeypatch: pytest.MonkeyPatch) -> None:
    before = rows(filled.database)
    filled.database.close()
    for module in (lines, moving.sqlite, moving.postgres):
        monkeypatch.setattr(module, "ROWS", 7)

    def stop(table: str, count: int) -> None:
        if (table, count) == ("subscriptions", 14):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        move(*ends, stop)
    with closing(open_database(ends[1])) as new:
        assert State(new).paused() == UNFINISHED
        there = new.read(lambda c: c.execute(text("SELECT count(*) FROM subscriptions")).scalar())
        assert there == 14
    with closing(open_database(ends[0])) as old:
        assert State(old).paused() is None
    move(*ends)
    with closing(open_database(ends[1])) as new:
        assert rows(new) == before


def test_what_changed_in_between_is_moved_as_it_is_now(ends: tuple[str, str], filled: World) -> None:
    filled.database.close()

    def stop(table: str, count: int) -> None:
        if table == "deliveries":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        move(*ends, stop)
    with closing(open_database(ends[0])) as old:
        old.write(lambda c: c.execute(tables.deliveries.update().values(state="cancelled")))
        before = rows(old)
    move(*ends)
    with closing(open_database(ends[1])) as new:
        assert rows(new) == before


def test_nothing_is_overwritten(ends: tuple[str, str], filled: World) -> None:
    filled.database.close()
    with closing(open_database(ends[1])) as new:
        State(new).set("a fact", "of another house")
    with pytest.raises(StoreError, match="is not empty"):
        move(*ends)


def test_a_paused_one_is_not_left(ends: tuple[str, str], filled: World) -> None:
    filled.database.write(lambda connection: state.write(connection, state.PAUSED, "restored"))
    filled.database.close()
    with pytest.raises(StoreError, match="is paused"):
        move(*ends)
