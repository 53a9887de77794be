"""Releases as editions and editors need them: one by id or address, what is due, what is kept back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select, update

from newsletter.errors import NotFound, StateError
from newsletter.model import CARRYING, Cadence, Change, EditionState, Release, ReleaseState
from newsletter.store.conflict import insert
from newsletter.store.database import Database
from newsletter.store.documents import release_columns, release_document, release_from
from newsletter.store.journal import address_hash
from newsletter.store.outbox import appeared
from newsletter.store.tables import (
    addresses,
    edition_releases,
    editions,
    release_sources,
    releases,
    revisions,
    sent_before,
)
from newsletter.store.words import keep_words


def carries() -> ColumnElement[bool]:
    """Whether an edition carries its releases: approved or later, or cancelled after its first fence (decision 4)."""
    stopped = and_(editions.c.state == EditionState.CANCELLED, editions.c.first_fence_at.is_not(None))
    return or_(editions.c.state.in_(sorted(CARRYING)), stopped)


def visible(now: datetime) -> ColumnElement[bool]:
    """Whether any output may show a release at `now`."""
    free = or_(releases.c.not_before.is_(None), releases.c.not_before <= now)
    return and_(releases.c.state == ReleaseState.LIVE, free)


def many(connection: Connection, ids: Collection[str]) -> list[Release]:
    """The releases of these ids that exist, in no order."""
    found = connection.execute(select(releases.c.document).where(releases.c.id.in_(ids))).scalars()
    return [release_from(document) for document in found]


class Revision(NamedTuple):
    """A revision of a release as it is on record; `change` is None for the first."""

    number: int
    at: datetime
    change: Change | None
    release: Release
    before: Release | None


class Releases:
    """What was collected, and what becomes of it by decision of a person. Raises NotFound for an id nobody has."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, id: str) -> Release:
        """The release."""
        return self._database.read(lambda connection: _one(connection, id))

    def by_address(self, url: str) -> Release | None:
        """The release that has or had this address."""

        def look(connection: Connection) -> Release | None:
            id = connection.execute(select(addresses.c.release).where(addresses.c.url == url)).scalar()
            return _one(connection, id) if id is not None else None

        return self._database.read(look)

    def due(
        self, newsletter: str, feeds: Sequence[str], cadence: Cadence, now: datetime, since: datetime | None = None
    ) -> list[Release]:
        """What no edition of the newsletter and cadence carries yet, the newest first (DESIGN, decision 4); with its
        topics as these feeds name them. What several feeds list is there once, if it may be mailed from one of them.

        An update or correction makes a release due again. What was neither first seen nor updated at or after `since`
        (when the newsletter and cadence began) is not due: a new newsletter does not begin with its feeds' past.
        """
        carried = exists().where(
            edition_releases.c.release == releases.c.id,
            edition_releases.c.revision >= releases.c.told_revision,
            edition_releases.c.edition == editions.c.id,
            editions.c.newsletter == newsletter,
            editions.c.cadence == cadence,
            carries(),
        )
        listed = exists().where(
            release_sources.c.release == releases.c.id, release_sources.c.source.in_(feeds), release_sources.c.mailable
        )
        if since is not None:
            listed = listed.where(or_(release_sources.c.first_seen >= since, releases.c.updated >= since))
        query = (
            select(releases.c.told_revision, releases.c.document)
            .where(listed, visible(now), ~carried)
            .order_by(releases.c.published_at.desc(), releases.c.id.desc())
        )

        def work(connection: Connection) -> list[Release]:
            sent = _sent_before(connection, newsletter, cadence)
            found = [(told, release_from(document)) for told, document in connection.execute(query)]
            return [release.as_in(feeds) for told, release in found if _sent(release, sent) < told]

        return self._database.read(work)

    def listed(self, state: ReleaseState | None = None, limit: int = 100) -> list[Release]:
        """The newest releases; only those in `state` where one is given."""
        query = select(releases.c.document).order_by(releases.c.published_at.desc(), releases.c.id).limit(limit)
        if state is not None:
            query = query.where(releases.c.state == state)
        documents = self._database.read(lambda connection: connection.execute(query).scalars().all())
        return [release_from(document) for document in documents]

    def history(self, id: str) -> list[Revision]:
        """Its revisions, the oldest first, each with the one before."""
        query = select(revisions).where(revisions.c.release == id).order_by(revisions.c.number)

        def look(connection: Connection) -> list[Any]:
            _one(connection, id)
            return list(connection.execute(query))

        rows = self._database.read(look)
        found = [release_from(row.document) for row in rows]
        return [
            Revision(row.number, row.at, Change(row.change) if row.change else None, release, before)
            for row, release, before in zip(rows, found, [None, *found], strict=False)
        ]

    def withhold(self, id: str, reason: str, now: datetime, until: datetime | None = None) -> Release:
        """Keep a release back from every output; `show` undoes it. Raises StateError where it is withdrawn.

        With `until` it is under embargo, and seen by itself from then on.
        """
        if until is not None:
            return self.embargo(id, until, now)

        def kept_back(release: Release) -> Release:
            if release.state is ReleaseState.WITHDRAWN:
                raise StateError(f"release {id} is withdrawn: it cannot be withheld")
            return replace(release, state=ReleaseState.WITHHELD, reason=reason)

        return self._change(id, kept_back, now)

    def embargo(self, id: str, until: datetime | None, now: datetime) -> Release:
        """Let a release be seen from `until` on only, or (None) at once. Raises StateError where it is withdrawn."""

        def put_off(release: Release) -> Release:
            if release.state is ReleaseState.WITHDRAWN:
                raise StateError(f"release {id} is withdrawn: it can have no embargo")
            return replace(release, not_before=until)

        return self._change(id, put_off, now)

    def show(self, id: str, now: datetime) -> Release:
        """Let a release be seen again that was withheld, or withdrawn; of that, feeds and pages say since when."""

        def shown(release: Release) -> Release:
            if release.state is ReleaseState.WITHDRAWN:
                return replace(release.brought_back(now), revision=release.revision + 1)
            return replace(release, state=ReleaseState.LIVE, reason=None)

        return self._change(id, shown, now)

    def withdraw(self, id: str, reason: str, now: datetime) -> Release:
        """Take a release back, as a revision of its own; doing so twice changes nothing. No page brings it back then.

        One whose embargo has not ended is withheld: nothing may tell of it.
        """

        def taken(release: Release) -> Release:
            if release.state is ReleaseState.WITHDRAWN:
                return release
            if release.not_before is not None and release.not_before > now:
                return replace(release, state=ReleaseState.WITHHELD, reason=reason)
            return release.taken_back(reason, now)

        return self._change(id, taken, now)

    def correct(self, id: str, now: datetime) -> Release:
        """Say that a live release was corrected, and tell people of it. Raises StateError where it is not live."""

        def corrected(release: Release) -> Release:
            if release.state is not ReleaseState.LIVE:
                raise StateError(f"release {id} is {release.state}: it cannot be corrected")
            return replace(release, revision=release.revision + 1, change=Change.CORRECTION, updated=now)

        return self._change(id, corrected, now, told=True)

    def _change(self, id: str, to: Callable[[Release], Release], now: datetime, *, told: bool = False) -> Release:
        """Write what becomes of a release; as a revision, where it has another number then."""

        def work(connection: Connection) -> Release:
            before = _one(connection, id, lock=True)
            after = to(before)
            if after == before:
                return after
            row = update(releases).where(releases.c.id == id)
            connection.execute(row.values(release_columns(after, now)))
            appeared(connection, after, before, now)
            keep_words(connection, after)
            if after.revision != before.revision:
                values = {"release": id, "number": after.revision, "change": after.change, "at": now}
                connection.execute(insert(connection, revisions).values(**values, document=release_document(after)))
            if told:
                connection.execute(row.values(told_revision=after.revision))
            return after

        return self._database.write(work)


def _one(connection: Connection, id: str, *, lock: bool = False) -> Release:
    query = select(releases.c.document).where(releases.c.id == id)
    document = connection.execute(query.with_for_update() if lock else query).scalar()
    if document is None:
        raise NotFound(f"there is no release {id}")
    return release_from(document)


def _sent(release: Release, before: Mapping[str, int]) -> int:
    """Which revision of a release went out before the restore, whatever address it had then; 0 for none."""
    return max(before.get(address_hash(url), 0) for url in (release.url, *release.aliases)) if before else 0


def _sent_before(connection: Connection, newsletter: str, cadence: Cadence) -> dict[str, int]:
    """Which revision of which address went out before the database was restored; empty where it never was."""
    row = (sent_before.c.newsletter == newsletter, sent_before.c.cadence == cadence)
    query = select(sent_before.c.address_hash, sent_before.c.revision).where(*row)
    return {row.address_hash: row.revision for row in connection.execute(query)}
