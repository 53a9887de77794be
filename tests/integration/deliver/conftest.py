from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.store.database import Database, open_database
from tests.integration.deliver.world import World


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    """On both databases."""
    return World(database, tmp_path)


@pytest.fixture
def small_world(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    """On SQLite only, for what does not depend on the database."""
    database = open_database(sqlite_url)
    yield World(database, tmp_path)
    database.close()
