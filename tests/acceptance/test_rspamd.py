"""What a receiving server's filter makes of our mails: Debian's rspamd, with the DNS that the docs ask for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from newsletter.deliver.dkim import read_key
from tests.acceptance.demo import Demo
from tests.acceptance.instance import Instance
from tests.acceptance.mailserver import Mailserver
from tests.acceptance.portal import Portal
from tests.servers.certificate import write_signing_key
from tests.servers.rspamd import Rspamd, run_rspamd

NOON = datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("Europe/Berlin"))
DOMAIN, RELAY = "musterstadt.example", "198.51.100.7"
SENDER = f"bounces+x@{DOMAIN}"
ADD_HEADER = 6.0  # rspamd's own threshold for a mark as spam


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("key") / "dkim.pem"
    write_signing_key(file)
    return file


@pytest.fixture(scope="module")
def rspamd(key: Path) -> Iterator[Rspamd]:
    record = read_key(key, "key").record()
    zone = {
        (DOMAIN, "TXT"): [f'"v=spf1 ip4:{RELAY} -all"'],
        (DOMAIN, "MX"): [f"10 relay.{DOMAIN}."],
        (f"_dmarc.{DOMAIN}", "TXT"): ['"v=DMARC1; p=reject"'],
        (f"n1._domainkey.{DOMAIN}", "TXT"): [f'"{record[:200]}" "{record[200:]}"'],
        (f"relay.{DOMAIN}", "A"): [RELAY],
        (".".join(reversed(RELAY.split("."))) + ".in-addr.arpa", "PTR"): [f"relay.{DOMAIN}."],
    }
    with run_rspamd(zone) as server:
        yield server


def test_a_signed_mail_is_believed(
    instance: Instance, portal: Portal, mailserver: Mailserver, key: Path, rspamd: Rspamd
) -> None:
    instance.settings["site"]["base_url"] = "https://news.musterstadt.example"
    instance.settings["mail.dkim"] = {"domain": DOMAIN, "selector": "n1", "key_file": str(key)}
    portal.add("eins", "Größte Brücke „im Land“ ist fertig", NOON)
    instance.letter["cadences"] = ["immediate"]
    instance.feed("presse", portal.list_url)
    instance.subscribe("leser@leser.example", cadence="immediate")
    instance.once((NOON + timedelta(minutes=5)).isoformat())
    (mail,) = mailserver.mails
    said = rspamd.scanned(mail.raw, SENDER, mail.recipient)
    found = set(said["symbols"])
    assert {"R_DKIM_ALLOW", "R_SPF_ALLOW", "DMARC_POLICY_ALLOW", "HAS_LIST_UNSUB"} <= found, found
    assert not {"R_DKIM_REJECT", "R_DKIM_PERMFAIL", "INVALID_MSGID", "MISSING_MID", "MISSING_DATE"} & found
    assert said["action"] == "no action"
    assert said["score"] < ADD_HEADER / 2, said


def test_no_mail_of_the_demo_is_marked(demo: Demo, rspamd: Rspamd) -> None:
    """The demo dates its mails by the slot of the day, which lies ahead before seven in the morning: that is let be."""
    scores = {}
    for mail in demo.mails:
        said = rspamd.scanned(mail.raw, SENDER, mail.recipient)
        scores[mail.recipient] = said["score"] - said["symbols"].get("DATE_IN_FUTURE", {"score": 0})["score"]
    assert max(scores.values()) < ADD_HEADER / 2, scores
