"""What the collector keeps of pages and releases, beside its sources. Fulfils `collect.store.CollectStore`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, and_, delete, or_, select, update

from newsletter.model import KnownPage, Release, ReleaseState, Revised, Standing, Stored
from newsletter.store.conflict import insert
from newsletter.store.documents import release_columns, release_document, release_from
from newsletter.store.sources import Sources
from newsletter.store.tables import addresses, pages, release_topics, releases, revisions

T = TypeVar("T")
CHUNK = 200
"""Rows written in one transaction (≤ 50 ms), and values asked for in one query."""

_PAGE = [pages.c[field.name] for field in fields(KnownPage)]


class Collecting(Sources):
    """The store as collecting sees it."""

    def known(self, urls: Mapping[str, str]) -> dict[str, str | None]:
        """Those of the addresses (each with its key) that are known, with the id of their release, if they have one."""

        def look(connection: Connection) -> dict[str, str | None]:
            with_page = _in(connection, select(pages.c.url), pages.c.url, urls)
            rows = _in(connection, select(addresses.c.url, addresses.c.release), addresses.c.url, set(urls.values()))
            by_key = {row.url: row.release for row in rows}
            listed = {row.url for row in with_page}
            return {url: by_key.get(key) for url, key in urls.items() if key in by_key or url in listed}

        return self._database.read(look)

    def expect(self, pages_to_look_at: Sequence[KnownPage]) -> None:
        """Write down pages to be looked at, so that a crash forgets none; a page that is known stays as it is."""
        for chunk in _chunks([asdict(page) for page in pages_to_look_at]):
            self._database.write(partial(_insert_missing, rows=chunk))

    def standings(self, slug: str, since: datetime) -> list[Standing]:
        """The source's pages never looked at, those kept back that were found since, and those that are the address of
        a release published since; in the order they were found."""
        kept_back = and_(releases.c.id.is_(None), pages.c.problem.is_not(None), pages.c.found_at >= since)
        stands = and_(releases.c.url == pages.c.url, releases.c.published_at >= since)
        query = (
            select(*_PAGE, releases.c.id, releases.c.published_at, releases.c.state)
            .outerjoin(addresses, addresses.c.url == pages.c.url)
            .outerjoin(releases, releases.c.id == addresses.c.release)
            .where(pages.c.source == slug, or_(pages.c.checked_at.is_(None), kept_back, stands))
            .order_by(pages.c.found_at, pages.c.url)
        )
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return [_standing(row) for row in rows]

    def unread(self, slug: str, urls: Collection[str], now: datetime) -> list[Standing]:
        """Those of the addresses that the source has, that no release came of, and that were not looked at `now`."""
        open_ = or_(pages.c.checked_at.is_(None), and_(pages.c.problem.is_not(None), pages.c.checked_at != now))
        query = (
            select(*_PAGE)
            .outerjoin(addresses, addresses.c.url == pages.c.url)
            .where(pages.c.source == slug, addresses.c.url.is_(None), open_)
        )
        rows = self._database.read(lambda connection: list(_in(connection, query, pages.c.url, urls)))
        return [Standing(KnownPage(*row)) for row in rows]

    def save_pages(self, *looked_at: KnownPage) -> None:
        """Keep what a look at pages told."""
        rows = [asdict(page) for page in looked_at]
        self._database.write(lambda connection: _upsert(connection, pages, ["url"], rows))

    def find(self, slug: str, keys: Sequence[str], digest: str) -> list[tuple[Stored, str | None]]:
        """The releases known by one of `keys` (with the key, in their order), then those of the source with the digest
        (with None)."""
        columns = (releases.c.document, releases.c.told_revision)
        known = select(addresses.c.url, *columns).join(releases, releases.c.id == addresses.c.release)
        alike = select(*columns).where(releases.c.source == slug, releases.c.digest == digest).limit(10)

        def look(connection: Connection) -> list[tuple[Stored, str | None]]:
            by_key = {row.url: row for row in connection.execute(known.where(addresses.c.url.in_(keys)))}
            found = [(_stored(by_key[key]), key) for key in keys if key in by_key]
            return found + [(_stored(row), None) for row in connection.execute(alike)]

        return self._database.read(look)

    def save(self, revised: Revised, looked_at: Sequence[KnownPage], at: datetime) -> bool:
        """Keep a release with its pages, addresses, topics and revision, in one transaction.

        False, and nothing is kept, where another was faster: what is stored is no longer `before`, or the address of a
        new release is another's already.
        """
        try:
            self._database.write(lambda connection: _save(connection, revised, looked_at, at))
        except _OvertakenError:
            return False
        return True


class _OvertakenError(Exception):
    """Somebody else wrote what we were about to write."""


def _save(connection: Connection, revised: Revised, looked_at: Sequence[KnownPage], at: datetime) -> None:
    release, id = revised.release, revised.release.id
    values = release_columns(release, at) | {"digest": revised.digest, "told_revision": revised.told_revision}
    if revised.before is None:
        connection.execute(insert(connection, releases).values(values))
    else:
        _check_unchanged(connection, revised.before)
        connection.execute(update(releases).where(releases.c.id == id).values(values))
    _save_addresses(connection, revised)
    connection.execute(delete(release_topics).where(release_topics.c.release == id))
    if topics := [{"release": id, "topic": topic.slug, "title": topic.title} for topic in release.topics]:
        connection.execute(insert(connection, release_topics).on_conflict_do_nothing(), topics)
    if revised.before is None or revised.change is not None:
        row = {"release": id, "number": release.revision, "change": revised.change, "at": at}
        row["document"] = release_document(release)
        _upsert(connection, revisions, ["release", "number"], [row])
    _upsert(connection, pages, ["url"], [asdict(page) for page in looked_at])


def _check_unchanged(connection: Connection, before: Release) -> None:
    query = select(releases.c.document).where(releases.c.id == before.id).with_for_update()
    document = connection.execute(query).scalar()
    if document is None or release_from(document) != before:
        raise _OvertakenError


def _save_addresses(connection: Connection, revised: Revised) -> None:
    rows = [{"url": key, "release": revised.release.id} for key in dict.fromkeys(revised.keys)]
    query = insert(connection, addresses).on_conflict_do_nothing().returning(addresses.c.url)
    kept = set(connection.execute(query.values(rows)).scalars()) if rows else set()
    if revised.before is None and revised.keys and revised.keys[0] not in kept:
        raise _OvertakenError


def _insert_missing(connection: Connection, rows: list[dict[str, Any]]) -> None:
    connection.execute(insert(connection, pages).on_conflict_do_nothing(), rows)


def _upsert(connection: Connection, table: Any, keys: list[str], rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    query = insert(connection, table)
    names = [name for name in rows[0] if name not in keys]
    set_ = {name: query.excluded[name] for name in names}
    connection.execute(query.on_conflict_do_update(index_elements=keys, set_=set_), rows)


def _in(connection: Connection, query: Any, column: Any, values: Collection[str]) -> Iterator[Any]:
    for chunk in _chunks(list(values)):
        yield from connection.execute(query.where(column.in_(chunk)))


def _chunks(rows: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]


def _standing(row: Any) -> Standing:
    *page, release, published_at, state = row
    return Standing(KnownPage(*page), release, published_at, state == ReleaseState.WITHDRAWN)


def _stored(row: Any) -> Stored:
    return Stored(release_from(row.document), row.told_revision)
