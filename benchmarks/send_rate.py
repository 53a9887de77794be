"""How fast mail goes out: the whole path, from the ledger's claims to its durable receipts, against smtp-source.

The message is a multipart of 60 KB with six links of the reader's own. Into Debian's smtp-sink the rate counts; into a
lean sink, which costs next to nothing, the CPU of the sender. Rounds take turns, so that noise hits all alike. SQLite.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from _figures import Goals, say, show  # noqa: E402
from _post import freeze, prepare, sample, write_key  # noqa: E402
from _sinks import lean_sink, smtp_sink  # noqa: E402
from cryptography.hazmat.primitives import hashes  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import padding  # noqa: E402

Round = dict[str, float]
USUAL, MANY = 10, 50  # connections
GOALS: Goals = {
    "rate_unsigned_of_smtp_source": (">=", 0.95),
    "rate_rsa_of_smtp_source": (">=", 0.6),
    "cpu_smtp_source_of_unsigned": (">=", 0.8),
    "cpu_rsa_of_bare_signature": ("<=", 2.0),
    "ledger_of_cpu_unsigned": ("<=", 0.35),
    "ledger_of_cpu_rsa": ("<=", 0.10),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="3,000 messages, 3 rounds")
    options = parser.parse_args()
    messages, rounds = (3_000, 3) if options.quick else (options.messages, options.rounds)
    with tempfile.TemporaryDirectory(prefix="newsletter-rate-") as place, ExitStack() as ends:
        key = Path(place, "dkim.pem")
        signature = _key(key)
        sink, lean = ends.enter_context(smtp_sink()), ends.enter_context(lean_sink())
        ways: dict[str, Callable[[], Round]] = {
            "source": lambda: _source(sink, USUAL, messages),
            "unsigned": lambda: _ours(place, sink, USUAL, messages),
            "rsa": lambda: _ours(place, sink, USUAL, messages, key),
            "source_lean": lambda: _source(lean, MANY, messages),
            "unsigned_lean": lambda: _ours(place, lean, MANY, messages),
            "rsa_lean": lambda: _ours(place, lean, MANY, messages, key),
        }
        found: dict[str, list[Round]] = defaultdict(list)
        for number in range(rounds):
            for name, way in ways.items():
                found[name].append(way())
                last = found[name][-1]
                say(f"round {number + 1}: {name} {last['rate']:.0f} a second, {last['cpu'] * 1e6:.0f} µs of CPU each")
    return show(_figures(found, signature), GOALS)


def _figures(found: dict[str, list[Round]], signature: float) -> dict[str, float]:
    def ratio(one: str, other: str, what: str) -> float:
        return median(a[what] / b[what] for a, b in zip(found[one], found[other], strict=True))

    return {
        "rate_unsigned_of_smtp_source": round(ratio("unsigned", "source", "rate"), 3),
        "rate_rsa_of_smtp_source": round(ratio("rsa", "source", "rate"), 3),
        "cpu_smtp_source_of_unsigned": round(ratio("source_lean", "unsigned_lean", "cpu"), 3),
        "cpu_rsa_of_bare_signature": round(median(one["cpu"] for one in found["rsa_lean"]) / signature, 2),
        "ledger_of_cpu_unsigned": round(median(one["ledger"] for one in found["unsigned_lean"]), 3),
        "ledger_of_cpu_rsa": round(median(one["ledger"] for one in found["rsa_lean"]), 3),
        "message_bytes": float(len(sample())),
        "signature_us": round(signature * 1e6, 1),
        **{f"{name}_per_second": round(median(one["rate"] for one in those)) for name, those in found.items()},
        **{f"{name}_cpu_us": round(median(one["cpu"] for one in those) * 1e6, 1) for name, those in found.items()},
    }


def _key(file: Path) -> float:
    """Write an RSA-2048 key; seconds of CPU that one bare signature with it takes."""
    key = write_key(file)
    took = []
    for _ in range(5):
        began = time.process_time()
        for _ in range(200):
            key.sign(b"x" * 1000, padding.PKCS1v15(), hashes.SHA256())
        took.append((time.process_time() - began) / 200)
    return median(took)


def _source(port: int, sessions: int, messages: int) -> Round:
    size = len(sample())
    command = ["/usr/sbin/smtp-source", "-d", "-s", str(sessions), "-l", str(size), "-m", str(messages)]
    address = ["-f", "presse@musterstadt.example", "-t", "leser@stadt.example", f"127.0.0.1:{port}"]
    began, before = time.perf_counter(), os.times()
    subprocess.run([*command, *address], check=True)
    took, after = time.perf_counter() - began, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return {"rate": messages / took, "cpu": cpu / messages}


def _ours(place: str, port: int, connections: int, messages: int, key: Path | None = None) -> Round:
    """A fresh database, then a process that delivers from it."""
    with tempfile.TemporaryDirectory(dir=place) as folder:
        database = prepare(f"sqlite:///{folder}/newsletter.db", messages)
        assert freeze(database) == messages
        database.close()
        sender = [sys.executable, str(ROOT / "benchmarks/_sender.py"), folder, str(port)]
        signed = ["--key", str(key)] if key else []
        run = subprocess.run([*sender, "--connections", str(connections), *signed], stdout=subprocess.PIPE, check=True)
    said = json.loads(run.stdout)
    assert said["accepted"] == messages, said
    return {
        "rate": messages / said["seconds"],
        "cpu": said["cpu"] / messages,
        "ledger": said["ledger"] / said["cpu"],
        "peak_mb": said["peak_mb"],
    }


if __name__ == "__main__":
    sys.exit(main())
