"""A backup taken in mid-send is put back: nobody gets a second copy unexplained, nobody who has left gets any."""

from __future__ import annotations

import random
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import sleep

from newsletter.store import backup
from newsletter.store.database import open_database
from newsletter.store.journal import Journal
from newsletter.store.restored import resume_after_restore
from tests.proof.children import How
from tests.proof.outcome import Outcome
from tests.proof.proof import BOTH, Proof
from tests.proof.stage import Stage

KINDS = BOTH
READERS = 12
HOW = How(connections=2, batch=4)
SLOWEST = 0.02  # seconds that the mail server takes before and after it takes a message, at most
WHOLE = 0.25  # seconds: about what a run takes
ALL, QUICKLY = 200, 2


def run(proof: Proof) -> None:
    for number in range(QUICKLY if proof.brief else ALL):
        proof.case(str(number), partial(_restored, proof, number))


def _restored(proof: Proof, number: int) -> Outcome:
    chance = random.Random(number)
    with proof.stage(READERS, HOW, slowest=SLOWEST) as stage:
        stage.plan()
        copy = stage.folder / "backup"
        child = stage.child()
        if chance.random() < 0.3:
            backup.backup(stage.url, copy)  # it knows nothing of the edition's beginning
        child.let_go()
        sleep(chance.uniform(0, WHOLE))
        if not copy.exists():
            backup.backup(stage.url, copy)
        stage.leave(chance)
        child.ended(chance.uniform(0, WHOLE))
        child.kill()
        stage.leave(chance)
        _put_back(stage, copy)
        stage.finish()
        outcome = stage.count(runs=1)
        stage.plan()  # the next edition reaches those who are left
        stage.finish()
        return outcome + stage.count()


def _put_back(stage: Stage, copy: Path) -> Counter[str]:
    journal = Journal(stage.folder / "journal")
    done = backup.restore(stage.url, copy, journal, datetime.now(UTC), aside=stage.folder / "aside")
    database = open_database(stage.url)
    with closing(database):
        resume_after_restore(database)
    return done
