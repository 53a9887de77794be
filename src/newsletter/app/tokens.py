"""Tokens of programs: a secret is shown once, and only its digest is kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, time, timedelta
from typing import Final

from newsletter.errors import BadInput
from newsletter.model import ApiToken, Scope
from newsletter.store.api_tokens import ApiTokens

PREFIX: Final = "nl_"  # by which scanners find one that was published by mistake
MOST_DAYS: Final = 3_650
LONGEST_NAME: Final = 100  # characters


class Tokens:
    """Makes, knows and ends tokens. Every `now` is an aware moment in UTC."""

    def __init__(self, store: ApiTokens) -> None:
        self._store = store

    def issue(self, name: str, scopes: Collection[str], now: datetime, days: int | None = None) -> tuple[ApiToken, str]:
        """A new token and its secret, which nobody can tell again; valid for so many days, or until it is revoked.

        Raises BadInput for a name or scopes that cannot be.
        """
        if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
            raise BadInput(f"a token has a name of {LONGEST_NAME} characters at most: say what it is for")
        if days is not None and not 0 < days <= MOST_DAYS:
            raise BadInput(f"a token lives for 1 to {MOST_DAYS} days")
        secret = PREFIX + secrets.token_urlsafe(32)
        expires_at = None if days is None else now + timedelta(days=days)
        return self._store.add(name.strip(), digest(secret), _scopes(scopes), now, expires_at), secret

    def recognise(self, secret: str, now: datetime) -> ApiToken | None:
        """The token of a secret, if it may be used now; that it was used today is noted."""
        found = self._store.find(digest(secret)) if secret.startswith(PREFIX) else None
        if found is None or not found.valid(now):
            return None
        today = datetime.combine(now.date(), time(), now.tzinfo)
        if found.last_used_at != today:
            self._store.used(found.id, today)
        return found

    def listed(self) -> list[ApiToken]:
        """All tokens, the oldest first, also those that are over."""
        return self._store.listed()

    def revoke(self, id: int, now: datetime) -> ApiToken:
        """End a token for good; again changes nothing. Raises NotFound."""
        return self._store.revoke(id, now)


def digest(secret: str) -> str:
    """What is kept of a secret: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _scopes(names: Collection[str]) -> frozenset[Scope]:
    known = [str(scope) for scope in Scope]
    if unknown := [name for name in names if name not in known]:
        raise BadInput(f"scope {unknown[0]!r}: there is {', '.join(known)}")
    if not names:
        raise BadInput(f"a token needs a scope: {', '.join(known)}")
    return frozenset(map(Scope, names))
