"""An edition to a million readers: how long its audience takes to freeze, and how much memory its sender does. SQLite.

The sender takes the first mails of the million, and all of a thousand, into a lean sink; each of 60 KB.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from _figures import Goals, say, show  # noqa: E402
from _post import freeze, prepare  # noqa: E402
from _sinks import lean_sink  # noqa: E402

FEW = 1_000
GOALS: Goals = {"freeze_seconds": ("<=", 5.0), "peak_of_many_to_few": ("<=", 1.1)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=1_000_000)
    parser.add_argument("--mails", type=int, default=100_000, help="that the sender takes of them")
    parser.add_argument("--quick", action="store_true", help="200,000 readers, 20,000 mails, the same goals")
    options = parser.parse_args()
    readers, mails = (200_000, 20_000) if options.quick else (options.readers, options.mails)
    figures: dict[str, float] = {"readers": readers, "mails": mails}
    peaks = {}
    with lean_sink() as port:
        for count, most in ((FEW, FEW), (readers, mails)):
            with tempfile.TemporaryDirectory(prefix="newsletter-audience-") as place:
                say(f"subscribing {count:,} readers")
                database = prepare(f"sqlite:///{place}/newsletter.db", count)
                began = time.perf_counter()
                assert freeze(database) == count
                took = time.perf_counter() - began
                database.close()
                say(f"their audience was frozen in {took:.2f} s; sending {most:,} mails")
                peaks[count] = _peak(place, port, most)
    figures |= {
        "freeze_seconds": round(took, 2),
        "peak_mb_of_many": round(peaks[readers], 1),
        "peak_mb_of_few": round(peaks[FEW], 1),
        "peak_of_many_to_few": round(peaks[readers] / peaks[FEW], 3),
    }
    return show(figures, GOALS)


def _peak(place: str, port: int, most: int) -> float:
    command = [sys.executable, str(ROOT / "benchmarks/_sender.py"), place, str(port), "--most", str(most)]
    run = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return float(json.loads(run.stdout)["peak_mb"])


if __name__ == "__main__":
    sys.exit(main())
