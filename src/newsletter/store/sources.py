"""What is kept of the sources: how they stand, who is at work on them, how far their past was read.

A source that is being collected is leased: `lease_until` lies ahead, and whoever works on it renews it. Its schedule
(`next_at`) is another thing, so that a crash costs a lease and no rest. A moment that lies further ahead than it can is
of a clock that was wrong, and counts for nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, update

from newsletter.model import Backfill, Source
from newsletter.said import document, said_from
from newsletter.store.conflict import insert
from newsletter.store.database import Database
from newsletter.store.source_tables import backfills, sources

SOURCE = [sources.c[field.name] for field in fields(Source)] + [sources.c.said]
_BACKFILL = TypeAdapter(Backfill)


def source_from(row: Row[Any]) -> Source:
    """The source of a row that holds SOURCE."""
    values = dict(row._mapping)
    said = values.pop("said")
    return Source(**values | {"problem": said_from(values["problem"], said)})


class Sources:
    """The sources as collecting sees them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def source(self, slug: str) -> Source:
        """What is kept of a source; a blank one where it was never collected."""
        query = select(*SOURCE).where(sources.c.slug == slug)
        row = self._database.read(lambda connection: connection.execute(query).first())
        return source_from(row) if row else Source(slug)

    def save_source(self, source: Source) -> None:
        """Keep a source; a lease on it stays as it is."""
        row = asdict(source) | {"problem": source.problem and str(source.problem), "said": document(source.problem)}

        def work(connection: Connection) -> None:
            query = insert(connection, sources).values(row)
            connection.execute(query.on_conflict_do_update(index_elements=["slug"], set_=row))

        self._database.write(work)

    def claim(self, latest: Mapping[str, datetime], now: datetime, until: datetime) -> list[str]:
        """Those of the sources that are due and nobody works on, each leased to one caller only `until` then.

        `latest` says of each when it must be due at the latest: a later date is of a clock that was wrong.
        """

        def work(connection: Connection) -> list[str]:
            if not latest:
                return []
            _add(connection, latest)
            due = or_(sources.c.next_at.is_(None), sources.c.next_at <= now, *_impossible(latest))
            return _lease(connection, sources.c.slug.in_(latest) & due, now, until)

        return self._database.write(work)

    def behind(self, slugs: Collection[str], since: datetime) -> bool:
        """Whether any of the sources was due by then, and is not collected yet."""
        caught_up = select(func.count()).where(sources.c.slug.in_(slugs), sources.c.next_at > since)
        return self._database.read(lambda connection: connection.execute(caught_up).scalar_one()) < len(slugs)

    def hold(self, slug: str, now: datetime, until: datetime) -> bool:
        """Lease a source, due or not; False where somebody else works on it."""

        def work(connection: Connection) -> bool:
            _add(connection, [slug])
            return bool(_lease(connection, sources.c.slug == slug, now, until))

        return self._database.write(work)

    def renew(self, slugs: Collection[str], until: datetime, later: datetime) -> None:
        """Prolong the leases that run `until` then."""
        self._change(and_(sources.c.slug.in_(slugs), sources.c.lease_until == until), later)

    def give_back(self, slugs: Collection[str], until: datetime) -> None:
        """End the leases that run `until` then."""
        self._change(and_(sources.c.slug.in_(slugs), sources.c.lease_until == until), None)

    def forget_leases(self) -> None:
        """End every lease: for who knows that nobody else is at work (SQLite, under the lock of `run`)."""
        self._change(sources.c.lease_until.is_not(None), None)

    def backfill(self, slug: str) -> Backfill | None:
        """How far the past of a source was read, None where nobody began."""
        query = select(backfills.c.document).where(backfills.c.slug == slug)
        document = self._database.read(lambda connection: connection.execute(query).scalar())
        return None if document is None else _BACKFILL.validate_python(document)

    def save_backfill(self, backfill: Backfill) -> None:
        """Keep how far the past of a source was read."""
        row = {"slug": backfill.slug, "document": _BACKFILL.dump_python(backfill, mode="json")}

        def work(connection: Connection) -> None:
            query = insert(connection, backfills).values(row)
            connection.execute(query.on_conflict_do_update(index_elements=["slug"], set_=row))

        self._database.write(work)

    def _change(self, which: ColumnElement[bool], lease: datetime | None) -> None:
        change = update(sources).where(which).values(lease_until=lease)
        self._database.write(lambda connection: connection.execute(change))


def _add(connection: Connection, slugs: Collection[str]) -> None:
    rows = [{"slug": slug, "failures": 0} for slug in sorted(slugs)]
    connection.execute(insert(connection, sources).on_conflict_do_nothing(), rows)


def _lease(connection: Connection, which: ColumnElement[bool], now: datetime, until: datetime) -> list[str]:
    """Lease what nobody holds. No lease runs longer than this one, unless a clock was wrong."""
    lease = sources.c.lease_until
    free = or_(lease.is_(None), lease <= now, lease > until + (until - now))
    change = update(sources).where(which, free).values(lease_until=until).returning(sources.c.slug)
    return sorted(connection.execute(change).scalars())


def _impossible(latest: Mapping[str, datetime]) -> list[ColumnElement[bool]]:
    """Whether a source is put off further than it can be; those with one rhythm share a condition."""
    moments: dict[datetime, list[str]] = {}
    for slug, moment in latest.items():
        moments.setdefault(moment, []).append(slug)
    return [and_(sources.c.slug.in_(slugs), sources.c.next_at > moment) for moment, slugs in moments.items()]
