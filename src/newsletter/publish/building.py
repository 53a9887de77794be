"""The bytes of a feed in one format, whatever one entry or too many of them would do to it."""

from __future__ import annotations

from dataclasses import replace

from newsletter.publish.content import Entry, FeedContent
from newsletter.publish.formats import Format
from newsletter.publish.problems import Problems

MAX_FEED = 5_000_000  # bytes: what the W3C validator takes


def build(format_: Format, feed: FeedContent, problems: Problems) -> bytes:
    """The feed without what the format cannot say, and, but for an archive, without its oldest entries where it is too
    large."""
    data = _built(format_, feed, problems)
    while len(data) > MAX_FEED and feed.entries and not feed.archive_of:
        feed = replace(feed, entries=feed.entries[: len(feed.entries) * 9 // 10])
        data = _built(format_, feed, problems)
    return data


def _built(format_: Format, feed: FeedContent, problems: Problems) -> bytes:
    try:
        return format_.build(feed)
    except Exception:  # lxml and feedgen raise many kinds: which release is it?
        good = tuple(each for each in feed.entries if _can_build(format_, feed, each, problems))
        if not good or good == feed.entries:
            raise
        return format_.build(replace(feed, entries=good))


def _can_build(format_: Format, feed: FeedContent, single: Entry, problems: Problems) -> bool:
    try:
        format_.build(replace(feed, entries=(single,)))
    except Exception as error:
        problems.add(f"release {single.release.id} as {format_.NAME}", error)
        return False
    return True
