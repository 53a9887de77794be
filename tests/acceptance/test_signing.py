"""An instance that signs: what arrives verifies, and what cannot be signed with is said before anything is sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import dkim

from newsletter.deliver.dkim import read_key
from tests.acceptance.instance import Instance
from tests.acceptance.mailserver import Mailserver
from tests.acceptance.portal import Portal
from tests.servers.certificate import write_signing_key

NOON = datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("Europe/Berlin"))


def test_mails_arrive_signed(instance: Instance, portal: Portal, mailserver: Mailserver) -> None:
    file = instance.folder / "dkim.pem"
    write_signing_key(file)
    record = read_key(file, "mail.dkim.key_file").record().encode()
    instance.settings["mail.dkim"] = {"domain": "musterstadt.example", "selector": "n1", "key_file": "dkim.pem"}
    portal.add("eins", "Größte Brücke „im Land“ ist fertig", NOON)
    instance.letter["cadences"] = ["immediate"]
    instance.feed("presse", portal.list_url)
    instance.subscribe("leser@leser.example", cadence="immediate")
    instance.once((NOON + timedelta(minutes=5)).isoformat())
    (mail,) = mailserver.mails
    asked: list[bytes] = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return record

    assert dkim.verify(mail.raw, dnsfunc=dns)
    assert asked == [b"n1._domainkey.musterstadt.example."]
    told = instance.run("doctor")
    assert f"n1._domainkey.musterstadt.example TXT {record.decode()}" in told.out
    file.write_text("no key")
    assert "is no private key in PEM" in instance.run("doctor").out
