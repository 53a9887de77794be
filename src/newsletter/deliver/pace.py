"""How much goes out: caps that a mail server or provider sets, and a stop where an edition's addresses are bad."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from time import monotonic
from typing import Final

from newsletter.deliver.ledger import Budget
from newsletter.deliver.verdict import Fate
from newsletter.model import Grant

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
AT_ONCE: Final = 50  # mails asked for at a time
FIRST: Final = 200  # mails of an edition that show what its addresses are worth
MOST_REFUSED: Final = 10  # of them: 5 %
REFUSED: Final = frozenset({Fate.FAILED, Fate.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Window:
    """The hours of a day in which regular editions are sent, in a time zone; over midnight where it closes earlier."""

    opens: time
    closes: time
    zone: tzinfo

    def open(self, now: datetime) -> bool:
        """Whether it is within them."""
        at = now.astimezone(self.zone).time()
        if self.opens <= self.closes:
            return self.opens <= at < self.closes
        return at >= self.opens or at < self.closes


@dataclass(frozen=True, slots=True)
class Caps:
    """The most mails in any minute, hour and day; 0: any. Regular editions go within the `window` only."""

    per_minute: int = 0
    per_hour: int = 0
    per_day: int = 0
    window: Window | None = None

    @property
    def capped(self) -> bool:
        """Whether there is a cap."""
        return any(most for _, most in self.windows)

    @property
    def windows(self) -> tuple[tuple[timedelta, int], ...]:
        """Each window and its cap."""
        return ((MINUTE, self.per_minute), (HOUR, self.per_hour), (DAY, self.per_day))


class Pace:
    """Begins mails as the caps allow, which hold for all processes on a ledger: it asks for a few at a time."""

    def __init__(self, caps: Caps, budget: Budget) -> None:
        self.caps = caps
        self._budget = budget
        self._grant: Grant | None = None
        self._left = 0
        self._asking = asyncio.Lock()

    async def allows(self, now: datetime) -> bool:
        """Whether one more may be begun at once; the ledger is asked where nothing is at hand. Raises StoreError."""
        if self.caps.capped and not self.at_hand(now) and self.room_at(now) is None:
            async with self._asking:
                await self._ask(now)
        return self.at_hand(now)

    def at_hand(self, now: datetime) -> bool:
        """Whether one more may be begun without asking."""
        return not self.caps.capped or (self._left > 0 and self._grant is not None and now <= self._grant.until)

    def room_at(self, now: datetime) -> datetime | None:
        """When there is room again; None where there may be some now."""
        at = None if self._grant is None else self._grant.room_at
        return at if at is not None and at > now else None

    def begin(self) -> None:
        """Count one."""
        self._left -= 1

    def give_back(self) -> None:
        """The latest was not sent after all, and will be begun again."""
        self._left += 1

    async def end(self) -> None:
        """Leave what is at hand to others. Raises StoreError."""
        grant, left, self._left = self._grant, self._left, 0
        if grant is not None and left > 0:
            await asyncio.to_thread(self._budget.give_back, grant, min(left, grant.mails))

    async def _ask(self, now: datetime) -> None:
        if not self.at_hand(now) and self.room_at(now) is None:  # else another connection was quicker
            await self.end()
            spent = 0 if self._grant is None else self._grant.id
            self._grant = await asyncio.to_thread(self._budget.grant, self.caps.windows, AT_ONCE, now, spent)
            self._left = self._grant.mails


class Trial:
    """Watches the first mails of each edition."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()

    def failed(self, edition: str, fate: Fate) -> int:
        """Count what became of a mail; how many of an edition's first ones were refused, where these are too many."""
        if self._seen[edition] >= FIRST:
            return 0
        self._seen[edition] += 1
        self._refused[edition] += fate in REFUSED
        if self._refused[edition] <= MOST_REFUSED:
            return 0
        self._seen[edition] = FIRST  # said once: who resumes it wants it sent
        return self._refused[edition]


class Turn:
    """So many seconds for what is due; None: no bound."""

    def __init__(self, seconds: float | None) -> None:
        self._ends = None if seconds is None else monotonic() + seconds

    @property
    def over(self) -> bool:
        """Whether no further message may be begun."""
        return self._ends is not None and monotonic() >= self._ends
