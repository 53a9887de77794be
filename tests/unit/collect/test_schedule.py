"""When pages and sources are looked at again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newsletter.collect.schedule import latest_look, next_look, page_due

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("age", "since", "due"),
    [
        (1 * HOUR, 59 * MINUTE, False),
        (1 * HOUR, 60 * MINUTE, True),
        (6 * DAY, 1 * HOUR, True),
        (8 * DAY, 1 * HOUR, False),
        (8 * DAY, 6 * HOUR, True),
        (20 * DAY, 6 * HOUR, False),
        (20 * DAY, 1 * DAY, True),
        (100 * DAY, 29 * DAY, False),
        (100 * DAY, 30 * DAY, True),
        (366 * DAY, 300 * DAY, False),
        (-1 * DAY, 1 * HOUR, True),  # published tomorrow
    ],
)
def test_the_older_the_rarer(age: timedelta, since: timedelta, due: bool) -> None:
    assert page_due(NOW - since, NOW - age, NOW) is due


def test_a_page_never_looked_at_is_due_whatever_its_age() -> None:
    assert page_due(None, NOW - 4_000 * DAY, NOW)


@pytest.mark.parametrize(("since", "due"), [(9 * MINUTE, False), (10 * MINUTE, True)])
def test_a_reason_to_look_makes_it_due_soon(since: timedelta, due: bool) -> None:
    assert page_due(NOW - since, NOW - 200 * DAY, NOW, hinted=True) is due


@pytest.mark.parametrize(
    ("every", "failures", "retry_after", "pause"),
    [
        (15 * MINUTE, 0, None, 15 * MINUTE),
        (15 * MINUTE, 1, None, 30 * MINUTE),
        (15 * MINUTE, 2, None, 1 * HOUR),
        (15 * MINUTE, 5, None, 6 * HOUR),
        (15 * MINUTE, 500, None, 6 * HOUR),
        (1 * DAY, 3, None, 1 * DAY),
        (15 * MINUTE, 0, 3_600.0, 1 * HOUR),
        (15 * MINUTE, 1, 60.0, 30 * MINUTE),
    ],
)
def test_back_off(every: timedelta, failures: int, retry_after: float | None, pause: timedelta) -> None:
    assert next_look(NOW, every, failures, retry_after) == NOW + pause


def test_what_a_clock_that_was_ahead_looked_at_is_looked_at_again() -> None:
    assert page_due(NOW + 3_650 * DAY, NOW - 400 * DAY, NOW)
    assert not page_due(NOW + 1 * MINUTE, NOW - HOUR, NOW)  # two machines never agree to the second


@pytest.mark.parametrize(("every", "latest"), [(15 * MINUTE, 1 * DAY), (30 * DAY, 30 * DAY)])
def test_no_look_is_put_off_further_than_the_longest_rest(every: timedelta, latest: timedelta) -> None:
    assert latest_look(NOW, every) == NOW + latest
    for failures in (0, 5, 500):
        assert next_look(NOW, every, failures, latest.total_seconds()) <= latest_look(NOW, every)
