"""What is collected: pages, drafts, releases with their images and documents."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
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
    """Bytes as fetched: `url` is where they lay after redirects, `charset` what the server said of them (or None).

    `length` is how many bytes there are in all, where the server told; `body` may be but the first of them.
    """

    url: str
    body: bytes
    status: int = 200
    content_type: str = ""
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    fetched_at: datetime | None = None
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of a release. `alt` None means missing; "" with `alt_from` SOURCE means empty in the page.

    Of a release as it is shown, `src` is where its readers load the picture from ("" where they can load none), and
    `original` where it lies on the portal.
    """

    src: str
    alt: str | None = None
    caption: str | None = None
    credit: str | None = None
    symbolic: bool = False  # a "Symbolbild": shows something like it, not the thing itself
    lead: bool = False
    alt_from: AltFrom | None = None
    width: int | None = None  # pixels
    height: int | None = None
    type: str | None = None  # MIME type
    size: int | None = None  # bytes
    original: str | None = None


class AlternateKind(StrEnum):
    """In which other way a release can be read."""

    EASY = "easy"  # Leichte Sprache
    SIGN = "sign"  # a film in sign language
    AUDIO = "audio"


@dataclass(frozen=True, slots=True)
class Alternate:
    """Another way to read a release, made by people; `language` is BCP 47, `type` a MIME type, as far as known."""

    kind: AlternateKind
    url: str
    language: str | None = None
    type: str | None = None
    seconds: int | None = None
    size: int | None = None  # bytes


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
    alternates: tuple[Alternate, ...] = ()
    contact: str | None = None  # whom journalists ask, in lines; not in the body
    topics: tuple[str, ...] = ()
    canonical: str | None = None
    not_before: datetime | None = None  # an embargo that its publisher says, beside a date that is to come
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
    RETURN = "return"  # it was withdrawn, and is there again


class Mark(NamedTuple):
    """That something has a page, and when what stands on it was last written.

    For an edition `changed_at` is the latest of its own and its releases'; its `state` is LIVE.
    """

    id: str
    changed_at: datetime
    state: ReleaseState = ReleaseState.LIVE


class Dated(NamedTuple):
    """A release of a feed and when it is listed; `visible` says whether any output may show it now."""

    id: str
    published_at: datetime
    changed_at: datetime
    state: ReleaseState
    visible: bool


@dataclass(frozen=True, slots=True)
class Topic:
    """What a release is about: `slug` stands in addresses, `title` is read by people."""

    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """That a source found a release: at which address, and what that means in the feed of that source.

    `mailable` is False for what goes to the archive only (a source's first collect, a backfill, older than `max_age` at
    first sight). `topics` are named by that source's settings.
    """

    source: str
    url: str
    first_seen: datetime
    mailable: bool = True
    topics: tuple[Topic, ...] = ()


@dataclass(frozen=True, slots=True)
class Release:
    """One published piece. `id` is minted once (a UUID) and stays through every move; the rest may be revised.

    `source` and `url` are where its text is read: its authority. `sightings` are those of other sources, whose feeds
    list it too; what their pages say differently changes nothing. `updated` is when we first saw its latest update, or
    when it was withdrawn or came back (equal to `published_at` before any).
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
    alternates: tuple[Alternate, ...] = ()
    contact: str | None = None  # whom journalists ask, in lines; not in the body
    topics: tuple[Topic, ...] = ()
    aliases: tuple[str, ...] = ()
    revision: int = 1
    change: Change | None = None  # kind of the latest revision that was no cosmetic one, None before any
    state: ReleaseState = ReleaseState.LIVE
    reason: str | None = None  # why it is withheld or withdrawn
    not_before: datetime | None = None  # embargo
    mailable: bool = True
    origin: Mapping[str, str] = field(default_factory=dict)
    sightings: tuple[Sighting, ...] = ()
    canonical: str | None = None  # the address that its page calls its own, where that is another
    placed: datetime | None = None  # of an undated one that a backfill found: the date that the list had come back to

    @property
    def seen_by(self) -> tuple[Sighting, ...]:
        """Every source that found it, its authority first; each once."""
        own = Sighting(self.source, self.url, self.first_seen, self.mailable, self.topics)
        return (own, *(other for other in self.sightings if other.source != self.source))

    def as_in(self, feeds: Collection[str]) -> Release:
        """The release as these feeds have it: with the topics that their settings name; as it is where none has it."""
        found: dict[str, Topic] = {}
        for seen in self.seen_by:
            for topic in seen.topics if seen.source in feeds else ():
                found.setdefault(topic.slug, topic)
        topics = tuple(found.values())
        known = any(seen.source in feeds for seen in self.seen_by)
        return replace(self, topics=topics) if known and topics != self.topics else self

    @property
    def published_at(self) -> datetime:
        """The moment it is sorted by: as published, else where a list placed it, else when first seen."""
        return self.published or self.placed or self.first_seen

    @property
    def was_updated(self) -> bool:
        """Whether people are told of an update."""
        return self.change in (Change.UPDATE, Change.CORRECTION)

    @property
    def lead(self) -> Image | None:
        """The one picture that stands for the release, if it has one."""
        return next((image for image in self.images if image.lead), None)

    def taken_back(self, reason: str, now: datetime) -> Release:
        """The release withdrawn, as a revision of its own; `updated` is when."""
        return replace(
            self,
            state=ReleaseState.WITHDRAWN,
            reason=reason,
            revision=self.revision + 1,
            change=Change.WITHDRAWAL,
            updated=now,
        )

    def brought_back(self, now: datetime) -> Release:
        """A withdrawn release that is there again: feeds and pages say since when, no mail does."""
        return replace(self, state=ReleaseState.LIVE, reason=None, change=Change.RETURN, updated=now)

    def visible(self, now: datetime) -> bool:
        """Whether any output may show it at `now`."""
        return self.state is ReleaseState.LIVE and (self.not_before is None or self.not_before <= now)
