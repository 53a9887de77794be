"""What the collector keeps of pages and releases, beside its sources. Fulfils `collect.store.CollectStore`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, and_, or_, select, update

from newsletter.model import KnownPage, Release, ReleaseState, Revised, Standing, Stored
from newsletter.store.conflict import insert
from newsletter.store.documents import release_columns, release_document, release_from
from newsletter.store.images import link_images
from newsletter.store.keeping import Keeping
from newsletter.store.listing import list_release
from newsletter.store.outbox import appeared
from newsletter.store.source_tables import pages
from newsletter.store.sources import Sources
from newsletter.store.tables import addresses, release_sources, releases, revisions
from newsletter.store.words import keep_words

T = TypeVar("T")
CHUNK = 200
"""Rows written in one transaction (≤ 50 ms), and values asked for in one query."""
NAMESAKES = 500
"""Releases of a source, the newest, among which an unknown page may have its own; as many of its day."""

_PAGE = [pages.c[field.name] for field in fields(KnownPage)]


class Collecting(Sources, Keeping):
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
        a release published since, in this source; in the order they were found."""
        kept_back = and_(releases.c.id.is_(None), pages.c.problem.is_not(None), pages.c.found_at >= since)
        stands = and_(release_sources.c.url == pages.c.url, releases.c.published_at >= since)
        here = and_(release_sources.c.release == releases.c.id, release_sources.c.source == slug)
        query = (
            select(*_PAGE, releases.c.id, releases.c.published_at, releases.c.state)
            .outerjoin(addresses, addresses.c.url == pages.c.url)
            .outerjoin(releases, releases.c.id == addresses.c.release)
            .outerjoin(release_sources, here)
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
        self._database.write(lambda connection: _save_pages(connection, looked_at))

    def find(self, keys: Sequence[str], digest: str) -> list[tuple[Stored, str | None]]:
        """The releases known by one of `keys` (with it, in their order), then those with the digest (with None)."""
        columns = (releases.c.document, releases.c.told_revision)
        known = select(addresses.c.url, *columns).join(releases, releases.c.id == addresses.c.release)
        alike = select(*columns).where(releases.c.digest == digest).limit(10)

        def look(connection: Connection) -> list[tuple[Stored, str | None]]:
            by_key = {row.url: row for row in connection.execute(known.where(addresses.c.url.in_(keys)))}
            found = [(_stored(by_key[key]), key) for key in keys if key in by_key]
            return found + [(_stored(row), None) for row in connection.execute(alike)]

        return self._database.read(look)

    def headlines(self, slug: str | None, published: datetime | None) -> dict[str, str]:
        """The headlines, by id, of the releases that an unknown page may be: the newest of the source, if one is given,
        and those of any source that were published within a day of `published`."""
        columns = (releases.c.id, releases.c.document["headline"].as_string())
        queries = []
        if slug is not None:
            own = select(*columns).join(release_sources, release_sources.c.release == releases.c.id)
            newest = own.where(release_sources.c.source == slug).order_by(release_sources.c.published_at.desc())
            queries.append(newest.limit(NAMESAKES))
        if published is not None:
            day = releases.c.published_at.between(published - timedelta(days=1), published + timedelta(days=1))
            queries.append(select(*columns).where(day).limit(NAMESAKES))

        def look(connection: Connection) -> dict[str, str]:
            return {id: headline for query in queries for id, headline in connection.execute(query)}

        return self._database.read(look)

    def stored(self, ids: Collection[str]) -> list[Stored]:
        """The releases of these ids, in no order."""
        query = select(releases.c.document, releases.c.told_revision)
        return self._database.read(lambda connection: list(map(_stored, _in(connection, query, releases.c.id, ids))))

    def unlisted(self, slug: str, known: Mapping[str, str]) -> dict[str, Stored]:
        """Those of the addresses (each with the id of its release) whose release the source has not found yet.

        Not those at which a look found nothing twice: a list may go on naming what is gone.
        """
        listed = select(release_sources.c.release).where(release_sources.c.source == slug)
        gone = select(pages.c.url).where(pages.c.source == slug, pages.c.gone > 1)

        def look(connection: Connection) -> dict[str, Stored]:
            out = {row.release for row in _in(connection, listed, release_sources.c.release, set(known.values()))}
            out_of_reach = {row.url for row in _in(connection, gone, pages.c.url, known)}
            wanted = {url: id for url, id in known.items() if id not in out and url not in out_of_reach}
            query = select(releases.c.document, releases.c.told_revision)
            found = (_stored(row) for row in _in(connection, query, releases.c.id, set(wanted.values())))
            by_id = {stored.release.id: stored for stored in found}
            return {url: by_id[id] for url, id in wanted.items()}

        return self._database.read(look)

    def pages_of(self, slug: str, release: str) -> list[KnownPage]:
        """The pages of the source that are or were addresses of a release, the latest found first."""
        query = (
            select(*_PAGE)
            .join(addresses, addresses.c.url == pages.c.url)
            .where(pages.c.source == slug, addresses.c.release == release)
            .order_by(pages.c.found_at.desc(), pages.c.url)
        )
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return [KnownPage(*row) for row in rows]

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
    list_release(connection, release)
    appeared(connection, release, revised.before, at)
    keep_words(connection, release)
    link_images(connection, release, at if revised.change is not None else None)
    if revised.before is None or revised.change is not None:
        row = {"release": id, "number": release.revision, "change": revised.change, "at": at}
        row["document"] = release_document(release)
        _upsert(connection, revisions, ["release", "number"], [row])
    _save_pages(connection, looked_at)


def _save_pages(connection: Connection, looked_at: Sequence[KnownPage]) -> None:
    """A page stays that of the source that found it, whoever else is led to it."""
    rows = [asdict(page) for page in looked_at]
    if rows:
        query = insert(connection, pages)
        set_ = {name: query.excluded[name] for name in rows[0] if name not in ("url", "source")}
        mine = pages.c.source == query.excluded.source
        connection.execute(query.on_conflict_do_update(index_elements=["url"], set_=set_, where=mine), rows)


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
