"""The whole way once on PostgreSQL and through a real Postfix: settings are all that differs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.acceptance.instance import Instance, instance, quiet_hour
from tests.acceptance.mailserver import Mail, defects
from tests.acceptance.portal import Portal
from tests.servers.postfix import Postfix

NOW = datetime.now(UTC).replace(microsecond=0)
NOON = (NOW + timedelta(days=1)).replace(hour=12, minute=0)


PEOPLE = [f"leser{number}@leser.example" for number in range(5)]


@pytest.fixture
def made(tmp_path: Path, postgres_url: str, portal: Portal, postfix: Postfix) -> Iterator[Instance]:
    """An instance on PostgreSQL that mails to Postfix over STARTTLS; one of its readers has no mailbox."""
    with instance(tmp_path / "instance", smtp_port=postfix.port) as made:
        made.letter["send_at"] = quiet_hour()
        made.settings["store"] = {"url": postgres_url}
        made.settings["mail.smtp"] |= {"security": "starttls", "ca_file": str(postfix.ca_file)}
        portal.add("eins", "Erste Meldung aus dem Rathaus", NOW - timedelta(hours=1))
        made.feed("presse", portal.list_url)
        assert made.run("db", "upgrade").code == 0
        made.subscribe(*PEOPLE, "unknown@leser.example")
        yield made


def test_the_whole_way_on_postgresql_through_postfix(made: Instance, portal: Portal, postfix: Postfix) -> None:
    made.once(NOW.isoformat())
    (edition,) = made.once(NOON.isoformat())["composed"]
    check_what_became_of_it(made, postfix, edition)

    backup = made.folder / "backup"
    assert made.run("db", "backup", str(backup)).code == 0
    daemon = made.start()
    assert httpx.get(f"{made.url}/feeds/presse.atom").status_code == 200
    (mail,) = postfix.mails(PEOPLE[0])
    leave = Mail(mail.recipient, mail.raw).link("/unsubscribe/")
    assert httpx.post(leave, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert made.stop(daemon) == 0
    restored = made.run("db", "restore", str(backup), "--aside", str(made.folder / "aside"))
    assert restored.code == 0, restored.err
    assert made.run("db", "resume").code == 0
    portal.add("zwei", "Zweite Meldung aus dem Rathaus", NOW)
    postfix.clear()
    made.once((NOON + timedelta(days=1)).isoformat())
    assert {mail.recipient for mail in postfix.mails()} - {"it@musterstadt.example"} == set(PEOPLE[1:])


def check_what_became_of_it(made: Instance, postfix: Postfix, edition: str) -> None:
    """Ledger and mailboxes say the same."""
    ledger = made.ledger(edition)
    assert (ledger["planned"], ledger["counts"], ledger["complete"]) == (6, {"accepted": 5, "failed": 1}, True)
    (failed,) = [one for one in ledger["deliveries"] if one["state"] == "failed"]
    assert "550" in failed["answer"]
    for one in PEOPLE:
        (kept,) = postfix.mails(one)
        mail = Mail(kept.recipient, kept.raw)
        assert defects(mail.message) == []
        assert "Erste Meldung aus dem Rathaus" in mail.text
        assert kept.sender.startswith("bounces+")
    assert "starttls=1" in postfix.log
