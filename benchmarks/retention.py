"""Forgetting old deliveries on PostgreSQL while others are sent: how long it takes, whether a fence waits for it, and
whether the table stays as large as it was. Beside it, what partitions would cost: a fence among very many of them.

An edition after the other is frozen, accepted and forgotten; VACUUM runs after each, as autovacuum would by itself.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import psycopg  # noqa: E402
from _figures import Goals, say, show  # noqa: E402
from _post import START, freeze, prepare  # noqa: E402

from newsletter.model import Cadence, Claim, DeliveryState, Edition, EditionState, Receipt  # noqa: E402
from newsletter.store.database import Database  # noqa: E402
from newsletter.store.deliveries import Deliveries  # noqa: E402
from newsletter.store.editions import Editions  # noqa: E402
from newsletter.store.freeze import Freezer  # noqa: E402
from newsletter.store.journal import Journal  # noqa: E402
from newsletter.store.retention import Retention  # noqa: E402
from tests.servers.postgres import Postgres, serving_postgres  # noqa: E402

CYCLES = 4
AT_ONCE = 50  # deliveries of a fence
OVER = START + timedelta(days=1)
PARTITIONS, ROWS = 1_000, 200  # as an `immediate` newsletter has editions in a year, each with so many readers
GOALS: Goals = {"size_last_to_second": ("<=", 1.1), "fence_p99_ms_beside": ("<=", 50.0)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=300_000)
    parser.add_argument("--quick", action="store_true", help="30,000 readers")
    options = parser.parse_args()
    readers = 30_000 if options.quick else options.readers
    with tempfile.TemporaryDirectory(prefix="newsletter-retention-") as place, serving_postgres(fsync="on") as server:
        figures = _forgotten(server, readers, Path(place)) | _among_partitions(server)
    return show(figures, GOALS)


def _forgotten(server: Postgres, readers: int, place: Path) -> dict[str, float]:
    url = server.create()
    say(f"subscribing {readers:,} readers")
    database = prepare(url, readers)
    freeze(database)
    ledger = Deliveries(database, Journal(place / "journal"))
    with psycopg.connect(url, autocommit=True) as connection:
        sizes, took = [], []
        for cycle in range(CYCLES):
            old = _another(database, connection, cycle)
            began = time.perf_counter()
            assert Retention(database).forget_deliveries(OVER) == readers
            took.append(time.perf_counter() - began)
            connection.execute("VACUUM deliveries")
            sizes.append(connection.execute("SELECT pg_total_relation_size('deliveries')").fetchone()[0])  # type: ignore[index]
            say(f"{old}: forgotten in {took[-1]:.1f} s, {sizes[-1] / 1e6:.0f} MB")
        alone = _fences(ledger, 100)
        _another(database, connection, CYCLES)
        beside = _fences_beside(ledger, lambda: Retention(database).forget_deliveries(OVER))
    database.close()
    return {
        "readers": readers,
        "forget_seconds_of_a_million": round(median(took) * 1_000_000 / readers, 1),
        "size_last_to_second": round(sizes[-1] / sizes[1], 3),
        "fence_p99_ms_alone": round(_p99(alone) * 1000, 1),
        "fence_p99_ms_beside": round(_p99(beside) * 1000, 1),
    }


def _another(database: Database, connection: psycopg.Connection, cycle: int) -> str:
    """One more edition, which everybody got and which is over."""
    slot = START - timedelta(days=30 - cycle)
    id = f"presse-daily-{slot:%Y%m%dT%H%MZ}"
    editions = Editions(database)
    editions.add(Edition(id, "presse", Cadence.DAILY, slot, EditionState.COMPOSED, composed_at=slot))
    editions.move(id, EditionState.APPROVED, slot)
    Freezer(database).freeze(id, lambda choice: "de-standard", slot)
    connection.execute("UPDATE deliveries SET state = 'accepted' WHERE edition = %s", [id])
    assert editions.finish_if_complete(id, slot)
    return id


def _fences(ledger: Deliveries, most: int, over: Callable[[], bool] = lambda: False) -> list[float]:
    """Seconds that each of many fences took, between a claim and its receipts."""
    took: list[float] = []
    while len(took) < most and not over():
        claims = ledger.claim(AT_ONCE, START)
        began = time.perf_counter()
        assert len(ledger.settle(claims, [], START).result()) == AT_ONCE
        took.append(time.perf_counter() - began)
        ledger.settle([], [_accepted(claim) for claim in claims], START).result()
    return took


def _accepted(claim: Claim) -> Receipt:
    return Receipt(claim.delivery, claim.token, DeliveryState.ACCEPTED, START, "250 ok", None, suppress=False)


def _fences_beside(ledger: Deliveries, forget: Callable[[], object]) -> list[float]:
    thread = threading.Thread(target=forget)
    thread.start()
    took = _fences(ledger, 1_000, lambda: not thread.is_alive())
    thread.join()
    return took


def _p99(took: list[float]) -> float:
    return sorted(took)[int(len(took) * 0.99)]


def _among_partitions(server: Postgres) -> dict[str, float]:
    """Milliseconds of a fence in one table, in a partition that it names, and where it does not name one."""
    say(f"{PARTITIONS:,} partitions")
    with psycopg.connect(server.create(), autocommit=True) as connection:
        columns = "(id bigint NOT NULL, edition int NOT NULL, state text NOT NULL"
        connection.execute(f"CREATE TABLE whole {columns}, PRIMARY KEY (id))")
        connection.execute(f"CREATE TABLE parted {columns}, PRIMARY KEY (edition, id)) PARTITION BY LIST (edition)")
        with connection.transaction():
            for number in range(PARTITIONS):
                connection.execute(f"CREATE TABLE parted_{number} PARTITION OF parted FOR VALUES IN ({number})")
            connection.execute("CREATE INDEX ON parted (id)")
        rows = f"SELECT n, n / {ROWS}, 'claimed' FROM generate_series(0, {PARTITIONS * ROWS - 1}) n"  # noqa: S608
        for table in ("whole", "parted"):
            connection.execute(f"INSERT INTO {table} {rows}")
        connection.execute("ANALYZE")
        given = "(SELECT value::bigint FROM jsonb_array_elements_text(%(ids)s::jsonb))"
        change = "UPDATE {} SET state = state WHERE {} state = 'claimed' AND id IN " + given  # noqa: S608
        ways = {
            "whole": change.format("whole", ""),
            "named": change.format("parted", "edition = %(edition)s AND"),
            "unnamed": change.format("parted", ""),
        }
        return {f"fence_ms_{name}": round(_timed(connection, query), 2) for name, query in ways.items()}


def _timed(connection: psycopg.Connection, query: str) -> float:
    took = []
    for number in range(60):
        edition = number * 7 % PARTITIONS
        ids = json.dumps(list(range(edition * ROWS, edition * ROWS + AT_ONCE)))
        began = time.perf_counter()
        connection.execute(query, {"ids": ids, "edition": edition}, prepare=True)  # type: ignore[arg-type]
        took.append((time.perf_counter() - began) * 1000)
    return median(took[10:])


if __name__ == "__main__":
    raise SystemExit(main())
