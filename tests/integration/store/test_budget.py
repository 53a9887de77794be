"""Caps hold in every window, for all processes on a database together."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from newsletter.deliver.pace import AT_ONCE, DAY, HOUR, MINUTE, Caps, Pace
from newsletter.model import Grant
from newsletter.store.budget import LASTS, Budget
from newsletter.store.database import Database, open_database
from tests.integration.store.test_releases import NOW

SECOND = timedelta(seconds=1)


async def begun(pace: Pace, now: datetime, most: int) -> int:
    """How many of so many mails may be begun at a moment."""
    for number in range(most):
        if not await pace.allows(now):
            return number
        pace.begin()
    return most


@pytest.mark.parametrize("caps", [Caps(per_minute=3), Caps(per_hour=3), Caps(per_day=3)])
async def test_a_cap_holds_in_every_window_wherever_it_begins(database: Database, caps: Caps) -> None:
    pace, now, sent = Pace(caps, Budget(database)), NOW, list[datetime]()
    (window,) = (window for window, most in caps.windows if most)
    for _ in range(20):
        sent += [now] * await begun(pace, now, 2)
        at = pace.room_at(now)
        now = at if at is not None else now + SECOND
    assert len(sent) >= 18
    assert all(later - earlier >= window for earlier, later in zip(sent, sent[3:], strict=False))


async def test_the_strictest_cap_counts(database: Database) -> None:
    pace = Pace(Caps(per_minute=2, per_hour=3), Budget(database))
    assert await begun(pace, NOW, 5) == 2
    assert pace.room_at(NOW) == NOW + MINUTE + LASTS
    later = NOW + MINUTE + LASTS
    assert await begun(pace, later, 5) == 1
    assert pace.room_at(later) == NOW + HOUR + LASTS


async def test_two_processes_share_the_caps(database: Database) -> None:
    caps = Caps(per_hour=120)
    one, two = Pace(caps, Budget(database)), Pace(caps, Budget(database))
    assert await begun(one, NOW, 30) == 30
    assert await begun(two, NOW, 100) == 120 - AT_ONCE  # the first has some left of what it asked for
    assert two.room_at(NOW) == NOW + LASTS, "by then it is known what the first has left"
    await one.end()
    assert await begun(two, NOW, 100) == 0
    assert await begun(two, NOW + LASTS, 100) == AT_ONCE - 30
    assert two.room_at(NOW + LASTS) == NOW + HOUR + LASTS


def test_a_clock_that_was_wrong_stops_nothing_for_long(database: Database) -> None:
    budget = Budget(database)
    assert budget.grant(((MINUTE, 5),), 5, NOW + 365 * DAY).mails == 5
    assert budget.grant(((MINUTE, 5),), 5, NOW).room_at == NOW + LASTS
    assert budget.grant(((MINUTE, 5),), 5, NOW + MINUTE + LASTS).mails == 5


async def test_what_was_not_begun_in_time_is_asked_for_again(database: Database) -> None:
    pace = Pace(Caps(per_hour=60), Budget(database))
    assert await begun(pace, NOW, 10) == 10
    later = NOW + LASTS + SECOND
    assert await begun(pace, later, 100) == 50
    assert pace.room_at(later) == NOW + HOUR + LASTS


async def test_what_was_not_sent_after_all_gives_its_room_back(database: Database) -> None:
    pace = Pace(Caps(per_day=1), Budget(database))
    assert await begun(pace, NOW, 1) == 1
    pace.give_back()
    assert await begun(pace, NOW, 2) == 1


async def test_without_a_cap_nobody_is_asked() -> None:
    class Nobody:
        def grant(self, *_: object) -> Grant:
            raise AssertionError

        give_back = grant

    assert await begun(Pace(Caps(), Nobody()), NOW, 1000) == 1000  # type: ignore[arg-type]


def test_many_that_ask_at_once_get_no_more_than_the_cap(store_url: str) -> None:
    databases = [open_database(store_url) for _ in range(4 if store_url.startswith("postgresql") else 1)]
    budgets = [Budget(database) for database in databases] * (8 // len(databases))
    windows = ((MINUTE, 1000), (HOUR, 300), (DAY, 0))

    def ask(budget: Budget) -> int:
        return sum(budget.grant(windows, 20, NOW).mails for _ in range(10))

    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(ask, budgets))
    for database in databases:
        database.close()
    assert sum(got) == 300
    assert sum(Counter(number % 20 for number in got).values()) == 8


def test_what_is_older_than_any_window_is_forgotten(database: Database) -> None:
    budget = Budget(database)
    assert budget.grant(((MINUTE, 5),), 5, NOW).mails == 5
    assert budget.grant(((MINUTE, 5),), 5, NOW + SECOND).mails == 0
    assert budget.grant(((MINUTE, 5),), 5, NOW + MINUTE + LASTS).mails == 5
