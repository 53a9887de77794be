"""When editions are due: local times of day as moments in UTC, each exactly once whatever the clock does."""

from __future__ import annotations

from collections.abc import Container
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from newsletter.config import WEEKDAYS, Newsletter
from newsletter.model import Cadence

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def slots_between(
    newsletter: Newsletter, cadence: Cadence, after: datetime, until: datetime, zone: ZoneInfo
) -> list[datetime]:
    """The slots of a cadence with `after` < slot <= `until`, in UTC, the oldest first.

    A local time that a change of the clock leaves out counts as the first moment after the gap; of one that comes twice
    the first counts. Days off (`holidays`) have no slot. `immediate` has none at all.
    """
    found = set()
    day = after.astimezone(zone).date() - DAY  # a slot in a gap may move into the next day
    last = until.astimezone(zone).date()
    while day <= last:
        if is_send_day(newsletter, cadence, day):
            found.add(moment_of(day, newsletter, zone))
        day += DAY
    return sorted(slot for slot in found if after < slot <= until)


def is_send_day(newsletter: Newsletter, cadence: Cadence, day: date) -> bool:
    """Whether a cadence has a slot on that local day."""
    weekday = WEEKDAYS[day.weekday()]
    match cadence:
        case Cadence.DAILY:
            wanted = weekday in newsletter.send_days
        case Cadence.WEEKLY:
            wanted = newsletter.weekly_on.startswith(weekday)
        case Cadence.IMMEDIATE:
            wanted = False
    return wanted and not (newsletter.holidays and day in _holidays(newsletter.holidays))


def moment_of(day: date, newsletter: Newsletter, zone: ZoneInfo) -> datetime:
    """The slot of a local day in UTC."""
    local = datetime.combine(day, newsletter.send_at, tzinfo=zone)  # fold=0: the first of two
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    return _end_of_gap(local.replace(fold=1).astimezone(UTC), moment, zone)


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The moment between two at which the clock was put forward (PEP 495: in a gap, fold=1 lies before fold=0)."""
    new = after.astimezone(zone).utcoffset()
    while after - before > SECOND:
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == new:
            after = middle
        else:
            before = middle
    return after.replace(microsecond=0)


@lru_cache
def _holidays(region: str) -> Container[date]:
    import holidays  # all the world's calendars, for those who need one

    country, _, part = region.partition("-")
    return holidays.country_holidays(country, subdiv=part or None)
