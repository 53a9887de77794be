"""Questions to the ledger that find few among very many go by an index: what they ask of SQLite, and how it looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Update, event, update
from sqlalchemy.dialects import sqlite

from newsletter.model import Cadence, DeliveryState
from newsletter.store import fencing
from newsletter.store.database import Database, open_database
from newsletter.store.freeze import Freezer
from newsletter.store.tables import deliveries
from tests.integration.deliver.world import EDITION, START, World


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    opened = open_database(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return World(database, tmp_path)


def change(world: World, what: Update) -> None:
    world.database.write(lambda connection: connection.execute(what))


@contextmanager
def asked(world: World) -> Iterator[list[tuple[str, Any]]]:
    """What the database is asked within, reads and writes."""
    found: list[tuple[str, Any]] = []

    def note(connection: object, cursor: object, statement: str, values: object, *others: object) -> None:
        found.append((statement, values))

    engines = {world.database.engine, world.database.write(lambda connection: connection.engine)}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield found
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


def plans(world: World, work: Callable[[], object]) -> list[str]:
    """How SQLite goes about each question of `work` that looks at deliveries."""
    with asked(world) as statements:
        work()
    selects = [(text, values) for text, values in statements if text.startswith("SELECT") and "deliveries" in text]

    def look(connection: Any) -> list[str]:
        rows = (connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values).all() for text, values in selects)
        return ["\n".join(row[3] for row in plan) for plan in rows]

    return world.database.read(look)


def test_those_whose_moment_has_come_are_found_among_many_that_wait(world: World) -> None:
    world.subscribe("leser@stadt.example")
    world.edition()
    world.freeze()
    change(world, update(deliveries).values(state=DeliveryState.DEFERRED, retry_at=START))
    found = plans(world, lambda: world.ledger.claim(100, START + timedelta(minutes=1)))
    again = [plan for plan in found if "ix_deliveries_again" in plan]
    assert len(again) == 2, "of notices and of the edition"
    assert all("retry_at<?" in plan and "TEMP B-TREE" not in plan for plan in again)
    assert not any("SCAN deliveries" in plan for plan in found)


def test_who_got_an_earlier_edition_is_looked_up_one_by_one(world: World) -> None:
    world.subscribe("leser@stadt.example")
    found = plans(world, lambda: Freezer(world.database).wishes("presse", Cadence.DAILY, EDITION))
    assert len(found) == 1
    assert "SEARCH deliveries USING INDEX sqlite_autoindex_deliveries_1 (edition=? AND subscriber=?)" in found[0]


def test_mails_are_counted_by_indexes_alone(world: World) -> None:
    """Rows are not read for it: an edition of a million is on every list of editions."""
    world.plan(12)
    ends = list(DeliveryState)
    for number, (id,) in enumerate(world.rows("id")):
        change(world, update(deliveries).where(deliveries.c.id == id).values(state=ends[number % len(ends)]))
    assert world.editions.counts(EDITION) == {state: 2 if at < 2 else 1 for at, state in enumerate(ends)}
    found = plans(world, lambda: world.editions.counts(EDITION))
    assert all("USING COVERING INDEX" in plan for plan in found)


def test_a_fence_looks_at_its_own_mails_alone(world: World) -> None:
    """Not at all that are held, of which a worker has hundreds."""
    statement = str(fencing._fence("sqlite").compile(dialect=sqlite.dialect()))
    values = (None,) * statement.count("?")
    look = f"EXPLAIN QUERY PLAN {statement}"
    plan = world.database.read(lambda connection: connection.exec_driver_sql(look, values).all())
    assert "SEARCH deliveries USING INTEGER PRIMARY KEY (rowid=?)" in [row[3] for row in plan]
