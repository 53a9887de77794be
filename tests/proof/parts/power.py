"""The power fails at a random moment: what was not synced is lost, or half there.

SQLite only: what PostgreSQL has acknowledged is its server's to keep.
"""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path

from tests.proof import tracing
from tests.proof.children import How
from tests.proof.outcome import Outcome
from tests.proof.powerless import OPTIONS, disk_after
from tests.proof.proof import SQLITE, Proof
from tests.proof.stage import Stage

KINDS = (SQLITE,)
READERS = 8
HOW = How(connections=2, batch=4)
SLOWEST = 0.003  # seconds that the mail server takes before and after it takes a message, at most
WHOLE = 0.25  # seconds: about what a traced run takes
ALL, QUICKLY = 1_000, 6


def run(proof: Proof) -> None:
    with proof.stage(READERS, HOW, slowest=SLOWEST) as stage:
        for number in range(QUICKLY if proof.brief else ALL):
            proof.case(str(number), partial(_powerless, stage, number))


def _powerless(stage: Stage, number: int) -> Outcome:
    chance = random.Random(number)
    stage.plan()
    folder = Path(stage.url.removeprefix("sqlite:///")).parent
    before = {path.name: path.read_bytes() for path in stored(folder)}
    child, log = stage.child(), folder / "calls"
    tracer = tracing.traced(child, *OPTIONS, log=log)
    child.let_go()
    child.ended(chance.uniform(0.01, WHOLE))
    child.kill()
    tracing.end(tracer)
    after = disk_after(log.read_text(), before, folder, chance)
    for path in stored(folder):
        path.unlink()
    for name, content in after.items():
        (folder / name).write_bytes(content)
    stage.finish()
    return stage.count(runs=1)


def stored(folder: Path) -> list[Path]:
    """The files that the program keeps: its database and its journal."""
    return [path for path in folder.iterdir() if path.name.startswith(("newsletter.db", "journal"))]
