"""When a page is looked at again, and when a source is. Pure functions of what the store knows.

A page is looked at again, by conditional GET, the less often the older its release is: hourly in the first week,
every six hours in the second, daily in the first month, monthly in the first year, then never. It is looked at at once
where the list speaks of it otherwise than before, where the list no longer has it, and ten minutes after it was first
found gone. A page that was kept back is tried again in the same rhythm, counted from the day it was found.
"""

from __future__ import annotations

from datetime import datetime, timedelta

RHYTHM = (
    (timedelta(days=7), timedelta(hours=1)),
    (timedelta(days=14), timedelta(hours=6)),
    (timedelta(days=31), timedelta(days=1)),
    (timedelta(days=365), timedelta(days=30)),
)
"""(age up to, time between two looks)"""

SOON = timedelta(minutes=10)  # between two looks at a page that somebody has a reason to look at
LONGEST_BACK_OFF = timedelta(hours=6)
LONGEST_RETRY_AFTER = timedelta(days=1)  # that is believed
OLDEST = RHYTHM[-1][0]


def page_due(checked_at: datetime | None, born: datetime, now: datetime, *, hinted: bool = False) -> bool:
    """Whether to look at a page now; `born` is when its release was published (or the page found)."""
    if checked_at is None:
        return True
    since = now - checked_at
    if since < -SOON:
        return True  # looked at by a clock that was ahead: what it says of itself counts for nothing
    if hinted:
        return since >= SOON
    pause = next((pause for age, pause in RHYTHM if now - born <= age), None)
    return pause is not None and since >= pause


def next_look(now: datetime, every: timedelta, failures: int, retry_after: float | None = None) -> datetime:
    """When a source is collected again: every so often; after failures ever later, up to six hours (or `every`).

    `retry_after` (seconds) is what its server asked for.
    """
    pause = every
    if failures:
        pause = max(every, min(every * 2 ** min(failures, 10), LONGEST_BACK_OFF))
    return now + max(pause, timedelta(seconds=retry_after or 0))


def latest_look(now: datetime, every: timedelta) -> datetime:
    """When a source is due at the latest, whatever its portal answered; only a clock that was wrong says more."""
    return now + max(every, LONGEST_BACK_OFF, LONGEST_RETRY_AFTER)
