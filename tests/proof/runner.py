"""Runs the mutants, then the parts on their kinds of database, two jobs at a time, and says what came of it."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from tests.proof.children import hush, prepare, processes
from tests.proof.mutants import MUTANTS
from tests.proof.outcome import Outcome
from tests.proof.parts import parts
from tests.proof.proof import CaughtError, Proof
from tests.proof.record import ROOT, Record, state_of_the_code
from tests.proof.report import write
from tests.servers.postgres import Postgres, serving_postgres

PLACE = ROOT / ".proof"
AT_ONCE = 2
OVER_HTTP = ("kills", "syscalls")  # parts that send over HTTP, too


@dataclass(frozen=True, slots=True)
class Job:
    """A part on a kind of database, with a mutant or with the program as it is."""

    part: str
    kind: str
    mutant: str | None = None

    @property
    def name(self) -> str:
        return "-".join((self.part, self.kind, *([self.mutant] if self.mutant else [])))


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a job; `red` names its cases that broke a promise."""

    job: Job
    outcome: Outcome
    red: tuple[str, ...]
    seconds: float

    def __str__(self) -> str:
        counts = self.outcome
        if self.job.mutant:
            wrong = MUTANTS[self.job.mutant].wrong
            found = f"caught at {self.red[0]}" if self.red else "NOT CAUGHT"
            return f"{self.job.part} on {self.job.kind}, where {wrong}: {found} ({self.seconds:.0f} s)"
        red = f"; BROKEN in {', '.join(self.red[:5])}" if self.red else ""
        return (
            f"{self.job.part} on {self.job.kind}: {counts.runs} runs, {counts.mails} mails, {counts.lost} lost, "
            f"{counts.unexplained} unexplained, {counts.after_goodbye} after a goodbye, {counts.uncertain} uncertain "
            f"({self.seconds:.0f} s){red}"
        )


def main(arguments: Sequence[str]) -> int:
    """The command; 1 where a promise was broken or a mutant was not caught."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a little of each, in less than a minute")
    parser.add_argument("--part", choices=sorted(parts()), help="one part only, without the mutants")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the results into a document")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="newsletter-proof-") as place, serving_postgres() as server:
        folder = Path(place) if options.quick else PLACE
        done = list(_all(list(_jobs(options.part)), options.quick, folder, server))
    if options.write:
        write(options.write, done)
    usual = [one for one in done if not one.job.mutant]
    mutants = [one for one in done if one.job.mutant]
    killed = sum(bool(one.red) for one in mutants)
    total = sum((one.outcome for one in usual), Outcome())
    said = {name: getattr(total, name) for name in ("lost", "unexplained", "after_goodbye", "uncertain", "runs")}
    sys.stdout.write(json.dumps(said | {"mutants_killed": f"{killed}/{len(mutants)}"}) + "\n")
    return int(any(one.red for one in usual) or killed < len(mutants))


def _jobs(only: str | None) -> Iterator[Job]:
    """The mutants first: some have to be looked for long, and the last jobs of all are to be short."""
    if only is None:
        yield from (Job(mutant.part, mutant.kind, name) for name, mutant in MUTANTS.items())
    for name, part in parts().items():
        if only in (None, name):
            yield from (Job(name, kind) for kind in part.KINDS)


def _all(jobs: Sequence[Job], quick: bool, folder: Path, server: Postgres) -> Iterator[Done]:
    """Each in a process of its own: a mutant spoils the one that it is in."""
    state = state_of_the_code()
    with ProcessPoolExecutor(AT_ONCE, mp_context=processes, max_tasks_per_child=1) as pool:
        waiting = [pool.submit(_run, job, quick, folder, state, server) for job in jobs]
        for number, one in enumerate(as_completed(waiting), 1):
            if one.exception():
                pool.shutdown(cancel_futures=True)
            done = one.result()
            sys.stderr.write(f"{number}/{len(jobs)} {done}\n")
            yield done


def _run(job: Job, quick: bool, folder: Path, state: str, server: Postgres) -> Done:
    hush()
    prepare(mutant=bool(job.mutant), provider=job.part in OVER_HTTP)
    if job.mutant:
        MUTANTS[job.mutant].spoil()
    began = monotonic()
    proof = Proof(job.part, job.kind, quick, Record(folder / f"{job.name}.jsonl", state), server, job.mutant)
    with suppress(CaughtError):  # it stands in `red`
        parts()[job.part].run(proof)
    return Done(job, proof.sum, tuple(proof.red), monotonic() - began)
