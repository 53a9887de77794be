"""Lists of readers come in, a few rows of them bad: 100,000 into SQLite, a million into PostgreSQL.

How long it takes, tried and in earnest, and that again adds nobody; how much memory it costs; and how long a write that
may not wait, as a fence is, waits meanwhile.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from _figures import Goals, say, show  # noqa: E402

from newsletter.audience import Defaults, ImportReport  # noqa: E402
from newsletter.store.database import Database, open_database  # noqa: E402
from newsletter.store.journal import Journal  # noqa: E402
from tests.integration.audience.world import World, settings  # noqa: E402
from tests.servers.postgres import serving_postgres  # noqa: E402

BAD = 312
PAUSE = 0.01  # seconds from one write that waits to the next
GOALS: Goals = {
    "sqlite_left_out": ("<=", BAD),
    "sqlite_told": (">=", BAD),
    "sqlite_added_twice": ("<=", 0),
    "sqlite_seconds_of_100000": ("<=", 8),
    "sqlite_tried_seconds_of_100000": ("<=", 5),
    "sqlite_wait_ms": ("<=", 50),
    "postgres_left_out": ("<=", BAD),
    "postgres_told": (">=", BAD),
    "postgres_added_twice": ("<=", 0),
    "postgres_seconds_of_1000000": ("<=", 90),
    "memory_to_file": ("<=", 8),
}


def rows(count: int) -> bytes:
    """A file of so many rows, the bad ones spread over it."""
    bad = set(range(7, count, count // (BAD + 1)))
    bad = set(sorted(bad)[:BAD])
    lines = (f"{'kaputt' if number in bad else f'leser{number}@leser.example'};Formular" for number in range(count))
    return "\n".join(("email;consent", *lines)).encode()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="20,000 rows and 100,000, the same goals")
    parser.add_argument("--only", choices=["sqlite", "postgres"], help="one database")
    asked = parser.parse_args()
    sizes = {"sqlite": 20_000, "postgres": 100_000} if asked.quick else {"sqlite": 100_000, "postgres": 1_000_000}
    figures: dict[str, float] = {}
    for name, count in sizes.items():
        if asked.only in (None, name):
            say(f"{name}: trying {count:,} rows, importing them, then the same again")
            figures |= {f"{name}_{what}": value for what, value in _measured(name, count).items()}
    grown = [figures.pop(name) for name in list(figures) if name.endswith("memory_to_file")]
    return show(figures | {"memory_to_file": max(grown)}, GOALS)


def _measured(name: str, count: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="newsletter-import-") as place, _database(name, Path(place)) as database:
        folder = Path(place)
        data = rows(count)
        before = _peak()
        world = World(database, settings(folder), Journal(folder / "journal"))
        _, tried = _import(world, data, dry_run=True)
        with _waiting(database) as waits:
            first, took = _import(world, data)
        second, again = _import(world, data)
    whole = {"sqlite": 100_000, "postgres": 1_000_000}[name]
    return {
        "rows": count,
        "seconds": round(took, 1),
        f"seconds_of_{whole}": round(took * whole / count, 1),
        f"tried_seconds_of_{whole}": round(tried * whole / count, 1),
        "seconds_again": round(again, 1),
        "rows_a_second": round(count / took),
        "wait_ms": round(sorted(waits)[int(len(waits) * 0.99)] * 1000, 1),
        "left_out": count - first.added,
        "told": len(first.refused),
        "added_twice": second.added,
        "memory_to_file": round((_peak() - before) / len(data), 1),
    }


@contextmanager
def _database(name: str, folder: Path) -> Iterator[Database]:
    if name == "sqlite":
        database = open_database(f"sqlite:///{folder / 'newsletter.db'}")
        yield database
        database.close()
        return
    with serving_postgres(fsync="on", full_page_writes="on") as server:
        database = open_database(server.create())
        yield database
        database.close()


@contextmanager
def _waiting(database: Database) -> Iterator[list[float]]:
    """How long each of many urgent writes of nothing waited, in seconds."""
    waits, over = [0.0], threading.Event()

    def work() -> None:
        while not over.wait(PAUSE):
            began = time.perf_counter()
            database.write(lambda connection: None, urgent=True)
            waits.append(time.perf_counter() - began)

    thread = threading.Thread(target=work)
    thread.start()
    yield waits
    over.set()
    thread.join()


def _import(world: World, data: bytes, *, dry_run: bool = False) -> tuple[ImportReport, float]:
    began = time.perf_counter()
    report = world.register.import_csv(data, world.now, Defaults("presse"), dry_run=dry_run)
    return report, time.perf_counter() - began


def _peak() -> int:
    """The most memory that this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    sys.exit(main())
