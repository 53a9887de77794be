"""Releases as entries of feeds, each made once for all the feeds that list it."""

from __future__ import annotations

from newsletter.config import Site
from newsletter.errors import RenderError
from newsletter.model import Release, ReleaseState
from newsletter.publish.content import Entry, entry, fit
from newsletter.publish.pages import Pages
from newsletter.publish.problems import Problems

MAX_ENTRY = 1_000_000  # characters: no press release, and a fifth of a feed


class Entries:
    """Makes entries and keeps them until `clear`; one that cannot be shown is a problem, told once."""

    def __init__(self, site: Site, pages: Pages, problems: Problems) -> None:
        self._site = site
        self._pages = pages
        self._problems = problems
        self._kept: dict[str, Entry | None] = {}  # None: it cannot be shown

    def clear(self) -> None:
        """Forget what was made: one feed's entries are in memory at a time."""
        self._kept.clear()

    def of(self, release: Release) -> Entry | None:
        """The entry of a release, the notice of a withdrawn one; None where it cannot be shown."""
        if release.id not in self._kept:
            self._kept[release.id] = None
            with self._problems.of(f"release {release.id} ({release.url[:200]})"):
                self._kept[release.id] = self._entry(release)
        return self._kept[release.id]

    def _entry(self, release: Release) -> Entry:
        shown = fit(release, self._site.language)
        content = self._pages.content(shown)
        if release.state is ReleaseState.WITHDRAWN:
            shown, content = self._pages.notice(shown)
        if len(content) > MAX_ENTRY:
            raise RenderError(f"{len(content)} characters are too many for a feed: it is left out of feeds")
        return entry(shown, content, self._site.zone)
