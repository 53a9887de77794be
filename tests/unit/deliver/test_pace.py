"""Caps in sliding windows, and the trial of an edition's first mails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newsletter.deliver.pace import DAY, HOUR, MINUTE, Caps, Pace, Trial
from newsletter.deliver.verdict import Fate

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_without_a_cap_there_is_always_room() -> None:
    pace = Pace(Caps())
    for _ in range(1000):
        pace.begin(NOW)
    assert pace.room(NOW) is None


@pytest.mark.parametrize(
    ("caps", "window"), [(Caps(per_minute=3), MINUTE), (Caps(per_hour=3), HOUR), (Caps(per_day=3), DAY)]
)
def test_a_cap_holds_in_every_window_wherever_it_begins(caps: Caps, window: timedelta) -> None:
    pace, sent, now = Pace(caps), list[datetime](), NOW
    for _ in range(200):
        if (later := pace.room(now)) is None:
            pace.begin(now)
            sent.append(now)
        else:
            assert later > now
            now = later - SECOND
            assert pace.room(now), "not a second too soon"
            now = later
    assert len(sent) > 50
    assert all(later - earlier >= window for earlier, later in zip(sent, sent[3:], strict=False))


def test_the_strictest_cap_counts() -> None:
    pace = Pace(Caps(per_minute=2, per_hour=3))
    pace.remember([NOW - 30 * MINUTE, NOW - SECOND])
    assert pace.room(NOW) is None
    pace.begin(NOW)
    assert pace.room(NOW) == NOW + 30 * MINUTE


def test_what_was_not_sent_after_all_gives_its_room_back() -> None:
    pace = Pace(Caps(per_day=1))
    pace.begin(NOW)
    pace.give_back()
    assert pace.room(NOW) is None


def test_eleven_of_the_first_two_hundred_stop_an_edition_once() -> None:
    trial = Trial()
    assert [trial.failed("e", Fate.FAILED) for _ in range(10)] == [0] * 10
    assert [trial.failed("e", Fate.ACCEPTED) for _ in range(100)] == [0] * 100
    assert trial.failed("other", Fate.UNKNOWN) == 0
    assert [trial.failed("e", Fate.UNKNOWN), trial.failed("e", Fate.UNKNOWN)] == [11, 0]


def test_what_fails_later_or_for_now_stops_nothing() -> None:
    trial = Trial()
    fates = [Fate.ACCEPTED] * 190 + [Fate.FAILED] * 10 + [Fate.FAILED] * 500
    assert not any(trial.failed("e", fate) for fate in fates)
    assert not any(trial.failed("d", Fate.DEFERRED) for _ in range(300))
