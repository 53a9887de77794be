"""Several processes on one PostgreSQL, each with a clock of its own: one edition a slot, no work done twice."""

from __future__ import annotations

import base64
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from time import sleep
from typing import Any

import pytest

from newsletter.app import Program
from newsletter.app.composing import compose_alone
from newsletter.config import load
from newsletter.model import Alarm, AlarmKind, EditionState
from newsletter.store.database import Database, connect
from tests.integration.app.test_composing import FEED, SETTINGS
from tests.integration.store.test_releases import collected, release

CLOCKS = 8
NIGHTS = {"spring": datetime(2026, 3, 28, 12, tzinfo=UTC), "autumn": datetime(2026, 10, 24, 12, tzinfo=UTC)}


class Clocks:
    """Programs that share a database, and tick at the same moment."""

    def __init__(self, programs: list[Program]) -> None:
        self.programs = programs
        self.now = NIGHTS["spring"]
        for program in programs:
            program.now = lambda: self.now

    def tick(self, now: datetime) -> list[list[str]]:
        """What each of them made."""
        self.now = now
        with ThreadPoolExecutor(len(self.programs)) as threads:
            made = list(threads.map(compose_alone, self.programs))
        return [[edition.id for edition in one] for one in made]


@pytest.fixture
def clocks(tmp_path: Path, postgres_url: str) -> Iterator[Clocks]:
    for name in ("feeds", "var"):
        (tmp_path / name).mkdir()
    settings = SETTINGS.replace('["immediate", "daily"]', '["daily"]').replace('send_at = "07:00"', 'send_at = "02:30"')
    (tmp_path / "newsletter.toml").write_text(settings + f'[store]\nurl = "{postgres_url}"\n', "utf-8")
    (tmp_path / "feeds/musterstadt.toml").write_text(FEED, "utf-8")
    (tmp_path / "var/keys").write_text(base64.b64encode(b"k" * 32).decode() + "\n", "ascii")
    with ExitStack() as stack:
        found = load(tmp_path / "newsletter.toml", {})
        yield Clocks([stack.enter_context(Program.open(found)) for _ in range(CLOCKS)])


@pytest.mark.parametrize("night", NIGHTS)
def test_eight_clocks_make_one_edition_a_slot(clocks: Clocks, night: str) -> None:
    """Through a night in which 02:30 is left out, and one in which it comes twice."""
    begin = NIGHTS[night]
    first = clocks.programs[0]
    first.desk.rows(begin)
    made: Counter[str] = Counter()
    for hour in range(48):
        now = begin + timedelta(hours=hour)
        collected(first.database, release(f"r{hour}", first_seen=now, updated=now, published=now))
        made.update(id for one in clocks.tick(now + timedelta(minutes=31)) for id in one)
    slots = [one.edition for one in first.editions.listed()]
    assert len(slots) == 2
    assert made == Counter({one.id: 1 for one in slots})
    assert all(one.state in (EditionState.APPROVED, EditionState.SENDING, EditionState.FINISHED) for one in slots)
    carried = [one.release for edition in slots for one in edition.carried]
    assert len(carried) == len(set(carried))


def test_what_one_renders_no_other_takes_for_a_crashs_remains(clocks: Clocks, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = clocks.programs[:2]
    now = NIGHTS["autumn"]
    one.desk.rows(now)
    collected(one.database, release("a", first_seen=now, updated=now, published=now))
    clocks.now = now + timedelta(hours=15)
    added, go_on, finish = Event(), Event(), one.desk._finish

    def slow(*args: Any, **more: Any) -> Any:
        added.set()
        assert go_on.wait(30)
        return finish(*args, **more)

    monkeypatch.setattr(one.desk, "_finish", slow)
    with ThreadPoolExecutor(1) as threads:
        composing = threads.submit(compose_alone, one)
        assert added.wait(30)
        (edition,) = other.editions.in_state(EditionState.COMPOSED)
        assert compose_alone(other) == []
        assert other.editions.get(edition.id).state is EditionState.COMPOSED
        go_on.set()
        assert [made.id for made in composing.result()] == [edition.id]
    assert compose_alone(other) == []


def test_people_are_told_of_an_alarm_once(clocks: Clocks, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    clocks.programs[0].alarms.sound("a", AlarmKind.SOURCE_BROKEN, "it is broken", clocks.now)
    for program in clocks.programs:

        def called(due: Sequence[Alarm]) -> bool:
            told.extend(alarm.key for alarm in due)
            sleep(0.2)  # as a mail server takes its time
            return True

        monkeypatch.setattr(program.alarms, "_called", called)
    with ThreadPoolExecutor(CLOCKS) as threads:
        counts = list(threads.map(lambda program: program.tell(), clocks.programs))
    assert (told, sum(counts)) == (["a"], 1)


def test_a_task_is_let_go_of_with_its_process(postgres_url: str) -> None:
    first, second = connect(postgres_url), connect(postgres_url)
    with first.alone("a") as mine, second.alone("a") as theirs, second.alone("b") as other:
        assert (mine, theirs, other) == (True, False, True)
    with second.alone("a") as theirs:
        assert theirs
        _end(second)  # as when a process is killed: its connections break
        with first.alone("a") as mine:
            assert mine
    first.close()
    second.close()


def _end(database: Database) -> None:
    killer = connect(database.engine.url)
    query = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
    killer.write(lambda connection: connection.exec_driver_sql(query))
    left = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
    until = time.monotonic() + 10  # it takes a process a moment to end
    while killer.read(lambda connection: connection.exec_driver_sql(left).scalar()):
        assert time.monotonic() < until
        time.sleep(0.05)
    killer.close()
