"""A portal with a past is added to an instance that runs: its releases go to the archive, not to anybody's mailbox."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import feedparser

from tests.acceptance import portal as portals
from tests.acceptance.instance import Instance
from tests.acceptance.mailserver import Mailserver

OPERATOR = "it@musterstadt.example"
NOON = datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("Europe/Berlin"))


def test_five_hundred_old_releases_are_added_and_nobody_gets_a_mail(
    instance: Instance, portal: portals.Portal, mailserver: Mailserver
) -> None:
    portal.add("erste", "Erste Meldung aus dem Rathaus", NOON)
    instance.letter["cadences"] = ["immediate", "daily", "weekly"]
    instance.feed("presse", portal.list_url)
    for cadence in ("immediate", "daily", "weekly"):
        instance.subscribe(f"{cadence}@leser.example", cadence=cadence)
    instance.once((NOON + timedelta(minutes=5)).isoformat())
    assert [mail.recipient for mail in mailserver.mails] == ["immediate@leser.example"]
    instance.once((NOON + timedelta(hours=19)).isoformat())  # Monday, 07:00: daily and weekly
    mailserver.mails.clear()

    with portals.portal() as archive:
        for number in range(500):  # the newest from this very morning
            archive.add(f"alt-{number}", f"Archivmeldung Nummer {number}", NOON - timedelta(hours=7 * number))
        instance.feed("archiv", archive.list_url, first_collect="archive", max_age="7d")
        for hours in (20, 43, 24 * 8):
            instance.once((NOON + timedelta(hours=hours)).isoformat())
        archive.add("neu", "Neue Meldung des zweiten Portals", NOON + timedelta(hours=24 * 8))
        assert {mail.recipient for mail in mailserver.mails} <= {OPERATOR}  # who is told that the portal went silent

        assert len(list((instance.public / "releases").glob("*.html"))) == 501
        month = [number for number in range(500) if (NOON - timedelta(hours=7 * number)).month == NOON.month]
        assert len(instance.feed_items("archiv")) == len(month)  # more than the newest 50: no archive has them yet
        for kind in ("atom", "rss"):
            found = feedparser.parse((instance.public / f"feeds/archiv.{kind}").read_bytes())
            assert not found.bozo, found.get("bozo_exception")

        instance.once((NOON + timedelta(hours=24 * 8 + 1)).isoformat())  # what is new from now on is mailed
    (mail,) = (mail for mail in mailserver.mails if mail.recipient != OPERATOR)
    assert mail.recipient == "immediate@leser.example"
    assert "Neue Meldung des zweiten Portals" in mail.subject
    assert json.loads((instance.public / "feeds/archiv.json").read_text("utf-8"))["items"][0]["title"].startswith(
        "Neue"
    )
