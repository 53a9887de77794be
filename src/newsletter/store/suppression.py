"""The queries of what nothing is sent to, and of what was taken off that list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, select, update

from newsletter.model import Suppression
from newsletter.store.conflict import insert
from newsletter.store.given import among
from newsletter.store.own_data import OwnDataRows
from newsletter.store.suppression_tables import lifted, suppressions

TICK: Final = timedelta(microseconds=1)


class SuppressionRows(OwnDataRows):
    """The rows of the list inside one transaction; `lock` where it will write."""

    def suppressed(self, email_hashes: Sequence[str]) -> set[str]:
        """Those of these addresses that nothing may ever be sent to."""
        own = suppressions.c.email_hash
        return set(self._connection.execute(select(own).where(among(self._connection, own, email_hashes))).scalars())

    def suppression(self, email_hash: str) -> Suppression | None:
        """Whether, why and since when nothing is sent to this address."""
        query = select(suppressions).where(suppressions.c.email_hash == email_hash)
        row = self._connection.execute(query.with_for_update() if self._lock else query).first()
        return None if row is None else Suppression(*row)

    def suppress(self, email_hash: str, reason: str, now: datetime) -> datetime:
        """Never send to this address again; the first reason stays, but a bounce gives way to a person's word.

        Else somebody's wish would go when the mailbox is found to be there. Since when: after it was lifted last.
        """
        new = Suppression(email_hash, reason, now)
        at = put_on(self._connection, email_hash, reason, now)
        if at is not None or new.bounced:
            return at or _after_lift(self._connection, email_hash, now)
        known = self.suppression(email_hash)
        if known is None:  # lifted meanwhile
            return self.suppress(email_hash, reason, now)
        at = _after_lift(self._connection, email_hash, now)
        if known.bounced:
            _note(self._connection, email_hash, reason, at)
        return at

    def lift(self, email_hash: str, reason: str, now: datetime) -> None:
        """Take an address off the list, and keep that it was on it."""
        take_off(self._connection, email_hash, reason, now)

    def lifted(self, email_hashes: Sequence[str]) -> set[str]:
        """Those of these addresses that were taken off the list, ever."""
        own = lifted.c.email_hash
        return set(self._connection.execute(select(own).where(among(self._connection, own, email_hashes))).scalars())


def put_on(connection: Connection, email_hash: str, reason: str, at: datetime) -> datetime | None:
    """Put an address on the list; since when: after it was lifted last. None: it was on it already."""
    query = insert(connection, suppressions).values(email_hash=email_hash, reason=reason, at=at)
    if connection.execute(query.on_conflict_do_nothing().returning(suppressions.c.email_hash)).first() is None:
        return None
    since = _after_lift(connection, email_hash, at)
    if since > at:
        _note(connection, email_hash, reason, since)
    return since


def take_off(connection: Connection, email_hash: str, reason: str, at: datetime) -> int:
    """Take an address off the list that was not put on it after that moment; how many were."""
    own = suppressions.c
    gone = connection.execute(delete(suppressions).where(own.email_hash == email_hash, own.at <= at)).rowcount
    query = insert(connection, lifted).values(email_hash=email_hash, reason=reason, at=at)
    latest = {name: query.excluded[name] for name in ("reason", "at")}
    newer = query.excluded.at > lifted.c.at  # a restored database may know of it, and at whose word
    connection.execute(query.on_conflict_do_update(index_elements=["email_hash"], set_=latest, where=newer))
    return gone


def _after_lift(connection: Connection, email_hash: str, at: datetime) -> datetime:
    """The first moment, not before `at`, that a restore takes for one after the last lift, whatever the clocks say."""
    latest = connection.execute(select(lifted.c.at).where(lifted.c.email_hash == email_hash)).scalar()
    return at if latest is None else max(at, latest + TICK)


def _note(connection: Connection, email_hash: str, reason: str, at: datetime) -> None:
    own = suppressions.c.email_hash == email_hash
    connection.execute(update(suppressions).where(own).values(reason=reason, at=at))
