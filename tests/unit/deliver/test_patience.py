"""How long delivery waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from newsletter.deliver.patience import TAKEN, Breaker, gave_up, next_try

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
        breaker.succeeded(NOW)
    assert breaker.ready(NOW)
    assert not breaker.probing


def test_who_asks_to_be_left_alone_is_left_as_long_and_then_gets_half_as_much() -> None:
    breaker = Breaker()
    until = NOW + timedelta(seconds=90)
    breaker.leave(until)
    breaker.leave(until - timedelta(seconds=30))  # another connection heard the same
    breaker.succeeded(NOW)  # a mail that was under way
    assert (breaker.rests_until, breaker.share) == (until, 2)
    assert not breaker.ready(NOW + timedelta(seconds=89))
    assert breaker.ready(until)
    assert breaker.probing
    for _ in range(TAKEN):
        breaker.succeeded(until)
    assert (breaker.probing, breaker.share) == (False, 1)


def test_who_asks_again_and_again_is_heard_of_once() -> None:
    breaker = Breaker()
    assert [breaker.leave(NOW) for _ in range(7)] == [False] * 4 + [True] + [False] * 2
