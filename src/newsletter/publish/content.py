"""What is published, before it takes a format: releases made fit to be shown, and the contents of a feed."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from newsletter.errors import RenderError
from newsletter.model import Image, Release
from newsletter.model.alt import alt_text
from newsletter.publish import dates
from newsletter.publish.body import fit_body, is_web

T = TypeVar("T")

# What XML 1.0 (2.2) and HTML forbid, lone surrogates that UTF-8 cannot say, and controls that would turn the text
# around them to the other direction (UAX #9).
UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufdcf\ufdf0-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*\Z", re.IGNORECASE)  # BCP 47, as far as anything needs it
EXCERPT = 300  # characters
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """A release as every format tells it: `release` is fit to be shown, `content` its full text as HTML."""

    release: Release
    content: str
    published: datetime | None
    updated: datetime

    @property
    def id(self) -> str:
        """The same in every format and feed, and after every move of the page."""
        return f"urn:uuid:{self.release.id}"

    @property
    def summary(self) -> str:
        """The teaser, else how the text begins, as plain text."""
        release = self.release
        return release.teaser or textwrap.shorten(release.body_text, EXCERPT, placeholder=" …") or release.headline

    @property
    def author(self) -> str | None:
        """The person or office that signs, where it is known."""
        return self.release.author or self.release.issuer


@dataclass(frozen=True, slots=True)
class Deleted:
    """That a feed no longer holds an entry (RFC 6721), and since when: not before its `updated`."""

    id: str
    when: datetime


@dataclass(frozen=True, slots=True)
class FeedContent:
    """The contents of one feed, newest first. It lies at `address` + "." + format; `page` is its face for people.

    `notices` stand in for entries that were withdrawn, in feeds alone; `deleted` says the same to programs. `earlier`
    and `later` are the months of the archive next to it (RFC 5005), as `2026-10`; `archive_of` is the address of the
    feed that an archive belongs to. `hub` is told of changes (WebSub).
    """

    title: str
    description: str
    language: str
    publisher: str
    address: str
    page: str
    entries: tuple[Entry, ...]
    notices: tuple[Entry, ...] = ()
    deleted: tuple[Deleted, ...] = ()
    earlier: str | None = None
    later: str | None = None
    archive_of: str | None = None
    hub: str | None = None

    @property
    def items(self) -> list[Entry]:
        """What a feed lists: entries and notices in one order."""
        both = {entry.release.id: entry for entry in (*self.entries, *self.notices)}
        return [both[release.id] for release in newest_first(entry.release for entry in both.values())]

    @property
    def updated(self) -> datetime:
        """When its latest entry changed or was withdrawn: nothing of the time at which it is built."""
        moments = [entry.updated for entry in self.items] + [gone.when for gone in self.deleted]
        return max(moments, default=NEVER)


def fit(release: Release, language: str) -> Release:
    """The release as it may be shown: printable, its headline one line, its pictures described, its addresses web ones.

    `language` stands in where the release's own is no language tag. Raises RenderError where it cannot be shown at all.
    """
    clean = _headed(release, language)
    return replace(
        clean,
        kicker=one_line(clean.kicker or "") or None,
        teaser=(clean.teaser or "").strip() or None,
        documents=tuple(document for document in clean.documents if is_web(document.url)),
        alternates=tuple(alternate for alternate in clean.alternates if is_web(alternate.url)),
        topics=tuple(replace(topic, title=one_line(topic.title)) for topic in clean.topics),
        body_html=fit_body(clean),
        images=tuple(_described(clean.images)),
    )


def headed(release: Release, language: str) -> Release:
    """The release as a list of headlines shows it: nothing of its text is there. Raises RenderError as `fit` does."""
    bare = replace(
        release, body_html="", body_text="", teaser=None, contact=None, images=(), documents=(), alternates=()
    )
    return _headed(bare, language)


def _headed(release: Release, language: str) -> Release:
    if not is_web(release.url):
        raise RenderError(f"{release.url[:200]!r} is no web address: correct it or withhold the release")
    clean = printable(release)
    tag = clean.language.replace("_", "-")
    return replace(
        clean,
        headline=one_line(clean.headline) or clean.url,
        language=tag if LANGUAGE.match(tag) else language,
    )


def _described(images: Iterable[Image]) -> Iterator[Image]:
    for image in images:
        alt = alt_text(image)
        if alt is not None and is_web(image.src):
            yield replace(image, alt=alt)


def entry(release: Release, content: str, zone: ZoneInfo) -> Entry:
    """The entry of a fit release."""
    return Entry(release, content, dates.published(release, zone), dates.updated(release, zone))


def printable(value: T) -> T:
    """The value with all its strings free of what XML and UTF-8 cannot say, tuples and dataclasses within it too."""
    result: Any = value
    if isinstance(value, str) and not isinstance(value, Enum):
        result = UNPRINTABLE.sub("", value)
    elif isinstance(value, tuple):
        result = tuple(map(printable, value))
    elif is_dataclass(value) and not isinstance(value, type):
        result = replace(value, **{field.name: printable(getattr(value, field.name)) for field in fields(value)})
    return result  # type: ignore[no-any-return]


def one_line(text: str) -> str:
    """The text with every run of white space as one space."""
    return " ".join(text.split())


def newest_first(releases: Iterable[Release]) -> list[Release]:
    """Releases in the one order that lists and feeds have."""
    return sorted(releases, key=lambda release: (release.published_at, release.id), reverse=True)
