"""Domains that say "later": fewer of their mails at once, then fewer in a time, until they take mail again.

A domain that takes its mail costs nothing here. One that refuses for now (4xx that is not about one mailbox) gets half
as many at once, down to one; then a pause between two that grows to a second, no more: greylisting refuses every first
mail to a reader, and a thousand of them are through within twenty minutes.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from newsletter.deliver.verdict import Fate, Outcome
from newsletter.model import Claim

SHORTEST: Final = 0.05  # seconds between two mails, the first time
LONGEST: Final = 1.0
TAKEN: Final = 10  # in a row, until there is a little more room
LOOK: Final = 0.5  # seconds, at most, until somebody who waits looks again


@dataclass(slots=True)
class Slow:
    """A domain that refused for now: how many at once, how long between two, what is under way."""

    most: int
    pause: float = 0.0
    next_at: float = 0.0
    taken: int = 0
    under_way: set[int] = field(default_factory=set)


class Domains:
    """The domains that are treated with care. `connections`: how many mails may be under way at once elsewhere."""

    def __init__(self, connections: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._connections = connections
        self._clock = clock
        self._slow: dict[str, Slow] = {}
        self._changed = asyncio.Event()

    def pick(self, ready: deque[Claim]) -> Claim | None:
        """The first claim that may be begun now, taken out and begun; None where all have to wait."""
        if not self._slow:
            return ready.popleft()
        for index, claim in enumerate(ready):
            if self.may(claim):
                del ready[index]
                self.begin(claim)
                return claim
        return None

    def may(self, claim: Claim) -> bool:
        """Whether a mail of this claim may be begun now."""
        slow = self._slow.get(_domain(claim)) if self._slow else None
        return slow is None or (len(slow.under_way) < slow.most and self._clock() >= slow.next_at)

    def begin(self, claim: Claim) -> None:
        """A mail is begun."""
        slow = self._slow.get(_domain(claim)) if self._slow else None
        if slow is not None:
            slow.under_way.add(claim.delivery)
            slow.next_at = self._clock() + slow.pause

    def end(self, claim: Claim, outcome: Outcome | None = None) -> None:
        """It is over; what the answer was, where there was one."""
        crowded = outcome is not None and outcome.crowded
        if not self._slow and not crowded:
            return
        domain = _domain(claim)
        slow = self._slow.get(domain)
        if slow is None:
            if crowded:
                self._slow[domain] = Slow(max(self._connections // 2, 1))
            return
        slow.under_way.discard(claim.delivery)
        if crowded:
            self._tighten(slow)
        elif outcome is not None and outcome.fate is Fate.ACCEPTED:
            self._loosen(domain, slow)
        self._changed.set()

    async def pause(self) -> None:
        """Wait until something may have changed."""
        self._changed.clear()
        now = self._clock()
        soonest = min((slow.next_at - now for slow in self._slow.values() if slow.next_at > now), default=LOOK)
        try:
            await asyncio.wait_for(self._changed.wait(), min(soonest, LOOK))
        except TimeoutError:
            return

    def _tighten(self, slow: Slow) -> None:
        slow.taken = 0
        if slow.most > 1:
            slow.most //= 2
        else:
            slow.pause = min(max(slow.pause * 2, SHORTEST), LONGEST)

    def _loosen(self, domain: str, slow: Slow) -> None:
        slow.taken += 1
        if slow.taken < TAKEN:
            return
        slow.taken = 0
        if slow.pause:
            slow.pause = slow.pause / 2 if slow.pause > SHORTEST else 0.0
        else:
            slow.most += 1
        if slow.most >= self._connections:
            del self._slow[domain]


def _domain(claim: Claim) -> str:
    return claim.email.rpartition("@")[2].lower()
