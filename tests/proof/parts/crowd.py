"""Four workers on one PostgreSQL, of which one is killed every second while another takes its place, to the end."""

from __future__ import annotations

import random
from functools import partial
from threading import Thread
from time import monotonic

from tests.proof.children import Child, How
from tests.proof.outcome import Outcome
from tests.proof.proof import POSTGRESQL, Proof
from tests.proof.stage import Stage, Stuck

KINDS = (POSTGRESQL,)
ALL, READERS, EVERY = 10, 3_000, 1.0  # editions; their readers; seconds between two kills
FEW, OFTEN = 60, 0.2
WORKERS = 4
HOW = How(connections=3, batch=20, alone=False, lease=0.5)
LONGEST = 240.0  # seconds that an edition may take


def run(proof: Proof) -> None:
    editions, readers, every = (1, FEW, OFTEN) if proof.brief else (ALL, READERS, EVERY)
    with proof.stage(readers, HOW, slowest=0.02) as stage:
        for number in range(editions):
            proof.case(str(number), partial(_killed, stage, number, every))


def _killed(stage: Stage, number: int, every: float) -> Outcome:
    chance = random.Random(number)
    stage.plan()
    workers = [_started(stage) for _ in range(WORKERS)]
    leaving = Thread(target=stage.leave, args=(chance,))
    leaving.start()
    kills, until = 0, monotonic() + LONGEST
    while not workers[0].ended(every):  # whoever ends by itself saw the edition finished
        if monotonic() > until:
            for worker in workers:
                worker.kill()
            raise Stuck("the edition did not come to its end")
        chance.choice(workers).kill()
        kills += 1
        workers = [worker if worker.process.is_alive() else _started(stage) for worker in workers]
    for worker in workers[1:]:
        worker.ended(LONGEST)
    leaving.join()
    stage.finish()
    return stage.count(runs=kills)


def _started(stage: Stage) -> Child:
    worker = stage.child()
    worker.let_go()
    return worker
