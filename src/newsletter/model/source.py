"""What is kept between two collects: of a source, of a page, of a release that may be revised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from newsletter.model.release import Candidate, Change, Draft, Page, Release


@dataclass(frozen=True, slots=True)
class Source:
    """What is kept of a source between two collects.

    `collected_at`: when its first collect had listed everything. `fingerprint` is of the settings it was collected
    with, to which `etag` and `last_modified` belong.
    """

    slug: str
    next_at: datetime | None = None
    collected_at: datetime | None = None
    succeeded_at: datetime | None = None
    failures: int = 0  # in a row
    problem: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    fingerprint: str | None = None


@dataclass(frozen=True, slots=True)
class Backfill:
    """How far the past of a source was read: a first collect's own, or one that somebody asked for.

    `ahead`: the pages of its list that come next, in order. `trail`: digests of where those lay that were read, and of
    what they listed. `fruitless`: how many of them in a row had something unread of which nothing came. `oldest`: the
    date that the list has come back to. `ended_at` and `reason`: when and why there is nothing more to read.
    """

    slug: str
    place: str  # of where the list lies: a list elsewhere has another past
    began_at: datetime
    first: bool = False  # the first collect's own: the clock goes on with it
    mailable: bool = False
    ahead: tuple[str, ...] = ()
    trail: tuple[str, ...] = ()
    pages: int = 0
    found: int = 0
    kept: int = 0
    fruitless: int = 0
    oldest: datetime | None = None
    ended_at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class KnownPage:
    """What is kept of the page of a (possible) release. `digest` is of its bytes, and of the profile that read them."""

    url: str
    source: str
    found_at: datetime
    mailable: bool  # False: whatever comes of it goes to the archive only
    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    listed: str | None = None  # digest of what the list said of it
    checked_at: datetime | None = None
    gone: int = 0  # how many looks in a row found nothing there
    problem: str | None = None  # why it was kept back


@dataclass(frozen=True, slots=True)
class Standing:
    """A page, and as much of its release (None where there is none yet) as tells whether to look at it again."""

    page: KnownPage
    release: str | None = None
    published_at: datetime | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """A release as it is stored."""

    release: Release
    told_revision: int


@dataclass(frozen=True, slots=True)
class Revised:
    """A release as it is to be stored, in place of `before` (None: a new one); `keys` are what it is known by.

    `change` says what kind of revision that is, None where it is no new one.
    """

    release: Release
    before: Release | None
    told_revision: int
    digest: str
    keys: Sequence[str] = ()
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page kept as it was read, so that it can be read again without the network: a good one, or one withheld.

    `page` is None where the release came whole from its feed, or the page was too large to keep. `draft` is what was
    read of it then, None where nothing could be. `fields`: for which fields it is withheld, none where it is no release
    at all; `changed`: the portal as a whole seemed to have changed. `since`: when it was first withheld.
    """

    url: str
    source: str
    at: datetime
    candidate: Candidate
    page: Page | None = None
    draft: Draft | None = None
    withheld: bool = False
    fields: tuple[str, ...] = ()
    reason: str | None = None
    changed: bool = False
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Breach:
    """That a page is withheld because it breaks what was learned of its source: a `KeptPage` without what it says."""

    url: str
    since: datetime
    fields: tuple[str, ...]
    reason: str
    changed: bool
