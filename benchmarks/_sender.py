"""The sender that is measured, as a process of its own: the whole path, from the ledger's claims to its receipts.

It delivers what is due in a database and prints one JSON line: seconds and CPU seconds from the first claim to the last
receipt, those of the ledger among them (the store's writer, and the threads that ask it), and its peak of memory.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from _post import ENVELOPE, KEYS, START, variant  # noqa: E402

from newsletter.deliver.dkim import Signer, read_key  # noqa: E402
from newsletter.deliver.message import Envelope  # noqa: E402
from newsletter.deliver.pace import Caps, Pace  # noqa: E402
from newsletter.deliver.server import Server  # noqa: E402
from newsletter.deliver.transports.smtp import SmtpTransport  # noqa: E402
from newsletter.deliver.verdict import Fate  # noqa: E402
from newsletter.deliver.worker import Deliverer  # noqa: E402
from newsletter.deliver.writer import Writer  # noqa: E402
from newsletter.model import AlarmKind, Claim, Variant  # noqa: E402
from newsletter.store.budget import Budget  # noqa: E402
from newsletter.store.database import open_database  # noqa: E402
from newsletter.store.deliveries import Deliveries  # noqa: E402
from newsletter.store.journal import Journal  # noqa: E402

LEDGERS = ("store-writer", "asyncio_")  # threads, by how their names begin


class Texts:
    """The one variant that everybody gets."""

    def load(self, claim: Claim) -> tuple[Variant, Envelope]:
        return variant(claim.edition or ""), ENVELOPE


class Silent:
    """Alarms that nobody hears: a benchmark fails by its figures."""

    def sound(self, key: str, kind: AlarmKind, message: str, now: object) -> None:
        print(f"{key}: {message}", file=sys.stderr)

    def resolve(self, key: str) -> None:
        pass


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("port", type=int)
    parser.add_argument("--connections", type=int, default=10)
    parser.add_argument("--key", type=Path)
    parser.add_argument("--store", help="else SQLite in the folder")
    parser.add_argument("--most", type=int, default=0, help="mails that all may send together; 0: any number")
    options = parser.parse_args()
    database = open_database(options.store or f"sqlite:///{options.folder}/newsletter.db")
    signers = [Signer("musterstadt.example", "n1", read_key(options.key, "--key"))] if options.key else []
    deliverer = Deliverer(
        Deliveries(database, Journal(options.folder / "journal")),
        SmtpTransport(Server("127.0.0.1", options.port, security="none"), options.connections),
        Texts(),
        Writer(KEYS, "https://news.musterstadt.example", None, signers),
        now=lambda: START,
        alarms=Silent(),
        pace=Pace(Caps(per_day=options.most), Budget(database)),
    )
    print(json.dumps(asyncio.run(_measured(deliverer))))
    database.close()


async def _measured(deliverer: Deliverer) -> dict[str, float]:
    gc.collect()
    wall, cpu, ledger = time.perf_counter(), time.process_time(), _ledger_cpu()
    progress = await deliverer.run_until_idle()
    return {
        "accepted": progress.fates.get(Fate.ACCEPTED, 0),
        "seconds": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "ledger": _ledger_cpu() - ledger,
        "peak_mb": _peak(),
    }


def _peak() -> float:
    """The most memory in MB; getrusage would tell the parent's, where that was more."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _ledger_cpu() -> float:
    threads = [one for one in threading.enumerate() if one.name.startswith(LEDGERS) and one.ident]
    return sum(time.clock_gettime(time.pthread_getcpuclockid(one.ident)) for one in threads if one.ident)


if __name__ == "__main__":
    main()
