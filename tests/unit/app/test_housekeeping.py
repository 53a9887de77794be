"""By which moment is forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from newsletter.app.housekeeping import STEP, trusted

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_a_clock_that_leaps_ahead_is_followed_in_steps() -> None:
    assert trusted(NOW, None) == NOW
    assert trusted(NOW, NOW - timedelta(hours=6)) == NOW
    assert trusted(NOW + timedelta(days=3650), NOW) == NOW + STEP


def test_one_that_is_put_back_is_followed_at_once() -> None:
    assert trusted(NOW, NOW + timedelta(days=3)) == NOW
