"""SQLite: a restore is prepared in a file beside the database, which then takes its place at once."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

from newsletter.errors import StoreError
from newsletter.store import schema
from newsletter.store.backup.files import new_file, sync
from newsletter.store.failures import explaining

HEADER = b"SQLite format 3\0"


def copy(url: URL, file: Path) -> None:
    """Write a snapshot of the database into a new file."""
    with new_file(file) as part, explaining(), closing(sqlite3.connect(_path(url), timeout=15)) as connection:
        connection.execute("VACUUM INTO ?", (str(part),))


def put_back(url: URL, file: Path, aside: Path | None, finish: Callable[[URL], Counter[str]]) -> Counter[str]:
    """Replace the database by a copy of `file` that `finish` was done to."""
    target = _path(url)
    new = target.with_name(f"{target.name}.restoring")
    _remove(new)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with new_file(new) as part:
            shutil.copyfile(file, part)
        _check(new, file)
        done = finish(url.set(database=str(new)))
        _set_aside(target, aside)
        new.replace(target)
        sync(target.parent)
    except OSError as error:
        raise StoreError(f"{file} cannot be restored: {error.strerror}") from error
    finally:
        _remove(new)
    return done


def _check(new: Path, file: Path) -> None:
    with explaining(), closing(sqlite3.connect(new)) as connection:
        if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            raise StoreError(f"{file} is damaged: take an earlier backup")
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (schema.VERSION_TABLE,)).fetchone():
            raise StoreError(f"{file} is a database, but no backup of this program's")


def _set_aside(target: Path, aside: Path | None) -> None:
    """Keep the database at `target`, if it holds anything, under another name. Raises StoreError where it is in use."""
    if not target.exists():
        return
    with explaining(), closing(sqlite3.connect(target, timeout=1)) as connection:
        # Takes the write-ahead log back into the file; refused while anybody else has it open.
        connection.execute("PRAGMA journal_mode = DELETE")
        holds = connection.execute("SELECT count(*) FROM sqlite_master").fetchone() != (0,)
    if holds and aside is None:
        raise StoreError(f"the database {target} is not empty: name a file to keep it in (--aside FILE)")
    if holds and aside is not None:
        with new_file(aside) as part:
            shutil.copyfile(target, part)


def _path(url: URL) -> Path:
    return Path(str(url.database))


def _remove(path: Path) -> None:
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)
