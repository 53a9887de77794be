"""Things break in mid-send: nothing is sent that is not recorded, and it goes on from there."""

from __future__ import annotations

import json
import resource
import signal
import sqlite3
import subprocess
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.acceptance.instance import NEWSLETTER, Instance, instance, quiet_hour, wait_for
from tests.acceptance.mailserver import Mailserver
from tests.acceptance.portal import Portal

NOW = datetime.now(UTC).replace(microsecond=0)
PEOPLE = [f"leser{number:02}@leser.example" for number in range(30)]


@pytest.fixture
def ready(instance: Instance, portal: Portal) -> Instance:
    """An instance with thirty readers, a release, and a slot that was a minute ago by the real clock."""
    instance.settings["site"]["timezone"] = "UTC"
    instance.letter["send_at"] = f"{datetime.now(UTC) - timedelta(minutes=1):%H:%M}"
    portal.add("eins", "Erste Meldung aus dem Rathaus", NOW - timedelta(hours=1))
    instance.feed("presse", portal.list_url)
    instance.subscribe(*PEOPLE)
    return instance


def the_edition(ready: Instance) -> dict[str, object]:
    (edition,) = [one for one in ready.editions().values() if one["planned"]]
    return edition


def complete(ready: Instance) -> bool:
    editions = [one for one in ready.editions().values() if one["planned"]]
    return bool(editions) and editions[0]["state"] == "finished"


def doubles(mailserver: Mailserver) -> dict[str, int]:
    counts = Counter(mail.recipient for mail in mailserver.mails if mail.recipient in PEOPLE)
    return {recipient: count for recipient, count in counts.items() if count > 1}


def check_that_every_double_is_named(ready: Instance, mailserver: Mailserver) -> None:
    """The sums match, everybody got it, and whoever got it twice is named uncertain."""
    ledger = ready.ledger(str(the_edition(ready)["id"]))
    assert ledger["complete"]
    assert ledger["planned"] == sum(ledger["counts"].values()) == len(PEOPLE)
    assert ledger["counts"].get("accepted") == len(PEOPLE)
    assert {mail.recipient for mail in mailserver.mails} >= set(PEOPLE)
    named = {one["subscriber"] for one in ledger["deliveries"] if one["uncertain"]}
    numbers = {one["message_id"]: one["subscriber"] for one in ledger["deliveries"]}
    twice = {
        numbers[str(mail.message["Message-ID"])] for mail in mailserver.mails if mail.recipient in doubles(mailserver)
    }
    assert twice <= named


def test_killed_in_mid_send_it_goes_on_and_every_double_is_named(ready: Instance, mailserver: Mailserver) -> None:
    mailserver.hold_after = 11
    daemon = ready.start()
    wait_for(mailserver.holding.is_set)
    daemon.send_signal(signal.SIGKILL)
    daemon.wait()
    mailserver.release()
    ready.start()
    wait_for(lambda: complete(ready))
    check_that_every_double_is_named(ready, mailserver)


