"""What an edition costs: rendering its sheet, filling and checking a thousand variants of it; and how heavy it gets.

The sheet of 12 releases (MJML, premailer, cutting, the rules over its final bytes) is told in terms of premailer alone:
as it comes from PyPI, with the same settings, on the same HTML and CSS. All times are CPU time of this process.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]  # the releases are the tests' own

from _figures import Goals, say, show  # noqa: E402
from premailer import Premailer  # noqa: E402

from newsletter.deliver.splice import spliced  # noqa: E402
from newsletter.edition import render  # noqa: E402
from newsletter.edition.inline import HARMLESS, compiled  # noqa: E402
from newsletter.edition.render import render_sheet  # noqa: E402
from newsletter.edition.rules import check  # noqa: E402
from newsletter.edition.variants import fill  # noqa: E402
from newsletter.model import Format, Release, Sheet  # noqa: E402
from tests.integration.edition.mails import many  # noqa: E402
from tests.unit.edition.samples import NEWSLETTER, SITE, edition, filled  # noqa: E402

RELEASES, VARIANTS, ROUNDS = 12, 1000, 40
GOALS: Goals = {
    "sheet_in_premailers": ("<=", 1.6),
    "variant_ms": ("<=", 2.0),
    "bytes_a_release": ("<=", 1100),
    "encoded_bytes_of_60": ("<=", 100_000),
    "html_bytes_of_200": ("<=", 80_000),
    "findings": ("<=", 0),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variants", type=int, default=VARIANTS)
    parser.add_argument("--quick", action="store_true", help="fewer rounds and variants")
    options = parser.parse_args()
    rounds, variants = (10, 300) if options.quick else (ROUNDS, options.variants)
    releases = many(RELEASES)
    sheet, figures = _sheet(releases, rounds)
    figures |= _variants(sheet, releases, variants) | _sizes()
    return show(figures, GOALS)


def _sheet(releases: list[Release], rounds: int) -> tuple[Sheet, dict[str, float]]:
    """The sheet, and what it costs with its checks; the first rounds warm what both keep between editions."""
    say(f"rendering and checking a sheet of {len(releases)} releases {rounds} times")
    html, css = _given_to_premailer(releases)
    sheets, alone = [], []
    for _ in range(rounds + 2):
        began = time.process_time()
        sheet = render_sheet(edition(releases), "de", Format.STANDARD)
        check(fill(sheet, [one.id for one in releases]), releases, SITE, NEWSLETTER)
        between = time.process_time()
        Premailer(css_text=css, **HARMLESS).transform(html, pretty_print=False)
        sheets.append(between - began)
        alone.append(time.process_time() - between)
    return sheet, {
        "premailer_ms": round(1000 * median(alone[2:]), 2),
        "sheet_ms": round(1000 * median(sheets[2:]), 2),
        "sheet_in_premailers": round(median(one / other for one, other in zip(sheets[2:], alone[2:], strict=True)), 2),
    }


def _given_to_premailer(releases: list[Release]) -> tuple[str, str]:
    """The HTML and CSS that inlining gets for the sheet."""
    given = []
    plain = render.inline
    render.inline = lambda source, css: given.append((compiled(source), css)) or plain(source, css)
    try:
        render_sheet(edition(releases), "de", Format.STANDARD)
    finally:
        render.inline = plain
    return given[0]


def _variants(sheet: Sheet, releases: list[Release], count: int) -> dict[str, float]:
    """Different selections, each filled and checked."""
    say(f"filling and checking {count} variants")
    chance = random.Random(12)
    ids = [release.id for release in releases]
    chosen = {tuple(id for id in ids if chance.random() < 0.5) for _ in range(5 * count)}
    selections = sorted(each for each in chosen if each)[:count]
    findings, began = 0, time.process_time()
    for selection in selections:
        findings += len(check(fill(sheet, selection), releases, SITE, NEWSLETTER))
    taken = time.process_time() - began
    return {
        "variants": len(selections),
        "variant_ms": round(1000 * taken / len(selections), 2),
        "findings": findings,
    }


def _sizes() -> dict[str, float]:
    say("weighing editions of 1, 50, 60 and 200 releases")
    html = {count: _html(count) for count in (1, 50, 60, 200)}
    encoded = b"".join(piece for piece in spliced((html[60],)) if isinstance(piece, bytes))
    return {
        "bytes_a_release": round((len(html[50].encode()) - len(html[1].encode())) / 49, 1),
        "encoded_bytes_of_60": len(encoded),
        "html_bytes_of_200": len(html[200].encode()),
    }


def _html(count: int) -> str:
    releases = many(count)
    return filled(fill(render_sheet(edition(releases), "de", Format.STANDARD), [one.id for one in releases]).html)


if __name__ == "__main__":
    sys.exit(main())
