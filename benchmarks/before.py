"""The default, one process on SQLite, beside what it was before: how long it takes to start, and how fast it sends.

Before is the last commit without an engine for several machines, or `--commit`; both trees run with the same libraries.
Rounds take turns, so that noise hits both alike. Started: `newsletter run` in a new folder until `/readyz` says so.
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
from collections.abc import Mapping
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import httpx  # noqa: E402
from _figures import Goals, say, show  # noqa: E402
from _sinks import lean_sink  # noqa: E402

from tests.acceptance.instance import Instance  # noqa: E402

BEFORE = "ea3e8e9"
CONNECTIONS = 10
LONGEST = 60.0  # seconds that a start may take
COMMAND = [sys.executable, "-c", "from newsletter.cli import main; main()"]
PREPARE = """
import inspect, sys
from pathlib import Path
sys.path[:0] = [sys.argv[1], sys.argv[1] + "/benchmarks"]
from _post import freeze, prepare
by_url = "url" in inspect.signature(prepare).parameters
database = prepare(f"sqlite:///{sys.argv[2]}/newsletter.db" if by_url else Path(sys.argv[2]), int(sys.argv[3]))
freeze(database)
database.close()
"""
GOALS: Goals = {
    "start_now_to_before": ("<=", 1.0),
    "rate_now_to_before": (">=", 0.95),
    "cpu_now_to_before": ("<=", 1.05),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commit", default=BEFORE)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="2,000 messages, 3 rounds")
    options = parser.parse_args()
    messages, rounds = (2_000, 3) if options.quick else (options.messages, options.rounds)
    found: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="newsletter-before-") as place, lean_sink() as sink:
        trees = {"before": _unpacked(options.commit, Path(place) / "tree"), "now": ROOT}
        for number in range(rounds):
            for name, tree in trees.items():
                found[f"start_{name}"].append(_started(tree))
                sent = _sent(tree, sink, messages)
                found[f"rate_{name}"].append(sent["accepted"] / sent["seconds"])
                found[f"cpu_{name}"].append(sent["cpu"] / sent["accepted"])
            say(f"round {number + 1}: " + ", ".join(f"{name} {those[-1]:.5g}" for name, those in found.items()))
    return show(_figures(found), GOALS, before=options.commit)


def _figures(found: Mapping[str, list[float]]) -> dict[str, float]:
    def ratio(what: str) -> float:
        pairs = zip(found[f"{what}_now"], found[f"{what}_before"], strict=True)
        return round(median(now / before for now, before in pairs), 3)

    ratios = {f"{what}_now_to_before": ratio(what) for what in ("start", "rate", "cpu")}
    return ratios | {name: round(median(those), 6) for name, those in found.items()}


def _unpacked(commit: str, folder: Path) -> Path:
    """The tree of a commit, without its history."""
    folder.mkdir()
    packed = subprocess.run(["git", "-C", str(ROOT), "archive", commit], stdout=subprocess.PIPE, check=True)
    subprocess.run(["tar", "-x", "-C", str(folder)], input=packed.stdout, check=True)
    return folder


def _started(tree: Path) -> float:
    """Seconds from the command to the first answer that all is ready."""
    with tempfile.TemporaryDirectory(prefix="newsletter-start-") as place:
        instance = Instance(Path(place) / "instance")
        instance.write()
        settings = ["--config", str(instance.folder / "newsletter.toml")]
        began = time.perf_counter()
        daemon = subprocess.Popen(
            [*COMMAND, *settings, "run"], env=_in(tree), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            while not _ready(instance.url):
                if daemon.poll() is not None or time.perf_counter() - began > LONGEST:
                    raise RuntimeError(f"{tree} did not start")
                time.sleep(0.01)
            return time.perf_counter() - began
        finally:
            daemon.terminate()
            daemon.wait(30)


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz").is_success
    except httpx.TransportError:
        return False


def _sent(tree: Path, port: int, messages: int) -> dict[str, float]:
    """A fresh database, then a process of this tree that delivers from it."""
    with tempfile.TemporaryDirectory(prefix="newsletter-sent-") as folder:
        prepare = [sys.executable, "-c", PREPARE, str(tree), folder, str(messages)]
        subprocess.run(prepare, env=_in(tree), check=True)
        sender = [sys.executable, str(tree / "benchmarks/_sender.py"), folder, str(port)]
        asked = [*sender, "--connections", str(CONNECTIONS)]
        run = subprocess.run(asked, env=_in(tree), stdout=subprocess.PIPE, check=True)
    sent: dict[str, float] = json.loads(run.stdout)
    assert sent["accepted"] == messages
    return sent


def _in(tree: Path) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(tree / "src")}


if __name__ == "__main__":
    raise SystemExit(main())
