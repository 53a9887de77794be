"""When editions are due: local times of day as moments in UTC, each exactly once whatever the clock does."""

from __future__ import annotations

from collections.abc import Container
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from newsletter.config import WEEKDAYS, Newsletter
from newsletter.errors import BadInput
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


def slots_to_compose(
    newsletter: Newsletter, cadence: Cadence, after: datetime, now: datetime, zone: ZoneInfo
) -> list[datetime]:
    """The slots after `after` whose editions are due to be composed: ahead of the slot, where an editor approves."""
    ahead = now if newsletter.compose_at is None else now + DAY + DAY
    found = slots_between(newsletter, cadence, after, ahead, zone)
    return [slot for slot in found if composed_at(newsletter, slot, zone) <= now]


def composed_at(newsletter: Newsletter, slot: datetime, zone: ZoneInfo) -> datetime:
    """When the edition of a slot is composed."""
    return slot if newsletter.compose_at is None else _moment_before(slot, newsletter.compose_at, newsletter, zone)


def decided_by(newsletter: Newsletter, slot: datetime, composed: datetime, zone: ZoneInfo) -> datetime | None:
    """Until when an editor is to approve what was composed then; None where nobody is asked.

    Who gets it late, because the program was down, has as long as ever.
    """
    if newsletter.approve_by is None:
        return None
    due = _moment_before(slot, newsletter.approve_by, newsletter, zone)
    return max(due, composed + (due - composed_at(newsletter, slot, zone)))


def _moment_before(slot: datetime, at: time, newsletter: Newsletter, zone: ZoneInfo) -> datetime:
    """The local time of day before a slot, or at it: of the slot's day, or of the day before."""
    local = slot.astimezone(zone)
    day = local.date() if at <= newsletter.send_at else local.date() - DAY
    return _local(day, at, zone)


def moment_at(text: str, zone: ZoneInfo) -> datetime:
    """What a person writes, as `2026-11-28 09:30` by the site's clock, or with an offset; in UTC.

    Of a time that comes twice the first counts. Raises BadInput for what is no moment, or what the clock leaves out.
    """
    try:
        said = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise BadInput("this is no date with a time: write it as 2026-11-28 09:30") from error
    if said.tzinfo is not None:
        return said.astimezone(UTC)
    moment = said.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != said:
        raise BadInput("the clock leaves this time out: it is put forward then")
    return moment


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
    return _local(day, newsletter.send_at, zone)


def _local(day: date, at: time, zone: ZoneInfo) -> datetime:
    local = datetime.combine(day, at, tzinfo=zone)  # fold=0: the first of two
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
