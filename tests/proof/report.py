"""The results as a table of a document, between two marks; what stands around it is written by people."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tests.proof.mutants import MUTANTS
from tests.proof.parts import parts

if TYPE_CHECKING:
    from tests.proof.runner import Done

BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"
COLUMNS = ("part", "database", "runs", "mails", "lost", "unexplained", "after goodbye", "uncertain", "rarer than")
BOUND = 3.0  # none in n runs: below 3/n with 95 % confidence


def write(document: Path, done: Sequence[Done]) -> None:
    """Replace what stands between the marks. Raises ValueError where a mark is missing."""
    before, _, rest = document.read_text().partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise ValueError(f"{document} has no {BEGIN} … {END}")
    lines = [BEGIN, "", *_lines(sorted(done, key=lambda one: one.job.name)), "", END]
    document.write_text(before + "\n".join(lines) + after)


def _lines(done: Sequence[Done]) -> Iterator[str]:
    usual = [one for one in done if not one.job.mutant]
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
    when = f"{datetime.now(UTC):%Y-%m-%d}, over commit {commit.stdout.strip()}"
    yield f'Run on {when}. Each part: `make prove PROVE="--part NAME"`.\n'
    yield "| " + " | ".join(COLUMNS) + " |"
    yield "|---|---|" + "---:|" * (len(COLUMNS) - 2)
    for one in usual:
        counts, job = one.outcome, one.job
        cells = (counts.runs, counts.mails, counts.lost, counts.unexplained, counts.after_goodbye, counts.uncertain)
        numbers = " | ".join(f"{cell:,}" for cell in cells)
        bound = f"1 in {counts.runs / BOUND:,.0f}" if counts.runs and not one.red else "–"
        yield f"| `{job.part}` | {job.kind} | {numbers} | {bound} |"
    yield ""
    yield from (f"`{name}`: {str(part.__doc__).splitlines()[0]}\n" for name, part in parts().items())
    yield "| broken rule | part | database | |"
    yield "|---|---|---|---|"
    for one in (one for one in done if one.job.mutant):
        verdict = "caught" if one.red else "**not caught**"
        yield f"| {MUTANTS[str(one.job.mutant)].wrong} | `{one.job.part}` | {one.job.kind} | {verdict} |"
