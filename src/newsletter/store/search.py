"""Releases by their words, from the full-text index of each database: SQLite's FTS5, PostgreSQL's tsvector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, cast, func, literal_column, select, text
from sqlalchemy.dialects.postgresql import TSQUERY

from newsletter.model import Release
from newsletter.store.database import Database
from newsletter.store.own_words import OwnWording
from newsletter.store.releases import many, visible
from newsletter.store.tables import release_sources, release_topics, releases, search_texts
from newsletter.store.words import SHORTEST_END

INDEXED = "array_to_tsvector(string_to_array(search_texts.parts, ' '))"
"""What PostgreSQL's index holds: the words as they are, by none of its dictionaries (see migration 0019)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for: all of `words` (see `stems`); in a feed, or a topic of it; published since a moment."""

    words: Sequence[str]
    feed: str = ""
    topic: str = ""
    since: datetime | None = None


class Hits(NamedTuple):
    """How many releases were found, and those of one page."""

    total: int
    releases: list[Release]


class Search:
    """Finds releases that may be seen."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._own = OwnWording(database)

    def find(self, asked: Asked, now: datetime, limit: int, offset: int = 0) -> Hits:
        """The releases asked for, in editors' words: first those whose headline has all words, then the newest."""
        if not asked.words:
            return Hits(0, [])
        joined = releases.join(search_texts, search_texts.c.release == releases.c.id)
        seen = (visible(now), *_within(asked))
        order = (_named(asked.words).desc(), releases.c.published_at.desc(), releases.c.id)
        page = select(releases.c.id).select_from(joined).order_by(*order).limit(limit).offset(offset)

        def look(connection: Connection) -> Hits:
            where = (*seen, _has(connection, asked.words))
            total = connection.execute(select(func.count()).select_from(joined).where(*where)).scalar_one()
            ids = connection.execute(page.where(*where)).scalars().all()
            found = {one.id: one for one in many(connection, ids)}
            return Hits(total, [found[id] for id in ids])

        hits = self._database.read(look)
        return Hits(hits.total, self._own.said(hits.releases))


def _has(connection: Connection, words: Sequence[str]) -> ColumnElement[bool]:
    """Whether a text has all words, each at a word's beginning or inside it; they are letters and digits alone."""
    if connection.dialect.name == "postgresql":
        terms = " & ".join(f"'{word}'{':*' if _inside(word) else ''}" for word in words)
        return literal_column(INDEXED).op("@@", is_comparison=True)(cast(terms, TSQUERY))
    terms = " AND ".join(f'"{word}"{"*" if _inside(word) else ""}' for word in words)
    rows = text("SELECT rowid FROM search_index WHERE search_index MATCH :terms").bindparams(terms=terms)
    return search_texts.c.number.in_(rows.columns(search_texts.c.number))


def _named(words: Sequence[str]) -> ColumnElement[bool]:
    spaced = " " + search_texts.c.headline + " "
    return and_(*(spaced.like(f"% {word}{'' if _inside(word) else ' '}%") for word in words))


def _inside(word: str) -> bool:
    return len(word) >= SHORTEST_END


def _within(asked: Asked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.since is not None:
        found.append(releases.c.published_at >= asked.since)
    if asked.topic:  # stands nowhere but in a feed
        own = release_topics.c
        here = (own.release == releases.c.id, own.source == asked.feed, own.topic == asked.topic)
        found.append(select(1).where(*here).exists())
    elif asked.feed:
        found.append(releases.c.id.in_(select(release_sources.c.release).where(release_sources.c.source == asked.feed)))
    return found
