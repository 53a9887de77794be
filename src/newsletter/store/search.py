"""Releases by their words. A word is found inside others, too: „Brücke“ finds „Radbrücke“, as German compounds need."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, and_, func, select

from newsletter.model import Release
from newsletter.store.database import Database
from newsletter.store.documents import release_from
from newsletter.store.releases import visible
from newsletter.store.tables import releases, search_texts


class Hits(NamedTuple):
    """How many releases were found, and those of one page."""

    total: int
    releases: list[Release]


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
