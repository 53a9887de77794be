"""What is kept of a source to learn from and to read again. Fulfils `collect.store.ContractStore`."""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, func, select

from newsletter.model import Breach, Candidate, Draft, KeptPage, Page, Release
from newsletter.said import document, said_from
from newsletter.store.conflict import insert
from newsletter.store.database import Database
from newsletter.store.documents import release_from
from newsletter.store.kept_tables import accepted, kept_pages
from newsletter.store.tables import release_sources, releases

MOST_GOOD = 20  # pages kept of a source, the latest
MOST_WITHHELD = 100
_CANDIDATE = TypeAdapter(Candidate)
_DRAFT = TypeAdapter(Draft | None)


class Keeping:
    """Releases to learn from, and pages to read again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def latest(self, slug: str, limit: int) -> list[Release]:
        """The newest releases that a source speaks for, whatever their state, by date."""
        query = (
            select(releases.c.document)
            .where(releases.c.source == slug)
            .order_by(releases.c.published_at.desc(), releases.c.id.desc())
            .limit(limit)
        )
        documents = self._database.read(lambda connection: connection.execute(query).scalars().all())
        return [release_from(document) for document in documents]

    def rhythm(self, slug: str, limit: int) -> list[date]:
        """The days (UTC) on which the newest releases of a source came: as published, else when first seen."""
        moment = release_sources.c.published_at
        query = select(moment).where(release_sources.c.source == slug).order_by(moment.desc()).limit(limit)
        moments = self._database.read(lambda connection: connection.execute(query).scalars().all())
        return [moment.date() for moment in moments]

    def keep(self, page: KeptPage) -> None:
        """Keep a page in place of the one kept of its address, good or withheld; the oldest make room."""
        self._database.write(lambda connection: _keep(connection, page))

    def release_kept(self, slug: str, urls: Collection[str]) -> None:
        """Forget that pages are withheld."""
        rows = (kept_pages.c.source == slug, kept_pages.c.withheld, kept_pages.c.url.in_(urls))
        self._database.write(lambda connection: connection.execute(delete(kept_pages).where(*rows)))

    def kept(self, slug: str) -> list[KeptPage]:
        """All pages kept of a source, the withheld ones first, each sort by age, the latest first."""
        query = select(kept_pages).where(kept_pages.c.source == slug)
        query = query.order_by(kept_pages.c.withheld.desc(), kept_pages.c.at.desc(), kept_pages.c.url)
        return [_kept(row) for row in self._database.read(lambda connection: connection.execute(query).all())]

    def breaches(self, slug: str) -> list[Breach]:
        """Which pages are withheld for a field, the first to be withheld first."""
        names = ("url", "since", "fields", "reason", "told", "changed")
        query = (
            select(*(kept_pages.c[name] for name in names))
            .where(kept_pages.c.source == slug, kept_pages.c.withheld, kept_pages.c.fields != "")
            .order_by(kept_pages.c.since, kept_pages.c.url)
        )
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return [Breach(row.url, row.since, tuple(row.fields.split()), _reason(row) or "", row.changed) for row in rows]

    def accepted(self, slug: str) -> dict[str, datetime]:
        """Since when each field is right as it is, by a person's word."""
        query = select(accepted.c.field, accepted.c.at).where(accepted.c.source == slug)
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return {row.field: row.at for row in rows}

    def accept(self, slug: str, fields: Collection[str], at: datetime) -> None:
        """Note that what these fields are from now on is right."""
        rows = [{"source": slug, "field": field, "at": at} for field in sorted(fields)]

        def work(connection: Connection) -> None:
            if rows:
                query = insert(connection, accepted)
                same = ["source", "field"]
                connection.execute(
                    query.on_conflict_do_update(index_elements=same, set_={"at": query.excluded.at}), rows
                )

        self._database.write(work)


def _keep(connection: Connection, page: KeptPage) -> None:
    row = _row(page)
    query = insert(connection, kept_pages).values(row)
    keys = ["source", "url", "withheld"]
    set_ = {name: query.excluded[name] for name in row if name not in (*keys, "since")}
    connection.execute(query.on_conflict_do_update(index_elements=keys, set_=set_))
    of = (kept_pages.c.source == page.source, kept_pages.c.withheld == page.withheld)
    if not page.withheld:
        other = (kept_pages.c.source == page.source, kept_pages.c.withheld, kept_pages.c.url == page.url)
        connection.execute(delete(kept_pages).where(*other))
    most = MOST_WITHHELD if page.withheld else MOST_GOOD
    latest = select(kept_pages.c.url).where(*of).order_by(kept_pages.c.at.desc(), kept_pages.c.url).limit(most)
    if (connection.execute(select(func.count()).select_from(kept_pages).where(*of)).scalar() or 0) > most:
        connection.execute(delete(kept_pages).where(*of, kept_pages.c.url.not_in(latest)))


def _row(kept: KeptPage) -> dict[str, Any]:
    said = {"candidate": _CANDIDATE.dump_python(kept.candidate, mode="json")}
    said["draft"] = _DRAFT.dump_python(kept.draft, mode="json")
    page = kept.page
    head = {"url": page.url, "content_type": page.content_type, "charset": page.charset} if page else None
    return {
        "source": kept.source,
        "url": kept.url,
        "withheld": kept.withheld,
        "at": kept.at,
        "since": kept.since or kept.at,
        "fields": " ".join(kept.fields),
        "reason": None if kept.reason is None else str(kept.reason),
        "told": document(kept.reason),
        "changed": kept.changed,
        "said": zlib.compress(json.dumps(said).encode()),
        "head": json.dumps(head) if head else None,
        "body": zlib.compress(page.body) if page else None,
    }


def _reason(row: Any) -> str | None:
    return None if row.reason is None else said_from(row.reason, row.told)


def _kept(row: Any) -> KeptPage:
    said = json.loads(zlib.decompress(row.said))
    page = Page(body=zlib.decompress(row.body), **json.loads(row.head)) if row.head else None
    return KeptPage(
        url=row.url,
        source=row.source,
        at=row.at,
        candidate=_CANDIDATE.validate_python(said["candidate"]),
        page=page,
        draft=_DRAFT.validate_python(said["draft"]),
        withheld=row.withheld,
        fields=tuple(row.fields.split()),
        reason=_reason(row),
        changed=row.changed,
        since=row.since,
    )
