"""One random walk of workers over the ledger: the outside chooses each step, and what the ledger says is checked."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import count
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import delete

from newsletter.model import DELIVERY_MOVES, Claim, DeliveryState, EditionState, Receipt
from newsletter.store.tables import deliveries, editions, events, notices, subscribers, subscriptions
from tests.integration.deliver.world import World
from tests.proof.outcome import Outcome

READERS, WORKERS = 2, 2
ROUNDS = 30  # turns in which an undisturbed worker has to come to the end
WORKER, ANY = st.integers(0, WORKERS - 1), st.integers(0, 9)
ENDED = frozenset(state for state, moves in DELIVERY_MOVES.items() if not moves)
FATES = (  # whether the mail server took it, and the receipt that the worker writes; None: killed before it could
    (True, DeliveryState.ACCEPTED),
    (True, DeliveryState.UNCERTAIN),
    (False, DeliveryState.UNCERTAIN),
    (False, DeliveryState.DEFERRED),
    (False, DeliveryState.FAILED),
    (True, None),
    (False, None),
)
numbers = count()


class Broken(Exception):
    """A promise was not kept: `promise` is lost, unexplained or after_goodbye."""

    def __init__(self, promise: str, what: str) -> None:
        super().__init__(f"{promise}: {what}")
        self.promise = promise


class Walk(RuleBasedStateMachine):
    """One edition, from its freezing to its end."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world, self.outcome = world, Outcome()
        self.claimed: list[list[Claim]] = [[] for _ in range(WORKERS)]
        self.fenced: list[Claim] = []
        self.copies, self.refused = Counter[int](), set[int]()
        self.left: set[int] = set()  # subscriptions
        self.states: dict[int, str] = {}
        _clear(world)
        number = next(numbers)
        for reader in range(READERS):
            world.subscribe(f"leser{number}-{reader}@stadt.example")
        self.edition = world.edition(f"presse-daily-{number}", world.now + timedelta(seconds=number))
        world.freeze(self.edition)

    @rule(worker=WORKER, limit=st.integers(1, READERS))
    def claim(self, worker: int, limit: int) -> None:
        self.claimed[worker] += self.world.ledger.claim(limit, self.world.now)

    @rule(worker=WORKER, which=ANY)
    def fence(self, worker: int, which: int) -> None:
        """Also for a claim whose lease has run out long ago."""
        claim = _taken(self.claimed[worker], which)
        if claim and self.world.ledger.settle([claim], [], self.world.now).result():
            if claim.subscription in self.left:
                raise Broken("after_goodbye", f"delivery {claim.delivery} was let through")
            self.fenced.append(claim)

    @rule(worker=WORKER)
    def begin(self, worker: int) -> None:
        """The usual way: claimed and fenced at once."""
        self.claim(worker, 1)
        self.fence(worker, -1)

    @rule(gives_up=st.booleans())
    def overtaken(self, gives_up: bool) -> None:
        """One was stopped past its lease; another took its claim over; then the first one wakes."""
        self.claim(0, 1)
        self.pass_time(11)
        self.begin(1)
        if gives_up:
            self.break_off(0, -1)
        else:
            self.fence(0, -1)

    @rule(which=ANY, fate=st.sampled_from(FATES))
    def dot(self, which: int, fate: tuple[bool, DeliveryState | None]) -> None:
        """The end of a message, whatever comes of it."""
        taken, receipt = fate
        if claim := _taken(self.fenced, which):
            self.copies[claim.delivery] += taken
            if receipt is DeliveryState.FAILED:
                self.refused.add(claim.delivery)
            if receipt:
                self._receive(claim, receipt)

    @rule(worker=WORKER, which=ANY)
    def break_off(self, worker: int, which: int) -> None:
        """The connection failed before the fence: this claim, maybe an old one, is deferred."""
        if claim := _taken(self.claimed[worker], which):
            self._receive(claim, DeliveryState.DEFERRED)

    @rule(worker=WORKER, killed=st.booleans())
    def end(self, worker: int, killed: bool) -> None:
        """It gives its claims back, if it can."""
        if not killed:
            self.world.ledger.release(self.claimed[worker], self.world.now)
        self.claimed[worker].clear()

    @rule(minutes=st.sampled_from([1, 11, 16, 61]))
    def pass_time(self, minutes: int) -> None:
        self.world.pass_time(minutes=minutes)
        self.world.ledger.tidy(self.world.now)

    @precondition(lambda self: not self.left)
    @rule(which=ANY)
    def leave(self, which: int) -> None:
        rows = self.world.rows("subscription")
        (subscription,) = rows[which % len(rows)]
        self.world.leave(subscription)
        self.left.add(subscription)

    @rule(stops=st.booleans())
    def editor(self, stops: bool) -> None:
        """Pauses and goes on."""
        state = self.world.edition_row(self.edition).state
        if stops and state == EditionState.SENDING:
            self.world.ledger.pause("an editor", self.world.now)
        elif not stops and state == EditionState.PAUSED:
            self.world.editions.move(self.edition, EditionState.SENDING, self.world.now)

    @invariant()
    def holds(self) -> None:
        """What has ended stays so; every copy is an accepted one, one under way, or one in doubt."""
        doubts = self._doubts()
        for id, state in self.world.rows("id", "state"):
            before = self.states.get(id)
            if before in ENDED and state != before:
                raise Broken("unexplained", f"delivery {id} was {before} and is {state}")
            self.states[id] = state
            known = doubts[id] + (state in (DeliveryState.ACCEPTED, DeliveryState.COMMITTING))
            if self.copies[id] > known:
                raise Broken("unexplained", f"delivery {id} is {state} with {self.copies[id]} copies")

    def teardown(self) -> None:
        """Nobody disturbs any more: it comes to its end, and all is counted."""
        if self.world.edition_row(self.edition).state == EditionState.PAUSED:
            self.world.editions.move(self.edition, EditionState.SENDING, self.world.now)
        for _ in range(ROUNDS):
            self.world.pass_time(minutes=61)
            self.world.ledger.tidy(self.world.now)
            claims = self.world.ledger.claim(READERS, self.world.now)
            granted = self.world.ledger.settle(claims, [], self.world.now).result()
            for claim in (one for one in claims if one.delivery in granted):
                self.copies[claim.delivery] += 1
                self._receive(claim, DeliveryState.ACCEPTED)
            if self.world.ledger.finish(self.world.now):
                return self._count()
        raise Broken("lost", "the edition comes to no end")

    def _count(self) -> None:
        self.holds()
        doubts = self._doubts()
        for id, state, subscription in self.world.rows("id", "state", "subscription"):
            missing = (
                (state == DeliveryState.ACCEPTED and not self.copies[id])
                or (state == DeliveryState.FAILED and id not in self.refused)
                or (state == DeliveryState.SUPPRESSED and subscription not in self.left)
                or (state == DeliveryState.UNCERTAIN and not doubts[id])
            )
            if missing:
                raise Broken("lost", f"delivery {id} is {state}, and nothing came")
            doubled = max(0, self.copies[id] - 1)
            self.outcome += Outcome(mails=self.copies[id], doubled=doubled, uncertain=doubts[id])

    def _receive(self, claim: Claim, state: DeliveryState) -> None:
        now = self.world.now
        again = now + timedelta(minutes=5) if state is DeliveryState.DEFERRED else None
        receipt = Receipt(claim.delivery, claim.token, state, now, answer="as it said", retry_at=again, suppress=False)
        self.world.ledger.settle([], [receipt], now).result()

    def _doubts(self) -> Counter[int]:
        return Counter(delivery for delivery, kind in self.world.events() if kind == "uncertain")


def _taken(claims: list[Claim], which: int) -> Claim | None:
    return claims.pop(which % len(claims)) if claims else None


def _clear(world: World) -> None:
    """Forget the walk before."""

    def work(connection: Any) -> None:
        for table in (events, deliveries, notices, editions, subscriptions, subscribers):
            connection.execute(delete(table))

    world.database.write(work)
