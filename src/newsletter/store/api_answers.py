"""What requests with an Idempotency-Key were answered, so that the same request again does nothing twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, select, update

from newsletter.store.conflict import insert
from newsletter.store.database import Database
from newsletter.store.program_tables import api_answers

KEPT: Final = timedelta(hours=24)
GIVEN_UP: Final = timedelta(minutes=10)  # a request that has no answer then was cut off: it may be made again
own = api_answers.c


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What is known of a key: the digest of its request, and the answer, if there is one yet."""

    digest: str
    status: int | None
    body: str | None


class ApiAnswers:
    """Answers by token and key."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, token: int, key: str, digest: str, now: datetime) -> KeptAnswer | None:
        """Take a key for a request that is about to be worked on; what it was taken for already, else None."""
        mine = (own.token == token, own.key == key)
        late = (own.at <= now - KEPT) | (own.status.is_(None) & (own.at <= now - GIVEN_UP))
        row = {"token": token, "key": key, "digest": digest, "at": now}

        def work(connection: Connection) -> KeptAnswer | None:
            connection.execute(delete(api_answers).where(*mine, late))
            query = insert(connection, api_answers).values(row).on_conflict_do_nothing().returning(own.key)
            if connection.execute(query).first() is not None:
                return None
            found = connection.execute(select(own.digest, own.status, own.body).where(*mine)).one()
            return KeptAnswer(*found)

        return self._database.write(work)

    def keep(self, token: int, key: str, status: int, body: str) -> None:
        """Keep the answer."""
        change = update(api_answers).where(own.token == token, own.key == key).values(status=status, body=body)
        self._database.write(lambda connection: connection.execute(change))

    def drop(self, token: int, key: str) -> None:
        """Let a key go whose request came to nothing."""
        change = delete(api_answers).where(own.token == token, own.key == key, own.status.is_(None))
        self._database.write(lambda connection: connection.execute(change))

    def forget(self, now: datetime) -> int:
        """Forget what is older than a day; how many."""
        change = delete(api_answers).where(own.at <= now - KEPT)
        return self._database.write(lambda connection: connection.execute(change).rowcount)
