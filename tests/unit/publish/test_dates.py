"""Which moments feeds give."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from newsletter.model import Change, Precision
from newsletter.publish.dates import published, told_update, updated
from tests.unit.publish.sample import make

BERLIN = ZoneInfo("Europe/Berlin")
DAY = datetime(2026, 11, 19, 23, 0, tzinfo=UTC)  # midnight in Berlin


def test_a_day_is_noon_of_that_day() -> None:
    release = make(1, published=DAY, updated=DAY, published_precision=Precision.DAY, first_seen=DAY + timedelta(days=3))
    at = published(release, BERLIN)
    assert at is not None
    assert at.isoformat() == "2026-11-20T12:00:00+01:00"


@pytest.mark.parametrize("precision", list(Precision))
@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(hours=2), timedelta(days=400)])
def test_no_moment_is_later_than_when_it_was_seen(precision: Precision, ahead: timedelta) -> None:
    seen = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
    release = make(1, published=seen + ahead, updated=seen + ahead, published_precision=precision, first_seen=seen)
    at = published(release, BERLIN)
    assert at is not None
    assert at <= seen
    assert updated(release, BERLIN) <= seen + timedelta(seconds=1)


def test_undated_is_when_it_was_first_seen() -> None:
    release = make(1, published=None, published_precision=None, updated=DAY, first_seen=DAY)
    assert published(release, BERLIN) is None
    assert updated(release, BERLIN).replace(microsecond=0) == DAY


def test_releases_of_one_day_differ_in_updated() -> None:
    releases = [
        make(n, published=DAY, updated=DAY, published_precision=Precision.DAY, first_seen=DAY) for n in range(50)
    ]
    assert len({updated(release, BERLIN) for release in releases}) == 50


def test_a_cosmetic_revision_moves_nothing_and_takes_back_no_update() -> None:
    plain = make(1)
    cosmetic = make(1, revision=2, change=Change.COSMETIC)
    assert updated(cosmetic, BERLIN) == updated(plain, BERLIN)
    assert told_update(cosmetic) is None
    later = plain.updated + timedelta(days=2)
    after_update = make(1, revision=3, change=Change.COSMETIC, updated=later)
    assert told_update(after_update) == later
    assert updated(after_update, BERLIN).replace(microsecond=0) == later
