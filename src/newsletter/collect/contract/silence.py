"""Whether a source has gone silent: longer without a release than it ever was, by the days on which it publishes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

LEAST_DAYS = 5  # days with a release; fewer tell no rhythm
LEAST_PAUSE = 3  # days
TIMES = 3  # so often the longest usual pause
OUTLIERS = 0.05  # share of the pauses that were no usual ones: a summer break
RARE = 0.05  # share of its releases that a weekday must have to be one on which the source publishes


@dataclass(frozen=True, slots=True)
class Silence:
    """Since when there was no release, and how long it usually is, in days on which the source publishes."""

    since: date
    lasted: int
    usual: int


def silence(days: Sequence[date], today: date, free: Callable[[date], bool]) -> Silence | None:
    """Whether a source that had releases on `days` is silent; `free` says which days are holidays. None: it is not.

    The days between Christmas and New Year never count, and no weekday on which it hardly ever publishes.
    """
    known = sorted(set(days))
    if len(known) < LEAST_DAYS:
        return None
    weekdays = Counter(day.weekday() for day in days)
    working = {day for day, times in weekdays.items() if times > RARE * len(days)}

    def pause(first: date, last: date) -> int:
        """Days between the two on which there might have been a release."""
        between = (first + timedelta(days=n) for n in range(1, (last - first).days))
        return sum(day.weekday() in working and not _between_the_years(day) and not free(day) for day in between)

    pauses = sorted(pause(*two) for two in pairwise(known))
    usual = pauses[-1 - int(OUTLIERS * len(pauses))]
    lasted = pause(known[-1], today)
    return Silence(known[-1], lasted, usual) if lasted >= max(LEAST_PAUSE, TIMES * (usual + 1)) else None


def _between_the_years(day: date) -> bool:
    return (day.month, day.day) >= (12, 24) or (day.month, day.day) == (1, 1)
