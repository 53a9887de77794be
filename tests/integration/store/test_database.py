"""What both databases promise alike, on real ones."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from newsletter.errors import StoreError
from newsletter.store.database import Database, open_database
from newsletter.store.tables import state


@pytest.fixture
def database(database: Database) -> Database:
    """Without the facts that its tables came with."""
    database.write(lambda connection: connection.execute(delete(state)))
    return database


def put(name: str) -> Callable[[Connection], str]:
    def work(connection: Connection) -> str:
        connection.execute(insert(state).values(name=name, value="x"))
        return name

    return work


def names(database: Database) -> set[str]:
    return set(database.read(lambda connection: connection.execute(select(state.c.name)).scalars().all()))


def test_a_write_returns_what_the_work_does_and_stays(database: Database, store_url: str) -> None:
    assert database.write(put("a")) == "a"
    database.close()
    again = open_database(store_url)
    assert names(again) == {"a"}
    again.close()


def test_a_write_that_is_begun_is_done_whoever_waits(database: Database, store_url: str) -> None:
    begun = [database.begin(put(name)) for name in ("a", "b")]
    done = {"a"} if begun[1].cancel() else {"a", "b"}
    database.close()
    assert begun[0].result(10) == "a"
    with pytest.raises(StoreError, match="closed"):
        database.begin(put("late"))
    again = open_database(store_url)
    assert names(again) == done
    with pytest.raises(IntegrityError):
        again.begin(put("a")).result(10)
    again.close()


def test_what_a_work_raises_undoes_it_and_reaches_its_caller(database: Database) -> None:
    def work(connection: Connection) -> None:
        put("a")(connection)
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        database.write(work)
    assert names(database) == set()
    database.write(put("b"))
    assert names(database) == {"b"}


def test_a_broken_rule_is_told_as_such(database: Database) -> None:
    database.write(put("a"))
    with pytest.raises(IntegrityError):
        database.write(put("a"))
    database.write(put("b"))
    assert names(database) == {"a", "b"}


def test_reading_sees_one_moment_and_cannot_write(database: Database) -> None:
    database.write(put("a"))

    def look_twice(connection: Connection) -> tuple[int, int]:
        count = select(func.count()).select_from(state)
        before = connection.execute(count).scalar_one()
        database.write(put("b"))
        return before, connection.execute(count).scalar_one()

    assert database.read(look_twice) == (1, 1)
    assert names(database) == {"a", "b"}
    with pytest.raises(StoreError):
        database.read(put("c"))
    assert names(database) == {"a", "b"}


def test_many_write_at_once_and_each_hears_of_its_own(database: Database) -> None:
    database.write(put("taken"))
    wanted = [f"n{number}" for number in range(200)]

    def one(name: str) -> str:
        try:
            return database.write(put("taken" if name.endswith("7") else name), urgent=name.endswith("3"))
        except IntegrityError:
            return "refused"

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(one, wanted))
    kept = [name for name in wanted if not name.endswith("7")]
    assert answers == [name if name in kept else "refused" for name in wanted]
    assert names(database) == {"taken", *kept}


def test_counting_up_loses_nothing(database: Database) -> None:
    database.write(lambda connection: connection.execute(insert(state).values(name="n", value="0")))

    def up(connection: Connection) -> None:
        now = connection.execute(select(state.c.value).where(state.c.name == "n").with_for_update()).scalar_one()
        connection.execute(state.update().where(state.c.name == "n").values(value=str(int(now) + 1)))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: database.write(up), range(80)))
    assert database.read(lambda connection: connection.execute(select(state.c.value)).scalar()) == "80"


def test_scrubbing_and_closing_keep_everything(database: Database) -> None:
    database.write(put("a"))
    database.scrub()
    assert names(database) == {"a"}
    database.close()
    database.close()


def test_deadlocks_are_settled(database: Database) -> None:
    """Two writes that take the same rows in opposite order: PostgreSQL ends one, which is then run again."""
    for name in ("a", "b"):
        database.write(put(name))
    together = threading.Barrier(2)
    tries: list[str] = []

    def take(first: str, second: str) -> Callable[[Connection], None]:
        def work(connection: Connection) -> None:
            tries.append(first)
            connection.execute(state.update().where(state.c.name == first).values(value=first))
            if len(tries) <= 2 and connection.dialect.name == "postgresql":
                together.wait(5)
            connection.execute(state.update().where(state.c.name == second).values(value=first))

        return work

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(database.write, take("a", "b")), pool.submit(database.write, take("b", "a"))]:
            future.result(20)
    values = set(database.read(lambda connection: connection.execute(select(state.c.value)).scalars().all()))
    assert values in ({"a"}, {"b"})


def test_a_server_that_is_not_there() -> None:
    with pytest.raises(StoreError, match="cannot be reached"):
        open_database("postgresql://nobody@127.0.0.1:1/none")


def test_a_database_that_is_not_there(postgres_url: str) -> None:
    with pytest.raises(StoreError, match="does not exist"):
        open_database(postgres_url + "none")


def test_two_start_at_once_on_an_empty_database(postgres_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        for opened in pool.map(lambda _: open_database(postgres_url), range(4)):
            assert names(opened) == set()
            opened.close()
