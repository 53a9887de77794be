"""The search over a large archive: asking the index against reading all texts, on the database at hand (SQLite, or
PostgreSQL by `--store URL` of an empty one), in one run; and what the index costs.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from _figures import Goals, say, show  # noqa: E402
from sqlalchemy import Connection, func, insert, select  # noqa: E402

from newsletter.store.database import Database, open_database  # noqa: E402
from newsletter.store.documents import release_columns  # noqa: E402
from newsletter.store.search import Asked, Search  # noqa: E402
from newsletter.store.tables import releases, search_texts  # noqa: E402
from newsletter.store.words import keep_words, stems  # noqa: E402
from tests.integration.store.test_releases import release  # noqa: E402

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
SYLLABLES = (
    "rad",
    "brück",
    "haus",
    "stadt",
    "wald",
    "wasser",
    "licht",
    "verkehr",
    "gart",
    "kind",
    "schul",
    "bahn",
    "hof",
)
ENDS = ("e", "en", "er", "ung", "keit", "s", "")
QUERIES = ("Sonderfall", "Radbrücke Lichthof", "Wasserbahn 4711", "Verkehr")
GOALS: Goals = {"rare_scan_to_index": (">=", 10)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--releases", type=int, default=20_000)
    parser.add_argument("--store", help="an empty database; else SQLite in a folder of its own")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="newsletter-search-") as place:
        database = open_database(options.store or f"sqlite:///{place}/newsletter.db")
        say(f"writing {options.releases:,} releases of 2,000 characters")
        began = time.perf_counter()
        _fill(database, options.releases)
        figures: dict[str, float] = {"releases": options.releases, "fill_s": time.perf_counter() - began}
        for name, query in zip(("rare", "two", "number", "common"), QUERIES, strict=True):
            figures |= _compared(database, name, stems(query))
        database.close()
    return show(figures, GOALS)


def _fill(database: Database, count: int) -> None:
    chance = random.Random(7)

    def word() -> str:
        return "".join(chance.choices(SYLLABLES, k=chance.randint(1, 3))) + chance.choice(ENDS)

    def some(start: int) -> Callable[[Connection], None]:
        def write(connection: Connection) -> None:
            for number in range(start, min(start + 200, count)):
                words = [word() for _ in range(200)] + [str(chance.randint(1, 9999))]
                words += ["Sonderfall"] if number % 5000 == 7 else []
                made = release(str(number), headline=" ".join(words[:6]), body_text=" ".join(words))
                row = release_columns(made, NOW - timedelta(minutes=number)) | {
                    "digest": str(number),
                    "told_revision": 1,
                }
                connection.execute(insert(releases).values(row | {"url": f"https://musterstadt.example/{number}"}))
                keep_words(connection, made)

        return write

    for start in range(0, count, 200):
        database.write(some(start))


def _compared(database: Database, name: str, words: list[str]) -> dict[str, float]:
    """Milliseconds of the search and of a scan of all texts for the same words, by turns."""
    search = Search(database)
    scan = select(func.count()).where(*(search_texts.c.parts.contains(word) for word in words))
    times: dict[str, list[float]] = {"index": [], "scan": []}
    for _ in range(7):
        began = time.perf_counter()
        hits = search.find(Asked(words), NOW, 20)
        between = time.perf_counter()
        read = database.read(lambda connection: connection.execute(scan).scalar_one())
        times["index"].append(between - began)
        times["scan"].append(time.perf_counter() - between)
        assert hits.total == read, (hits.total, read)
    index, whole = (statistics.median(times[way]) * 1000 for way in ("index", "scan"))
    return {f"{name}_hits": hits.total, f"{name}_index_ms": index, f"{name}_scan_to_index": whole / index}


if __name__ == "__main__":
    sys.exit(main())
