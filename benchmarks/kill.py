"""Kill -9 in mid-send, some hundreds of times at random moments: nothing lost, every double named by the ledger.

Each round starts a delivering process on what the last one left, and kills it; the mail server is another process that
writes down what it takes when it takes it. SQLite, 20 readers an edition, 3 connections.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]  # the proof is the tests' own

from _figures import Goals, say, show  # noqa: E402

from tests.acceptance.killing import prove_killing  # noqa: E402

ALL, QUICK = 200, 40
GOALS: Goals = {"lost": ("<=", 0), "unexplained": ("<=", 0)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=ALL)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} kills")
    options = parser.parse_args()
    kills = QUICK if options.quick else options.kills
    say(f"killing a deliverer {kills} times in mid-send")
    with tempfile.TemporaryDirectory(prefix="newsletter-kill-") as place:
        outcome = prove_killing(f"sqlite:///{place}/newsletter.db", Path(place), kills, options.seed)
    return show({name: float(value) for name, value in vars(outcome).items()}, GOALS)


if __name__ == "__main__":
    sys.exit(main())
