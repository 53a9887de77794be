"""What is kept of a picture's address, and the copy of the picture that we host."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

ICON = 100  # pixels: what is neither wider nor higher is an icon
LINE = 10  # pixels: what is thinner is a line or a counter


class ImageState(StrEnum):
    """What the last looks at a picture's address came to."""

    WAITING = "waiting"  # never had an answer
    GOOD = "good"
    FAILED = "failed"  # could not be had this time; what is known of it stays
    UNFIT = "unfit"  # what lies there cannot be shown: an error page, a drawing, a bomb, nothing any more
    STAND_IN = "stand-in"  # a pixel, a line, an icon: no picture of anything


@dataclass(frozen=True, slots=True)
class ImageCopy:
    """A scaled copy that we host. Its name is made of its own bytes, `ab/abcdef….jpg`; pixels and bytes."""

    name: str
    type: str
    width: int
    height: int
    size: int


@dataclass(frozen=True, slots=True)
class KnownImage:
    """What is kept of a picture's address between two looks; pixels and bytes are those of the original.

    `content_hash` is the SHA-256 of the original's bytes, in hex; None until they were loaded whole. With another hash
    another picture lies at the address, and whatever a person decided about the first says nothing of it.
    """

    src: str
    state: ImageState = ImageState.WAITING
    content_hash: str | None = None
    copy: ImageCopy | None = None
    type: str | None = None  # MIME type, by the bytes and not by what the server says
    width: int | None = None
    height: int | None = None
    size: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    checked_at: datetime | None = None
    next_at: datetime | None = None  # when it is looked at again; None with a `checked_at`: never
    failures: int = 0  # in a row
    problem: str | None = None

    @property
    def picture(self) -> str | None:
        """The picture itself, wherever it lies: the SHA-256 of its bytes; None until they were loaded whole.

        A picture that is only linked is never loaded whole: its address with its size in pixels and bytes stand for it.
        """
        if self.content_hash is not None or self.width is None:
            return self.content_hash
        told = f"{self.src}\n{self.width}x{self.height}\n{self.size}\n{self.type}"
        return f"linked-{hashlib.sha256(told.encode()).hexdigest()}"


@dataclass(frozen=True, slots=True)
class AltDecision:
    """What somebody decided about a picture's alt text, whatever its portal says: `alt`, or None for a decorative one.

    `picture` is `KnownImage.picture`; `before` the alt text that was found then.
    """

    picture: str
    alt: str | None
    by: str
    at: datetime
    reason: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class DueImage:
    """A picture to look at, and when the newest release was published that shows it."""

    image: KnownImage
    born: datetime


def is_stand_in(width: int, height: int) -> bool:
    """Whether a picture of that size, in pixels, shows nothing: a counter, a spacer, a line, an icon."""
    return max(width, height) < ICON or min(width, height) < LINE
