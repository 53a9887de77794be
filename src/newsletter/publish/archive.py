"""Publishing: feeds, their list, and the pages of the archive, as a pure function of the store.

Same releases, same bytes: nothing of `now` gets into a file, it only says what is visible. One broken release never
takes others with it: it is left out and named in the report, and where a feed cannot be built the last good one stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from newsletter.config import FeedSettings, Newsletter, Site
from newsletter.model import Topic
from newsletter.publish import opml, removed, sitemap
from newsletter.publish.content import FeedContent, newest_first
from newsletter.publish.feeds import Feeds, Published
from newsletter.publish.folders import Folders
from newsletter.publish.pages import Pages
from newsletter.publish.problems import Problems
from newsletter.publish.store import PublishStore
from newsletter.publish.writer import Writer

ON_HOME = 20  # releases
RENDERED = ".rendered"


@dataclass(frozen=True, slots=True)
class Report:
    """What publishing did: numbers of files, the names of files taken away, and problems, a line each."""

    written: int
    unchanged: int
    removed: tuple[str, ...]
    problems: tuple[str, ...]


def publish(
    site: Site,
    feeds: Mapping[str, FeedSettings],
    newsletters: Sequence[Newsletter],
    store: PublishStore,
    pages: Pages,
    writer: Writer,
    now: datetime,
    *,
    hub: str | None = None,
) -> Report:
    """Write what of feeds and archive differs from what the store says at `now`.

    Raises OSError (a full disk) and what the store raises; what is wrong with one release or template is a problem of
    the report.
    """
    problems = Problems()
    titles = {slug: settings.title for slug, settings in feeds.items()}, {each.id: each.title for each in newsletters}
    fingerprint = pages.fingerprint(*titles)
    anew = writer.read(RENDERED) != fingerprint
    for name, data in pages.beside.items():
        writer.write(name, data)
    folders = Folders(store, pages, writer, problems, anew=anew)
    folders.publish_releases(feeds, now)
    folders.publish_editions(newsletters, now)
    folders.publish_reports(newsletters)
    builder = Feeds(site, hub, store, pages, writer, problems, now, anew=anew)
    published = [builder.publish(slug, settings) for slug, settings in sorted(feeds.items())]
    months = builder.publish_past(published)
    folders.list_editions(newsletters)
    _publish_lists(site, published, pages, writer, problems)
    removed.publish(feeds, pages, writer, problems)
    sitemap.publish(site, published, months, store, writer, now)
    writer.write(RENDERED, fingerprint)
    return Report(writer.written, writer.unchanged, tuple(writer.removed), problems.lines)


def _by_title(pair: tuple[FeedContent, Topic]) -> tuple[str, str]:
    feed, topic = pair
    return topic.title.casefold(), feed.address


def _publish_lists(
    site: Site, published: Sequence[Published], pages: Pages, writer: Writer, problems: Problems
) -> None:
    feeds = [each.feed for each in published]
    releases = newest_first({entry.release.id: entry.release for feed in feeds for entry in feed.entries}.values())
    topics = sorted(((each.feed, topic) for each in published for _, topic in each.topics), key=_by_title)
    with problems.of("feeds.opml"):
        writer.write("feeds.opml", opml.build(site.title, feeds))
    for name, template, values in (
        ("feeds/index.html", "feeds.html", {"feeds": feeds}),
        ("index.html", "home.html", {"feeds": feeds, "releases": releases[:ON_HOME], "topics": topics}),
    ):
        with problems.of(name):
            writer.write(name, pages.render(template, site.language, **values).encode())
