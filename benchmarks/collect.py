"""What it costs to read a release's page: our processor time beside trafilatura's, on the same pages, in turns.

Ours is all in: decoding, parsing, every field with its step, pictures, documents, the sanitised text. Theirs is
`bare_extraction` with metadata, as its users call it for title, date, text and image; its import is not counted. A
figure is of the medians of each page's rounds, added up over a set (`--corpus DIR`, its folders articles-*), and over
all pages of all sets, which the goals are for.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import TypeVar

from trafilatura import bare_extraction

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "benchmarks")]

from _figures import Goals, say, show  # noqa: E402

from newsletter.collect.read import read_release  # noqa: E402
from newsletter.errors import UnreadablePage  # noqa: E402
from newsletter.model import Page  # noqa: E402

SETS = ("press", "fundus", "postlight")
ROUNDS, QUICK_ROUNDS = 5, 3
QUICK_SHARE = 3  # every third page
STATISTICS = "text statistics"  # the step that is trafilatura's

_Done = TypeVar("_Done")

GOALS: Goals = {"all_ratio": ("<=", 1.2), "all_structure_ratio": ("<=", 0.4)}


@dataclass
class Case:
    """A page, and the seconds of processor time that each round of reading it took."""

    page: Page
    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)
    by_statistics: bool = False

    def run(self, *, ours_first: bool) -> None:
        """Reads the page both ways."""
        for reads in (self._read, self._extract) if ours_first else (self._extract, self._read):
            reads()

    def _read(self) -> None:
        step = _timed(self.ours, lambda: _body_step(self.page))
        self.by_statistics = step == STATISTICS

    def _extract(self) -> None:
        _timed(self.theirs, lambda: bare_extraction(self.page.body, url=self.page.url, with_metadata=True))


def _timed(seconds: list[float], work: Callable[[], _Done]) -> _Done:
    begun = time.process_time()
    done = work()
    seconds.append(time.process_time() - begun)
    return done


def _body_step(page: Page) -> str | None:
    try:
        return read_release(page).origin.get("body")
    except UnreadablePage:
        return None


def cases(folder: Path) -> Iterator[Case]:
    """The pages that a set lists."""
    for line in (folder / "truth.jsonl").read_text("utf-8").splitlines():
        told = json.loads(line)
        yield Case(Page(url=told["url"], body=gzip.decompress((folder / told["file"]).read_bytes())))


def figures_of(name: str, read: list[Case]) -> dict[str, float]:
    """What a set says: milliseconds a page, and our time as a share of theirs."""
    ours, theirs = _seconds(read, "ours"), _seconds(read, "theirs")
    structure = [case for case in read if not case.by_statistics]
    return {
        f"{name}_pages": len(read),
        f"{name}_pages_by_statistics": len(read) - len(structure),
        f"{name}_ms": round(ours / len(read) * 1_000, 2),
        f"{name}_trafilatura_ms": round(theirs / len(read) * 1_000, 2),
        f"{name}_ratio": round(ours / theirs, 3),
        f"{name}_structure_ratio": round(_seconds(structure, "ours") / _seconds(structure, "theirs"), 3),
        f"{name}_median_ratio": round(median(median(case.ours) / median(case.theirs) for case in read), 3),
    }


def _seconds(read: list[Case], whose: str) -> float:
    return sum(median(getattr(case, whose)) for case in read)


def measure(name: str, read: list[Case], rounds: int) -> None:
    """Reads every page of a set in turns; a first page warms both up."""
    say(f"{name}: {len(read)} pages, {rounds} rounds")
    Case(read[0].page).run(ours_first=True)
    for number in range(rounds):
        for case in read:
            case.run(ours_first=number % 2 == 0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="a folder with articles-press/truth.jsonl … in it")
    parser.add_argument("--quick", action="store_true", help=f"every {QUICK_SHARE}rd page, {QUICK_ROUNDS} rounds")
    options = parser.parse_args()
    folders = {name: options.corpus / f"articles-{name}" for name in SETS} if options.corpus else {}
    folders = {name: folder for name, folder in folders.items() if (folder / "truth.jsonl").is_file()}
    if not folders:
        say("nothing was measured: this needs real pages (--corpus DIR with articles-press/truth.jsonl … in it)")
        return show({}, GOALS)
    figures: dict[str, float] = {}
    everything: list[Case] = []
    for name, folder in folders.items():
        read = list(cases(folder))[:: QUICK_SHARE if options.quick else 1]
        measure(name, read, QUICK_ROUNDS if options.quick else ROUNDS)
        figures |= figures_of(name, read)
        everything += read
    figures |= figures_of("all", everything)
    return show(figures, GOALS, trafilatura=version("trafilatura"), selectolax=version("selectolax"))


if __name__ == "__main__":
    raise SystemExit(main())
