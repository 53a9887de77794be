"""A backup that is put back: it starts paused, nobody who left is written to, and the others get what is new."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.acceptance.instance import Instance
from tests.acceptance.mailserver import Mailserver
from tests.acceptance.portal import Portal

pytestmark = pytest.mark.usefixtures("quiet")

STAYS, LEAVES, ERASED = (f"{who}@leser.example" for who in ("bleibt", "geht", "geloescht"))
NOW = datetime.now(UTC).replace(microsecond=0)
NOON = (NOW + timedelta(days=1)).replace(hour=12, minute=0)


def sent(instance: Instance, mailserver: Mailserver, moment: datetime, code: int = 0) -> dict[str, str]:
    """Who got which mail in a turn that ends with `code`."""
    mailserver.mails.clear()
    instance.once(moment.isoformat(), code)
    return {mail.recipient: mail.text for mail in mailserver.mails}


def test_a_goodbye_outlives_a_restore(instance: Instance, portal: Portal, mailserver: Mailserver) -> None:
    portal.add("eins", "Erste Meldung aus dem Rathaus", NOW - timedelta(hours=1))
    instance.feed("presse", portal.list_url)
    instance.subscribe(STAYS, LEAVES, ERASED)
    instance.once(NOW.isoformat())
    assert set(sent(instance, mailserver, NOON)) == {STAYS, LEAVES, ERASED}
    backup = instance.folder / "backup.db"
    assert instance.run("db", "backup", str(backup)).code == 0
    after_the_backup(instance, portal, mailserver)
    restore(instance, backup)

    portal.add("drei", "Dritte Meldung aus dem Rathaus", NOW + timedelta(hours=1))
    told = sent(instance, mailserver, NOON + timedelta(days=2), code=3)
    assert set(told) == {"it@musterstadt.example"}  # that it is paused
    states = {one["email"]: one["state"] for one in instance.json("subscribers", "list")}
    assert (states[STAYS], states[LEAVES]) == ("active", "ended")
    assert ERASED not in states

    assert instance.run("db", "resume").code == 0
    mails = sent(instance, mailserver, NOON + timedelta(days=2, minutes=5))
    assert set(mails) == {STAYS}
    assert "Dritte Meldung aus dem Rathaus" in mails[STAYS]
    assert "Erste Meldung" not in mails[STAYS]
    assert "Zweite Meldung" not in mails[STAYS]  # it went out before the restore, though the backup does not know it


def after_the_backup(instance: Instance, portal: Portal, mailserver: Mailserver) -> None:
    """One leaves, one is erased, the third gets another edition."""
    daemon = instance.start("--web-only")
    (mail,) = mailserver.to(LEAVES)
    assert httpx.post(mail.link("/unsubscribe/")).status_code == 200
    assert instance.stop(daemon) == 0
    assert instance.run("subscribers", "erase", ERASED).code == 0
    portal.add("zwei", "Zweite Meldung aus dem Rathaus", NOW)
    assert set(sent(instance, mailserver, NOON + timedelta(days=1))) == {STAYS}


def restore(instance: Instance, backup: Path) -> None:
    """Puts the backup back; what is there now is kept, and never overwritten."""
    refused = instance.run("db", "restore", str(backup))
    assert (refused.code, len(refused.err.splitlines())) == (1, 1)
    assert "--aside" in refused.err
    restored = instance.run("db", "restore", str(backup), "--aside", str(instance.folder / "aside.db"))
    assert restored.code == 0, restored.err
    assert "paused" in restored.out
    assert instance.json("status")["paused"]
