"""How something is asked for: as a page, or as something else, whose beginning may be enough."""

from __future__ import annotations

from dataclasses import dataclass

from newsletter.collect.body import MAX_BYTES, Enough

ACCEPT = (
    "text/html,application/xhtml+xml,application/atom+xml,application/rss+xml,application/feed+json;q=0.9,*/*;q=0.5"
)


@dataclass(frozen=True, slots=True)
class Wish:
    """At most `most` bytes are taken; where `head` is given, only so many from the beginning are asked for.

    `enough` is shown the body as it comes in and says whether the rest can be done without; what it raises ends the
    reading.
    """

    accept: str = ACCEPT
    encodings: str = "gzip, deflate"
    most: int = MAX_BYTES
    head: int | None = None
    enough: Enough | None = None


PAGE = Wish()
