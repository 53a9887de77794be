"""One feed: its contents from the store, its files in every format, a feed for each topic, its page for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product

from newsletter import i18n
from newsletter.config import FeedSettings, Site
from newsletter.config.values import slug as checked_slug
from newsletter.errors import RenderError
from newsletter.model import Release, ReleaseState, Topic
from newsletter.publish.content import Entry, FeedContent, entry, fit, newest_first, one_line, printable
from newsletter.publish.formats import Format, formats
from newsletter.publish.pages import Pages
from newsletter.publish.problems import Problems
from newsletter.publish.store import PublishStore
from newsletter.publish.withdrawals import deleted, withdrawals
from newsletter.publish.writer import Writer

NEWEST = 50  # releases in a feed
MAX_FEED = 5_000_000  # bytes: what the W3C validator takes
MAX_ENTRY = 1_000_000  # characters: no press release, and a fifth of a feed


@dataclass(frozen=True, slots=True)
class Published:
    """A feed and the feeds of its topics that have releases."""

    feed: FeedContent
    topics: tuple[tuple[FeedContent, Topic], ...]


class Feeds:
    """Publishes feeds as they are at `now`."""

    def __init__(
        self, site: Site, store: PublishStore, pages: Pages, writer: Writer, problems: Problems, now: datetime
    ) -> None:
        self._site = site
        self._store = store
        self._pages = pages
        self._writer = writer
        self._problems = problems
        self._now = now
        self._entries: dict[str, Entry | None] = {}  # of the feed at hand; None: it cannot be shown

    def publish(self, slug: str, settings: FeedSettings) -> Published:
        """Write what changed of a feed, its topics and its page."""
        self._entries.clear()
        feed = self._feed(slug, settings, None)
        topics = tuple(self._topics(slug, settings))
        with self._problems.of(f"feeds/{slug}/"):
            language = i18n.nearest(settings.language, self._site.language)
            page = self._pages.render("feed.html", language, feed=feed, topics=topics)
            self._writer.write(f"feeds/{slug}/index.html", page.encode())
        return Published(feed, topics)

    def _topics(self, slug: str, settings: FeedSettings) -> Iterable[tuple[FeedContent, Topic]]:
        topics = [printable(topic) for topic in self._store.topics_of(slug)]
        for topic in topics:
            with self._problems.of(f"topic {topic.title!r} of feed {slug}"):
                checked_slug(topic.slug)
                feed = self._feed(slug, settings, topic)
                if feed.entries:
                    yield feed, topic
        kept = {f"{topic.slug}.{ending}" for topic, ending in product(topics, formats())}
        for name, _ in list(self._writer.files(f"feeds/{slug}")):
            if (
                name not in kept and name.rpartition(".")[2] in formats()
            ):  # nothing of the feed is of this topic any more
                self._writer.remove(f"feeds/{slug}/{name}")

    def _feed(self, slug: str, settings: FeedSettings, topic: Topic | None) -> FeedContent:
        releases = self._store.newest(slug, topic.slug if topic else None, NEWEST, self._now)
        gone = withdrawals(self._store.withdrawn(slug, topic.slug if topic else None, NEWEST), releases, self._now)
        feed = replace(
            self._content(slug, settings, topic, releases),
            notices=tuple(filter(None, map(self._entry, gone.noticed))),
            deleted=tuple(deleted(release, self._site.zone) for release in gone.all),
        )
        name = f"feeds/{slug}/{topic.slug}" if topic else f"feeds/{slug}"
        for ending, format_ in formats().items():
            with self._problems.of(f"{name}.{ending}"):
                if releases and not feed.entries:
                    raise RenderError("none of its releases can be shown, so the last good one stays")
                self._writer.write(f"{name}.{ending}", self._bytes(format_, feed))
        return feed

    def _content(
        self, slug: str, settings: FeedSettings, topic: Topic | None, releases: Sequence[Release]
    ) -> FeedContent:
        said = i18n.translations(i18n.nearest(settings.language, self._site.language)).gettext
        base = f"{self._site.base_url}/feeds/{slug}"
        return FeedContent(
            title=f"{settings.title}: {one_line(topic.title)}" if topic else settings.title,
            description=said("%(publisher)s: new releases in full") % {"publisher": self._site.publisher},
            language=settings.language,
            publisher=self._site.publisher,
            address=f"{base}/{topic.slug}" if topic else base,
            page=f"{base}/",
            entries=tuple(filter(None, map(self._entry, newest_first(releases)))),
        )

    def _entry(self, release: Release) -> Entry | None:
        if release.id not in self._entries:
            self._entries[release.id] = None
            with self._problems.of(f"release {release.id} ({release.url[:200]})"):
                shown = fit(release, self._site.language)
                content = self._pages.content(shown)
                if release.state is ReleaseState.WITHDRAWN:
                    shown, content = self._pages.notice(shown)
                if len(content) > MAX_ENTRY:
                    raise RenderError(f"{len(content)} characters are too many for a feed: it is left out of feeds")
                self._entries[release.id] = entry(shown, content, self._site.zone)
        return self._entries[release.id]

    def _bytes(self, format_: Format, feed: FeedContent) -> bytes:
        """The feed without what the format cannot say, and without its oldest entries where it is too large."""
        data = self._built(format_, feed)
        while len(data) > MAX_FEED and feed.entries:
            feed = replace(feed, entries=feed.entries[: len(feed.entries) * 9 // 10])
            data = self._built(format_, feed)
        return data

    def _built(self, format_: Format, feed: FeedContent) -> bytes:
        try:
            return format_.build(feed)
        except Exception:  # lxml and feedgen raise many kinds: which release is it?
            good = tuple(each for each in feed.entries if self._can_build(format_, feed, each))
            if not good or good == feed.entries:
                raise
            return format_.build(replace(feed, entries=good))

    def _can_build(self, format_: Format, feed: FeedContent, single: Entry) -> bool:
        try:
            format_.build(replace(feed, entries=(single,)))
        except Exception as error:
            self._problems.add(f"release {single.release.id} as {format_.NAME}", error)
            return False
        return True
