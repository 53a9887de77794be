"""The trial of an edition's first mails."""

from __future__ import annotations

from newsletter.deliver.pace import Trial
from newsletter.deliver.verdict import Fate


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
