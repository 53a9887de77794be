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
from newsletter.model import Release, Topic
from newsletter.publish.building import build
from newsletter.publish.content import FeedContent, newest_first, one_line, printable
from newsletter.publish.entries import Entries
from newsletter.publish.formats import formats
from newsletter.publish.months import Archive, Month, by_month
from newsletter.publish.pages import Pages
from newsletter.publish.problems import Problems
from newsletter.publish.store import PublishStore
from newsletter.publish.withdrawals import deleted, withdrawals
from newsletter.publish.writer import Writer

NEWEST, MOST = 50, 300  # releases in a feed: the newest, and all of the newest month as far as that goes


@dataclass(frozen=True, slots=True)
class Published:
    """A feed, the feeds of its topics that have releases, and its months, the oldest first."""

    feed: FeedContent
    topics: tuple[tuple[FeedContent, Topic], ...]
    months: tuple[Month, ...]


class Feeds:
    """Publishes feeds as they are at `now`."""

    def __init__(
        self,
        site: Site,
        hub: str | None,
        store: PublishStore,
        pages: Pages,
        writer: Writer,
        problems: Problems,
        now: datetime,
        *,
        anew: bool,
    ) -> None:
        self._site = site
        self._hub = hub
        self._store = store
        self._pages = pages
        self._writer = writer
        self._problems = problems
        self._now = now
        self._entries = Entries(site, pages, problems)
        self._archive = Archive(site, store, pages, writer, problems, anew=anew)

    def publish(self, slug: str, settings: FeedSettings) -> Published:
        """Write what changed of a feed, its topics, its months and its page."""
        self._entries.clear()
        months = by_month(self._store.dated(slug, self._now), self._site.zone)
        feed = self._feed(slug, settings, None, months)
        topics = tuple(self._topics(slug, settings))
        with self._problems.of(f"feeds/{slug}/"):
            language = i18n.nearest(settings.language, self._site.language)
            page = self._pages.render("feed.html", language, feed=feed, topics=topics, months=months)
            self._writer.write(f"feeds/{slug}/index.html", page.encode())
        self._archive.publish(slug, self._content(slug, settings, None, ()), months)
        return Published(feed, topics, tuple(months))

    def publish_past(self, published: Sequence[Published]) -> list[Month]:
        """Write what changed of the months of all feeds together; these months, the oldest first."""
        every = {each.id: each for one in published for month in one.months for each in month.releases}
        months = by_month(every.values(), self._site.zone)
        site, base = self._site, f"{self._site.base_url}/"
        self._archive.publish(None, FeedContent(site.title, "", site.language, site.publisher, "", base, ()), months)
        return months

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

    def _feed(
        self, slug: str, settings: FeedSettings, topic: Topic | None, months: Sequence[Month] = ()
    ) -> FeedContent:
        most = min(max(NEWEST, months[-1].shown if months else 0), MOST)  # what no archive has yet stands here
        releases = self._store.newest(slug, topic.slug if topic else None, most, self._now)
        gone = withdrawals(self._store.withdrawn(slug, topic.slug if topic else None, NEWEST), releases, self._now)
        feed = replace(
            self._content(slug, settings, topic, releases),
            earlier=months[-1].earlier if months else None,
            notices=tuple(filter(None, map(self._entries.of, gone.noticed))),
            deleted=tuple(deleted(release, self._site.zone) for release in gone.all),
        )
        name = f"feeds/{slug}/{topic.slug}" if topic else f"feeds/{slug}"
        for ending, format_ in formats().items():
            with self._problems.of(f"{name}.{ending}"):
                if releases and not feed.entries:
                    raise RenderError("none of its releases can be shown, so the last good one stays")
                self._writer.write(f"{name}.{ending}", build(format_, feed, self._problems))
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
            hub=self._hub,
            entries=tuple(filter(None, map(self._entries.of, newest_first(releases)))),
        )
