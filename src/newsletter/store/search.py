"""Releases by their words. A word is found inside others, too: „Brücke“ finds „Radbrücke“, as German compounds need.

Texts are kept folded (no case, no accents: Unicode NFKD), so that both databases compare them alike.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, and_, func, select

from newsletter.model import Release
from newsletter.store.conflict import insert
from newsletter.store.database import Database
from newsletter.store.documents import release_from
from newsletter.store.releases_seen import visible
from newsletter.store.tables import releases, search_texts

MOST_WORDS = 8
LONGEST_WORD = 60  # characters
ENDINGS = ("ern", "en", "er", "es", "em", "e", "n", "s")  # inflections of German; the plural of English
SHORTEST_STEM = 4


class Hits(NamedTuple):
    """How many releases were found, and those of one page."""

    count: int
    releases: list[Release]


def folded(text: str) -> str:
    """The text without case and accents; NUL, which PostgreSQL does not take, is a space."""
    spread = unicodedata.normalize("NFKD", text.replace("\0", " ").casefold())
    return "".join(character for character in spread if not unicodedata.combining(character))


def stems(query: str) -> list[str]:
    """What of a query is looked for: its first words, folded, without their inflection."""
    spaced = "".join(character if character.isalnum() else " " for character in folded(query[:1000]))
    return list(dict.fromkeys(_stem(word[:LONGEST_WORD]) for word in spaced.split()))[:MOST_WORDS]


def keep_words(connection: Connection, release: Release) -> None:
    """Let a release be found by the words it has now: for the transaction that writes it."""
    headline = f"{release.kicker or ''} {release.headline}"
    words = {
        "headline": folded(headline),
        "words": folded(f"{headline} {release.teaser or ''} {release.body_text or ''}"),
    }
    query = insert(connection, search_texts).values(release=release.id, **words)
    connection.execute(query.on_conflict_do_update(index_elements=["release"], set_=words))


class Search:
    """Finds releases that may be seen."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, wanted: Sequence[str], now: datetime, limit: int, offset: int = 0) -> Hits:
        """Releases with all of `wanted` (see `stems`): first those whose headline has them, then the newest."""
        if not wanted:
            return Hits(0, [])
        has = and_(*(search_texts.c.words.contains(word, autoescape=True) for word in wanted))
        named = and_(*(search_texts.c.headline.contains(word, autoescape=True) for word in wanted))
        joined = releases.join(search_texts, search_texts.c.release == releases.c.id)
        seen = (visible(now), has)
        order = (named.desc(), releases.c.published_at.desc(), releases.c.id)
        page = select(releases.c.document).select_from(joined).where(*seen).order_by(*order)

        def look(connection: Connection) -> Hits:
            count = connection.execute(select(func.count()).select_from(joined).where(*seen)).scalar_one()
            found = connection.execute(page.limit(limit).offset(offset)).scalars()
            return Hits(count, [release_from(document) for document in found])

        return self._database.read(look)


def _stem(word: str) -> str:
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word.removesuffix(ending)
    return word
