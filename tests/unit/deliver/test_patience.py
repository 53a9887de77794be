"""How long delivery waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from newsletter.deliver.patience import Breaker, gave_up, next_try

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


def test_steps_grow_and_are_spread() -> None:
    for attempts, minutes in enumerate([5, 15, 30, 60, 120, 240, 240, 240]):
        waits = [(next_try(attempts, NOW) - NOW).total_seconds() / 60 for _ in range(200)]
        assert minutes * 0.8 <= min(waits) < minutes < max(waits) <= minutes * 1.2


def test_mail_is_given_up() -> None:
    assert not gave_up(NOW, NOW + timedelta(hours=72), notice=False)
    assert gave_up(NOW, NOW + timedelta(hours=72, seconds=1), notice=False)
    assert not gave_up(NOW, NOW + timedelta(hours=24), notice=True)
    assert gave_up(NOW, NOW + timedelta(hours=24, seconds=1), notice=True)


def test_a_server_rests_after_five_failures_in_a_row() -> None:
    breaker = Breaker()
    assert [breaker.failed(NOW) for _ in range(5)] == [False, False, False, False, True]
    assert not breaker.ready(NOW + timedelta(seconds=59))
    assert not breaker.failed(NOW), "other connections that fail meanwhile change nothing"
    now, rests = NOW, []
    for _ in range(8):
        assert breaker.rests_until
        rests.append((breaker.rests_until - now).total_seconds() / 60)
        now = breaker.rests_until
        assert breaker.ready(now)
        assert breaker.probing
        assert breaker.failed(now)
    assert rests == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_success_in_between_begins_anew() -> None:
    breaker = Breaker()
    for _ in range(3):
        assert not any(breaker.failed(NOW) for _ in range(4))
        breaker.succeeded()
    assert breaker.ready(NOW)
    assert not breaker.probing