def test_a_locked_database_in_mid_send_leaves_nothing_unrecorded(ready: Instance, mailserver: Mailserver) -> None:
    mailserver.hold_after = 11
    daemon = ready.start()
    wait_for(mailserver.holding.is_set)
    with closing(sqlite3.connect(ready.folder / "var/newsletter.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        mailserver.release()
        wait_for(lambda: "the ledger cannot be written" in ready.log, 120)
        received = {mail.recipient for mail in mailserver.mails if mail.recipient in PEOPLE}
        assert len(received) <= past_their_fence(other)
        assert daemon.poll() is None, ready.log
    wait_for(lambda: complete(ready), 120)
    check_that_every_double_is_named(ready, mailserver)


def past_their_fence(connection: sqlite3.Connection) -> int:
    """How many deliveries are, on disk: nobody else may have got the mail."""
    query = "SELECT count(*) FROM deliveries WHERE state NOT IN ('queued', 'claimed')"
    return int(connection.execute(query).fetchone()[0])


def test_sigterm_ends_the_daemon_and_what_is_under_way(ready: Instance, mailserver: Mailserver) -> None:
    mailserver.hold_after = 11
    daemon = ready.start()
    wait_for(mailserver.holding.is_set)
    daemon.send_signal(signal.SIGTERM)
    mailserver.release()
    assert daemon.wait(30) == 0, ready.log
    received = len({mail.recipient for mail in mailserver.mails if mail.recipient in PEOPLE})
    ledger = ready.ledger(str(the_edition(ready)["id"]))
    assert ledger["counts"].get("accepted", 0) == received < len(PEOPLE)
    assert "uncertain" not in ledger["counts"]
    assert "Traceback" not in ready.log
    ready.start()
    wait_for(lambda: complete(ready))
    assert doubles(mailserver) == {}
    check_that_every_double_is_named(ready, mailserver)


def test_a_second_daemon_on_the_same_file_is_told_to_go(ready: Instance) -> None:
    ready.start()
    ready.settings["web"]["listen"] = "127.0.0.1:0"
    ready.write()
    for command in (("run",), ("once",)):
        second = ready.run(*command, timeout=60)
        assert second.code == 1
        assert "another newsletter process" in second.err
        assert len(second.err.splitlines()) == 1


def test_a_taken_address_is_one_line(ready: Instance) -> None:
    daemon = ready.start("--web-only")
    second = ready.run("run", "--web-only", timeout=60)
    assert second.code == 1
    assert "web.listen" in second.err
    assert "Traceback" not in second.err
    assert ready.stop(daemon, signal.SIGINT) == 0


def test_a_disk_that_takes_no_more_in_mid_send_leaves_nothing_unrecorded(
    ready: Instance, mailserver: Mailserver
) -> None:
    mailserver.hold_after = 11
    daemon = ready.start()
    wait_for(mailserver.holding.is_set)
    unlimited = resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (1, unlimited[1]))  # every file is too large from here on
    mailserver.release()
    wait_for(lambda: "the ledger cannot be written" in ready.log, 120)
    received = {mail.recipient for mail in mailserver.mails if mail.recipient in PEOPLE}
    with closing(sqlite3.connect(f"file:{ready.folder}/var/newsletter.db?mode=ro", uri=True)) as other:
        assert len(received) <= past_their_fence(other)
    assert daemon.poll() is None, ready.log
    resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, unlimited)
    wait_for(lambda: complete(ready), 120)
    check_that_every_double_is_named(ready, mailserver)


def test_what_is_only_logged_leaves_nothing_and_the_ledger_says_so(
    tmp_path: Path, portal: Portal, mailserver: Mailserver
) -> None:
    with instance(tmp_path / "instance") as made:  # transport = "log"
        made.letter["send_at"] = quiet_hour()
        made.settings["mail.smtp"] = {"host": "127.0.0.1", "port": mailserver.port, "security": "none"}
        portal.add("eins", "Erste Meldung aus dem Rathaus", NOW - timedelta(hours=1))
        made.feed("presse", portal.list_url)
        made.subscribe(*PEOPLE[:3])
        made.once(NOW.isoformat())
        done = made.run("once", "--now", (NOW.replace(hour=12, minute=0) + timedelta(days=1)).isoformat(), "--json")
        assert done.code == 0
        (edition,) = json.loads(done.out)["composed"]
        ledger = made.ledger(edition)
        assert [one["answer"] for one in ledger["deliveries"]] == ["logged, not sent (mail.transport = log)"] * 3
        assert mailserver.mails == []
        assert not [address for address in PEOPLE if address in done.err]


def test_a_log_that_cannot_be_written_stops_nothing(ready: Instance, mailserver: Mailserver) -> None:
    with Path("/dev/full").open("w") as full:  # every write fails as on a full disk
        command = [NEWSLETTER, "--config", str(ready.folder / "newsletter.toml"), "once"]
        subprocess.run(command, stdout=full, stderr=full, timeout=60, check=False)
    assert {mail.recipient for mail in mailserver.mails} == set(PEOPLE)
    assert ready.ledger(str(the_edition(ready)["id"]))["complete"]
