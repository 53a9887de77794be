"""The hostile web: feeds as they are found, robots.txt, addresses that lead home, scripts in every field, and a server
that means harm.

Four parts: `feeds` (_feeds.py), `addresses` (_addresses.py), `outputs` (_outputs.py and _editing.py: the whole way to
feed, mail, web page and the pages of editors, looked at in Chromium) and `siege` (_siege.py). Each module says how it
judges. The first three read the cases of a corpus (`--corpus DIR`); the last needs none.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]  # the servers are those of the tests

import feedparser  # noqa: E402
from _addresses import robots, urls  # noqa: E402
from _feeds import feeds  # noqa: E402
from _figures import Goals, say, show  # noqa: E402
from _outputs import outputs  # noqa: E402
from _siege import siege  # noqa: E402

PARTS = ("feeds", "addresses", "outputs", "siege")
GOALS: Goals = {
    "feeds_exceptions": ("<=", 0),
    "feeds_titles": (">=", 0.95),
    "feeds_links": (">=", 0.95),
    "feeds_dates": (">=", 0.95),
    "feeds_unsafe": ("<=", 0),
    "feeds_entries_missing": ("<=", 0),
    "robots_right": (">=", 1),
    "robots_unread": ("<=", 0),
    "ssrf_refused": (">=", 1),
    "whatwg_right": (">=", 1),
    "feeds_ill_formed": ("<=", 0),
    "mails_defective": ("<=", 0),
    "browser_scripts": ("<=", 0),
    "browser_dialogs": ("<=", 0),
    "browser_waiting": ("<=", 0),
    "browser_foreign": ("<=", 0),
    "admin_scripts": ("<=", 0),
    "admin_dialogs": ("<=", 0),
    "admin_waiting": ("<=", 0),
    "admin_foreign": ("<=", 0),
    "siege_peak_mb": ("<=", 200),
    "siege_lateness": ("<=", 1),
    "siege_unexplained": ("<=", 0),
    "siege_asked_home": ("<=", 0),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--corpus", type=Path, metavar="DIR", help="a folder with feeds-real, robots, urls, xss … in it"
    )
    parser.add_argument("--quick", action="store_true", help="fewer payloads, and a shorter siege")
    parser.add_argument("--part", choices=PARTS, action="append", help="only this part (may be given again)")
    options = parser.parse_args()
    parts = options.part or PARTS
    figures: dict[str, float] = {}
    corpus: Path | None = options.corpus
    if corpus is None or not (corpus / "feeds-real").is_dir():
        say("feeds, addresses and payloads were not measured: they need --corpus DIR (feeds-real, robots, urls, xss …)")
    else:
        if "feeds" in parts:
            figures |= feeds(corpus)
        if "addresses" in parts:
            figures |= robots(corpus / "robots") | urls(corpus / "urls")
        if "outputs" in parts:
            with tempfile.TemporaryDirectory(prefix="newsletter-hostile-") as place:
                figures |= outputs(corpus, Path(place) / "press", options.quick)
    if "siege" in parts:
        figures |= siege(options.quick)
    chromium = subprocess.check_output(["/usr/bin/chromium", "--version"], text=True).split()[1]
    return show(figures, GOALS, feedparser=feedparser.__version__, chromium=chromium)


if __name__ == "__main__":
    raise SystemExit(main())
