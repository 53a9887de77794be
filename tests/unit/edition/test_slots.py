"""Slots: local times, each exactly once."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.config import Newsletter
from newsletter.edition.slots import composed_at, decided_by, moment_at, slots_between, slots_to_compose
from newsletter.errors import BadInput
from newsletter.model import Cadence
from tests.unit.edition.samples import newsletter

BERLIN = ZoneInfo("Europe/Berlin")
DAILY, WEEKLY, IMMEDIATE = Cadence.DAILY, Cadence.WEEKLY, Cadence.IMMEDIATE


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def slots(newsletter: Newsletter, cadence: Cadence, after: str, until: str) -> list[str]:
    found = slots_between(newsletter, cadence, utc(after), utc(until), BERLIN)
    return [f"{slot:%a %Y-%m-%d %H:%M}" for slot in found]


def test_daily_slots_are_local_times() -> None:
    assert slots(newsletter(), DAILY, "2026-11-20 06:00", "2026-11-22 06:00") == [
        "Sat 2026-11-21 06:00",
        "Sun 2026-11-22 06:00",
    ]
    assert slots(newsletter(), DAILY, "2026-07-01 00:00", "2026-07-01 23:00") == ["Wed 2026-07-01 05:00"]


def test_send_days_bind_daily_and_not_weekly() -> None:
    workdays = newsletter(send_days=["mon", "tue"], weekly_on="thursday")
    assert slots(workdays, DAILY, "2026-11-16 00:00", "2026-11-24 00:00") == [
        "Mon 2026-11-16 06:00",
        "Tue 2026-11-17 06:00",
        "Mon 2026-11-23 06:00",
    ]
    assert slots(workdays, WEEKLY, "2026-11-16 00:00", "2026-11-24 00:00") == ["Thu 2026-11-19 06:00"]


def test_holidays_have_no_slot() -> None:
    south = newsletter(holidays="DE-BW", weekly_on="thursday")
    north = newsletter(holidays="DE-HH", weekly_on="thursday")
    corpus_christi = ("2026-06-04 00:00", "2026-06-05 00:00")
    assert slots(south, DAILY, *corpus_christi) == []
    assert slots(south, WEEKLY, *corpus_christi) == []
    assert slots(north, DAILY, *corpus_christi) == ["Thu 2026-06-04 05:00"]


def test_immediate_has_no_slots() -> None:
    assert slots(newsletter(), IMMEDIATE, "2026-01-01 00:00", "2026-12-31 00:00") == []


@pytest.mark.parametrize(
    ("send_at", "night", "expected"),
    [
        (time(2, 30), ("2026-03-28 12:00", "2026-03-29 12:00"), ["Sun 2026-03-29 01:00"]),  # 02:00 became 03:00
        (time(3, 0), ("2026-03-28 12:00", "2026-03-29 12:00"), ["Sun 2026-03-29 01:00"]),
        (time(2, 0), ("2026-03-28 12:00", "2026-03-29 12:00"), ["Sun 2026-03-29 01:00"]),
        (time(1, 59), ("2026-03-28 12:00", "2026-03-29 12:00"), ["Sun 2026-03-29 00:59"]),
        (time(2, 30), ("2026-10-24 12:00", "2026-10-25 12:00"), ["Sun 2026-10-25 00:30"]),  # came twice: the first
    ],
)
def test_nights_of_changing_clocks(send_at: time, night: tuple[str, str], expected: list[str]) -> None:
    assert slots(newsletter(send_at=send_at), DAILY, *night) == expected


def test_a_day_that_a_country_left_out_moves_to_the_first_moment_after_it() -> None:
    samoa = ZoneInfo("Pacific/Apia")  # there was no 2011-12-30
    found = slots_between(newsletter(), DAILY, utc("2011-12-29 00:00"), utc("2011-12-31 12:00"), samoa)
    local = [slot.astimezone(samoa) for slot in found]
    assert [f"{slot:%d %H:%M}" for slot in local] == ["29 07:00", "31 00:00", "31 07:00"]


@given(
    start=st.integers(0, 26_000).map(lambda hours: utc("2025-01-01 00:00") + timedelta(hours=hours)),
    hours=st.tuples(st.integers(0, 400), st.integers(0, 400)),
    send_at=st.times(max_value=time(23, 59)).map(lambda at: at.replace(second=0, microsecond=0)),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
)
def test_however_the_time_is_cut_each_slot_comes_once(
    start: datetime, hours: tuple[int, int], send_at: time, zone: str
) -> None:
    daily, place = newsletter(send_at=send_at), ZoneInfo(zone)
    middle = start + timedelta(hours=hours[0])
    end = middle + timedelta(hours=hours[1])
    whole = slots_between(daily, DAILY, start, end, place)
    halves = slots_between(daily, DAILY, start, middle, place) + slots_between(daily, DAILY, middle, end, place)
    assert whole == halves
    days: list[date] = [slot.astimezone(place).date() for slot in whole]
    assert len(days) == len(set(days))
    assert all(later - earlier <= timedelta(hours=26) for earlier, later in pairwise(whole))


def asking(**more: object) -> Newsletter:
    return newsletter(approval="editor", **more)


def test_what_an_editor_approves_is_composed_ahead_by_the_local_clock() -> None:
    evening = asking(send_at=time(7), compose_at=time(18), approve_by=time(21))
    slot = utc("2026-10-25 06:00")  # 07:00 on the day on which the clock was put back at three
    assert composed_at(evening, slot, BERLIN) == utc("2026-10-24 16:00")
    assert decided_by(evening, slot, utc("2026-10-24 16:00"), BERLIN) == utc("2026-10-24 19:00")
    after, before, on = utc("2026-10-24 06:00"), utc("2026-10-24 15:59"), utc("2026-10-24 16:00")
    assert slots_to_compose(evening, DAILY, after, before, BERLIN) == []
    assert slots_to_compose(evening, DAILY, after, on, BERLIN) == [slot]
    assert decided_by(newsletter(), slot, on, BERLIN) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-28 09:30", "2026-11-28 08:30"),
        ("2026-11-28T09:30", "2026-11-28 08:30"),
        ("2026-11-28T09:30:00Z", "2026-11-28 09:30"),
        ("2026-10-25 02:30", "2026-10-25 00:30"),  # comes twice: the first
    ],
)
def test_a_moment_is_written_by_the_sites_clock(text: str, moment: str) -> None:
    assert moment_at(text, BERLIN) == utc(moment)


@pytest.mark.parametrize("text", ["", "morgen", "2026-03-29 02:30", "28.11.2026 09:30", "2026-13-01 00:00"])
def test_what_is_no_moment_is_told(text: str) -> None:
    with pytest.raises(BadInput):
        moment_at(text, BERLIN)
