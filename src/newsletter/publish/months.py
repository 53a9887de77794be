"""The past, month by month: an archive of each feed for programs (RFC 5005, 4); lists of headlines for people, of each
feed and of all together.

A month is closed, and its archive written, once a release of a later month is there; what is in no archive yet stands
in the feed itself. So whoever follows `prev-archive` from the feed misses nothing. A closed month changes only when one
of its releases does, or its neighbours: `.months` beside the archives remembers what each was made of, so that the past
of ten years costs nothing at the next publishing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from zoneinfo import ZoneInfo

from newsletter import i18n
from newsletter.config import Site
from newsletter.errors import RenderError
from newsletter.model import Dated, Release, ReleaseState
from newsletter.publish.building import build
from newsletter.publish.content import FeedContent, headed, newest_first
from newsletter.publish.entries import Entries
from newsletter.publish.formats import atom
from newsletter.publish.pages import Pages
from newsletter.publish.problems import Problems
from newsletter.publish.store import PublishStore
from newsletter.publish.withdrawals import deleted
from newsletter.publish.writer import Writer

BATCH = 500  # releases asked for at a time
MADE_OF = ".months"


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a feed that has releases to show; `earlier` and `later` are the nearest such months, as `2026-10`."""

    name: str
    releases: tuple[Dated, ...]
    earlier: str | None
    later: str | None

    @property
    def shown(self) -> int:
        """How many releases people can read."""
        return sum(release.visible for release in self.releases)


def by_month(releases: Iterable[Dated], zone: ZoneInfo) -> list[Month]:
    """The months of a feed, the oldest first; each release is in that of its date in the site's zone."""
    ordered = sorted((release.published_at, release.id, release) for release in releases)
    groups = groupby(ordered, key=lambda each: f"{each[0].astimezone(zone):%Y-%m}")
    found = [(name, tuple(release for *_, release in group)) for name, group in groups]
    shown = [(name, group) for name, group in found if any(release.visible for release in group)]
    names = [None, *(name for name, _ in shown), None]
    return [Month(name, group, names[at], names[at + 2]) for at, (name, group) in enumerate(shown)]


class Archive:
    """Publishes the months that are behind; all of them where `anew`."""

    def __init__(
        self, site: Site, store: PublishStore, pages: Pages, writer: Writer, problems: Problems, *, anew: bool
    ) -> None:
        self._site = site
        self._store = store
        self._pages = pages
        self._writer = writer
        self._problems = problems
        self._anew = anew

    def publish(self, slug: str | None, feed: FeedContent, months: Sequence[Month]) -> None:
        """Write the months of a feed that changed, take away those that are none any more, and list them.

        Without a slug they are those of all feeds, for people alone.
        """
        folder = "archive" if slug is None else f"feeds/{slug}/archive"
        present = {name for name, _ in self._writer.files(folder)}
        before = {} if self._anew else self._made_of(folder)
        after = {}
        for month in months:
            made_of = _digest(feed, month)
            whole = _files(slug, month) <= present
            with self._problems.of(f"{folder}/{month.name}"):
                if not whole or before.get(month.name) != made_of:
                    self._write(folder, slug, feed, month)
                after[month.name] = made_of
        kept = set().union(*(_files(slug, month) for month in months)) | {"index.html"}
        for name in sorted(present - kept):
            self._writer.remove(f"{folder}/{name}")
        if months or present or slug is None:
            self._list(folder, feed, months)
            self._writer.write(f"{folder}/{MADE_OF}", json.dumps(after, indent=0).encode())

    def _made_of(self, folder: str) -> Mapping[str, str]:
        try:
            found = json.loads(self._writer.read(f"{folder}/{MADE_OF}") or b"{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def _write(self, folder: str, slug: str | None, feed: FeedContent, month: Month) -> None:
        headlines = newest_first(filter(None, map(self._headline, self._releases(month))))
        if not headlines:
            raise RenderError("none of its releases can be shown, so the last good one stays")
        page = self._pages.render("month.html", self._language(feed), feed=feed, month=month, releases=headlines)
        self._writer.write(f"{folder}/{month.name}.html", page.encode())
        if month.later and slug is not None:
            archive = self._archive(feed, month, [release.as_in([slug]) for release in self._releases(month)])
            self._writer.write(f"{folder}/{month.name}.atom", build(atom, archive, self._problems))

    def _headline(self, release: Release) -> Release | None:
        """What the page of a month shows of a release: of a busy one there may be thousands."""
        if release.state is not ReleaseState.LIVE:
            return None
        with self._problems.of(f"release {release.id} ({release.url[:200]})"):
            return headed(release, self._site.language)
        return None  # type: ignore[unreachable]  # the problem is noted

    def _releases(self, month: Month) -> Iterator[Release]:
        ids = [one.id for one in month.releases if one.visible or one.state is ReleaseState.WITHDRAWN]
        for start in range(0, len(ids), BATCH):
            yield from self._store.releases(ids[start : start + BATCH])

    def _archive(self, feed: FeedContent, month: Month, releases: Sequence[Release]) -> FeedContent:
        of = Entries(self._site, self._pages, self._problems).of  # one month's are in memory at a time
        live = newest_first(release for release in releases if release.state is ReleaseState.LIVE)
        gone = [release for release in releases if release.state is ReleaseState.WITHDRAWN]
        return replace(
            feed,
            title=f"{feed.title}: {i18n.month(month.name, self._language(feed))}",
            address=f"{feed.address}/archive/{month.name}",
            page=f"{feed.address}/archive/{month.name}",
            archive_of=feed.address,
            earlier=month.earlier,
            later=month.later,
            hub=None,
            entries=tuple(filter(None, map(of, live))),
            deleted=tuple(deleted(release, self._site.zone) for release in gone),
        )

    def _list(self, folder: str, feed: FeedContent, months: Sequence[Month]) -> None:
        with self._problems.of(f"{folder}/"):
            years = [(year, list(each)) for year, each in groupby(reversed(months), key=lambda one: one.name[:4])]
            page = self._pages.render("months.html", self._language(feed), feed=feed, years=years)
            self._writer.write(f"{folder}/index.html", page.encode())

    def _language(self, feed: FeedContent) -> str:
        return i18n.nearest(feed.language, self._site.language)


def _files(slug: str | None, month: Month) -> set[str]:
    """What of a month lies in the folder."""
    return {f"{month.name}.html"} | ({f"{month.name}.atom"} if month.later and slug is not None else set())


def _digest(feed: FeedContent, month: Month) -> str:
    rows = [(one.id, one.changed_at.isoformat(), one.state, one.visible) for one in month.releases]
    return hashlib.sha256(repr((feed, month.earlier, month.later, rows)).encode()).hexdigest()
