"""`newsletter worker`: on PostgreSQL beside others; what a killed one was at goes on within a minute."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.acceptance.instance import NEWSLETTER, Instance, instance, wait_for
from tests.acceptance.mailserver import Mailserver
from tests.acceptance.portal import Portal
from tests.servers.process import free_port

NOW = datetime.now(UTC).replace(microsecond=0)
NOON = (NOW + timedelta(days=1)).replace(hour=12, minute=0)
PEOPLE = [f"leser{number:02}@leser.example" for number in range(30)]
CONNECTIONS = 2
Start = Callable[[], subprocess.Popen[str]]


@pytest.fixture
def sending(tmp_path: Path, postgres_url: str, portal: Portal, mailserver: Mailserver) -> Iterator[Instance]:
    """An instance on PostgreSQL whose edition is frozen, and of which nothing is sent: its mail server was away."""
    with instance(tmp_path / "instance", smtp_port=free_port()) as made:
        made.settings["store"] = {"url": postgres_url}
        made.settings["alerts"] = {"to": []}
        portal.add("eins", "Erste Meldung aus dem Rathaus", NOW - timedelta(hours=1))
        made.feed("presse", portal.list_url)
        assert made.run("db", "upgrade").code == 0
        made.subscribe(*PEOPLE)
        made.once(NOW.isoformat())
        made.once(NOON.isoformat(), code=1)
        made.settings["mail.smtp"]["port"] = mailserver.port
        made.write()
        yield made


@pytest.fixture
def start(sending: Instance) -> Iterator[Start]:
    """Starts a worker and waits until it is ready."""
    workers: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        command = [NEWSLETTER, "--config", str(sending.folder / "newsletter.toml"), "worker"]
        with (sending.folder / "worker.log").open("a") as log:
            worker = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
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


def test_on_sqlite_it_says_what_to_do(tmp_path: Path) -> None:
    with instance(tmp_path / "instance") as made:
        made.write()
        done = made.run("worker")
    assert done.code == 1
    assert done.err.startswith("store.url: SQLite has one process")
    assert "`newsletter db move`" in done.err
    assert done.err.count("\n") == 1
