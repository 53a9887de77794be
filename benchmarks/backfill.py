"""A portal's past of 5,000 releases on 250 pages of its list, read into the archive by `newsletter collect --backfill`.

The portal answers on loopback, where no politeness slows us down, from another process. First a tenth of it is read,
then all of it: what the peak of memory grows by is what a longer past costs. Then a past is read by a command that is
killed with SIGKILL on the way, again and again. SQLite.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]  # the proof is the tests' own

from _figures import Goals, say, show  # noqa: E402

from tests.acceptance.backfilling import Outcome, Past, prove  # noqa: E402
from tests.acceptance.instance import Instance  # noqa: E402

WHOLE, QUICK = Past(5_000, 250), Past(400, 20)
GOALS: Goals = {"lost": ("<=", 0), "doubled": ("<=", 0), "mailable": ("<=", 0), "rss_growth_mb": ("<=", 40)}


def read(past: Past, kills: int = 0) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="newsletter-backfill-") as place:
        return prove(Instance(Path(place) / "instance"), past, kills)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK.releases} releases, 3 kills")
    options = parser.parse_args()
    past, kills = (QUICK, 3) if options.quick else (WHOLE, options.kills)
    tenth = Past(past.releases // 10, past.pages // 10)
    say(f"reading a past of {tenth.releases} releases")
    small = read(tenth)
    say(f"reading a past of {past.releases} releases")
    whole = read(past)
    killed = Past(past.releases // 5, past.pages // 5)
    say(f"reading a past of {killed.releases} releases, killed {kills} times")
    broken = read(killed, kills)
    figures = {
        "releases": float(past.releases),
        "list_pages": float(past.pages),
        "seconds": whole.seconds,
        "pages_per_second": (past.releases + past.pages) / whole.seconds,
        "peak_rss_mb": whole.peak_mb,
        "rss_growth_mb": whole.peak_mb - small.peak_mb,
        "kills": float(broken.kills),
        "lost": float(whole.lost + broken.lost),
        "doubled": float(whole.doubled + broken.doubled),
        "mailable": float(whole.mailable + broken.mailable),
        "pages_fetched_twice_after_kills": float(broken.fetched_twice),
    }
    return show({name: round(value, 1) for name, value in figures.items()}, GOALS)


if __name__ == "__main__":
    sys.exit(main())
