"""When a source has gone silent."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from newsletter.collect.contract import silence
from newsletter.collect.contract.silence import Silence

MONDAY = date(2026, 6, 1)


def days(*numbers: int) -> list[date]:
    return [MONDAY + timedelta(days=n) for n in numbers]


def workdays(weeks: int) -> list[date]:
    return days(*(7 * week + day for week in range(weeks) for day in range(5)))


def never(day: date) -> bool:
    return False


@pytest.mark.parametrize(
    ("known", "today", "silent"),
    [
        (workdays(4), 26, None),  # the last was on Friday, the 25th day
        (workdays(4), 28, None),  # a weekend
        (workdays(4), 30, None),
        (workdays(4), 31, Silence(MONDAY + timedelta(days=25), 3, 0)),  # three workdays without
        (days(0, 7, 14, 21, 28), 49, None),  # once a week, on Mondays: two are missed
        (days(0, 7, 14, 21, 28), 56, Silence(MONDAY + timedelta(days=28), 3, 0)),
        (days(0, 3, 7, 12, 20, 24), 45, None),
        (days(0, 3, 7, 12, 20, 24), 70, Silence(MONDAY + timedelta(days=24), 26, 4)),
        (days(0, 1, 2, 3), 900, None),  # too few to tell
        (days(0, 0, 0, 0, 0, 0), 900, None),
        ([], 900, None),
        (days(0, 1, 2, 3, 4, 500), 4, None),  # dated ahead
    ],
)
def test_a_source_is_silent_when_it_rests_three_times_as_long_as_ever(
    known: list[date], today: int, silent: Silence | None
) -> None:
    assert silence(known, MONDAY + timedelta(days=today), never) == silent


def test_one_summer_break_in_twenty_is_not_usual() -> None:
    known = workdays(5) + [day + timedelta(weeks=10) for day in workdays(5)]
    found = silence(known, known[-1] + timedelta(days=10), never)
    assert found is not None
    assert found.usual == 0


def test_holidays_and_the_days_between_the_years_do_not_count() -> None:
    known = [date(2026, 11, 2) + timedelta(days=n) for n in range(52) if n % 7 < 5]
    assert known[-1] == date(2026, 12, 23)
    assert silence(known, date(2027, 1, 4), never) is None
    assert silence(known, date(2027, 1, 7), never) == Silence(date(2026, 12, 23), 3, 0)
    assert silence(known, date(2027, 1, 7), lambda day: day == date(2027, 1, 6)) is None
