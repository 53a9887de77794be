"""PostgreSQL goes down and comes up again in the middle of an edition, under several workers.

A connection's process is killed, so that the server ends all others at once and recovers from its log, as after a
crash. It is one of its own, with fsync: what it said was committed has to be there afterwards.
"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import monotonic, sleep

from tests.proof.children import How
from tests.proof.outcome import Outcome
from tests.proof.proof import POSTGRESQL, Proof
from tests.proof.stage import Stage, Stuck
from tests.servers.postgres import Postgres, serving_postgres

KINDS = (POSTGRESQL,)
ALL, READERS = 20, 5_000  # editions, a restart in each
BRIEF, FEW = 1, 80
WORKERS = 3
HOW = How(connections=6, batch=40, alone=False, lease=1.0)
LONGEST = 240.0  # seconds that an edition may take


def run(proof: Proof) -> None:
    editions, readers = (BRIEF, FEW) if proof.brief else (ALL, READERS)
    with (
        serving_postgres(fsync="on", full_page_writes="on") as server,
        replace(proof, server=server).stage(readers, HOW, slowest=0.002) as stage,
    ):
        for number in range(editions):
            proof.case(str(number), partial(_restarted, stage, server, number))


def _restarted(stage: Stage, server: Postgres, number: int) -> Outcome:
    chance = random.Random(number)
    stage.plan()
    workers = [stage.child() for _ in range(WORKERS)]
    mark = stage.server.mark()
    for worker in workers:
        worker.let_go()
    _wait_for(lambda: len(stage.server.taken(mark)) >= stage.readers // chance.randint(3, 8), LONGEST)
    _crash(server, chance)
    until = monotonic() + LONGEST
    for worker in workers:
        if not worker.ended(max(until - monotonic(), 0)):
            for one in workers:
                one.kill()
            raise Stuck("a worker did not come to its end after the restart")
    stage.finish()
    return stage.count(runs=1)


def _crash(server: Postgres, chance: random.Random) -> None:
    """Kill one of the server's processes; it is up again when this returns."""
    killed = chance.choice(list(_children(server.pid)))
    os.kill(killed, signal.SIGKILL)
    _wait_for(lambda: not Path(f"/proc/{killed}").exists(), 30)
    _wait_for(server.ready, 60)


def _children(pid: int) -> Iterator[int]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                said = (entry / "stat").read_text()
            except OSError:
                continue
            if said.rpartition(")")[2].split()[1] == str(pid):
                yield int(entry.name)


def _wait_for(done: Callable[[], bool], seconds: float) -> None:
    until = monotonic() + seconds
    while not done():
        if monotonic() > until:
            raise Stuck("what was waited for did not come")
        sleep(0.02)
