"""What an edition takes with 10,000 to 100,000,000 readers: time, machines, disk, network, reckoned minute by minute.

Calibrated by what benchmarks/workers.py measured (`--figures FILE`, its output; benchmarks/figures.json is the last
that was kept). In each minute goes out what the slowest of all allows: the workers' CPU, PostgreSQL's, the network, and
what the mail server or provider takes in a minute, an hour and a day.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from _figures import Goals, show  # noqa: E402

KEPT = ROOT / "benchmarks/figures.json"
SIZES = tuple(10**power for power in range(4, 9))
WORKERS = {10**4: 1, 10**5: 1, 10**6: 2, 10**7: 8, 10**8: 32}  # of one core each
POSTGRES_CORES = {10**4: 1, 10**5: 1, 10**6: 2, 10**7: 4, 10**8: 16}
MEGABITS = {10**4: 100, 10**5: 1_000, 10**6: 1_000, 10**7: 10_000, 10**8: 10_000}
HOUR, DAY = 60, 24 * 60  # minutes
LONGEST = 60 * DAY
BUSY = 0.7  # of a core or a wire that may be used for long
GOALS: Goals = {}


@dataclass(frozen=True, slots=True)
class Costs:
    """What a mail takes: CPU seconds of a worker and of PostgreSQL, bytes on the wire; what freezing a reader does."""

    worker: float
    postgres: float
    wire: float
    freeze: float

    def a_minute(self, workers: int, cores: int, megabits: float) -> float:
        """How many mails a minute can go out by these alone."""
        return 60 * BUSY * min(workers / self.worker, cores / self.postgres, megabits * 125_000 / self.wire)


class Cap:
    """So many mails in any window of so many minutes; 0: any number."""

    def __init__(self, most: int, minutes: int) -> None:
        self._most = most
        self._sent: deque[float] = deque([0.0] * (minutes - 1), maxlen=max(minutes - 1, 1))
        self._alone = minutes == 1

    def room(self) -> float:
        """What may go out in this minute."""
        if not self._most:
            return float("inf")
        return self._most - (0 if self._alone else sum(self._sent))

    def note(self, sent: float) -> None:
        """It did."""
        self._sent.append(sent)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--figures", type=Path, default=KEPT, help="what benchmarks/workers.py printed")
    parser.add_argument("--readers", type=int, help="this many alone")
    parser.add_argument("--workers", type=int, help="of one core each")
    parser.add_argument("--per-minute", type=int, default=0, help="mails that the way out takes; 0: any")
    parser.add_argument("--per-hour", type=int, default=0)
    parser.add_argument("--per-day", type=int, default=0)
    parser.add_argument("--table", action="store_true", help="as docs/scale.md has it")
    options = parser.parse_args()
    measured = json.loads(options.figures.read_text())["figures"]
    found = {}
    for size in [options.readers] if options.readers else SIZES:
        caps = [Cap(options.per_minute, 1), Cap(options.per_hour, HOUR), Cap(options.per_day, DAY)]
        found[size] = _edition(measured, size, options.workers, caps)
    if options.table:
        print("\n".join(_table(found)))
        return 0
    return show({f"{name}_{size}": value for size, row in found.items() for name, value in row.items()}, GOALS)


def _edition(measured: dict[str, float], readers: int, workers: int | None, caps: list[Cap]) -> dict[str, float]:
    near = min(SIZES, key=lambda size: abs(len(str(size)) - len(str(readers))))
    costs = Costs(
        measured["cpu_ms_a_mail"] / 1000,
        measured["postgres_cpu_ms_a_mail"] / 1000,
        measured["mail_bytes"] * 1.05,  # packets have heads
        measured["freeze_seconds_of_a_million"] / 1_000_000,
    )
    workers = workers or WORKERS[near]
    able = costs.a_minute(workers, POSTGRES_CORES[near], MEGABITS[near])
    minutes = _minutes(readers, able, caps)
    wal = readers * (measured["freeze_wal_bytes_a_reader"] + measured["wal_bytes_a_mail"])
    return {
        "workers": workers,
        "postgres_cores": POSTGRES_CORES[near],
        "freeze_minutes": readers * costs.freeze / 60,
        "minutes": minutes,
        "mails_a_second": readers / minutes / 60,
        "worker_cpu_hours": readers * costs.worker / 3600,
        "network_gb": readers * costs.wire / 1e9,
        "wal_gb": wal / 1e9,
        "people_gb": readers * measured["database_bytes_a_reader"] / 1e9,
        "edition_gb": readers * measured["database_bytes_a_delivery"] / 1e9,
    }


def _minutes(readers: float, able: float, caps: list[Cap]) -> float:
    """How long it takes until all are sent."""
    left, minutes = float(readers), 0.0
    while left > 0 and minutes < LONGEST:
        sent = max(0.0, min(left, able, *(cap.room() for cap in caps)))
        for cap in caps:
            cap.note(sent)
        left -= sent
        minutes += 1.0 if left > 0 else sent / able
    return minutes


def _table(found: dict[int, dict[str, float]]) -> Iterator[str]:
    yield "| Readers | workers | PostgreSQL cores | freezing | sending | mails/s | network | WAL | people | edition |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for size, row in found.items():
        sizes = " | ".join(_size(row[f"{name}_gb"]) for name in ("network", "wal", "people", "edition"))
        times = " | ".join(_time(row[name]) for name in ("freeze_minutes", "minutes"))
        cores = f"{row['workers']:.0f} | {row['postgres_cores']:.0f}"
        yield f"| {size:,} | {cores} | {times} | {row['mails_a_second']:,.0f} | {sizes} |"


def _time(minutes: float) -> str:
    if minutes < 1:
        return f"{max(minutes * 60, 1):.0f} s"
    return f"{minutes:.0f} min" if minutes < 2 * HOUR else f"{minutes / 60:.1f} h"


def _size(gigabytes: float) -> str:
    if gigabytes < 1:
        return f"{gigabytes * 1000:.0f} MB"
    return f"{gigabytes:.1f} GB" if gigabytes < 1000 else f"{gigabytes / 1000:.1f} TB"


if __name__ == "__main__":
    sys.exit(main())
