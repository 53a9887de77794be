"""How fast feeds are answered: one process of `newsletter run --web-only` beside nginx, in one run, the same file.

nginx is Debian's, with the site of deploy/nginx.conf and one worker. wrk asks both in turn, round after round, what
feed readers ask: whether a feed has changed (304), and for the feed, packed (200). Both write their access log. Then
the program is asked a million times for all that there is, and for what there is not, and must not grow.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from _figures import Goals, say, show  # noqa: E402
from _serving import FEED, QUESTIONS, Question, besiege, running, version_of  # noqa: E402

from tests.servers.nginx import nginx  # noqa: E402

GOALS: Goals = {
    "ratio_304": (">=", 0.3),
    "ratio_gzip": (">=", 0.3),
    "rss_growth_mb": ("<=", 2.0),
    "errors": ("<=", 0),
}
Rates = Mapping[tuple[str, str], list[float]]  # (server, question): requests a second, of each round


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="one second a question, 100,000 requests")
    options = parser.parse_args()
    seconds, requests = (1, 100_000) if options.quick else (3, 1_000_000)
    with tempfile.TemporaryDirectory(prefix="newsletter-serving-") as place, ExitStack() as ends:
        program = ends.enter_context(running(Path(place)))
        (folder := Path(place) / "nginx").mkdir()
        site = ends.enter_context(nginx(folder, program.public, program.address))
        servers = {"nginx": site.address, "newsletter": program.address}
        say(f"asking for a feed of {(program.public / FEED).stat().st_size // 1000} KB")
        rates = _race(servers, QUESTIONS, options.rounds, seconds)
        say(f"asking the program {requests:,} times")
        siege = besiege(program, requests)
    return show(_ratios(rates) | siege, GOALS, nginx=version_of("nginx"), wrk=version_of("wrk"))


def _race(servers: Mapping[str, str], asked: Mapping[str, Question], rounds: int, seconds: int) -> Rates:
    rates: dict[tuple[str, str], list[float]] = defaultdict(list)
    for number in range(rounds):
        for name, question in asked.items():
            for server, address in servers.items():
                rates[server, name].append(question.rate(address, seconds))
        last = (f"{server} {name} {those[-1]:,.0f}/s" for (server, name), those in rates.items())
        say(f"round {number + 1}: {', '.join(last)}")
    return rates


def _ratios(rates: Rates) -> dict[str, float]:
    figures = {f"{server}_{name}_per_second": round(median(those)) for (server, name), those in rates.items()}
    for name in ("304", "gzip"):
        pairs = zip(rates["newsletter", name], rates["nginx", name], strict=True)
        figures[f"ratio_{name}"] = round(median(ours / theirs for ours, theirs in pairs), 2)
    return figures


if __name__ == "__main__":
    sys.exit(main())
