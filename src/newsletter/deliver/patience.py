"""How long to wait: for one delivery after a refusal, for the whole mail server after it failed."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Final

# RFC 5321, 4.5.4.1 asks for 30 minutes and 4-5 days; the early ones are for greylisting, as Postfix does it.
STEPS: Final = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60, 120, 240))
SPREAD: Final = 0.2
GIVE_UP_NOTICE: Final = timedelta(hours=24)
GIVE_UP_EDITION: Final = timedelta(hours=72)

FAILURES: Final = 5  # in a row, before the server is left alone
FIRST_REST: Final = timedelta(minutes=1)
LONGEST_REST: Final = timedelta(minutes=60)


def next_try(attempts: int, now: datetime) -> datetime:
    """When to try again after `attempts` earlier tries and one more that was refused for now."""
    step = STEPS[min(attempts, len(STEPS) - 1)]
    return now + step * random.uniform(1 - SPREAD, 1 + SPREAD)


def gave_up(dated: datetime, at: datetime, *, notice: bool) -> bool:
    """Whether a mail of `dated` is too old to be tried once more at `at`."""
    return at > dated + (GIVE_UP_NOTICE if notice else GIVE_UP_EDITION)


class Breaker:
    """Leaves a failing mail server alone: after five failures in a row for a minute, then twice as long each time."""

    def __init__(self) -> None:
        self.rests_until: datetime | None = None
        self._failures = 0
        self._rest = FIRST_REST

    @property
    def probing(self) -> bool:
        """Whether the next connection is to find out if the server is back: one at a time, then."""
        return self.rests_until is not None

    def ready(self, now: datetime) -> bool:
        """Whether the server may be tried."""
        return self.rests_until is None or now >= self.rests_until

    def succeeded(self) -> None:
        self.rests_until, self._failures, self._rest = None, 0, FIRST_REST

    def failed(self, now: datetime) -> bool:
        """Count a failure; whether this one began a rest."""
        self._failures += 1
        return (self.probing or self._failures >= FAILURES) and self.trip(now)

    def trip(self, now: datetime) -> bool:
        """Begin a rest at once; whether there was none before."""
        if not self.ready(now):
            return False
        self.rests_until = now + self._rest
        self._rest = min(self._rest * 2, LONGEST_REST)
        return True
