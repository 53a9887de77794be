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
TAKEN: Final = 500  # mails in a row, until a share that was halved is doubled
LEAST: Final = 64


def next_try(attempts: int, now: datetime) -> datetime:
    """When to try again after `attempts` earlier tries and one more that was refused for now."""
    step = STEPS[min(attempts, len(STEPS) - 1)]
    return now + step * random.uniform(1 - SPREAD, 1 + SPREAD)


def gave_up(dated: datetime, at: datetime, *, notice: bool) -> bool:
    """Whether a mail of `dated` is too old to be tried once more at `at`."""
    return at > dated + (GIVE_UP_NOTICE if notice else GIVE_UP_EDITION)


class Breaker:
    """Leaves a failing mail server alone: after five failures in a row for a minute, then twice as long each time.

    One that asks to be left alone is left as long as it asks, then gets half as much at a time: `share` is what of the
    connections may be open, as a divisor, and recovers as mails are taken. Each process has its own: it finds out with
    a few mails, and what it knows may be about its own way to the server alone.
    """

    def __init__(self) -> None:
        self.rests_until: datetime | None = None
        self.share = 1
        self._asked_until: datetime | None = None
        self._failures = 0
        self._taken = 0
        self._rest = FIRST_REST

    @property
    def probing(self) -> bool:
        """Whether the next connection is to find out if the server is back: one at a time, then."""
        return self.rests_until is not None

    def ready(self, now: datetime) -> bool:
        """Whether the server may be tried."""
        return self.rests_until is None or now >= self.rests_until

    def succeeded(self, now: datetime) -> None:
        """A mail was answered for; what was under way when we were asked to wait changes nothing about that."""
        if self._asked_until is not None and now < self._asked_until:
            return
        self.rests_until, self._asked_until, self._failures, self._rest = None, None, 0, FIRST_REST
        self._taken += 1
        if self._taken >= TAKEN:
            self.share, self._taken = max(self.share // 2, 1), 0

    def leave(self, until: datetime) -> bool:
        """It asks to be left alone until then; whether a person should hear of it: it asks again and again."""
        if self._asked_until is None:  # said to one connection; the others will hear the same
            self.share = min(self.share * 2, LEAST)
        self._asked_until = self.rests_until = max(until, self.rests_until or until)
        self._taken = 0
        self._failures += 1
        return self._failures == FAILURES

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
