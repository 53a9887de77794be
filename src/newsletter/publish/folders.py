"""The folders of the archive: a page for each release, and for each edition with the report of its checking.

A page's file carries the time at which what stands on it was last written (`Mark.changed_at`), so publishing looks at
each file's time and renders only what is behind. That needs no memory of its own: a lost page, a restored database or a
crash half-way only cause more pages to be rendered, and equal bytes are never written twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from zoneinfo import ZoneInfo

from newsletter.config import FeedSettings, Newsletter
from newsletter.model import NOT_TESTED, Edition, Issued, Mark, Record, Release, ReleaseState, Topic
from newsletter.publish import earl
from newsletter.publish.content import fit
from newsletter.publish.pages import Pages
from newsletter.publish.problems import Problems
from newsletter.publish.store import PublishStore
from newsletter.publish.writer import Writer

BATCH = 200  # releases in memory at a time


class Folders:
    """Publishes the pages that are behind; all of them where `anew`, because what they are made with has changed."""

    def __init__(self, store: PublishStore, pages: Pages, writer: Writer, problems: Problems, *, anew: bool) -> None:
        self._store = store
        self._pages = pages
        self._writer = writer
        self._problems = problems
        self._anew = anew

    def publish_releases(self, feeds: Mapping[str, FeedSettings], now: datetime) -> None:
        """A page for each visible release, a notice for each withdrawn one, nothing for what is kept back."""
        marks = {_page_of(mark): mark for mark in self._store.release_marks(now)}
        due = self._due(marks)
        for start in range(0, len(due), BATCH):
            batch = due[start : start + BATCH]
            live = [mark.id for _, mark in batch if mark.state is ReleaseState.LIVE]
            found = {release.id: release for release in self._store.releases(live)}
            for name, mark in batch:
                if mark.state is ReleaseState.WITHDRAWN:
                    self._write(name, mark, self._gone_page)
                elif release := found.get(mark.id):
                    self._write(name, mark, partial(self._release_page, release, feeds))
        self._remove_others("releases", marks)

    def publish_editions(self, newsletters: Sequence[Newsletter], now: datetime) -> None:
        """A page for each edition that people may read."""
        titles = {newsletter.id: newsletter.title for newsletter in newsletters}
        for name, mark in self._due({f"editions/{mark.id}.html": mark for mark in self._store.edition_marks()}):
            edition = self._store.edition(mark.id)
            title = titles.get(edition.newsletter, self._pages.site.title)
            self._write(name, mark, partial(self._edition_page, edition, title, now))

    def list_editions(self, newsletters: Sequence[Newsletter]) -> None:
        """The editions that people may read, by newsletter and year, the latest first."""
        titles = {newsletter.id: newsletter.title for newsletter in newsletters}
        found: dict[str, list[Issued]] = {}
        for issued in self._store.editions_issued():
            found.setdefault(titles.get(issued.newsletter, self._pages.site.title), []).append(issued)
        self._list_years([(title, _by_year(each, self._pages.site.zone)) for title, each in sorted(found.items())])

    def _list_years(self, newsletters: Sequence[tuple[str, Mapping[int, list[Issued]]]]) -> None:
        """The latest year in the folder's first page, each earlier one in a page of its own."""
        years = sorted({year for _, found in newsletters for year in found}, reverse=True)
        pages: list[tuple[int | None, str]] = [(year, str(year)) for year in years[1:]]
        for year, name in [(years[0] if years else None, "index"), *pages]:
            listed = [(title, found[year]) for title, found in newsletters if year is not None and year in found]
            with self._problems.of(f"editions/{name}"):
                values = {"newsletters": listed, "year": year, "years": years}
                page = self._pages.render("editions.html", self._pages.site.language, **values)
                self._writer.write(f"editions/{name}.html", page.encode())

    def publish_reports(self, newsletters: Sequence[Newsletter]) -> None:
        """How each of these editions was checked, for people and for programs; nothing where nobody wrote it down."""
        titles = {newsletter.id: newsletter.title for newsletter in newsletters}
        for name, mark in self._due({f"reports/{mark.id}.html": mark for mark in self._store.edition_marks()}):
            record = self._store.record(mark.id)
            if record is None:
                continue
            edition = self._store.edition(mark.id)
            title = titles.get(edition.newsletter, self._pages.site.title)
            for_programs = partial(earl.build, edition, record, self._pages.site)
            self._write(f"reports/{mark.id}.jsonld", mark, for_programs)
            self._write(name, mark, partial(self._report_page, edition, record, title))

    def _due(self, marks: Mapping[str, Mark]) -> list[tuple[str, Mark]]:
        folders = {name.partition("/")[0] for name in marks}
        present = {f"{folder}/{name}": at for folder in folders for name, at in self._writer.files(folder)}
        return [(name, mark) for name, mark in marks.items() if self._anew or present.get(name) != mark.changed_at]

    def _write(self, name: str, mark: Mark, page: Callable[[], str | bytes]) -> None:
        written = False
        with self._problems.of(name):
            made = page()
            self._writer.write(name, made.encode() if isinstance(made, str) else made, modified=mark.changed_at)
            written = True
        if not written:
            self._writer.outdate(name)  # the old page stays, and is tried again

    def _remove_others(self, folder: str, kept: Mapping[str, Mark]) -> None:
        for name, _ in list(self._writer.files(folder)):
            if f"{folder}/{name}" not in kept:
                self._writer.remove(f"{folder}/{name}")

    def _release_page(self, release: Release, feeds: Mapping[str, FeedSettings]) -> str:
        shown = fit(release, self._pages.site.language)
        settings = feeds.get(release.source)
        address = f"{self._pages.site.base_url}/feeds/{release.source}"
        feed = {"title": settings.title, "address": address} if settings else None
        return self._pages.render("release.html", self._pages.language_of(shown), release=shown, feed=feed)

    def _gone_page(self) -> str:
        return self._pages.render("gone.html", self._pages.site.language)

    def _edition_page(self, edition: Edition, title: str, now: datetime) -> str:
        ids = [carried.release for carried in edition.carried]
        found = {release.id: release for release in self._store.releases(ids)}
        visible = [found[id] for id in ids if id in found and found[id].visible(now)]
        language = self._pages.site.language
        shown = [fit(release, language) for release in visible]
        return self._pages.render(
            "edition.html",
            language,
            edition=edition,
            title=title,
            groups=by_topic(shown),
            count=len(shown),
            minutes=sum(release.reading_minutes for release in shown),
            withdrawn=len(ids) - len(shown),
            checked=self._store.record(edition.id) is not None,
        )

    def _report_page(self, edition: Edition, record: Record, title: str) -> str:
        return self._pages.render(
            "report.html",
            self._pages.site.language,
            edition=edition,
            record=record,
            title=title,
            reason=earl.reason_of(edition.override) if edition.override else "",
            programs=[f"{name} {version}" for name, version in sorted(record.versions.items())],
            not_tested=NOT_TESTED,
        )


def by_topic(releases: Iterable[Release]) -> list[tuple[Topic | None, list[Release]]]:
    """Releases under the first topic of each, topics and releases in the order in which they come (the mail's)."""
    groups: dict[str, tuple[Topic | None, list[Release]]] = {}
    for release in releases:
        topic = release.topics[0] if release.topics else None
        groups.setdefault(topic.slug if topic else "", (topic, []))[1].append(release)
    return list(groups.values())


def _by_year(issued: Iterable[Issued], zone: ZoneInfo) -> dict[int, list[Issued]]:
    years = groupby(issued, key=lambda one: one.slot.astimezone(zone).year)
    return {year: list(each) for year, each in years}


def _page_of(mark: Mark) -> str:
    return f"releases/{mark.id}.gone.html" if mark.state is ReleaseState.WITHDRAWN else f"releases/{mark.id}.html"
