"""Every verb of SMTP times every way in which a server can fail: 421, 4xx, 5xx, drop, stall, garbage, and worse."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from itertools import product
from pathlib import Path

from newsletter.model import EditionState
from newsletter.store.database import open_database
from tests.integration.deliver.scripted import DROP, GARBAGE, KEPT_SILENT, LONG, STALL, Scripted, serving
from tests.integration.deliver.world import EDITION, QUICK, SHORT, World
from tests.proof.counting import weighed
from tests.proof.mailserver import identifier
from tests.proof.outcome import Outcome
from tests.proof.proof import BOTH, Proof
from tests.proof.stage import Stuck

KINDS = BOTH
READERS = 3
NEVER = "550 5.0.0 no"
FAULTS = ("421 4.3.2 closing", "451 4.3.0 later", NEVER, DROP, STALL, GARBAGE, LONG)
VERBS = ("MAIL", "RCPT", "DATA", ".")  # DATA is BDAT where it is offered
EARLY = "354 go on\r\n250 2.0.0 taken"  # an answer to what was not sent yet, and is not taken then
OFFERS = {"pipelined": ("PIPELINING", "8BITMIME"), "plain": ("SIZE 0",), "chunked": ("PIPELINING", "CHUNKING")}
ROUNDS = 12  # turns, with time passing between them
TELLING = (  # what a quick proof does, and every other first
    (".", DROP),
    (".", KEPT_SILENT),
    (".", NEVER),
    ("DATA", EARLY),
    ("RCPT", STALL),
    ("MAIL", FAULTS[0]),
)


def run(proof: Proof) -> None:
    for verb, number, fault, offers in dict.fromkeys(_cells(proof.brief)):
        work = partial(_faulty, proof, verb, number, fault, offers)
        proof.case(f"{verb}/{number}/{fault.split()[0]}/{offers}", work)


def _cells(quick: bool) -> Iterator[tuple[str, int, str, str]]:
    yield from ((verb, 1, fault, "pipelined") for verb, fault in TELLING)
    yield from ((verb, 1, fault, "chunked") for verb, fault in TELLING)
    if quick:
        return
    yield from ((verb, 1, fault, how) for verb, fault, how in product(("greeting", "EHLO"), FAULTS, OFFERS))
    yield from ((verb, n, fault, how) for verb, n, fault, how in product(VERBS, (1, 2, 3), FAULTS, OFFERS))
    yield from ((".", number, KEPT_SILENT, how) for number, how in product((1, 2, 3), OFFERS))
    yield from (("DATA", number, EARLY, how) for number, how in product((1, 2, 3), OFFERS))


def _faulty(proof: Proof, verb: str, number: int, fault: str, offers: str) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="newsletter-proof-") as place:
        database = open_database(proof.database(Path(place)))
        with closing(database):
            world = World(database, Path(place))
            world.plan(READERS)
            faults = {(verb, number): fault} | ({(".", number): DROP} if fault == EARLY else {})
            server = Scripted(offers=OFFERS[offers], script=lambda said, _, count: faults.get((said, count)))
            asyncio.run(_until_done(world, server, fault))
            taken = Counter(identifier(data).decode() for _, data in server.taken)
            ids = [id for (id,) in world.rows("id")]
            refused = ids[number - 1 : number] if fault == NEVER and verb in ("RCPT", "DATA", ".") else []
            return Outcome(runs=1) + weighed(database, taken, refused=frozenset(refused))


async def _until_done(world: World, server: Scripted, fault: str) -> None:
    """Time passes, and an editor resumes what was paused."""
    async with serving(server):
        transport = world.transport(server.port, timeouts=QUICK if fault == STALL else SHORT)
        deliverer = world.deliverer(transport)
        for _ in range(ROUNDS):
            await deliverer.run_until_idle()
            state = world.edition_row().state
            if state == EditionState.FINISHED:
                return
            if state == EditionState.PAUSED:
                world.editions.move(EDITION, EditionState.SENDING, world.now)
            world.pass_time(minutes=20)
    raise Stuck(f"still {world.states()}")
