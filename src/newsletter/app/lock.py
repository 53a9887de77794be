"""One `run` for a SQLite file: a second one would claim the same rows through another writer and only wait."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from newsletter.errors import StoreError


@contextmanager
def only_one(url: str) -> Iterator[None]:
    """Hold the lock of a SQLite database while the block runs; PostgreSQL needs none.

    Raises StoreError when another process holds it. The system lets go of it however the process ends.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        yield
        return
    path = Path(f"{parsed.database}.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise StoreError(f"another newsletter process works on {parsed.database}: stop it first") from error
    else:
        yield
    finally:
        os.close(descriptor)
