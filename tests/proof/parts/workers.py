"""Two to eight processes on one database: SIGSTOP past the lease, SIGKILL, and readers who leave in between.

On SQLite there are two, and whoever is stopped may hold the database's lock. The mail server closes a connection that
says nothing for long, so that who wakes finds it gone.
"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from threading import Thread
from time import monotonic, sleep

from tests.proof.children import Child, How
from tests.proof.outcome import Outcome
from tests.proof.proof import BOTH, SQLITE, Proof
from tests.proof.stage import Stage, Stuck

KINDS = BOTH
READERS = 12
LEASE = 0.4  # seconds
SLOWEST = 0.015  # seconds that the mail server takes before and after it takes a message, at most
HOW = How(connections=2, batch=3, alone=False, lease=LEASE)
ALL, QUICKLY = 300, 2  # editions on each kind of database
LONGEST = 60.0  # seconds that an edition may take


def run(proof: Proof) -> None:
    with proof.stage(READERS, HOW, slowest=SLOWEST) as stage:
        for number in range(QUICKLY if proof.brief else ALL):
            proof.case(str(number), partial(_together, stage, number, most=2 if proof.kind == SQLITE else 8))


def _together(stage: Stage, number: int, most: int) -> Outcome:
    chance = random.Random(number)
    stage.plan()
    workers = [stage.child() for _ in range(chance.randint(2, most))]
    for worker in workers:
        worker.let_go()
    sleep(chance.uniform(0.01, 0.2))
    stopped = chance.sample(workers, chance.randint(1, len(workers) - 1))
    _tell(stopped, signal.SIGSTOP)
    sleep(chance.uniform(0, LEASE))
    leaving = Thread(target=stage.leave, args=(chance,))  # it waits where who was stopped holds the lock
    if chance.random() < 0.5:
        leaving.start()
    if chance.random() < 0.3:
        chance.choice(stopped).kill()
    sleep(LEASE)
    _tell(stopped, signal.SIGCONT)
    if leaving.ident:
        leaving.join()
    _wait(workers)
    stage.finish()
    return stage.count(runs=len(stopped))


def _tell(workers: Sequence[Child], what: signal.Signals) -> None:
    for worker in workers:
        with suppress(ProcessLookupError):  # it was done already
            os.kill(worker.process.pid or 0, what)


def _wait(workers: Sequence[Child]) -> None:
    until = monotonic() + LONGEST
    for worker in workers:
        if not worker.ended(until - monotonic()) and worker.process.exitcode != -signal.SIGKILL:
            for one in workers:
                one.kill()
            raise Stuck("a worker did not come to its end")
