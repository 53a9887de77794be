"""What goes wrong with a file: a killed writer, a full disk, another process's lock."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, select

from newsletter.errors import StoreError
from newsletter.store.database import Database, open_database
from newsletter.store.sqlite import SqliteDatabase
from newsletter.store.tables import state
from tests.integration.store.test_database import names, put

KILLED = """
import sys
from sqlalchemy import insert
from newsletter.store.database import open_database
from newsletter.store.tables import state
database = open_database(sys.argv[1])
number = 0
while True:
    rows = [{"name": f"{number}-{part}", "value": "x" * 2000} for part in range(20)]
    database.write(lambda connection: connection.execute(insert(state), rows))
    print(number, flush=True)
    number += 1
"""
LIMITED = """
import resource, sys
from sqlalchemy import insert
from newsletter.errors import StoreError
from newsletter.store.database import open_database
from newsletter.store.tables import state
database = open_database(sys.argv[1])
rows = [{"name": str(number), "value": "x" * 2000} for number in range(500)]
limit = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, limit[1]))
try:
    database.write(lambda connection: connection.execute(insert(state), rows))
except StoreError as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, limit)
database.write(lambda connection: connection.execute(insert(state), rows[:1]))
database.close()
"""


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def test_only_the_owner_reads_the_file(tmp_path: Path) -> None:
    path = tmp_path / "var" / "new.db"
    open_database(f"sqlite:///{path}").close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_settings_that_durability_rests_on(sqlite_url: str) -> None:
    database = open_database(sqlite_url)

    def pragma(connection: Connection, name: str) -> object:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()

    settings = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
    found = database.write(lambda connection: [pragma(connection, name) for name in settings])
    assert found == ["wal", 2, 1, 1]
    assert database.read(lambda connection: pragma(connection, "query_only")) == 1
    database.close()


@pytest.mark.parametrize("after", [1, 3, 8])
def test_a_killed_writer_leaves_all_that_it_was_told_of(sqlite_url: str, after: int) -> None:
    with subprocess.Popen([sys.executable, "-c", KILLED, sqlite_url], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        told = [int(writer.stdout.readline()) for _ in range(after)]
        time.sleep(0.001 * after)
        os.kill(writer.pid, signal.SIGKILL)
        told += [int(line) for line in writer.stdout if line.endswith("\n")]
    with closing(sqlite3.connect(path_of(sqlite_url))) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    database = open_database(sqlite_url)
    kept = names(database)
    database.close()
    assert len(kept) % 20 == 0  # whole writes only
    assert {f"{number}-{part}" for number in told for part in range(20)} <= kept


def test_a_file_that_may_not_grow(sqlite_url: str) -> None:
    done = subprocess.run([sys.executable, "-c", LIMITED, sqlite_url], capture_output=True, text=True, check=True)
    assert "check its disk" in done.stdout
    database = open_database(sqlite_url)
    assert names(database) == {"0"}
    database.close()


def test_a_full_disk_undoes_the_write_and_the_next_one_works(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    rows = [{"name": str(number), "value": "x" * 5000} for number in range(500)]

    def fill(connection: Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 20}")
        connection.execute(insert(state), rows)

    with pytest.raises(StoreError, match="no room left") as caught:
        database.write(fill)
    assert caught.value.__cause__ is not None
    assert names(database) == set()
    database.write(put("next"))
    assert names(database) == {"next"}
    database.close()


def test_whoever_shares_a_transaction_with_a_full_disk_hears_of_it(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    inside, go = threading.Event(), threading.Event()

    def wait(connection: Connection) -> None:
        inside.set()
        go.wait(10)

    def fill(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
        connection.execute(insert(state), [{"name": f"f{n}", "value": "x" * 5000} for n in range(500)])

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(database.write, wait)
        inside.wait(10)
        others: list[Future[Any]] = [pool.submit(database.write, put("with it"), urgent=True)]
        others.append(pool.submit(database.write, fill))
        time.sleep(0.1)
        go.set()
        first.result(10)
        outcomes = [future.exception(10) for future in others]
    kept = names(database)
    assert isinstance(outcomes[1], StoreError)
    assert kept == (set() if outcomes[0] else {"with it"})
    database.close()


def test_another_processs_lock(sqlite_url: str) -> None:
    database = open_database(f"{sqlite_url}?timeout=0.3")
    with closing(sqlite3.connect(path_of(sqlite_url), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(5) as pool:
            begun = time.monotonic()
            errors = [future.exception(20) for future in [pool.submit(database.write, put(n)) for n in "abcde"]]
            waited = time.monotonic() - begun
        assert [type(error) for error in errors] == [StoreError] * 5
        assert all("locked by another process" in str(error) for error in errors)
        assert waited < 5  # they wait together, not one after the other
        assert names(database) == set()
        other.execute("ROLLBACK")
    database.write(put("a"))
    assert names(database) == {"a"}
    database.close()


def test_a_work_that_dies_of_anything_ends_nothing_else(sqlite_url: str) -> None:
    database = open_database(sqlite_url)

    def die(connection: Connection) -> None:
        connection.execute(insert(state).values(name="dead", value="x"))
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        database.write(die)
    database.write(put("a"))
    assert names(database) == {"a"}
    database.close()


def waiting_order(database: Database) -> list[str]:
    """In which order three usual and two urgent writes run that were queued behind a long one."""
    order: list[str] = []
    inside, go = threading.Event(), threading.Event()

    def hold(connection: Connection) -> None:
        inside.set()
        go.wait(10)

    with ThreadPoolExecutor(6) as pool:
        futures: list[Future[Any]] = [pool.submit(database.write, hold)]
        inside.wait(10)
        for name in ("usual 1", "usual 2", "urgent 1", "usual 3", "urgent 2"):
            work = lambda connection, name=name: order.append(name)  # noqa: E731
            futures.append(pool.submit(database.write, work, urgent=name.startswith("urgent")))
            time.sleep(0.02)
        go.set()
        for future in futures:
            future.result(10)
    return order


def test_urgent_ones_go_first_and_each_kind_in_its_order(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    assert waiting_order(database) == ["urgent 1", "urgent 2", "usual 1", "usual 2", "usual 3"]
    database.close()


def test_waiting_writes_share_a_commit(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    assert isinstance(database, SqliteDatabase)
    began: list[str] = []
    inside, go = threading.Event(), threading.Event()

    def begin_of(connection: Connection, name: str) -> None:
        began.append(name)
        if name == "first":
            inside.set()
            go.wait(10)

    commits: list[object] = []
    event.listen(database._writing, "commit", commits.append)
    with ThreadPoolExecutor(20) as pool:
        futures = [pool.submit(database.write, lambda connection: begin_of(connection, "first"))]
        inside.wait(10)
        futures += [
            pool.submit(
                database.write, lambda connection, n=n: connection.execute(insert(state).values(name=n, value="x"))
            )
            for n in "abcdefgh"
        ]
        time.sleep(0.1)
        go.set()
        for future in futures:
            future.result(10)
    assert names(database) == set("abcdefgh")
    assert len(commits) < 9
    database.close()


def test_a_write_inside_a_write_is_a_mistake_and_told_so(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    with pytest.raises(RuntimeError, match="connection at hand"):
        database.write(lambda connection: database.write(put("a")))
    database.close()


def test_nothing_is_written_after_closing_and_what_waited_is(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    inside, go = threading.Event(), threading.Event()

    def hold(connection: Connection) -> None:
        inside.set()
        go.wait(10)

    with ThreadPoolExecutor(4) as pool:
        futures: list[Future[Any]] = [pool.submit(database.write, hold)]
        inside.wait(10)
        futures.append(pool.submit(database.write, put("waited")))
        time.sleep(0.05)
        closing_ = pool.submit(database.close)
        time.sleep(0.05)
        with pytest.raises(StoreError, match="closed"):
            database.write(put("late"))
        go.set()
        for future in [*futures, closing_]:
            future.result(10)
    again = open_database(sqlite_url)
    assert names(again) == {"waited"}
    again.close()


def test_erased_bytes_are_gone(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    secret = "jemand@stadt.example"
    database.write(lambda connection: connection.execute(insert(state).values(name="who", value=secret)))
    database.write(lambda connection: connection.execute(state.update().values(value="-")))
    database.scrub()
    path = path_of(sqlite_url)
    for file in path.parent.glob(f"{path.name}*"):
        assert secret.encode() not in file.read_bytes()
    assert database.read(lambda connection: connection.execute(select(state.c.value)).scalar()) == "-"
    database.close()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_bytes(b"Sehr geehrte Damen und Herren, " * 100)
    with pytest.raises(StoreError, match="no SQLite database"):
        open_database(f"sqlite:///{path}")


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be opened"):
        open_database(f"sqlite:///{tmp_path}/file/newsletter.db")


def test_who_asks_for_it_hears_of_the_commit_and_of_no_other(sqlite_url: str) -> None:
    """Writes that wait share a transaction; one that fails has it rolled back to where it began, and hears nothing."""
    database = open_database(sqlite_url)
    assert isinstance(database, SqliteDatabase)
    heard: list[tuple[str, set[str]]] = []

    def write(name: str, fails: bool) -> None:
        def then() -> None:
            heard.append((name, names(database)))  # as others see it, from another connection

        def work(connection: Connection) -> None:
            connection.execute(insert(state), {"name": name, "value": ""})
            database.after_commit(then)
            if fails:
                raise LookupError(name)

        with suppress(LookupError):
            database.write(work)

    with ThreadPoolExecutor(20) as threads:
        list(threads.map(lambda number: write(str(number), number % 3 == 0), range(20)))
    committed = {str(number) for number in range(20) if number % 3}
    assert names(database) == committed
    database.close()  # who wrote hears of it before what follows the commit is done
    assert {name for name, _ in heard} == committed
    assert all(name in seen for name, seen in heard)
    with pytest.raises(RuntimeError):
        database.after_commit(lambda: None)


def test_a_bell_that_breaks_stops_nobody(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    assert isinstance(database, SqliteDatabase)

    def work(connection: Connection) -> str:
        database.after_commit(lambda: 1 / 0)  # type: ignore[arg-type]
        return put("a")(connection)

    assert database.write(work) == "a"
    assert database.write(put("b")) == "b"
    database.close()
