"""After its time nothing is left of who got which mail, nor of the address of somebody who left: no row and no byte."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.acceptance.instance import Instance
from tests.acceptance.mailserver import Mailserver
from tests.acceptance.portal import Portal

pytestmark = pytest.mark.usefixtures("quiet")

NOW = datetime.now(UTC).replace(microsecond=0)
NOON = (NOW + timedelta(days=1)).replace(hour=12, minute=0)
STAYS, LEAVES = "bleibt@leser.example", "geht-fort@leser.example"


def test_what_had_its_time_is_forgotten(instance: Instance, portal: Portal, mailserver: Mailserver) -> None:
    instance.settings["privacy"] = {"keep_deliveries": "7d", "keep_consent_after_leaving": "10d"}
    portal.add("eins", "Erste Meldung aus dem Rathaus", NOW - timedelta(hours=1))
    instance.feed("presse", portal.list_url)
    instance.subscribe(STAYS, LEAVES)
    instance.once(NOW.isoformat())
    instance.once(NOON.isoformat())
    (edition,) = instance.editions("finished")
    database = instance.folder / "var/newsletter.db"
    erased = instance.run("subscribers", "erase", LEAVES)
    assert erased.code == 0, erased.err

    def known() -> tuple[int, int, int]:
        """Deliveries, the edition's sum, and consents of who left."""
        ledger, proof = instance.ledger(edition), instance.run("subscribers", "proof", LEAVES, "--json")
        return len(ledger["deliveries"]), ledger["counts"]["accepted"], len(proof.json) if proof.code == 0 else 0

    def pass_days(*days: int) -> tuple[int, int, int]:
        for day in days:
            instance.once((NOON + timedelta(days=day)).isoformat())
        return known()

    assert known() == (2, 2, 2)
    assert pass_days(2, 4, 6) == (2, 2, 2)
    assert pass_days(8) == (0, 2, 2)
    assert pass_days(10) == (0, 2, 0)
    assert instance.json("subscribers", "list")[0]["email"] == STAYS
    for file in database.parent.glob("newsletter.db*"):
        assert LEAVES.encode() not in file.read_bytes()
