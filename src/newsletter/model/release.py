"""What is collected: pages, drafts, releases with their images and documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Precision(StrEnum):
    """How exactly the source said when a release was published; people never read a midnight that was made up."""

    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"


class AltFrom(StrEnum):
    """Who is answerable for an alt text."""

    SOURCE = "source"
    EDITOR = "editor"
    DECORATIVE = "decorative"  # an editor decided that the picture says nothing: alt=""


@dataclass(frozen=True, slots=True, weakref_slot=True)  # who counts what is in hand must see it go
class Page:
    """Bytes as fetched: `url` is where they lay after redirects, `charset` what the server said of them (or None)."""

    url: str
    body: bytes
    status: int = 200
    content_type: str = ""
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    fetched_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of a release. `alt` None means missing; "" with `alt_from` SOURCE means empty in the page."""

    src: str
    alt: str | None = None
    caption: str | None = None
    credit: str | None = None
    symbolic: bool = False  # a "Symbolbild": shows something like it, not the thing itself
    lead: bool = False
    alt_from: AltFrom | None = None
    width: int | None = None  # pixels
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A file that belongs to a release; `type` is a MIME type, `size` bytes where known."""

    url: str
    title: str
    type: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address on a list (or an entry of a feed) that may be a release, with what the list said of it.

    `entry` carries the fields a feed entry brought along whole, so that a release can be made without its page.
    `modified` is when a sitemap says that the page last changed (UTC): no date of publication, but a reason to look.
    """

    url: str
    headline: str | None = None
    published: datetime | None = None
    published_precision: Precision | None = None
    kicker: str | None = None
    teaser: str | None = None
    image: Image | None = None
    guid: str | None = None
    entry: Draft | None = None
    language: str | None = None  # BCP 47
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What was read of one release, nothing decided yet. `origin` says for each field which step found it."""

    url: str
    headline: str = ""
    kicker: str | None = None
    teaser: str | None = None
    body_html: str = ""  # sanitised: p, h2-h4, ul, ol, li, blockquote, table, figure, img, a …; no h1, no style
    body_text: str = ""
    language: str | None = None  # BCP 47, as `de` or `de-CH`
    published: datetime | None = None
    published_precision: Precision | None = None
    author: str | None = None
    issuer: str | None = None
    images: tuple[Image, ...] = ()
    documents: tuple[Document, ...] = ()
    topics: tuple[str, ...] = ()
    canonical: str | None = None
    origin: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    @property
    def lead(self) -> Image | None:
        """The one picture that stands for the release, if it has one."""
        return next((image for image in self.images if image.lead), None)


class ReleaseState(StrEnum):
    LIVE = "live"
    WITHHELD = "withheld"  # kept back by an editor or the collector, with a reason
    WITHDRAWN = "withdrawn"  # taken back by its publisher


class Change(StrEnum):
    """What kind of revision a release underwent."""

    COSMETIC = "cosmetic"
    UPDATE = "update"
    CORRECTION = "correction"  # only an editor calls it that
    WITHDRAWAL = "withdrawal"


class Mark(NamedTuple):
    """That something has a page, and when what stands on it was last written.

    For an edition `changed_at` is the latest of its own and its releases'; its `state` is LIVE.
    """

    id: str
    changed_at: datetime
    state: ReleaseState = ReleaseState.LIVE


@dataclass(frozen=True, slots=True)
class Topic:
    """What a release is about: `slug` stands in addresses, `title` is read by people."""

    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class Release:
    """One published piece. `id` is minted once (a UUID) and stays through every move; the rest may be revised.

    `updated` is when we first saw its latest update (equal to `published_at` before any). `mailable` is False for what
    goes to the archive only (a source's first collect, a backfill, older than `max_age` at first sight).
    """

    id: str
    source: str
    url: str
    headline: str
    body_html: str
    body_text: str
    language: str
    first_seen: datetime
    updated: datetime
    kicker: str | None = None
    teaser: str | None = None
    author: str | None = None
    issuer: str | None = None
    published: datetime | None = None  # None: the source gave no date; readers see first_seen, marked so
    published_precision: Precision | None = None
    reading_minutes: int = 1
    images: tuple[Image, ...] = ()
    documents: tuple[Document, ...] = ()
    topics: tuple[Topic, ...] = ()
    aliases: tuple[str, ...] = ()
    revision: int = 1
    change: Change | None = None  # kind of the latest revision that was no cosmetic one, None before any
    state: ReleaseState = ReleaseState.LIVE
    reason: str | None = None  # why it is withheld or withdrawn
    not_before: datetime | None = None  # embargo
    mailable: bool = True
    origin: Mapping[str, str] = field(default_factory=dict)

    @property
    def published_at(self) -> datetime:
        """The moment it is sorted by: as published, else when first seen."""
        return self.published or self.first_seen

    @property
    def was_updated(self) -> bool:
        """Whether people are told of an update."""
        return self.change in (Change.UPDATE, Change.CORRECTION)

    @property
    def lead(self) -> Image | None:
        """The one picture that stands for the release, if it has one."""
        return next((image for image in self.images if image.lead), None)

    def visible(self, now: datetime) -> bool:
        """Whether any output may show it at `now`."""
        return self.state is ReleaseState.LIVE and (self.not_before is None or self.not_before <= now)
