"""Releases as editions and editors need them: one by id or address, what is due, what is kept back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select, update

from newsletter.errors import NotFound, StateError
from newsletter.model import CARRYING, Cadence, Change, EditionState, Release, ReleaseState
from newsletter.store.conflict import insert
from newsletter.store.database import Database
from newsletter.store.documents import release_columns, release_document, release_from
from newsletter.store.journal import address_hash
from newsletter.store.tables import (
    addresses,
    edition_releases,
    editions,
    release_sources,
    releases,
    revisions,
    sent_before,
)


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

    def withhold(self, id: str, reason: str, now: datetime) -> Release:
        """Keep a live release back from every output; `show` undoes it. Raises StateError where it is withdrawn."""
        return self._move(id, (ReleaseState.LIVE, ReleaseState.WITHHELD), ReleaseState.WITHHELD, reason, now)

    def show(self, id: str, now: datetime) -> Release:
        """Let a release that was withheld be seen again. Raises StateError where it is withdrawn."""
        return self._move(id, (ReleaseState.LIVE, ReleaseState.WITHHELD), ReleaseState.LIVE, None, now)

    def withdraw(self, id: str, reason: str, now: datetime) -> Release:
        """Take a release back for good, as a revision of its own; doing so twice changes nothing."""

        def work(connection: Connection) -> Release:
            release = _one(connection, id, lock=True)
            if release.state is ReleaseState.WITHDRAWN:
                return release
            number = release.revision + 1
            taken = replace(
                release, state=ReleaseState.WITHDRAWN, reason=reason, revision=number, change=Change.WITHDRAWAL
            )
            _save(connection, taken, now)
            row = {"release": id, "number": number, "change": Change.WITHDRAWAL, "at": now}
            connection.execute(insert(connection, revisions).values(**row, document=release_document(taken)))
            return taken

        return self._database.write(work)

    def _move(
        self, id: str, allowed: Iterable[ReleaseState], state: ReleaseState, reason: str | None, now: datetime
    ) -> Release:
        def work(connection: Connection) -> Release:
            release = _one(connection, id, lock=True)
            if release.state not in allowed:
                raise StateError(f"release {id} is {release.state}: it cannot become {state}")
            moved = replace(release, state=state, reason=reason)
            if moved != release:
                _save(connection, moved, now)
            return moved

        return self._database.write(work)


def _one(connection: Connection, id: str, *, lock: bool = False) -> Release:
    query = select(releases.c.document).where(releases.c.id == id)
    document = connection.execute(query.with_for_update() if lock else query).scalar()
    if document is None:
        raise NotFound(f"there is no release {id}")
    return release_from(document)


def _save(connection: Connection, release: Release, now: datetime) -> None:
    connection.execute(update(releases).where(releases.c.id == release.id).values(release_columns(release, now)))


def _sent(release: Release, before: Mapping[str, int]) -> int:
    """Which revision of a release went out before the restore, whatever address it had then; 0 for none."""
    return max(before.get(address_hash(url), 0) for url in (release.url, *release.aliases)) if before else 0


def _sent_before(connection: Connection, newsletter: str, cadence: Cadence) -> dict[str, int]:
    """Which revision of which address went out before the database was restored; empty where it never was."""
    row = (sent_before.c.newsletter == newsletter, sent_before.c.cadence == cadence)
    query = select(sent_before.c.address_hash, sent_before.c.revision).where(*row)
    return {row.address_hash: row.revision for row in connection.execute(query)}
