"""A broken rule shows only where something breaks: undisturbed, each mutant still delivers.

Else the proof would be red for it whatever it looks at.
"""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsletter.store.database import open_database
from tests.integration.deliver.world import World, claims_of
from tests.proof.children import How
from tests.proof.mailserver import mail_server
from tests.proof.mutants import MUTANTS
from tests.proof.stage import Stage


@pytest.mark.parametrize("name", MUTANTS)
def test_it_comes_to_its_end(sqlite_url: str, tmp_path: Path, name: str) -> None:
    open_database(sqlite_url).close()
    with mail_server(tmp_path) as server:
        stage = Stage(sqlite_url, tmp_path, server, 2, How(mutant=name))
        stage.plan()
        _crash_after_the_fence(sqlite_url, tmp_path)
        child = stage.child()
        child.let_go()
        assert child.ended(30), "it does not come to its end"
        assert len(server.taken()) >= 2


def _crash_after_the_fence(url: str, folder: Path) -> None:
    database = open_database(url)
    with closing(database):
        world = World(database, folder, now=datetime.now(UTC) - timedelta(seconds=1))
        (claim,) = claims_of(world, 1)
        assert world.ledger.settle([claim], [], world.now).result()
