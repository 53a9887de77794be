"""kill -9 at random moments, again and again until an edition is done, while readers leave; over SMTP and over HTTP."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial
from time import sleep

from tests.proof.children import HTTP, SMTP, How
from tests.proof.outcome import Outcome
from tests.proof.proof import BOTH, Proof
from tests.proof.stage import Stage

KINDS = BOTH
READERS = 12
HOW = How(connections=3)
SLOWEST = 0.004  # seconds that the mail server takes before and after it takes a message, at most
WHOLE = {SMTP: 0.12, HTTP: 0.3}  # seconds: about what a run takes
MOST = 12  # kills of one edition
ALL = {SMTP: 4_200, HTTP: 800}  # kills on each kind of database
QUICKLY = {SMTP: 8, HTTP: 4}


def run(proof: Proof) -> None:
    for over, enough in (QUICKLY if proof.brief else ALL).items():
        number, done = 0, proof.sum.runs
        with proof.stage(READERS, replace(HOW, over=over), slowest=SLOWEST) as stage:
            while proof.sum.runs - done < enough:
                proof.case(f"{over}/{number}", partial(_until_done, stage, number))
                number += 1


def _until_done(stage: Stage, number: int) -> Outcome:
    chance, kills = random.Random(number), 0
    stage.plan()
    for _ in range(MOST):
        child = stage.child()
        child.let_go()
        leaving = chance.random() < 0.3
        wait = chance.uniform(0, WHOLE[stage.how.over])
        if leaving:
            sleep(wait / 2)
            stage.leave(chance)
        if child.ended(wait / 2 if leaving else wait):
            break
        child.kill()
        kills += 1
    stage.finish()
    return stage.count(runs=kills)
