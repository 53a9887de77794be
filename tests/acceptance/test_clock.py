"""The clock: each slot exactly once, whatever happens to local time or to the program."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.acceptance.instance import Instance
from tests.acceptance.mailserver import Mailserver
from tests.acceptance.portal import Portal

BERLIN = ZoneInfo("Europe/Berlin")
NIGHTS = {
    # the clock goes back: 02:30 comes twice, the first counts
    "back": ("2026-10-25T00:10+00:00", {"nacht": "20261025T0030Z", "morgen": "20261025T0600Z"}),
    # the clock goes forward: 02:30 never comes, the first moment after the gap counts
    "forward": ("2027-03-28T00:40+00:00", {"nacht": "20270328T0100Z", "morgen": "20270328T0500Z"}),
}


def release(portal: Portal, number: int, published: datetime) -> None:
    portal.add(f"meldung-{number}", f"Meldung Nummer {number} aus dem Rathaus", published)


@pytest.mark.parametrize("night", NIGHTS)
def test_a_night_in_which_the_clock_changes_has_each_slot_once(
    instance: Instance, portal: Portal, mailserver: Mailserver, night: str
) -> None:
    begin, slots = NIGHTS[night]
    eve = datetime.fromisoformat(begin) - timedelta(hours=14)
    instance.letter.update(id="nacht", send_at="02:30")
    instance.settings["newsletters"].append({**instance.letter, "id": "morgen", "send_at": "07:00"})
    instance.feed("presse", portal.list_url)
    instance.settings["newsletters"][1]["feeds"] = ["presse"]
    instance.write()
    for letter in slots:
        instance.subscribe(f"{letter}@leser.example", newsletter=letter)
    release(portal, 1, eve - timedelta(hours=1))
    instance.once(eve.isoformat())
    assert mailserver.mails == []

    moment, number, composed = datetime.fromisoformat(begin), 1, Counter[str]()
    steps = [timedelta(minutes=minutes) for minutes in (25, 25, 40, 140, 165, 60)]
    for step in steps:
        number += 1
        release(portal, number, moment - timedelta(minutes=1))
        composed.update(instance.once(moment.isoformat())["composed"])
        moment += step
    assert composed == {f"{letter}-daily-{slot}": 1 for letter, slot in slots.items()}
    for letter in slots:
        assert len(mailserver.to(f"{letter}@leser.example")) == 1, letter


def test_after_a_sleep_of_three_days_the_latest_slot_composes_and_the_others_are_recorded(
    instance: Instance, portal: Portal, mailserver: Mailserver
) -> None:
    instance.letter["send_days"] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    release(portal, 0, datetime(2026, 11, 1, 12, tzinfo=BERLIN))
    instance.feed("presse", portal.list_url, first_collect="archive")
    instance.subscribe("leserin@leser.example")
    instance.once("2026-11-23T12:00:00+01:00")
    for day in (23, 24, 25):
        release(portal, day, datetime(2026, 11, day, 15, tzinfo=BERLIN))
    done = instance.once("2026-11-26T08:30:00+01:00")

    assert done["composed"] == ["presse-daily-20261126T0600Z"]
    states = {edition["id"]: (edition["state"], edition["releases"]) for edition in instance.editions().values()}
    assert states.pop("presse-daily-20261126T0600Z") == ("finished", 3)
    missed = {f"presse-daily-202611{day}T0600Z" for day in (24, 25)}
    assert {id for id, (state, _) in states.items() if state == "skipped"} >= missed
    assert len(mailserver.mails) == 1
    assert instance.once("2026-11-26T09:00:00+01:00")["composed"] == []
    assert len(mailserver.mails) == 1


def test_days_off_holidays_and_empty_editions_send_nothing(
    instance: Instance, portal: Portal, mailserver: Mailserver
) -> None:
    instance.letter.update(cadences=["daily", "weekly"], send_days=["mon", "tue", "wed", "thu", "fri"])
    instance.letter.update(holidays="DE-BW", weekly_on="wednesday")
    release(portal, 0, datetime(2026, 12, 1, 12, tzinfo=BERLIN))
    instance.feed("presse", portal.list_url, first_collect="archive")
    instance.subscribe("daily@leser.example", cadence="daily")
    instance.subscribe("weekly@leser.example", cadence="weekly")
    instance.once("2026-12-31T06:00:00+01:00")  # a Thursday
    instance.once("2026-12-31T08:00:00+01:00")  # nothing at 07:00: an empty edition
    release(portal, 1, datetime(2026, 12, 31, 12, tzinfo=BERLIN))
    days = {
        "2027-01-01T09:00:00+01:00": [],  # New Year's Day, a Friday
        "2027-01-02T09:00:00+01:00": [],  # a Saturday
        "2027-01-04T09:00:00+01:00": ["presse-daily-20270104T0600Z"],
        "2027-01-05T09:00:00+01:00": [],  # nothing new
        "2027-01-06T09:00:00+01:00": [],  # Epiphany, a holiday in Baden-Württemberg alone: neither daily nor weekly
        "2027-01-13T09:00:00+01:00": ["presse-weekly-20270113T0600Z"],
    }
    made = {moment: instance.once(moment)["composed"] for moment in days}
    assert made == days
    assert [mail.recipient for mail in mailserver.mails] == ["daily@leser.example", "weekly@leser.example"]
    empty = instance.editions()["presse-daily-20261231T0600Z"]
    assert (empty["state"], empty["planned"]) == ("skipped", 0)


def test_a_slot_is_sent_once_however_often_the_program_is_asked(
    instance: Instance, portal: Portal, mailserver: Mailserver
) -> None:
    instance.feed("presse", portal.list_url)
    instance.subscribe("leserin@leser.example")
    release(portal, 1, datetime(2026, 11, 23, 6, tzinfo=BERLIN))
    slot = datetime(2026, 11, 23, 6, tzinfo=UTC)
    turns = [instance.once((slot + timedelta(seconds=seconds)).isoformat()) for seconds in (0, 1, 60, 0)]
    assert [len(turn["composed"]) for turn in turns] == [1, 0, 0, 0]
    assert len(mailserver.mails) == 1
