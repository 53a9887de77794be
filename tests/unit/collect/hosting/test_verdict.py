"""What a look at a picture means, and when to look again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newsletter.collect.hosting import verdict
from newsletter.errors import FetchError, UnfitImage
from newsletter.model import DueImage, ImageCopy, ImageState, KnownImage, Page

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
SRC = "https://musterstadt.example/bilder/bruecke.jpg"
COPY = ImageCopy("ab/abcd.jpg", "image/jpeg", 1200, 675, 90_000)
KNOWN = KnownImage(SRC, ImageState.GOOD, "hash", COPY, "image/jpeg", 4000, 2250, 2_000_000, '"1"', "then", NOW, NOW)


def due(image: KnownImage = KNOWN, age: timedelta = timedelta(hours=1)) -> DueImage:
    return DueImage(image, NOW - age)


def test_a_good_picture_is_looked_at_again_the_less_often_the_older_its_release_is() -> None:
    ages = {timedelta(days=1): 1, timedelta(days=14): 1, timedelta(days=15): 30, timedelta(days=365): 30}
    for age, days in ages.items():
        assert verdict.next_look(NOW - age, 0, NOW) == NOW + timedelta(days=days)
    assert verdict.next_look(NOW - timedelta(days=366), 0, NOW) is None


def test_one_that_fails_is_tried_ever_later_and_in_the_end_no_more() -> None:
    born = NOW - timedelta(hours=1)
    minutes = [
        ((verdict.next_look(born, failures, NOW) or NOW) - NOW) / timedelta(minutes=1) for failures in range(1, 10)
    ]
    assert minutes == [10, 20, 40, 80, 160, 320, 640, 1280, 1440]
    assert verdict.next_look(born, 500, NOW) == NOW + timedelta(days=1)
    assert verdict.next_look(NOW - timedelta(days=32), 12, NOW) is not None
    assert verdict.next_look(NOW - timedelta(days=32), 13, NOW) is None


def test_a_failure_keeps_the_copy() -> None:
    failed = verdict.failed(due(), FetchError("no answer"), NOW)
    assert (failed.state, failed.copy, failed.failures, failed.problem) == (ImageState.FAILED, COPY, 1, "no answer")
    assert (failed.etag, failed.content_hash) == ('"1"', "hash")


@pytest.mark.parametrize(("seconds", "pause"), [(90.0, timedelta(minutes=10)), (3_600.0, timedelta(hours=1))])
def test_a_rest_that_the_portal_asks_for_is_given(seconds: float, pause: timedelta) -> None:
    rest = verdict.failed(due(KnownImage(SRC)), FetchError("rest", retry_after=seconds), NOW)
    assert (rest.failures, rest.next_at) == (1, NOW + pause)


@pytest.mark.parametrize(("stand_in", "state"), [(False, ImageState.UNFIT), (True, ImageState.STAND_IN)])
def test_what_cannot_be_shown_takes_the_place_of_what_lay_there(stand_in: bool, state: ImageState) -> None:
    unfit = verdict.unfit(due(), UnfitImage("an SVG", stand_in=stand_in), NOW)
    assert (unfit.state, unfit.copy, unfit.content_hash, unfit.etag, unfit.problem) == (
        state,
        None,
        None,
        None,
        "an SVG",
    )
    later = verdict.failed(due(unfit), FetchError("no answer"), NOW)
    assert later.state is state


def test_gone_twice_is_gone() -> None:
    once = verdict.gone(due(), 404, NOW)
    assert (once.state, once.copy) == (ImageState.FAILED, COPY)
    twice = verdict.gone(due(once), 404, NOW)
    assert (twice.state, twice.copy, twice.problem) == (ImageState.UNFIT, None, "answered 404")


def test_a_good_look_forgets_what_was_wrong() -> None:
    failed = verdict.failed(due(), "it did not come", NOW)
    assert verdict.unchanged(due(failed), NOW).problem is None
    good = verdict.good(due(failed), KNOWN, Page(SRC, b"", etag='"2"'), NOW)
    assert (good.state, good.failures, good.problem, good.etag, good.last_modified) == (
        ImageState.GOOD,
        0,
        None,
        '"2"',
        None,
    )
