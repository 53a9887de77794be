"""A full or broken disk, a locked database, a cut connection: at the nth call, once or for good."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tests.proof import tracing
from tests.proof.children import How
from tests.proof.outcome import Outcome
from tests.proof.proof import BOTH, POSTGRESQL, SQLITE, Proof
from tests.proof.stage import Stage

KINDS = BOTH
READERS = 2
JOURNAL = (("write", "ENOSPC"), ("fsync", "EIO"))
TROUBLES = {
    SQLITE: (("fdatasync", "EIO"), ("pwrite64", "EIO"), ("pwrite64", "ENOSPC"), ("fcntl", "EAGAIN"), *JOURNAL),
    POSTGRESQL: (("sendto", "ECONNRESET"), ("recvfrom", "ECONNRESET"), *JOURNAL),
}
LOCKED = "EAGAIN"
TRIES = 60  # calls that a locked database refuses, so that waiting does not help
FOR_GOOD = 1.0  # seconds after which a child is killed whose trouble does not end
QUICKLY = 1  # calls of each


def run(proof: Proof) -> None:
    with proof.stage(READERS, How(patience=0.1)) as stage:
        made = _calls(stage)
        for call, error in TROUBLES[proof.kind]:
            most = made.get(call, 0)
            for number in range(1, min(most, QUICKLY) + 1 if proof.brief else most + 1):
                proof.case(f"{call}/{error}/{number}", partial(_troubled, stage, call, error, number, lasting=False))
                if not proof.quick:
                    work = partial(_troubled, stage, call, error, number, lasting=True)
                    proof.case(f"{call}/{error}/{number} and on", work)


def _calls(stage: Stage) -> dict[str, int]:
    stage.plan()
    child, log = stage.child(), Path(stage.folder, "calls")
    tracer = tracing.traced(child, log=log)
    child.let_go()
    if not child.ended(20):
        child.kill()
    tracing.end(tracer)
    return tracing.calls(log)


def _troubled(stage: Stage, call: str, error: str, number: int, *, lasting: bool) -> Outcome:
    stage.plan()
    child = stage.child()
    when = f"{number}+" if lasting else f"{number}..{number + TRIES}" if error == LOCKED else str(number)
    tracer = tracing.injected(child, call, f"error={error}", when)
    child.let_go()
    child.ended(FOR_GOOD)
    child.kill()
    tracing.end(tracer)
    stage.finish()
    return stage.count(runs=1)
