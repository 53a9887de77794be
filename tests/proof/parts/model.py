"""The ledger against a model of what it promises, by random walks: claims, fences, dots, answers late, lost and stale.

Three workers do what workers may do, and what those do that were stopped for a while: each keeps its claims, whatever
the ledger made of them meanwhile. The model knows only what the outside sees: copies, doubts, goodbyes.
"""

from __future__ import annotations

import tempfile
from contextlib import closing
from functools import partial
from pathlib import Path

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from newsletter.store.database import open_database
from tests.integration.deliver.world import World
from tests.proof.outcome import Outcome
from tests.proof.proof import BOTH, Proof
from tests.proof.walk import Broken, Walk

KINDS = BOTH
WALKS, STEPS = 25, 40  # of a case, of a walk
ALL, QUICKLY = 80, 1  # cases
FIRST = 6  # seed: from it on the rarest of mistakes, a goodbye that is not asked about, is met soon
HOW = settings(
    max_examples=WALKS,
    stateful_step_count=STEPS,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def run(proof: Proof) -> None:
    with tempfile.TemporaryDirectory(prefix="newsletter-proof-") as place:
        database = open_database(proof.database(Path(place)))
        with closing(database):
            for number in range(FIRST, FIRST + (QUICKLY if proof.brief else ALL)):
                proof.case(str(number), partial(_walked, World(database, Path(place)), number))


def _walked(world: World, number: int) -> Outcome:
    walks: list[Walk] = []

    def begin() -> Walk:
        walks.append(Walk(world))
        return walks[-1]

    try:
        run_state_machine_as_test(seed(number)(begin), settings=HOW)  # type: ignore[arg-type]
    except Broken as broken:
        return Outcome(runs=len(walks), **{broken.promise: 1})
    return sum((walk.outcome for walk in walks), Outcome(runs=len(walks)))
