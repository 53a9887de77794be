"""The office that most of these tests need."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.store.test_releases import collected
from tests.integration.web.admin.samples import new
from tests.integration.web.admin.world import Office, office


@pytest.fixture
def desk(tmp_path: Path, store_url: str) -> Iterator[Office]:
    """A program with its admin, on each database."""
    with office(tmp_path, store_url) as here:
        yield here


@pytest.fixture
def edition(desk: Office) -> str:
    """The edition of the day, composed and approved by itself."""
    collected(desk.program.database, new("a", headline="Neue Radbrücke"))
    (made,) = desk.program.desk.compose_due(desk.now)
    return made.id
