"""What a database's refusals mean for people: decided by error code, never by wording."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from newsletter.errors import StoreError
from newsletter.said import Said

SQLITE = {  # https://sqlite.org/rescode.html, primary codes
    sqlite3.SQLITE_BUSY: "is locked by another process; end it, or try again once it is done",
    sqlite3.SQLITE_LOCKED: "is locked by another process; end it, or try again once it is done",
    sqlite3.SQLITE_FULL: "has no room left; free some on its disk, it goes on where it stopped",
    sqlite3.SQLITE_IOERR: "cannot be written or read; check its disk (full, broken, file too large for its limit?)",
    sqlite3.SQLITE_READONLY: "may not be written; check the rights of its file and folder",
    sqlite3.SQLITE_PERM: "may not be opened; check the rights of its file and folder",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; check that its folder exists and may be written",
    sqlite3.SQLITE_CORRUPT: "is damaged; restore the last backup (`newsletter db restore FILE`)",
    sqlite3.SQLITE_NOTADB: "is no SQLite database; check store.url",
}
POSTGRES = {  # https://www.postgresql.org/docs/current/errcodes-appendix.html, codes or their classes
    "55P03": "has been locked by another process for too long; try again once it is done",
    "53": "is out of room or connections; free some, it goes on where it stopped",
    "25006": "is read-only (a standby?); check store.url",
    "28": "refuses the sign-in; check user and password in store.url",
    "3D": "does not exist on its server; create it, or check store.url",
    "58": "cannot write or read its disk",
    "40": "had to give up after several tries against other writers; try again",
}
PASS = (IntegrityError, ProgrammingError, DataError)
"""Errors of the work, not of the database: raised as they are."""


def explained(error: BaseException) -> BaseException:
    """`error` as a StoreError with a remedy where the database is to blame, else as it is."""
    if isinstance(error, PoolTimeout):
        return _store_error("is busy: all its connections are taken; try again", error)
    if not isinstance(error, DBAPIError | sqlite3.Error) or isinstance(error, PASS):
        return error
    meaning = _meaning(error.orig if isinstance(error, DBAPIError) else error)
    return error if meaning is None else _store_error(meaning, error)


@contextmanager
def explaining() -> Iterator[None]:
    """Raise StoreError for what the database is to blame for inside the block."""
    try:
        yield
    except (DBAPIError, PoolTimeout, sqlite3.Error) as error:
        meant = explained(error)
        if meant is error:
            raise
        raise meant from error


def _store_error(meaning: str, cause: BaseException) -> StoreError:
    error = StoreError("the database %(meaning)s", meaning=Said(meaning))
    error.__cause__ = cause
    return error


def _meaning(error: BaseException | None) -> str | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code == sqlite3.SQLITE_ERROR:  # no such table or column: ours to mend
        return None
    if code is not None:
        return SQLITE.get(code & 0xFF, f"failed ({getattr(error, 'sqlite_errorname', code)})")
    state = getattr(error, "sqlstate", None)
    if state is None:
        reason = str(error).strip().partition("\n")[0]  # what follows it guesses why
        return f"cannot be reached; check that its server runs, and store.url ({reason})"
    return POSTGRES.get(state) or POSTGRES.get(state[:2]) or f"failed (SQLSTATE {state})"
