"""The tokens of programs: their names, scopes and days; of a secret only its digest is here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from newsletter.errors import NotFound
from newsletter.model import ApiToken, Scope
from newsletter.store.database import Database
from newsletter.store.program_tables import api_tokens

own = api_tokens.c
COLUMNS = (own.id, own.name, own.scopes, own.created_at, own.expires_at, own.last_used_at, own.revoked_at)


class ApiTokens:
    """Every token there ever was: one that is revoked stays, so that it can be told what it was."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, name: str, digest: str, scopes: Collection[Scope], now: datetime, expires_at: datetime | None
    ) -> ApiToken:
        """Write down a new one."""
        values = {"name": name, "digest": digest, "scopes": " ".join(sorted(set(scopes)))}
        query = insert(api_tokens).values(**values, created_at=now, expires_at=expires_at).returning(*COLUMNS)
        return self._database.write(lambda connection: _token(connection.execute(query).one()))

    def find(self, digest: str) -> ApiToken | None:
        """The token whose secret has this digest, valid or not."""
        query = select(*COLUMNS).where(own.digest == digest)
        row = self._database.read(lambda connection: connection.execute(query).first())
        return None if row is None else _token(row)

    def listed(self) -> list[ApiToken]:
        """All of them, the oldest first."""
        query = select(*COLUMNS).order_by(own.id)
        return self._database.read(lambda connection: [_token(row) for row in connection.execute(query)])

    def revoke(self, id: int, now: datetime) -> ApiToken:
        """End a token for good; again changes nothing. Raises NotFound."""

        def work(connection: Connection) -> ApiToken:
            connection.execute(update(api_tokens).where(own.id == id, own.revoked_at.is_(None)).values(revoked_at=now))
            row = connection.execute(select(*COLUMNS).where(own.id == id)).first()
            if row is None:
                raise NotFound(f"there is no token {id}")
            return _token(row)

        return self._database.write(work)

    def used(self, id: int, day: datetime) -> None:
        """Note on which day a token was used last."""
        change = update(api_tokens).where(own.id == id).values(last_used_at=day)
        self._database.write(lambda connection: connection.execute(change))


def _token(row: Sequence[Any]) -> ApiToken:
    id, name, scopes, *moments = row
    return ApiToken(id, name, frozenset(map(Scope, scopes.split())), *moments)
