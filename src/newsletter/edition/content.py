"""What an edition holds, in its order: the common source of its HTML and its text, in every language and format."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from newsletter.config import Newsletter, Site
from newsletter.config.settings import SINGLE
from newsletter.edition.plain import plain
from newsletter.model import Cadence, Release, Topic

PARAGRAPH = 2_000  # characters


@dataclass(frozen=True, slots=True)
class Group:
    """The releases that stand under one topic; `topic` is None for those that have none."""

    topic: Topic | None
    releases: tuple[Release, ...]


@dataclass(frozen=True, slots=True)
class EditionContent:
    """Everything that is rendered of an edition; `slot` is in UTC, `id` the edition's."""

    id: str
    site: Site
    newsletter: Newsletter
    cadence: Cadence
    slot: datetime
    groups: tuple[Group, ...]
    subject: str | None = None  # an editor's
    intro: str | None = None  # an editor's; an empty line ends a paragraph

    @property
    def layout(self) -> str:
        """The layout its mails have: what carries one release in full can carry no more."""
        name = self.newsletter.layout_of(self.cadence)
        return "standard" if name == SINGLE and len(self.releases) != 1 else name

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The intro, fit to be printed."""
        found = (plain(paragraph, PARAGRAPH) for paragraph in re.split(r"\n\s*\n", self.intro or ""))
        return tuple(paragraph for paragraph in found if paragraph)

    @property
    def releases(self) -> tuple[Release, ...]:
        """All releases in the order they are read."""
        return tuple(release for group in self.groups for release in group.releases)

    @property
    def day(self) -> date:
        """The edition's date, as people at the publisher's place call it."""
        return self.slot.astimezone(self.site.zone).date()

    @property
    def url(self) -> str:
        """Where the edition is read in the browser."""
        return f"{self.site.base_url}/editions/{self.id}"

    def without(self, releases: Iterable[str]) -> EditionContent:
        """The same edition with these releases (ids) left out."""
        gone = frozenset(releases)
        kept = (
            replace(group, releases=tuple(release for release in group.releases if release.id not in gone))
            for group in self.groups
        )
        return replace(self, groups=tuple(group for group in kept if group.releases))
