"""Editions, their sheets, alarms and facts, on both databases."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, update

from newsletter.errors import NotFound, StateError
from newsletter.model import (
    EDITION_MOVES,
    Alarm,
    AlarmKind,
    Blank,
    Cadence,
    Carried,
    CheckedRule,
    CheckedVariant,
    DeliveryState,
    Edition,
    EditionState,
    Finding,
    Format,
    Part,
    Record,
    Sheet,
    Variant,
)
from newsletter.store.alarms import Alarms
from newsletter.store.database import Database
from newsletter.store.edition_rows import Counted
from newsletter.store.editions import Editions
from newsletter.store.published import Published
from newsletter.store.records import Records
from newsletter.store.sheets import Sheets
from newsletter.store.state import State
from newsletter.store.tables import deliveries, editions
from tests.integration.store.test_releases import collected, release

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)
FINDING = Finding("image-alt", "block", "1.1.1", "de-standard: card 2", "no alt text", "write one at the alt desk")


def edition(slot: datetime = NOW, cadence: Cadence = Cadence.DAILY, carried: Iterable[str] = ()) -> Edition:
    return Edition(
        id=f"presse-{cadence}-{slot:%Y%m%dT%H%MZ}",
        newsletter="presse",
        cadence=cadence,
        slot=slot,
        state=EditionState.COMPOSED,
        carried=tuple(Carried(one, 1) for one in carried),
        composed_at=NOW,
    )


def deliver(database: Database, edition: str, *states: DeliveryState) -> None:
    rows = [
        {"edition": edition, "subscriber": n, "subscription": n, "variant": "v", "state": state, "changed_at": NOW}
        for n, state in enumerate(states, 1)
    ]
    database.write(lambda connection: connection.execute(insert(deliveries), rows))


def force(database: Database, id: str, **values: object) -> None:
    database.write(lambda connection: connection.execute(update(editions).where(editions.c.id == id).values(**values)))


def test_an_edition_is_added_once_with_its_releases_in_order(database: Database) -> None:
    collected(database, release("b"), release("a"))
    known = Editions(database)
    assert known.add(edition(carried=["b", "a"]))
    assert not known.add(replace(edition(carried=["a"]), reason="another"))
    assert known.get("presse-daily-20261122T0600Z") == edition(carried=["b", "a"])
    with pytest.raises(NotFound):
        known.get("presse-daily-20261123T0600Z")


def test_a_later_edition_overtakes_those_nobody_decided_on(database: Database) -> None:
    collected(database, release("a"))
    known = Editions(database)
    slots = [edition(NOW + day * DAY, carried=["a"]) for day in range(5)]
    weekly = edition(NOW, Cadence.WEEKLY, carried=["a"])
    for one in (*slots[:3], weekly):
        known.add(one)
        if one is slots[0]:
            known.move(one.id, EditionState.APPROVED, NOW)
        elif one is slots[1]:
            known.hold(one.id, [FINDING], "alt text missing", NOW)
    missed = replace(slots[3], state=EditionState.SKIPPED, reason="overslept", carried=())
    assert known.add(slots[4], skipped=[missed])
    assert {one.id: known.get(one.id).state for one in (*slots, weekly)} == {
        slots[0].id: EditionState.APPROVED,
        slots[1].id: EditionState.SUPERSEDED,
        slots[2].id: EditionState.SUPERSEDED,
        slots[3].id: EditionState.SKIPPED,
        slots[4].id: EditionState.COMPOSED,
        weekly.id: EditionState.COMPOSED,
    }


@pytest.mark.parametrize("origin", list(EditionState))
def test_every_move_is_allowed_or_refused_as_the_model_says(database: Database, origin: EditionState) -> None:
    known = Editions(database)
    for number, state in enumerate(EditionState):
        one = edition(NOW + number * DAY)
        known.add(one)
        force(database, one.id, state=origin)
        if state is EditionState.FINISHED:
            with pytest.raises(ValueError, match="ledger"):
                known.move(one.id, state, NOW)
        elif state in EDITION_MOVES[origin]:
            moved = known.move(one.id, state, NOW, "because")
            assert (moved.state, moved.reason) == (state, "because")
            assert moved.approved_at == (NOW if state is EditionState.APPROVED else None)
        else:
            with pytest.raises(StateError, match=f"is {origin}: it cannot become {state}"):
                known.move(one.id, state, NOW)
            assert known.get(one.id).state is origin


def test_of_many_who_approve_one_does(database: Database) -> None:
    known = Editions(database)
    known.add(edition())

    def approve(_: int) -> bool:
        try:
            known.move(edition().id, EditionState.APPROVED, NOW)
        except StateError:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(approve, range(6))) == [False] * 5 + [True]


def test_a_move_of_nothing(database: Database) -> None:
    with pytest.raises(NotFound):
        Editions(database).move("presse-daily-20261122T0600Z", EditionState.APPROVED, NOW)


def test_findings_and_override_are_kept_until_it_is_sent(database: Database) -> None:
    known = Editions(database)
    known.add(edition())
    held = known.hold(edition().id, [FINDING], "1 finding", NOW)
    assert (held.state, held.findings, held.reason) == (EditionState.HELD, (FINDING,), "1 finding")
    again = known.hold(edition().id, [FINDING, FINDING], "2 findings", NOW)
    assert (len(again.findings), again.reason) == (2, "2 findings")
    known.approve(edition().id, NOW, "Ada Lovelace: the picture is decorative", None)
    known.note(edition().id, [])
    assert known.get(edition().id).override == "Ada Lovelace: the picture is decorative"
    known.move(edition().id, EditionState.SENDING, NOW)
    with pytest.raises(StateError):
        known.note(edition().id, [FINDING])
    assert known.get(edition().id).findings == ()
    with pytest.raises(NotFound):
        known.note("nothing", [])


def test_it_finishes_when_nothing_is_open_and_not_before(database: Database) -> None:
    known = Editions(database)
    known.add(edition())
    known.move(edition().id, EditionState.APPROVED, NOW)
    assert not known.finish_if_complete(edition().id, NOW)
    known.move(edition().id, EditionState.SENDING, NOW)
    assert not known.finish_if_complete(edition().id, NOW), "its audience is not frozen"
    force(database, edition().id, frozen_at=NOW)
    deliver(database, edition().id, DeliveryState.ACCEPTED, DeliveryState.DEFERRED, DeliveryState.UNCERTAIN)
    assert not known.finish_if_complete(edition().id, NOW)
    database.write(
        lambda connection: connection.execute(
            update(deliveries).where(deliveries.c.state == DeliveryState.DEFERRED).values(state=DeliveryState.FAILED)
        )
    )
    assert known.finish_if_complete(edition().id, NOW)
    assert not known.finish_if_complete(edition().id, NOW)
    finished = known.get(edition().id)
    assert (finished.state, finished.finished_at) == (EditionState.FINISHED, NOW)


def test_the_list_counts_what_became_of_the_mails(database: Database) -> None:
    known = Editions(database)
    for day in range(3):
        known.add(edition(NOW + day * DAY))
    deliver(database, edition().id, *[DeliveryState.ACCEPTED] * 3, DeliveryState.UNCERTAIN)
    counts = {DeliveryState.ACCEPTED: 3, DeliveryState.UNCERTAIN: 1}
    assert known.listed()[-1] == Counted(edition(), counts)
    assert known.listed()[-1].planned == 4
    assert [one.edition.slot for one in known.listed(limit=2)] == [NOW + 2 * DAY, NOW + DAY]
    assert known.counts(edition().id) == counts
    known.move(edition(NOW + DAY).id, EditionState.APPROVED, NOW)
    assert [one.edition.id for one in known.listed([EditionState.APPROVED])] == [edition(NOW + DAY).id]
    assert [one.id for one in known.in_state(EditionState.APPROVED)] == [edition(NOW + DAY).id]


def test_sheets_are_kept_and_frozen_at_approval(database: Database) -> None:
    known, kept = Editions(database), Sheets(database)
    known.add(edition())
    first = Sheet(edition().id, "de", Format.LARGE, (Part("shell", ("<p>", Blank("subject"), "\n"), ("x\n",)),), {})
    second = replace(first, texts={"a": "Überschrift"})
    kept.save(first)
    kept.save(second)
    known.move(edition().id, EditionState.APPROVED, NOW)
    with pytest.raises(StateError, match="approved"):
        kept.save(first)
    assert kept.get(edition().id, "de", Format.LARGE) == second
    with pytest.raises(NotFound):
        kept.get(edition().id, "en", Format.LARGE)
    with pytest.raises(StateError, match="not there"):
        kept.save(replace(first, edition="nothing"))


def test_variants_are_named_once(database: Database) -> None:
    known, kept = Editions(database), Sheets(database)
    known.add(edition())
    kept.save_variants([])
    made = [Variant(key, edition().id, "de", Format.TEXT, ("r1", "r2"), "S", None, ()) for key in ("b", "a")]
    kept.save_variants(made)
    kept.save_variants(made)
    assert kept.variants(edition().id) == [(key, "de", Format.TEXT, ("r1", "r2")) for key in ("a", "b")]


def test_an_alarm_is_one_event_until_it_is_resolved(database: Database) -> None:
    alarms = Alarms(database)
    first = Alarm("source:musterstadt", AlarmKind.SOURCE_BROKEN, "empty list", NOW)
    assert alarms.sound(first)
    assert not alarms.sound(replace(first, message="empty list, twice", raised_at=NOW + DAY))
    assert alarms.untold() == [replace(first, message="empty list, twice")]
    alarms.told(first.key, NOW)
    assert alarms.untold() == []
    assert alarms.standing() == [replace(first, message="empty list, twice", told_at=NOW)]
    assert alarms.resolve(first.key)
    assert not alarms.resolve(first.key)
    assert alarms.sound(first)


def test_facts_are_kept_replaced_and_forgotten(database: Database) -> None:
    state = State(database)
    assert state.paused() is None
    state.set("paused", "restored")
    state.set("paused", "restored again")
    assert state.paused() == "restored again"
    state.set("paused", None)
    assert state.get("paused") is None


def test_a_cadence_begins_once_and_its_slots_only_advance(database: Database) -> None:
    state = State(database)
    assert state.began("presse", Cadence.DAILY, NOW) == NOW
    assert state.began("presse", Cadence.DAILY, NOW + DAY) == NOW
    assert state.began("presse", Cadence.WEEKLY, NOW + DAY) == NOW + DAY
    assert state.slot_cursor("presse", Cadence.DAILY) is None
    state.advance("presse", Cadence.DAILY, NOW + DAY)
    state.advance("presse", Cadence.DAILY, NOW)
    assert state.slot_cursor("presse", Cadence.DAILY) == NOW + DAY


def test_a_later_revision_at_once_overtakes_the_held_one_of_its_release_only(database: Database) -> None:
    for id in ("a", "b"):
        collected(database, release(id))
    known = Editions(database)

    def at_once(of: str, revision: int, slot: datetime) -> Edition:
        row = edition(slot, Cadence.IMMEDIATE)
        return replace(row, id=f"presse-immediate-{of}-{revision}", carried=(Carried(of, revision),))

    for of in ("a", "b"):
        assert known.add(at_once(of, 1, NOW))
        known.hold(f"presse-immediate-{of}-1", [FINDING], "1 finding", NOW)
    assert known.add(at_once("a", 2, NOW + DAY))
    assert known.get("presse-immediate-a-1").state is EditionState.SUPERSEDED
    assert known.get("presse-immediate-b-1").state is EditionState.HELD
    assert known.known(["presse-immediate-a-2", "presse-immediate-c-1"]) == {"presse-immediate-a-2"}


def test_only_a_composed_edition_carries_something_else(database: Database) -> None:
    for id in ("a", "b"):
        collected(database, release(id))
    known = Editions(database)
    known.add(edition(carried=["a", "b"]))
    assert known.carry(edition().id, [Carried("b", 2)]).carried == (Carried("b", 2),)
    known.move(edition().id, EditionState.APPROVED, NOW)
    with pytest.raises(StateError):
        known.carry(edition().id, [])
    assert known.get(edition().id).carried == (Carried("b", 2),)


def test_how_an_edition_was_checked_is_kept_with_its_variants(database: Database) -> None:
    Editions(database).add(edition())
    records, sheets = Records(database), Sheets(database)
    with pytest.raises(NotFound, match="was not checked yet"):
        records.get(edition().id)
    assert Published(database).record(edition().id) is None
    rule = CheckedRule("ALT-1", "block", "WCAG 1.1.1", "10.1.1.1", "Every picture has an alt text")
    records.save(Record(edition().id, NOW, {"newsletter": "0.1"}, (rule,)))
    made = Variant(
        "de-text-1", edition().id, "de", Format.TEXT, ("a", "b"), "Presse", None, ("Hallo ", Blank("unsubscribe_url"))
    )
    sheets.save_variants([made])
    records.save(Record(edition().id, NOW + DAY, {"newsletter": "0.2"}, (rule,)))
    checked = CheckedVariant("de-text-1", "de", Format.TEXT, ("a", "b"), None, made.text_sha256)
    assert records.get(edition().id) == Record(edition().id, NOW + DAY, {"newsletter": "0.2"}, (rule,), (checked,))
    assert Published(database).record(edition().id) == records.get(edition().id)


def test_an_extra_edition_overtakes_nothing_and_is_not_overtaken(database: Database) -> None:
    collected(database, release("a"))
    known = Editions(database)
    held = edition(carried=["a"])
    extra = replace(edition(NOW + DAY, carried=["a"]), id="presse-daily-extra-1", extra=True, subject="S", intro="I")
    assert known.add(held)
    assert known.add(extra)
    assert known.get(extra.id) == extra
    assert known.get(held.id).state is EditionState.COMPOSED
    assert known.add(edition(NOW + 2 * DAY, carried=["a"]))
    assert known.get(held.id).state is EditionState.SUPERSEDED
    assert known.get(extra.id).state is EditionState.COMPOSED


def test_an_editor_has_the_word_until_it_is_approved(database: Database) -> None:
    known = Editions(database)
    known.add(edition())
    said = known.word(edition().id, "Neues aus dem Rathaus", None)
    assert (said.subject, said.intro) == ("Neues aus dem Rathaus", None)
    known.move(said.id, EditionState.APPROVED, NOW)
    with pytest.raises(StateError, match="stays as it is"):
        known.word(said.id, None, "Zu spät")
    with pytest.raises(NotFound):
        known.word("nobody", None, None)
    assert known.get(said.id).subject == "Neues aus dem Rathaus"
