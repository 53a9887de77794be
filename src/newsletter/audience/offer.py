"""What can be asked for: newsletters with their cadences, topics, languages and formats; and checking a wish for it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import TypeVar

from newsletter.config import Newsletter, Settings
from newsletter.errors import BadInput, NotFound
from newsletter.i18n import languages
from newsletter.model import Cadence, Format, Topic, Wish
from newsletter.said import Said

C = TypeVar("C", bound=StrEnum)
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Offer:
    """The newsletters of the settings. `topics_of` gives the topics that the releases of a feed have."""

    def __init__(self, settings: Settings, topics_of: Callable[[str], Iterable[Topic]]) -> None:
        self.settings = settings
        self.site = settings.site
        self.newsletters = tuple(settings.newsletters)
        self._topics_of = topics_of

    def newsletter(self, name: str | None) -> Newsletter:
        """The newsletter with this id, or the only one there is. Raises NotFound, which names those there are."""
        if name is None and len(self.newsletters) == 1:
            return self.newsletters[0]
        for newsletter in self.newsletters:
            if newsletter.id == name:
                return newsletter
        known = ", ".join(newsletter.id for newsletter in self.newsletters) or "none is in newsletter.toml"
        if name is None:
            raise NotFound("which newsletter? There are: %(known)s", known=known)
        raise NotFound("no newsletter %(typed)s; %(known)s", typed=repr(name), known=known)

    def topics(self, newsletter: Newsletter) -> tuple[Topic, ...]:
        """What its releases are about, as the feeds' settings and the releases themselves say; by title."""
        found: dict[str, Topic] = {}
        for slug in newsletter.feeds:
            found |= {topic.slug: topic for topic in self.topics_of(slug)}
        return _by_title(found.values())

    def topics_of(self, feed: str) -> tuple[Topic, ...]:
        """What the releases of a feed are about, as its settings and they themselves say; by title."""
        found = {topic.slug: topic for topic in self._topics_of(feed)}
        settings = self.settings.feeds.get(feed)
        for title, topic in (settings.topics if settings else {}).items():
            found.setdefault(topic, Topic(topic, title))
        return _by_title(found.values())

    def titles(self, wish: Wish) -> tuple[str, ...]:
        """The titles of the wish's topics; a topic that is no longer known goes by its slug."""
        newsletter = self.settings.newsletter(wish.newsletter)
        known = {topic.slug: topic.title for topic in self.topics(newsletter)} if newsletter else {}
        return tuple(known.get(slug, slug) for slug in wish.topics)

    def wish(
        self,
        newsletter: str | None,
        *,
        topics: Sequence[str] = (),
        cadence: str = "",
        language: str = "",
        format: str = "",
    ) -> Wish:
        """A wish that can be fulfilled; what is empty is as usual. Raises BadInput or NotFound, naming what can be."""
        found = self.newsletter(newsletter)
        return Wish(
            newsletter=found.id,
            cadence=_one_of(Cadence, cadence, found.cadences, Said("cadence")),
            language=self._language(language),
            format=_one_of(Format, format, tuple(Format), Said("format")),
            topics=tuple(sorted({_topic(topic, self.topics(found)) for topic in topics})),
        )

    def _language(self, text: str) -> str:
        short = text.strip().lower().split("-")[0] or self.site.language
        if short not in languages():
            raise BadInput("language %(typed)s: there is %(known)s", typed=repr(text), known=", ".join(languages()))
        return short


def _one_of(kind: type[C], text: str, offered: Sequence[C], what: str) -> C:
    wanted = text.strip().lower()
    for choice in offered:
        if not wanted or choice == wanted:
            return choice
    raise BadInput("%(what)s %(typed)s: there is %(known)s", what=what, typed=repr(text), known=", ".join(offered))


def _by_title(topics: Iterable[Topic]) -> tuple[Topic, ...]:
    return tuple(sorted(topics, key=lambda topic: (topic.title.casefold(), topic.slug)))


def _topic(text: str, known: Sequence[Topic]) -> str:
    """A topic by its slug or title. While no topic is known yet, any slug will do."""
    wanted = text.strip().casefold()
    for topic in known:
        if wanted in (topic.slug, topic.title.casefold()):
            return topic.slug
    if not known and SLUG.fullmatch(wanted):
        return wanted
    slugs = [topic.slug for topic in known]
    if close := difflib.get_close_matches(wanted, slugs, 1):
        raise BadInput("topic %(typed)s is not known; did you mean %(other)s?", typed=repr(text), other=close[0])
    raise BadInput("topic %(typed)s is not known", typed=repr(text))
