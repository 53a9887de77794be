"""A release that is taken back leaves every edition that is not over, also one that is being sent."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from newsletter.app import Program
from newsletter.app.recall import RECALLING
from newsletter.model import Cadence, Claim, DeliveryState, EditionState, Image, Receipt, Topic
from newsletter.store.tables import deliveries
from tests.integration.app.test_composing import DAILY, NOW, new, program
from tests.integration.store.test_releases import collected

__all__ = ["program"]

LATER = NOW + timedelta(minutes=1)


def subscribe(program: Program, *addresses: str, topics: tuple[str, ...] = ()) -> None:
    for address in addresses:
        program.register.add(address, program.offer.wish("presse", cadence="daily", topics=topics), "asked", NOW)


async def sending(program: Program) -> None:
    """A daily edition of two releases of two topics, with its audience."""
    collected(program.database, new("a", topics=(Topic("x", "X"),)), new("b", topics=(Topic("y", "Y"),)))
    subscribe(program, "alle@leser.example", "auch@leser.example", "noch@leser.example")
    subscribe(program, "nur-x@leser.example", topics=("x",))
    subscribe(program, "nur-y@leser.example", topics=("y",))
    await program.compose()
    assert state(program) is EditionState.SENDING


def state(program: Program) -> EditionState:
    return program.editions.get(DAILY).state


def daily(program: Program) -> list[Claim]:
    return [claim for claim in program.deliveries.claim(50, NOW) if claim.edition == DAILY]


def text_for(program: Program, claim: Claim) -> str:
    variant, _ = program.mailroom.load(claim)
    return program.mailroom.sample(variant)[2]


def counts(program: Program) -> Counter[str]:
    query = select(deliveries.c.state).where(deliveries.c.edition == DAILY)
    return Counter(program.database.read(lambda connection: connection.execute(query).scalars().all()))


async def test_whoever_was_not_sent_it_gets_the_mail_without_it(program: Program) -> None:
    await sending(program)
    whole = [claim for claim in daily(program) if "Überschrift a" in text_for(program, claim)]
    has_it, is_about_to, waits = whole[0], whole[1], whole[2]
    assert program.deliveries.settle([has_it], [], NOW).result() == {has_it.delivery}
    accepted = Receipt(has_it.delivery, has_it.token, DeliveryState.ACCEPTED, NOW, "250 ok")
    program.deliveries.settle([], [accepted], NOW).result()
    program.releases.withdraw("a", "wrong figures", LATER)

    assert program.recall.take_out(LATER) == [DAILY, "presse-immediate-a-1"]
    assert state(program) is EditionState.SENDING
    granted = program.deliveries.settle([is_about_to, waits], [], LATER).result()
    assert granted == set(), "who holds the old bytes sends nothing"
    after = daily(program)
    assert has_it.delivery not in {claim.delivery for claim in after}
    for claim in after:
        text = text_for(program, claim)
        assert "Überschrift b" in text
        assert "Überschrift a" not in text
    assert counts(program) == {"accepted": 1, "claimed": 3, "cancelled": 1}  # who wanted nothing but that gets nothing
    assert program.recalls.reached("a") == {DAILY: 1}
    assert program.recall.take_out(LATER) == []


async def test_one_that_was_under_way_and_failed_is_tried_again_without_it(program: Program) -> None:
    await sending(program)
    claim = next(one for one in daily(program) if "Überschrift a" in text_for(program, one))
    program.deliveries.settle([claim], [], NOW).result()
    program.releases.withdraw("a", "wrong figures", LATER)
    program.recall.take_out(LATER)
    again = Receipt(claim.delivery, claim.token, DeliveryState.DEFERRED, LATER, "451 later", retry_at=LATER)
    program.deliveries.settle([], [again], LATER).result()
    program.recall.take_out(LATER)
    (retried,) = [one for one in program.deliveries.claim(50, LATER) if one.delivery == claim.delivery]
    assert "Überschrift a" not in text_for(program, retried)


async def test_what_a_crash_left_in_the_middle_is_done_again(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    await sending(program)
    program.releases.withdraw("a", "wrong figures", LATER)
    with monkeypatch.context() as patched:

        def fails(*args: object) -> None:
            raise OSError("the disk is full")

        patched.setattr(program.recalls, "drop", fails)
        assert DAILY not in program.recall.take_out(LATER)
        assert (state(program), program.editions.get(DAILY).reason) == (EditionState.PAUSED, RECALLING)
        assert f"edition:{DAILY}:recall" in {alarm.key for alarm in program.alarms.standing()}
    assert program.recall.take_out(LATER) == [DAILY]
    assert state(program) is EditionState.SENDING
    assert {alarm.key for alarm in program.alarms.standing()} == set()


async def test_what_a_person_paused_stays_paused(program: Program) -> None:
    await sending(program)
    program.move(DAILY, EditionState.PAUSED, "lunch")
    program.releases.withdraw("a", "wrong figures", LATER)
    program.recall.take_out(LATER)
    assert (state(program), program.editions.get(DAILY).reason) == (EditionState.PAUSED, "lunch")
    program.move(DAILY, EditionState.SENDING, "")
    assert all("Überschrift a" not in text_for(program, claim) for claim in daily(program))


async def test_an_edition_of_nothing_else_is_cancelled(program: Program) -> None:
    await sending(program)
    for id in ("a", "b"):
        program.releases.withdraw(id, "wrong figures", LATER)
    program.recall.take_out(LATER)
    assert state(program) is EditionState.CANCELLED
    assert set(counts(program)) == {"cancelled"}


async def test_what_is_approved_goes_through_its_gate_again(program: Program) -> None:
    collected(program.database, new("a"), new("b"))
    subscribe(program, "alle@leser.example")
    program.desk.compose_due(NOW)
    assert state(program) is EditionState.APPROVED
    program.releases.withhold("a", "embargo", NOW, until=LATER)
    await program.compose()
    assert state(program) is EditionState.SENDING
    assert [one.release for one in program.editions.get(DAILY).carried] == ["b"]
    assert "Überschrift a" not in text_for(program, daily(program)[0])


async def test_what_was_held_for_it_is_let_go_and_what_a_person_held_is_not(program: Program) -> None:
    picture = Image("https://musterstadt.example/a.jpg", lead=True)
    collected(program.database, new("a", images=(picture,)), new("b"))
    subscribe(program, "alle@leser.example")
    await program.compose()
    assert state(program) is EditionState.HELD
    program.releases.withdraw("a", "wrong picture", LATER)
    program.recall.take_out(LATER)
    assert state(program) is EditionState.APPROVED
    program.move(DAILY, EditionState.HELD, "by the operator")
    collected(program.database, new("c"))
    program.releases.withdraw("b", "wrong figures", LATER)
    program.recall.take_out(LATER)
    assert state(program) is EditionState.CANCELLED


async def test_what_a_person_held_stays_held(program: Program) -> None:
    collected(program.database, new("a"), new("b"))
    subscribe(program, "alle@leser.example")
    program.desk.compose_due(NOW)
    program.move(DAILY, EditionState.HELD, "the minister reads it first")
    program.releases.withdraw("b", "wrong figures", LATER)
    await program.compose()
    held = program.editions.get(DAILY)
    assert (held.state, held.reason) == (EditionState.HELD, "the minister reads it first")
    assert [one.release for one in held.carried] == ["a"]
    assert held.cadence is Cadence.DAILY
