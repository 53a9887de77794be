"""Releases as editors look for them, where they were sent, and how much there is of each source."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, not_, or_, select, tuple_

from newsletter.model import Cadence, EditionState, Release, ReleaseState, Source, SubscriptionState
from newsletter.said import said_from
from newsletter.store.database import Database
from newsletter.store.documents import release_from
from newsletter.store.editor_tables import own_words
from newsletter.store.kept_tables import kept_pages
from newsletter.store.own_words import OwnWording
from newsletter.store.releases import visible
from newsletter.store.source_tables import sources
from newsletter.store.sources import SOURCE, source_from
from newsletter.store.tables import edition_releases, editions, release_sources, releases, subscriptions

EMBARGO = "embargo"
"""Beside the states of a release: live, and not shown before a moment that lies ahead."""

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)  # RFC 9562
Place = tuple[datetime, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which releases are looked for. `among`: the sources whose releases may be seen, None for all.

    `state`: one of the model's, or EMBARGO; `text`: part of the headline, of the address, or the id.
    """

    among: Collection[str] | None = None
    source: str = ""
    state: str = ""
    text: str = ""


class SentIn(NamedTuple):
    """An edition that carries a release, at this revision of it."""

    id: str
    newsletter: str
    cadence: Cadence
    slot: datetime
    state: EditionState
    revision: int


class Amount(NamedTuple):
    """How many releases a source has, how many of them were first seen lately, and when the newest was."""

    releases: int
    lately: int
    newest: datetime | None


class Catalogue:
    """Reads only."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._own = OwnWording(database)

    def find(self, wanted: Wanted, now: datetime, most: int, before: Place | None = None) -> list[Release]:
        """The newest that are wanted, in editors' words; of those that come after the place `before` in that order."""
        order = (releases.c.published_at.desc(), releases.c.id.desc())
        query = select(releases.c.document).where(*_conditions(wanted, now)).order_by(*order).limit(most)
        if before is not None:
            query = query.where(tuple_(releases.c.published_at, releases.c.id) < before)
        documents = self._database.read(lambda connection: connection.execute(query).scalars().all())
        return self._own.said(release_from(document) for document in documents)

    def sent_in(self, release: str) -> list[SentIn]:
        """The editions that carry a release, the latest first."""
        own = (editions.c.id, editions.c.newsletter, editions.c.cadence, editions.c.slot, editions.c.state)
        query = (
            select(*own, edition_releases.c.revision)
            .join(editions, editions.c.id == edition_releases.c.edition)
            .where(edition_releases.c.release == release)
            .order_by(editions.c.slot.desc(), editions.c.id)
        )
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return [
            SentIn(id, newsletter, Cadence(cadence), slot, EditionState(state), revision)
            for id, newsletter, cadence, slot, state, revision in rows
        ]

    def withheld_at(self, urls: Collection[str]) -> dict[str, str]:
        """Why what these addresses show now is withheld, by address; of those of which it is."""
        own = kept_pages.c
        query = select(own.url, own.reason, own.told).where(own.withheld, own.url.in_(urls))
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return {url: said_from(reason or "", told) for url, reason, told in rows}

    def readers(self, newsletter: str) -> int:
        """How many people have an active subscription of a newsletter, whatever its cadence."""
        own = subscriptions.c
        query = select(func.count()).where(own.newsletter == newsletter, own.state == SubscriptionState.ACTIVE)
        return self._database.read(lambda connection: connection.execute(query).scalar_one())

    def sources(self, slugs: Collection[str]) -> dict[str, Source]:
        """How these sources stand; blank ones of those that were never collected."""
        query = select(*SOURCE).where(sources.c.slug.in_(slugs))
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return {slug: Source(slug) for slug in slugs} | {row.slug: source_from(row) for row in rows}

    def amounts(self, since: datetime) -> dict[str, Amount]:
        """How much there is of each source; `lately` counts from `since`."""
        own = release_sources.c
        lately = func.sum(case((own.first_seen >= since, 1), else_=0))
        query = select(own.source, func.count(), lately, func.max(own.first_seen)).group_by(own.source)
        return self._mapped(query, Amount)

    def withheld(self) -> dict[str, int]:
        """How many pages of each source are withheld."""
        query = select(kept_pages.c.source, func.count()).where(kept_pages.c.withheld).group_by(kept_pages.c.source)
        return {slug: int(count) for slug, (count,) in self._mapped(query, lambda *row: row).items()}

    def _mapped(self, query: Select[Any], to: Any) -> dict[str, Any]:
        def look(connection: Connection) -> Mapping[str, Any]:
            return {slug: to(*row) for slug, *row in connection.execute(query)}

        return dict(self._database.read(look))


def _conditions(wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    listed = select(1).where(release_sources.c.release == releases.c.id)
    if wanted.among is not None:
        found.append(listed.where(release_sources.c.source.in_(wanted.among)).exists())
    if wanted.source:
        found.append(listed.where(release_sources.c.source == wanted.source).exists())
    if wanted.state == EMBARGO:
        found.append(and_(releases.c.state == ReleaseState.LIVE, not_(visible(now))))
    elif wanted.state == ReleaseState.LIVE:
        found.append(visible(now))
    elif wanted.state:
        found.append(releases.c.state == wanted.state)
    if wanted.text:
        found.append(_said(wanted.text))
    return found


def _said(text: str) -> ColumnElement[bool]:
    """Whether a text is an id, part of an address, or of a headline, be it the source's or an editor's."""
    if _ID.fullmatch(text):
        return releases.c.id == text.lower()
    if "://" in text:
        return releases.c.url.contains(text, autoescape=True)
    by_editor = own_words.c.headline.icontains(text, autoescape=True)
    own = select(1).where(own_words.c.release == releases.c.id, by_editor).exists()
    return or_(releases.c.document["headline"].as_string().icontains(text, autoescape=True), own)
