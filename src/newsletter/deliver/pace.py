"""How much goes out: caps that a mail server or provider sets, and a stop where an edition's addresses are bad."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from time import monotonic
from typing import Final

from newsletter.deliver.verdict import Fate

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
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
    def longest(self) -> timedelta:
        """How far back one has to look; zero where there is no cap."""
        return max((window for window, most in self.windows if most), default=timedelta())

    @property
    def windows(self) -> tuple[tuple[timedelta, int], ...]:
        """Each window and its cap."""
        return ((MINUTE, self.per_minute), (HOUR, self.per_hour), (DAY, self.per_day))


class Pace:
    """Counts what goes out, in windows that slide. A mail counts from when it is begun: the caps are never passed."""

    def __init__(self, caps: Caps) -> None:
        self.caps = caps
        self._begun: list[datetime] = []

    def remember(self, sent: Iterable[datetime]) -> None:
        """What went out before this process, by the ledger."""
        self._begun = sorted([*sent, *self._begun])

    def room(self, now: datetime) -> datetime | None:
        """None where one more may be begun now; else when."""
        waits = [
            self._begun[-most] + window
            for window, most in self.caps.windows
            if most and self._within(window, now) >= most
        ]
        return max(waits, default=None)

    def begin(self, now: datetime) -> None:
        """Count one."""
        if self.caps.longest:
            if len(self._begun) > 2 * max(most for _, most in self.caps.windows):
                del self._begun[: bisect_right(self._begun, now - self.caps.longest)]
            self._begun.append(now)

    def give_back(self) -> None:
        """The latest was not sent after all, and will be begun again."""
        if self._begun:
            self._begun.pop()

    def _within(self, window: timedelta, now: datetime) -> int:
        return len(self._begun) - bisect_right(self._begun, now - window)


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
