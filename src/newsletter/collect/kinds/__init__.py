"""The kinds of source, one file each: how a source is looked at for what may be a release.

The file's name is the `kind` of feeds/<slug>.toml; it is found, not registered. A kind has `discover(visit)`, for what
is new, and `leaf(visit, url)`, for one page of what was there before; both fetch through `visit` only, decide nothing
and store nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from newsletter.config import FeedSettings
from newsletter.errors import SettingsError
from newsletter.model import Candidate, Page


class Fetch(Protocol):
    """How pages are fetched: `fetch.Fetcher.fetch`."""

    async def __call__(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Page:
        """The page; raises FetchError."""
        ...


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at a source. `news` says which of some candidates were never seen.

    At most `most` pages of a list are read, and at least `least`. `past`: what a list has below a release that is known
    is not news, as its past is still being read.
    """

    feed: FeedSettings
    zone: tzinfo
    fetch: Fetch
    news: Callable[[Sequence[Candidate]], Awaitable[Sequence[Candidate]]]
    most: int = 1
    least: int = 1
    past: bool = False
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a source lists, in its order. `unchanged`: it answered that nothing has changed, and was not read.

    `incomplete`: why a later page of the list could not be had.
    """

    candidates: tuple[Candidate, ...] = ()
    etag: str | None = None
    last_modified: str | None = None
    unchanged: bool = False
    incomplete: str | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of a source's list: what stands there, in its order, and where the pages lie that come after it.

    `falling`: it goes from the newest to the oldest, and so do the pages after it. `of`: how many pages there are in
    all, as far as this one tells.
    """

    url: str
    candidates: tuple[Candidate, ...] = ()
    following: tuple[str, ...] = ()
    falling: bool = True
    of: int | None = None
    problems: tuple[str, ...] = ()


class Kind(Protocol):
    """What a file of this folder provides. `GUESSED`: what is a release is guessed, so any page may pass for a list.

    A first collect reads at most `FIRST_PAGES` pages of the list, and no more once they held `FIRST_RELEASES` in all.
    """

    GUESSED: bool
    FIRST_PAGES: int
    FIRST_RELEASES: int

    async def discover(self, visit: Visit) -> Discovery:
        """What the source lists. Raises FetchError, and UnreadablePage where it is none of this kind."""
        ...

    async def leaf(self, visit: Visit, url: str) -> Leaf:
        """One page of what the source lists; the first lies at the feed's `url`. Raises as `discover` does."""
        ...


@cache
def kinds() -> tuple[str, ...]:
    """The names of all kinds: `feed`, `html`, `sitemap`."""
    return tuple(sorted(module.name for module in iter_modules(__path__)))


def kind_of(slug: str, feed: FeedSettings) -> Kind:
    """The kind of a source. Raises SettingsError where there is none of that name."""
    if feed.kind not in kinds():
        raise SettingsError([f"feeds/{slug}.toml: kind: {feed.kind!r} is not one of {', '.join(kinds())}"])
    return cast(Kind, import_module(f"{__name__}.{feed.kind}"))
