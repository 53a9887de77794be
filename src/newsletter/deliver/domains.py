"""Domains that say "later": fewer of their mails at once, then fewer in a time, until they take mail again.

A domain that takes its mail costs nothing here. One that refuses for now (4xx that is not about one mailbox) gets half
as many at once, down to one; then a pause between two that grows to a second, no more: greylisting refuses every first
mail to a reader, and a thousand of them are through within twenty minutes. One that was not heard of for an hour is as
good as new.

What a domain gets is for all processes together, where several send from one ledger (`neighbours`). Each knows its own
share of it, and begins none without.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from newsletter.deliver.verdict import Fate, Outcome
from newsletter.model import Claim, DomainLevel, DomainReport, DomainsHeard, first_level

TAKEN: Final = 10  # in a row, until there is a little more room
LOOK: Final = 0.5  # seconds, at most, until somebody who waits looks again
FORGOTTEN: Final = 3600.0  # seconds without news
NEAR: Final = 10.0  # seconds that a mail waits in hand, at most
FAR: Final = 600.0  # seconds that it is put off, at most
NOTICES: Final = 300  # of a domain that wait in hand, however long
TAKES: Final = 0.1  # seconds that a mail may take


@dataclass(slots=True)
class Slow:
    """A domain that refused for now: what it gets, our share of that, what is under way, what nobody was told of it.

    `held`: what our share was when we last asked for it.
    """

    level: DomainLevel
    share: int
    held: int
    heard_at: float
    under_way: set[int] = field(default_factory=set)
    next_at: float = 0.0
    taken: int = 0
    tighter: int = 0
    looser: int = 0
    booked_until: float = 0.0

    @property
    def full(self) -> bool:
        """Whether no more may be under way."""
        return len(self.under_way) >= min(self.share, self.level.most)

    @property
    def step(self) -> float:
        """About how many seconds there are between two mails."""
        return self.level.pause or TAKES / self.level.most

    def book(self, now: float) -> float:
        """The seconds until the turn of one more mail, after all that were booked; any, where these are very many."""
        self.booked_until = min(max(self.booked_until, now + NEAR) + self.step, now + FAR)
        wait = self.booked_until - now
        return wait if wait < FAR else random.uniform(NEAR, FAR)


class Domains:
    """The domains that are treated with care. `connections`: how many mails may be under way at once elsewhere.

    `alone`: no other process sends from the ledger.
    """

    def __init__(self, connections: int, clock: Callable[[], float] = time.monotonic, *, alone: bool = True) -> None:
        self.connections = connections
        self._alone = alone
        self._clock = clock
        self._slow: dict[str, Slow] = {}
        self._begun: dict[int, Claim] = {}
        self._changed = asyncio.Event()

    def pick(self, ready: deque[Claim]) -> Claim | None:
        """The first claim that may be begun now, taken out and begun; None where all have to wait."""
        for index, claim in enumerate(ready):
            if self.may(claim):
                ready.rotate(-index)  # what has to wait is looked at again after the others
                self.begin(ready.popleft())
                return claim
        return None

    def may(self, claim: Claim) -> bool:
        """Whether a mail of this claim may be begun now."""
        slow = self._slow_one(claim) if self._slow else None
        return slow is None or (not slow.full and self._clock() >= slow.next_at)

    def begin(self, claim: Claim) -> None:
        """A mail is begun."""
        self._begun[claim.delivery] = claim
        slow = self._slow_one(claim) if self._slow else None
        if slow is not None:
            slow.under_way.add(claim.delivery)
            slow.next_at = self._clock() + slow.level.pause

    def end(self, claim: Claim, outcome: Outcome | None = None) -> None:
        """It is over; what the answer was, where there was one."""
        self._begun.pop(claim.delivery, None)
        crowded = outcome is not None and outcome.crowded
        if not self._slow and not crowded:
            return
        slow = self._slow_one(claim)
        if slow is None:
            if crowded:
                level = first_level(self.connections)
                self._learn(_domain(claim), level, share=self.connections).tighter = 1
            return
        slow.under_way.discard(claim.delivery)
        if crowded:
            self._tighten(slow)
        elif outcome is not None and outcome.fate is Fate.ACCEPTED:
            self._loosen(_domain(claim), slow)
        self._changed.set()

    def far(self, ready: Collection[Claim]) -> dict[int, float]:
        """Of these deliveries those that would have to wait for long, and in how many seconds their turn may come.

        For a notice somebody waits: it is not among them, but where there are so many of one domain that they would
        fill the hand, and the next person's at another domain would wait behind them all.
        """
        now, before = self._clock(), Counter[str]()
        found: dict[int, float] = {}
        for claim in ready:
            slow = self._slow_one(claim)
            if slow is None:
                continue
            before[_domain(claim)] += 1
            wait = before[_domain(claim)] * slow.step
            if wait > NEAR and (claim.edition is not None or before[_domain(claim)] > NOTICES):
                found[claim.delivery] = slow.book(now)
        return found

    async def pause(self) -> None:
        """Wait until something may have changed."""
        self._changed.clear()
        now = self._clock()
        soonest = min((slow.next_at - now for slow in self._slow.values() if slow.next_at > now), default=LOOK)
        try:
            await asyncio.wait_for(self._changed.wait(), min(soonest, LOOK))
        except TimeoutError:
            return

    def report(self, ready: Collection[Claim]) -> dict[str, DomainReport]:
        """What the others are to be told, where so many claims are at hand. Until they answer, nothing that is slow is
        begun beyond what is under way."""
        at_hand = Counter(_domain(claim) for claim in ready) if self._slow else Counter[str]()
        reports: dict[str, DomainReport] = {}
        for domain, slow in self._slow.items():
            under_way = len(slow.under_way)
            wanted = min(under_way + at_hand[domain], self.connections)
            slow.share = under_way
            if wanted or slow.tighter or slow.looser:
                reports[domain] = DomainReport(slow.tighter, slow.looser, under_way, wanted)
                slow.tighter = slow.looser = 0
        return reports

    def unheard(self, reports: Mapping[str, DomainReport]) -> None:
        """Nobody was reached: it is to be told once more."""
        for domain, report in reports.items():
            if slow := self._slow.get(domain):
                slow.tighter += report.tighter
                slow.looser += report.looser

    def hear(self, heard: DomainsHeard) -> bool:
        """What the others know, and our shares; whether a domain is slow that was not."""
        known = self._slow.keys() & heard.levels
        for domain, level in heard.levels.items():
            if level is not None:
                self._learn(domain, level, share=0)
            elif (slow := self._slow.get(domain)) and not slow.tighter:
                del self._slow[domain]
        for domain, share in heard.shares.items():
            self._take_share(domain, share)
        self._changed.set()
        return any(level and domain not in known for domain, level in heard.levels.items())

    def _learn(self, domain: str, level: DomainLevel, share: int) -> Slow:
        """A domain is slow; where it is known, what nobody was told yet counts on top."""
        slow = self._slow.get(domain)
        if slow is None:
            slow = self._slow[domain] = Slow(level, share, share, self._clock())
            slow.under_way.update(one.delivery for one in self._begun.values() if _domain(one) == domain)
        for _ in range(slow.tighter):
            level = level.tighter()
        slow.level, slow.heard_at = level, self._clock()
        return slow

    def _take_share(self, domain: str, share: int) -> None:
        slow = self._slow.get(domain)
        if slow is None:
            return
        if share and not slow.held:  # whose it was may have begun one just now
            slow.next_at = self._clock() + slow.level.pause
        slow.share = slow.held = share

    def _slow_one(self, claim: Claim) -> Slow | None:
        slow = self._slow.get(_domain(claim))
        if slow is None or slow.under_way or self._clock() < slow.heard_at + FORGOTTEN:
            return slow
        del self._slow[_domain(claim)]
        return None

    def _tighten(self, slow: Slow) -> None:
        slow.level, slow.heard_at, slow.taken = slow.level.tighter(), self._clock(), 0
        slow.tighter += 1

    def _loosen(self, domain: str, slow: Slow) -> None:
        slow.taken += 1
        if slow.taken < TAKEN:
            return
        slow.level, slow.heard_at, slow.taken = slow.level.looser(), self._clock(), 0
        slow.looser += 1
        if self._alone and slow.level.most >= self.connections:
            del self._slow[domain]


def _domain(claim: Claim) -> str:
    return claim.email.rpartition("@")[2].lower()
