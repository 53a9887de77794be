"""What a look at a picture's address means for what is known of it, and when to look again. Pure functions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from newsletter.collect.hosting.probe import Probe
from newsletter.errors import FetchError, NewsletterError, UnfitImage
from newsletter.model import DueImage, ImageCopy, ImageState, KnownImage, Page

RHYTHM = ((timedelta(days=14), timedelta(days=1)), (timedelta(days=365), timedelta(days=30)))
"""(age of the release up to, time between two looks): a picture changes under its address seldom, and early."""

FIRST_BACK_OFF = timedelta(minutes=10)
LONGEST_BACK_OFF = timedelta(days=1)
MOST_TRIES = 12  # about a week; only a young release's picture is tried for longer
YOUNG = timedelta(days=31)
LOOKS_BEFORE_GONE = 2


def good(due: DueImage, found: KnownImage, page: Page, now: datetime) -> KnownImage:
    """A picture that was had: `found` says what it is, `page` what to ask with the next time."""
    return replace(
        _checked(found, due, now, failures=0),
        state=ImageState.GOOD,
        etag=page.etag,
        last_modified=page.last_modified,
        problem=None,
    )


def unchanged(due: DueImage, now: datetime) -> KnownImage:
    """A picture that is the same as at the last look."""
    return replace(_checked(due.image, due, now, failures=0), state=ImageState.GOOD, problem=None)


def gone(due: DueImage, status: int, now: datetime) -> KnownImage:
    """A picture whose address answered 404 or 410; the second time in a row its copy goes too."""
    said = f"answered {status}"
    if due.image.failures + 1 < LOOKS_BEFORE_GONE:
        return failed(due, said, now)
    return _blank(due, ImageState.UNFIT, said, now)


def unfit(due: DueImage, error: UnfitImage, now: datetime) -> KnownImage:
    """A picture's address at which something lies that cannot be shown; a copy of what lay there before goes."""
    return _blank(due, ImageState.STAND_IN if error.stand_in else ImageState.UNFIT, str(error), now)


def failed(due: DueImage, error: NewsletterError | str, now: datetime) -> KnownImage:
    """A picture that could not be had this time. What is known of it stays, and so does its copy.

    It is not tried again before the rest is over that its server asked for.
    """
    image = due.image
    state = image.state if image.state in (ImageState.UNFIT, ImageState.STAND_IN) else ImageState.FAILED
    known = replace(_checked(image, due, now, image.failures + 1), state=state, problem=str(error))
    if known.next_at is None or not isinstance(error, FetchError) or error.retry_after is None:
        return known
    return replace(known, next_at=max(known.next_at, now + timedelta(seconds=error.retry_after)))


def measured(image: KnownImage, seen: Probe, length: int | None) -> KnownImage:
    """What is known of a picture, now that its first bytes were seen; a copy of what lay there before is none of it."""
    return replace(
        image, type=seen.type, width=seen.width, height=seen.height, size=length, copy=None, content_hash=None
    )


def copied(image: KnownImage, content_hash: str, copy: ImageCopy, original: tuple[int, int], length: int) -> KnownImage:
    """What is known of a picture, now that a copy of it was made."""
    width, height = original
    return replace(image, content_hash=content_hash, copy=copy, width=width, height=height, size=length)


def next_look(born: datetime, failures: int, now: datetime) -> datetime | None:
    """When a picture is looked at again; `born` is when its newest release was published. None: never."""
    if failures:
        if failures > MOST_TRIES and now - born > YOUNG:
            return None
        return now + min(FIRST_BACK_OFF * (1 << min(failures - 1, 10)), LONGEST_BACK_OFF)
    pause = next((pause for age, pause in RHYTHM if now - born <= age), None)
    return now + pause if pause is not None else None


def _blank(due: DueImage, state: ImageState, problem: str, now: datetime) -> KnownImage:
    """Only the address, and why there is nothing more."""
    again = _checked(KnownImage(due.image.src), due, now, due.image.failures + 1)
    return replace(again, state=state, problem=problem)


def _checked(image: KnownImage, due: DueImage, now: datetime, failures: int) -> KnownImage:
    return replace(image, checked_at=now, failures=failures, next_at=next_look(due.born, failures, now))
