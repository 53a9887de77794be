"""kill -9 at every system call between queue and answer, over SMTP and HTTP: a thread's first, second, … such call.

Twice over: whichever thread comes to it first, and the first thread alone, which talks to the mail server while others
talk to the database.
"""

from __future__ import annotations

import signal
from functools import partial
from pathlib import Path

from tests.proof import tracing
from tests.proof.children import HTTP, SMTP, How
from tests.proof.outcome import Outcome
from tests.proof.proof import BOTH, Proof
from tests.proof.stage import Stage

KINDS = BOTH
READERS = 2
TELLING = ("sendto", "fdatasync")  # what a quick proof is killed at: the wire and the disk
QUICKLY = 5  # calls of each


def run(proof: Proof) -> None:
    for over in (SMTP,) if proof.brief else (SMTP, HTTP):
        with proof.stage(READERS, How(over=over)) as stage:
            for all_threads in (True, False):
                for name, most in sorted(_calls(stage, all_threads).items(), key=_telling_first):
                    if proof.brief and (name not in TELLING or not all_threads):
                        continue
                    for number in range(1, min(most, QUICKLY) + 1 if proof.brief else most + 1):
                        case = f"{over}/{name}/{number}" + ("" if all_threads else "/first thread")
                        proof.case(case, partial(_killed, stage, name, number, all_threads))


def _telling_first(call: tuple[str, int]) -> tuple[bool, str]:
    return call[0] not in TELLING, call[0]


def _calls(stage: Stage, all_threads: bool) -> dict[str, int]:
    """What a whole run calls, and how often."""
    stage.plan()
    child, log = stage.child(), Path(stage.folder, "calls")
    tracer = tracing.traced(child, log=log, threads=all_threads)
    child.let_go()
    if not child.ended(20):
        child.kill()  # a mutant's run may have no end
    tracing.end(tracer)
    return tracing.calls(log)


def _killed(stage: Stage, name: str, number: int, all_threads: bool) -> Outcome:
    stage.plan()
    child = stage.child()
    tracer = tracing.injected(child, name, "signal=SIGKILL", str(number), threads=all_threads)
    child.let_go()
    child.ended(60)
    killed = child.process.exitcode == -signal.SIGKILL
    child.kill()
    tracing.end(tracer)
    stage.finish()
    return stage.count(runs=killed)
