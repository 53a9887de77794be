"""RSS 2.0 (rssboard.org/rss-specification), with content:encoded, dc:creator and Media RSS."""

from __future__ import annotations

from feedgen.entry import FeedEntry
from markupsafe import escape

from newsletter.publish.content import Entry, FeedContent
from newsletter.publish.syndication import generator

NAME = "RSS"
MEDIA_TYPE = "application/rss+xml"


def build(feed: FeedContent) -> bytes:
    """The feed as RSS."""
    data: bytes = generator(feed, "rss", MEDIA_TYPE, _complete).rss_str(pretty=True)
    return data


def _complete(item: FeedEntry, entry: Entry) -> None:
    item.link(href=entry.release.url)
    item.description(str(escape(entry.summary)), isSummary=True)  # readers take an RSS description for HTML
    # Without a date readers invent one at every fetch, and show the release again: when it was first seen never moves.
    item.pubDate(entry.published or entry.release.first_seen)
