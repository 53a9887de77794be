"""A list of 100,000 readers, 312 of them bad, comes in: how long it takes, and that again adds nobody. SQLite."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from _figures import Goals, say, show  # noqa: E402

from newsletter.audience import Defaults, ImportReport  # noqa: E402
from newsletter.store.database import open_database  # noqa: E402
from newsletter.store.journal import Journal  # noqa: E402
from tests.integration.audience.world import World, settings  # noqa: E402

BAD = 312
GOALS: Goals = {"left_out": ("<=", BAD), "told": (">=", BAD), "added_twice": ("<=", 0)}


def rows(count: int) -> bytes:
    """A file of so many rows, the bad ones spread over it."""
    bad = set(range(7, count, count // (BAD + 1)))
    bad = set(sorted(bad)[:BAD])
    lines = (f"{'kaputt' if number in bad else f'leser{number}@leser.example'};Formular" for number in range(count))
    return "\n".join(("email;consent", *lines)).encode()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="20,000 rows, the same goals")
    count = 20_000 if parser.parse_args().quick else 100_000
    data = rows(count)
    with tempfile.TemporaryDirectory(prefix="newsletter-import-") as place:
        folder = Path(place)
        database = open_database(f"sqlite:///{folder / 'newsletter.db'}")
        world = World(database, settings(folder), Journal(folder / "journal"))
        say(f"importing {count:,} rows, then the same again")
        first, took = _import(world, data)
        second, again = _import(world, data)
        database.close()
    figures = {
        "rows": count,
        "seconds": round(took, 1),
        "rows_a_second": round(count / took),
        "seconds_again": round(again, 1),
        "left_out": count - first.added,
        "told": len(first.refused),
        "added_twice": second.added,
    }
    return show(figures, GOALS)


def _import(world: World, data: bytes) -> tuple[ImportReport, float]:
    began = time.perf_counter()
    report = world.register.import_csv(data, world.now, Defaults("presse"))
    return report, time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
