"""Several workers on one PostgreSQL (fsync on): an edition to a million readers is frozen; its first mails are sent by
one worker and, from a copy of the same database, by two: RSA-signed, each of 60 KB, into a lean sink.

Where the machine has no cores to spare, two cannot be faster than one; then their CPU for a mail tells. What a mail
costs of everything is told too: benchmarks/simulate.py reckons with it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import LiteralString

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import psycopg  # noqa: E402
from _figures import Goals, say, show  # noqa: E402
from _post import freeze, prepare, sample, write_key  # noqa: E402
from _sinks import lean_sink  # noqa: E402

from tests.servers.postgres import Postgres, serving_postgres  # noqa: E402

FEW = 2_000  # mails, after which memory shows whether it grows
TICKS = os.sysconf("SC_CLK_TCK")
TOP = "SELECT calls, total_exec_time, query FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT 6"
GOALS: Goals = {
    "freeze_seconds_of_a_million": ("<=", 15.0),
    "two_scale": (">=", 1.0),  # 1.6 times as fast as one, or 1.1 times the CPU of a mail at most
    "postgres_share_of_cpu": ("<=", 0.35),
    "peak_of_many_to_few": ("<=", 1.1),
}
Round = dict[str, float]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=1_000_000)
    parser.add_argument("--mails", type=int, default=100_000, help="that are sent of them in a round")
    parser.add_argument("--quick", action="store_true", help="100,000 readers, 10,000 mails")
    options = parser.parse_args()
    readers, mails = (100_000, 10_000) if options.quick else (options.readers, options.mails)
    loaded = {"fsync": "on", "full_page_writes": "on", "shared_preload_libraries": "pg_stat_statements"}
    with (
        tempfile.TemporaryDirectory(prefix="newsletter-workers-") as place,
        serving_postgres(**loaded, shared_buffers="512MB") as server,
        lean_sink() as port,
    ):
        key = Path(place) / "key.pem"
        write_key(key)
        frozen, costs = _frozen(server, readers)
        rounds = {
            name: _sent(server, frozen, Path(place), port, key, workers, most)
            for name, workers, most in (("few", 1, FEW), ("one", 1, mails), ("two", 2, mails))
        }
    return show({"readers": readers, "mails": mails, **costs, **_figures(rounds)}, GOALS)


def _figures(rounds: dict[str, Round]) -> dict[str, float]:
    few, one, two = (rounds[name] for name in ("few", "one", "two"))
    faster, dearer = two["rate"] / one["rate"], two["cpu"] / one["cpu"]
    return {
        "mails_a_second_of_one": round(one["rate"], 1),
        "mails_a_second_of_two": round(two["rate"], 1),
        "two_to_one_speed": round(faster, 3),
        "two_to_one_cpu_a_mail": round(dearer, 3),
        "cpu_ms_a_mail": round(one["cpu"] * 1000, 3),
        "postgres_cpu_ms_a_mail": round(one["postgres"] * 1000, 3),
        "wal_bytes_a_mail": round(one["wal"]),
        "mail_bytes": len(sample()),
        "two_scale": float(faster >= 1.6 or dearer <= 1.1),
        "postgres_share_of_cpu": round(two["postgres"] / (two["postgres"] + two["cpu"]), 3),
        "peak_mb_of_many": round(max(one["peak_mb"], two["peak_mb"]), 1),
        "peak_of_many_to_few": round(max(one["peak_mb"], two["peak_mb"]) / few["peak_mb"], 3),
    }


def _frozen(server: Postgres, readers: int) -> tuple[str, dict[str, float]]:
    """The name of a database with a frozen edition, and what freezing it cost."""
    url = server.create()
    say(f"subscribing {readers:,} readers")
    database = prepare(url, readers)
    with psycopg.connect(url, autocommit=True) as connection:
        before, held = _written(connection), _size(connection)
        began = time.perf_counter()
        assert freeze(database) == readers
        took = time.perf_counter() - began
        written, grown = _written(connection) - before, _size(connection) - held
    database.close()
    say(f"their audience was frozen in {took:.2f} s")
    return url.rpartition("/")[2], {
        "freeze_seconds": round(took, 2),
        "freeze_seconds_of_a_million": round(took * 1_000_000 / readers, 2),
        "freeze_wal_bytes_a_reader": round(written / readers),
        "database_bytes_a_reader": round(held / readers),
        "database_bytes_a_delivery": round(grown / readers),
    }


def _sent(server: Postgres, frozen: str, place: Path, port: int, key: Path, workers: int, most: int) -> Round:
    """Send so many mails from a copy of the database; per mail the senders' CPU and PostgreSQL's."""
    url = server.create(template=frozen)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION pg_stat_statements")
        connection.execute("CHECKPOINT")
        connection.execute("SELECT pg_stat_statements_reset()")
        before, wal = _cpu(server.pid), _written(connection)
        began = time.perf_counter()
        senders = [_sender(url, place / f"{workers}-{most}-{n}", port, key, most) for n in range(workers)]
        said = [json.loads(sender.communicate()[0]) for sender in senders]
        took, used = time.perf_counter() - began, _cpu(server.pid) - before
        wal = _written(connection) - wal
        for calls, milliseconds, query in connection.execute(TOP):
            say(f"{milliseconds / 1000:8.2f} s {calls:7} calls: {' '.join(query.split())[:140]}")
    server.drop(url)
    sent = sum(one["accepted"] for one in said)
    assert sent >= 0.99 * most, said
    say(f"{workers} worker(s) sent {sent:,.0f} mails in {took:.1f} s")
    slowest = max(one["seconds"] for one in said)
    cpu = sum(one["cpu"] for one in said)
    return {
        "rate": sent / slowest,
        "cpu": cpu / sent,
        "postgres": used / sent,
        "wal": wal / sent,
        "peak_mb": max(one["peak_mb"] for one in said),
    }


def _sender(url: str, folder: Path, port: int, key: Path, most: int) -> subprocess.Popen[str]:
    folder.mkdir()
    command = [sys.executable, str(ROOT / "benchmarks/_sender.py"), str(folder), str(port), "--store", url]
    more = ["--connections", "50", "--key", str(key), "--most", str(most)]
    return subprocess.Popen([*command, *more], stdout=subprocess.PIPE, text=True)


def _written(connection: psycopg.Connection[tuple[float, ...]]) -> float:
    """Bytes that PostgreSQL has written into its log since it is there."""
    return _number(connection, "SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")


def _size(connection: psycopg.Connection[tuple[float, ...]]) -> float:
    return _number(connection, "SELECT pg_database_size(current_database())")


def _number(connection: psycopg.Connection[tuple[float, ...]], query: LiteralString) -> float:
    row = connection.execute(query).fetchone()
    assert row
    return float(row[0])


def _cpu(pid: int) -> float:
    """CPU seconds of a process and its children, of those that have ended too."""
    own = _stat(pid)
    children = (_stat(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return (sum(own[11:15]) + sum(sum(one[11:13]) for one in children if one and one[1] == pid)) / TICKS


def _stat(pid: int) -> list[int]:
    """The numbers of proc(5) from the state on (as 0), so that [1] is the parent; empty for what is gone."""
    try:
        said = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return []
    return [0, *(int(field) for field in said.rpartition(")")[2].split()[1:])]


if __name__ == "__main__":
    sys.exit(main())
