"""Atom 1.0 (RFC 4287)."""

from __future__ import annotations

from collections.abc import Iterator

from feedgen.entry import FeedEntry

from newsletter.publish.content import Entry, FeedContent
from newsletter.publish.syndication import generator

NAME = "Atom"
MEDIA_TYPE = "application/atom+xml"


def build(feed: FeedContent) -> bytes:
    """The feed as Atom."""
    result = generator(feed, "atom", MEDIA_TYPE, _complete)
    result.author(name=feed.publisher)
    result.extras.deleted = feed.deleted
    result.extras.archive = feed.archive_of is not None
    result.extras.links += tuple(_pages(feed))
    data: bytes = result.atom_str(pretty=True)
    return data


def _pages(feed: FeedContent) -> Iterator[tuple[str, str]]:
    """Where the feed goes on (RFC 5005, 4)."""
    home = feed.archive_of or feed.address
    if feed.archive_of:
        yield "current", f"{home}.atom"
    if feed.earlier:
        yield "prev-archive", f"{home}/archive/{feed.earlier}.atom"
    if feed.later and feed.archive_of:
        yield "next-archive", f"{home}/archive/{feed.later}.atom"


def _complete(item: FeedEntry, entry: Entry) -> None:
    item.summary(entry.summary)
    if entry.author:
        item.author(name=entry.author)
    if entry.published:  # an undated release has none: readers go by `updated`, when it was first seen
        item.published(entry.published)
