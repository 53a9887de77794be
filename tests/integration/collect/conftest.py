"""What tests of collecting share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from newsletter.store.database import open_database
from tests.integration.collect.newsroom import Newsroom, newsroom


@pytest.fixture
async def room(sqlite_url: str) -> AsyncIterator[Newsroom]:
    """A newsroom on SQLite; test_store.py is what runs on both databases."""
    database = open_database(sqlite_url)
    async with newsroom(database) as opened:
        yield opened
    database.close()
