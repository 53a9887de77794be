"""What was done by whom. Entries are added and get their outcome; nothing takes them away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select, update

from newsletter.model import AuditEntry
from newsletter.store.account_tables import audit
from newsletter.store.database import Database

AT_ONCE = 1000


class Audit:
    """The audit log."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, at: datetime, actor: str, action: str, subject: str) -> int:
        """Note that something is being done, before it is; what `end` names it by."""
        query = audit.insert().values(at=at, actor=actor, action=action, subject=subject, detail={})
        query = query.returning(audit.c.id)
        return self._database.write(lambda connection: int(connection.execute(query).scalar_one()))

    def end(self, id: int, outcome: str, detail: Mapping[str, object]) -> None:
        """How it ended."""
        query = update(audit).where(audit.c.id == id).values(outcome=outcome, detail=dict(detail))
        self._database.write(lambda connection: connection.execute(query))

    def newest(
        self,
        most: int,
        before: int | None = None,
        subject: str | None = None,
        actor: str | None = None,
        action: str | None = None,
    ) -> list[AuditEntry]:
        """The newest entries, of what is older than the entry `before`, of those that are named or of all."""
        query = _of(select(audit), subject, actor, action).order_by(audit.c.id.desc()).limit(most)
        query = query if before is None else query.where(audit.c.id < before)
        return self._database.read(lambda connection: _entries(connection, query))

    def all(
        self,
        since: datetime | None = None,
        subject: str | None = None,
        actor: str | None = None,
        action: str | None = None,
    ) -> Iterator[AuditEntry]:
        """Every entry (since a moment, of those that are named), the oldest first, read as it is asked for."""
        query = _of(select(audit), subject, actor, action)
        query = query if since is None else query.where(audit.c.at >= since)
        last = 0
        while some := self._after(query, last):
            yield from some
            last = some[-1].id

    def actions(self) -> list[str]:
        """What was ever done, by name."""
        query = select(audit.c.action).distinct().order_by(audit.c.action)
        return [str(name) for name in self._database.read(lambda connection: connection.execute(query).scalars().all())]

    def _after(self, query: Select[Any], last: int) -> list[AuditEntry]:
        query = query.where(audit.c.id > last).order_by(audit.c.id).limit(AT_ONCE)
        return self._database.read(lambda connection: _entries(connection, query))


def _of(query: Select[Any], subject: str | None, actor: str | None, action: str | None) -> Select[Any]:
    for column, value in ((audit.c.subject, subject), (audit.c.actor, actor), (audit.c.action, action)):
        query = query if not value else query.where(column == value)
    return query


def _entries(connection: Connection, query: Select[Any]) -> list[AuditEntry]:
    return [AuditEntry(*row) for row in connection.execute(query)]
