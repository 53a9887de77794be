"""`newsletter worker`: on PostgreSQL beside others; what a killed one was at goes on within a minute."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.acceptance.instance import Instance, instance, wait_for
from tests.acceptance.mailserver import Mailserver
from tests.acceptance.portal import Portal
from tests.servers.process import free_port

TOMORROW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
NIGHT, NOON = TOMORROW.replace(hour=0), TOMORROW.replace(hour=12)  # well before a slot, and after it
PEOPLE = [f"leser{number:02}@leser.example" for number in range(30)]
CONNECTIONS = 2
Start = Callable[..., subprocess.Popen[str]]
ROOT = Path(__file__).resolve().parents[2]
ADDITION = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, goes_with = "9999", "{newest}", "{newest}"


def upgrade():
    op.add_column("deliveries", sa.Column("colour", sa.Text()))
    op.create_table("colours", sa.Column("id", sa.Integer(), primary_key=True))
"""


@pytest.fixture
def sending(tmp_path: Path, postgres_url: str, portal: Portal, mailserver: Mailserver) -> Iterator[Instance]:
    """An instance on PostgreSQL whose edition is frozen, and of which nothing is sent: its mail server was away."""
    with instance(tmp_path / "instance", smtp_port=free_port()) as made:
        made.settings["store"] = {"url": postgres_url}
        made.settings["alerts"] = {"to": []}
        portal.add("eins", "Erste Meldung aus dem Rathaus", NIGHT - timedelta(hours=1))
        made.feed("presse", portal.list_url)
        assert made.run("db", "upgrade").code == 0
        made.subscribe(*PEOPLE)
        made.once(NIGHT.isoformat())
        made.once(NOON.isoformat(), code=1)
        made.settings["mail.smtp"]["port"] = mailserver.port
        made.write()
        yield made


@pytest.fixture
def start(sending: Instance) -> Iterator[Start]:
    """Starts a worker and waits until it is ready."""
    workers: list[subprocess.Popen[str]] = []

    def start(tree: Path = ROOT) -> subprocess.Popen[str]:
        with (sending.folder / "worker.log").open("a") as log:
            command, env = of_tree(tree, sending, "worker")
            worker = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=log, text=True)
        workers.append(worker)
        assert worker.stdout
        assert worker.stdout.readline() == "ready\n"
        return worker

    yield start
    for worker in workers:
        worker.kill()
        worker.wait()


@pytest.mark.timeout(300)
def test_what_a_killed_worker_was_at_goes_on_within_a_minute(
    sending: Instance, mailserver: Mailserver, start: Start
) -> None:
    mailserver.hold_after = 5
    first = start()
    wait_for(mailserver.holding.is_set)
    second = start()
    (line,) = [line for line in sending.run("status").out.splitlines() if "workers" in line]
    assert line.startswith("4 workers")  # two processes, two queues
    first.kill()
    first.wait()
    killed = time.monotonic()
    held = {mail.recipient for mail in mailserver.mails}
    mailserver.release()
    wait_for(lambda: len({mail.recipient for mail in mailserver.mails}) >= len(PEOPLE) - CONNECTIONS, 60)
    assert time.monotonic() - killed < 60
    (edition,) = [one for one in sending.editions().values() if one["planned"]]
    counts = sending.ledger(edition["id"])["counts"]
    assert counts.keys() <= {"accepted", "committing", "claimed"}
    assert counts.get("committing", 0) <= CONNECTIONS
    assert len(mailserver.mails) == len({mail.recipient for mail in mailserver.mails})
    assert held < {mail.recipient for mail in mailserver.mails}
    assert sending.stop(second) == 0


@pytest.mark.timeout(300)
def test_two_versions_send_together_while_the_tables_are_brought_to_the_newer(
    sending: Instance, mailserver: Mailserver, start: Start, tmp_path: Path
) -> None:
    newer = a_newer_version(tmp_path / "newer")
    mailserver.hold_after = 5
    first = start()
    wait_for(mailserver.holding.is_set)
    command, env = of_tree(newer, sending, "db", "upgrade")
    upgraded = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert "9999" in upgraded.stdout
    second = start(newer)
    mailserver.release()
    wait_for(lambda: len(mailserver.mails) >= len(PEOPLE), 90)
    assert sending.stop(first) == 0
    again = start()  # the older program starts anew on the newer tables
    assert sending.stop(again) == 0
    assert sending.stop(second) == 0
    assert sorted(mail.recipient for mail in mailserver.mails) == PEOPLE
    (edition,) = [one for one in sending.editions().values() if one["planned"]]
    assert sending.ledger(edition["id"])["counts"] == {"accepted": len(PEOPLE)}


def of_tree(tree: Path, of: Instance, *arguments: str) -> tuple[list[str], dict[str, str]]:
    """A command of the program in a tree, and what it needs in its environment."""
    run = [sys.executable, "-c", "from newsletter.cli import main; main()"]
    settings = ["--config", str(of.folder / "newsletter.toml")]
    return [*run, *settings, *arguments], os.environ | {"PYTHONPATH": str(tree / "src")}


def a_newer_version(tree: Path) -> Path:
    """The program with one more migration, which only adds."""
    for name in ("src", "templates", "locales", "feeds"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    versions = tree / "src/newsletter/store/migrations/versions"
    newest = max(path.name for path in versions.glob("v*.py"))[1:5]
    (versions / "v9999_colours.py").write_text(ADDITION.format(newest=newest))
    return tree


def test_on_sqlite_it_says_what_to_do(tmp_path: Path) -> None:
    with instance(tmp_path / "instance") as made:
        made.write()
        done = made.run("worker")
    assert done.code == 1
    assert done.err.startswith("store.url: SQLite has one process")
    assert "`newsletter db move`" in done.err
    assert done.err.count("\n") == 1
