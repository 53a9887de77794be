"""`db upgrade`: a backup comes first, and where none can be made nothing is changed."""

from __future__ import annotations

import base64
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from newsletter.cli import cli
from newsletter.errors import StoreError
from newsletter.store import backup as backups
from newsletter.store import schema
from newsletter.store.database import connect, open_database
from tests.integration.store.test_migrations import begin_with

SETTINGS = """
[site]
title = "Presse"
base_url = "https://news.musterstadt.example"
publisher = "Stadt Musterstadt"
contact = "presse@musterstadt.example"
[store]
url = "{url}"
[mail]
from = "Presse <presse@musterstadt.example>"
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The settings of a database as the first version left it."""
    (tmp_path / "var").mkdir()
    url = f"sqlite:///{tmp_path}/var/newsletter.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    database = connect(url)
    begin_with(database, "0001")
    database.close()
    (tmp_path / "newsletter.toml").write_text(SETTINGS.format(url=url), "utf-8")
    keys = tmp_path / "var/keys"
    keys.touch(0o600)
    keys.write_text(base64.b64encode(os.urandom(32)).decode() + "\n", "ascii")
    return tmp_path


def upgrade(place: Path, *more: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["--config", str(place / "newsletter.toml"), "db", "upgrade", *more])
    return done.exit_code, done.output + str(done.exception or "")


def url_of(place: Path) -> str:
    return (place / "newsletter.toml").read_text("utf-8").partition('[store]\nurl = "')[2].partition('"')[0]


def version(place: Path) -> str | None:
    database = connect(url_of(place))
    try:
        return database.read(schema.version_of)
    finally:
        database.close()


def kept(place: Path) -> list[Path]:
    return sorted((place / "var/backups").glob("*"))


def test_what_was_there_is_backed_up_and_can_be_put_back(old: Path, tmp_path: Path) -> None:
    code, said = upgrade(old)
    assert (code, "backed up into" in said, "upgraded from 0001" in said) == (0, True, True), said
    (file,) = kept(old)
    assert file.name.startswith(f"{backups.BEFORE}0001-")
    assert file.stat().st_mode & 0o077 == 0
    restored = CliRunner().invoke(
        cli, ["--config", str(old / "newsletter.toml"), "db", "restore", str(file), "--aside", str(tmp_path / "aside")]
    )
    assert restored.exit_code == 0, restored.output
    again, said = upgrade(old)
    assert (again, "already" in said, len(kept(old))) == (0, True, 1)


def test_without_a_backup_nothing_is_changed(old: Path) -> None:
    (old / "var/backups").write_text("a file where a folder should be")
    code, said = upgrade(old)
    assert code != 0
    assert "no backup could be made" in said
    assert "--no-backup" in said
    assert version(old) == "0001"
    assert upgrade(old, "--no-backup")[0] == 0
    assert version(old) == schema.versions()[-1]


def test_an_older_database_is_not_opened_and_the_remedy_named(old: Path) -> None:
    with pytest.raises(StoreError, match="newsletter db upgrade"):
        open_database(url_of(old))


def test_the_latest_three_stay(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    database = connect(url)
    begin_with(database, "0001")
    database.close()
    folder = tmp_path / "backups"
    folder.mkdir()
    for number in range(5):
        file = folder / f"{backups.BEFORE}0000-{number}"
        file.write_text("old")
        os.utime(file, (number, number))
    (folder / "mine.db").write_text("not ours to delete")
    made = backups.before_upgrade(url, folder, datetime.now(UTC))
    assert made
    assert {path.name for path in folder.iterdir()} == {
        "mine.db",
        made.name,
        f"{backups.BEFORE}0000-3",
        f"{backups.BEFORE}0000-4",
    }
