"""Copies of the whole database in one file, and the way back.

SQLite is copied by VACUUM INTO, PostgreSQL by its own pg_dump: both a snapshot, while the program runs. A restore is
whole or not at all; the database then is paused (restored.py) until a person lets it send again. The keys and the
journal are files of their own: without the key file the hashes in a backup mean nothing.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from types import ModuleType

from sqlalchemy import URL

from newsletter.errors import StoreError
from newsletter.store import restored, schema
from newsletter.store.database import connect, open_database, parse
from newsletter.store.journal import Journal

BEFORE = "before-upgrade-from-"
KEPT = 3


def backup(url: str, file: Path) -> None:
    """Write the database at `url`, of whatever version, into `file`, which must not be there yet. Raises StoreError."""
    parsed = parse(url)
    if parsed.get_backend_name() == "sqlite" and not Path(str(parsed.database)).exists():
        raise StoreError(f"there is no database {parsed.database}")
    database = connect(parsed)
    try:
        if database.read(schema.version_of) is None:
            raise StoreError("the database is empty: there is nothing to back up")
    finally:
        database.close()
    _kind(parsed).copy(parsed, file)


def before_upgrade(url: str, folder: Path, now: datetime) -> Path | None:
    """Write the database at `url` into a new file of `folder` if an upgrade would change it; None where none would.

    The latest KEPT of these files stay. Raises StoreError; where pg_dump is missing, too.
    """
    database = connect(url)
    try:
        version = database.read(schema.version_of)
    finally:
        database.close()
    if version is None or version not in schema.versions() or version == schema.versions()[-1]:
        return None
    file = folder / f"{BEFORE}{version}-{now:%Y%m%dT%H%M%SZ}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"store.backups: {folder} cannot be made ({error.strerror})") from error
    backup(url, file)
    for old in sorted(folder.glob(f"{BEFORE}*"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
        old.unlink()
    return file


def restore(url: str, file: Path, journal: Journal, now: datetime, aside: Path | None = None) -> Counter[str]:
    """Put what `backup` wrote in place of the database at `url`, paused, with the journal applied (see `replay`).

    A database that holds anything is replaced only where `aside` names a new file to keep it in. Nothing else may be
    connected. A backup of an older version is brought to this one. Raises StoreError.
    """
    parsed = parse(url)
    kind = _kind(parsed)
    _expect(file, kind.HEADER)
    for _ in journal.entries():  # a damaged journal is told of before anything is touched
        pass

    def finish(put_back: URL) -> Counter[str]:
        return _finish(put_back, f"restored from {file.name} at {now.isoformat(timespec='seconds')}", journal, now)

    done: Counter[str] = kind.put_back(parsed, file, aside, finish)
    return done


def _kind(url: URL) -> ModuleType:
    from newsletter.store.backup import postgres, sqlite

    return sqlite if url.get_backend_name() == "sqlite" else postgres


def _finish(url: URL, why: str, journal: Journal, now: datetime) -> Counter[str]:
    """Bring a database that has just been put back to the point where a person decides."""
    schema.upgrade(url)
    database = open_database(url)
    try:
        restored.pause(database, restored.UNFINISHED)
        done = restored.replay(journal, database, now)
        restored.pause(database, why)
        return done
    finally:
        database.close()


def _expect(file: Path, header: bytes) -> None:
    try:
        with file.open("rb") as stream:
            found = stream.read(len(header))
    except OSError as error:
        raise StoreError(f"{file} cannot be read: {error.strerror}") from error
    if found != header:
        raise StoreError(f"{file} is no backup of this kind of database")
