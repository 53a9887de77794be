"""What a person must see to: one row an event, however often it is noticed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, select, true, update

from newsletter.model import Alarm, AlarmKind
from newsletter.said import document, said_from
from newsletter.store.conflict import insert
from newsletter.store.database import Database
from newsletter.store.tables import alarms


class Alarms:
    """The alarms that stand; resolving one forgets it, so that the same thing happening again is a new event."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sound(self, alarm: Alarm) -> bool:
        """Raise an alarm; False where one with its key stands already (it keeps its moment, the message is renewed)."""
        told = {"message": str(alarm.message), "said": document(alarm.message)}
        row = {"key": alarm.key, "kind": alarm.kind, "raised_at": alarm.raised_at, **told}
        renewed = update(alarms).where(alarms.c.key == alarm.key).values(told)

        def is_new(connection: Connection) -> bool:
            query = insert(connection, alarms).values(row).on_conflict_do_nothing().returning(alarms.c.key)
            if connection.execute(query).first() is not None:
                return True
            connection.execute(renewed)
            return False

        return self._database.write(is_new)

    def told(self, key: str, now: datetime) -> None:
        """Note that a person was told of it."""
        query = update(alarms).where(alarms.c.key == key).values(told_at=now)
        self._database.write(lambda connection: connection.execute(query))

    def resolve(self, key: str) -> bool:
        """Forget an alarm whose cause is gone; False where none stood."""
        query = delete(alarms).where(alarms.c.key == key)
        return self._database.write(lambda connection: connection.execute(query).rowcount == 1)

    def untold(self) -> list[Alarm]:
        """Those that nobody was told of yet, the oldest first."""
        return self._where(alarms.c.told_at.is_(None))

    def standing(self) -> list[Alarm]:
        """All, the oldest first."""
        return self._where(true())

    def _where(self, condition: ColumnElement[bool]) -> list[Alarm]:
        query = select(alarms).where(condition).order_by(alarms.c.raised_at, alarms.c.key)
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return [
            Alarm(row.key, AlarmKind(row.kind), said_from(row.message, row.said), row.raised_at, row.told_at)
            for row in rows
        ]
