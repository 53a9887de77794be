"""From the frozen audience to the server and back to the ledger, on both databases."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest

from newsletter.deliver.verdict import Fate
from newsletter.model import AlarmKind, EditionState
from newsletter.store.deliveries import Deliveries, Terms
from newsletter.store.ledger import lines
from newsletter.store.restored import pause, resume_after_restore
from newsletter.store.settling import Doubting
from newsletter.store.tables import subscribers
from newsletter.tokens import Purpose
from tests.integration.deliver.scripted import KEPT_SILENT, Scripted, at, serving
from tests.integration.deliver.world import EDITION, KEYS, START, World, claims_of, hash_of


async def test_everybody_gets_one_mail_and_the_edition_is_finished(world: World) -> None:
    readers = world.plan(25)
    async with serving(Scripted()) as server:
        progress = await world.deliverer(world.transport(server.port, 3), batch=7).run_until_idle()
    assert sorted(server.recipients()) == sorted(readers)
    assert server.sessions <= 12
    assert progress.fates == {Fate.ACCEPTED: 25}
    assert progress.finished == (EDITION,)
    assert set(world.states()) == {"accepted"}
    assert {answer for (answer,) in world.rows("answer")} == {"250 2.0.0 taken as 4711"}
    row = world.edition_row()
    assert (row.state, row.first_fence_at, row.finished_at) == ("finished", START, START)
    assert [getattr(entry, "edition", "") for entry in world.journal.entries()] == [EDITION]
    assert world.texts.loaded == ["de-all"]


async def test_each_mail_is_its_readers_own(world: World) -> None:
    world.plan(3)
    path = "bounces+{token}@musterstadt.example"
    async with serving(Scripted()) as server:
        await world.deliverer(world.transport(server.port), return_path=path).run_until_idle()
    ledger = {line.delivery: line for line in lines(world.database, EDITION, identifier)}
    senders = [said[11:-1] for said in server.said if said.startswith("MAIL")]
    for (delivery, subscription), (recipient, data), sender in zip(
        world.rows("id", "subscription"), server.taken, senders, strict=True
    ):
        message = email.message_from_bytes(data, policy=email.policy.default)
        assert message["To"] == recipient
        assert message["Message-ID"] == ledger[delivery].message_id
        assert message["Date"].datetime == START
        link = message["List-Unsubscribe"].strip("<>")
        assert link.startswith("https://news.musterstadt.example/unsubscribe/")
        assert KEYS.subject(Purpose.UNSUBSCRIBE, link.rpartition("/")[2], now=START) == subscription
        token = sender.partition("+")[2].partition("@")[0]
        assert KEYS.subject(Purpose.BOUNCE, token, now=START) == delivery
        assert len(sender.partition("@")[0]) <= 64


def identifier(delivery: int, dated: object) -> str:
    return KEYS.message_id(delivery, START, "musterstadt.example")


async def test_a_confirmation_goes_out_before_any_edition(world: World) -> None:
    world.plan(3)
    own = world.ask("neu@stadt.example")
    async with serving(Scripted()) as server:
        await world.deliverer(world.transport(server.port)).run_until_idle()
    assert server.recipients()[0] == "neu@stadt.example"
    message = email.message_from_bytes(server.taken[0][1], policy=email.policy.default)
    assert message["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in message
    assert f"/confirm/{KEYS.token(Purpose.CONFIRM, own)}" in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]


async def test_a_notice_is_nobody_elses(world: World) -> None:
    """What one person asked for stands in no other's confirmation."""
    for name in ("eins", "zwei", "drei"):
        world.ask(f"{name}@stadt.example")
    async with serving(Scripted()) as server:
        await world.deliverer(world.transport(server.port)).run_until_idle()
    assert len(server.taken) == 3
    for recipient, data in server.taken:
        assert (
            email.message_from_bytes(data, policy=email.policy.default)["Subject"] == f"Bitte bestätigen, {recipient}"
        )


@pytest.mark.parametrize(("before", "sessions"), [("DATA", 3), ("RCPT", 1)])
async def test_nobody_gets_a_mail_after_goodbye(world: World, before: str, sessions: int) -> None:
    """Who leaves after the claim is stopped by the fence: the connection is dropped without a dot, or the chunk taken
    back."""
    readers = world.plan(4)
    people = world.rows("subscription")

    def script(verb: str, argument: str, number: int) -> str | None:
        if verb == before and number == 2:
            world.leave(people[1][0])
        if verb == before and number == 3:
            world.suppress(readers[2])
        return None

    offers = ("PIPELINING", *(["CHUNKING"] if before == "RCPT" else []))
    async with serving(Scripted(script=script, offers=offers)) as server:
        await world.deliverer(world.transport(server.port)).run_until_idle()
    assert server.recipients() == [readers[0], readers[3]]
    assert server.sessions == sessions
    assert world.states() == ["accepted", "suppressed", "suppressed", "accepted"]
    assert world.edition_row().state == EditionState.FINISHED


async def test_a_confirmation_is_not_sent_to_who_confirmed_or_is_suppressed(world: World) -> None:
    own = world.ask("neu@stadt.example")
    world.ask("gesperrt@stadt.example")
    world.leave(own)
    world.suppress("gesperrt@stadt.example")
    async with serving(Scripted()) as server:
        await world.deliverer(world.transport(server.port)).run_until_idle()
    assert server.taken == []
    assert world.states() == ["suppressed", "suppressed"]


async def test_suppressed_addresses_are_planned_as_such(world: World) -> None:
    world.suppress("leser1@stadt.example")
    readers = world.plan(3)
    assert world.states() == ["queued", "suppressed", "queued"]
    async with serving(Scripted()) as server:
        await world.deliverer(world.transport(server.port)).run_until_idle()
    assert server.recipients() == [readers[0], readers[2]]


async def test_a_missing_mailbox_is_never_tried_again(world: World) -> None:
    world.plan(2)
    async with serving(Scripted(script=at("RCPT", "550 5.1.1 <leser0@stadt.example> unknown"))) as server:
        await world.deliverer(world.transport(server.port)).run_until_idle()
    assert world.rows("state", "answer")[0] == ("failed", "RCPT: 550 5.1.1 <address> unknown")
    assert world.suppressed() == [hash_of("leser0@stadt.example")]
    assert hash_of("leser0@stadt.example") in [getattr(entry, "email_hash", "") for entry in world.journal.entries()]


async def test_a_refusal_for_now_is_tried_again_until_it_is_too_late(world: World) -> None:
    world.plan(2)
    async with serving(Scripted(script=at("RCPT", "451 4.7.1 greylisted", about="leser0", times=99))) as server:
        deliverer, tries = world.deliverer(world.transport(server.port)), []
        while world.edition_row().state != EditionState.FINISHED:
            before = server.counts.get("RCPT", 0)
            await deliverer.run_until_idle()
            assert server.counts["RCPT"] > before
            tries.append(world.now - START)
            world.now = max((again for (again,) in world.rows("retry_at") if again), default=world.now)
    minutes = [(after - before).total_seconds() / 60 for before, after in pairwise(tries)]
    assert [nearest(wait) for wait in minutes[:5]] == [5, 15, 30, 60, 120]
    assert {nearest(wait) for wait in minutes[5:]} == {240}
    assert timedelta(hours=66) < tries[-1] <= timedelta(hours=72)
    state, answer = world.rows("state", "answer")[0]
    assert state == "failed"
    assert answer.startswith("gave up; the last answer was RCPT: 451 4.7.1")
    assert world.suppressed() == []


def nearest(minutes: float) -> int:
    return min((5, 15, 30, 60, 120, 240), key=lambda step: abs(step - minutes))


async def test_a_confirmation_that_would_come_too_late_is_not_sent(world: World) -> None:
    world.ask("neu@stadt.example")
    world.pass_time(hours=25)
    async with serving(Scripted()) as server:
        await world.deliverer(world.transport(server.port)).run_until_idle()
    assert server.taken == []
    assert world.states() == ["failed"]


@pytest.mark.parametrize("answer", ["550 5.7.1 policy", "554 5.7.26 unauthenticated", "530 5.7.0 sign in"])
async def test_what_is_said_of_the_sender_pauses_the_run_and_blames_no_reader(world: World, answer: str) -> None:
    readers = world.plan(5)
    async with serving(Scripted(script=at("RCPT", answer))) as server:
        deliverer = world.deliverer(world.transport(server.port))
        await deliverer.run_until_idle()
        assert len(server.taken) == 0
        assert world.edition_row().state == EditionState.PAUSED
        assert answer in world.edition_row().reason
        assert world.suppressed() == []
        assert world.told.standing["mail-sender"][0] is AlarmKind.RUN_PAUSED
        assert f"editions resume {EDITION}" in world.told.standing["mail-sender"][1]
        world.editions.move(EDITION, EditionState.SENDING, world.now)
        for _ in range(2):
            await deliverer.run_until_idle()
            world.pass_time(minutes=10)
    assert sorted(server.recipients()) == sorted(readers)
    assert world.edition_row().state == EditionState.FINISHED
    assert world.told.standing == {}


async def test_pause_resume_and_cancel_in_mid_send(world: World) -> None:
    readers = world.plan(4)

    def script(verb: str, argument: str, number: int) -> str | None:
        if verb == "DATA" and number == 2:
            world.editions.move(EDITION, EditionState.PAUSED, world.now)
        if verb == "DATA" and number == 4:
            world.editions.move(EDITION, EditionState.CANCELLED, world.now)
        return None

    async with serving(Scripted(script=script)) as server:
        deliverer = world.deliverer(world.transport(server.port))
        await deliverer.run_until_idle()
        assert server.recipients() == readers[:1]
        assert world.states() == ["accepted", "queued", "queued", "queued"]
        world.editions.move(EDITION, EditionState.SENDING, world.now)
        await deliverer.run_until_idle()
        await deliverer.run_until_idle()
    assert server.recipients() == readers[:2]
    assert world.states() == ["accepted", "accepted", "cancelled", "cancelled"]


async def test_a_restored_store_sends_nothing_until_somebody_looked(world: World) -> None:
    readers = world.plan(2)
    pause(world.database, "restored")
    async with serving(Scripted()) as server:
        deliverer = world.deliverer(world.transport(server.port))
        await deliverer.run_until_idle()
        assert server.taken == []
        resume_after_restore(world.database)
        await deliverer.run_until_idle()
    assert server.recipients() == readers


async def test_one_poisoned_variant_does_not_stop_the_others(world: World) -> None:
    for number in range(6):
        world.subscribe(f"leser{number}@stadt.example", "verkehr" if number % 2 else "bildung")
    world.edition()
    world.freeze()
    world.texts.poisoned.add("de-bildung")
    async with serving(Scripted()) as server:
        await world.deliverer(world.transport(server.port)).run_until_idle()
    assert Counter(world.states()) == {"quarantined": 3, "accepted": 3}
    assert server.recipients() == [f"leser{number}@stadt.example" for number in (1, 3, 5)]
    ((kind, text),) = world.told.standing.values()
    assert kind is AlarmKind.DELIVERY_QUARANTINED
    assert EDITION in text
    assert world.edition_row().state == EditionState.FINISHED


@pytest.mark.parametrize(
    "address", ["a b@stadt.example", "a@b@c.example", "=?utf-8?q?x?=@stadt.example", "x\r\nRCPT TO:<y@z.example>"]
)
async def test_an_address_that_is_no_address_harms_nobody(world: World, address: str) -> None:
    world.subscribe(address)
    readers = world.plan(2)
    async with serving(Scripted()) as server:
        await world.deliverer(world.transport(server.port)).run_until_idle()
    assert server.recipients() == readers
    assert world.states() == ["quarantined", "accepted", "accepted"]


@pytest.mark.parametrize("offered", [True, False])
async def test_addresses_beyond_ascii(world: World, offered: bool) -> None:
    world.subscribe("leser@müsterstadt.example")
    world.subscribe("jürgen@müsterstadt.example")
    world.edition()
    world.freeze()
    offers = ("PIPELINING", "8BITMIME", *(["SMTPUTF8"] if offered else []))
    async with serving(Scripted(offers=offers)) as server:
        await world.deliverer(world.transport(server.port)).run_until_idle()
    ascii_one, other = "leser@xn--msterstadt-9db.example", "jürgen@xn--msterstadt-9db.example"
    assert server.recipients() == ([ascii_one, other] if offered else [ascii_one])
    assert world.states() == ["accepted", "accepted" if offered else "quarantined"]
    assert ("MAIL FROM:<presse@musterstadt.example> SMTPUTF8 BODY=8BITMIME" in server.said) is offered


async def test_two_workers_never_send_twice(world: World) -> None:
    readers = world.plan(60)
    other = World(world.database, world.folder)
    async with serving(Scripted()) as server:
        await asyncio.gather(
            world.deliverer(world.transport(server.port, 3), batch=4).run_until_idle(),
            other.deliverer(other.transport(server.port, 3), batch=4).run_until_idle(),
        )
    assert Counter(server.recipients()) == Counter(readers)
    assert set(world.states()) == {"accepted"}


def test_a_claim_names_whose_it_is(world: World) -> None:
    """Their links are made of these numbers: a wrong one would let somebody leave for somebody else."""
    known = {"email": "ohne@stadt.example", "email_hash": "0" * 32, "created_at": world.now}
    world.database.write(lambda connection: connection.execute(subscribers.insert().values(known)))
    people = {email: world.subscribe(email) for email in ("leser1@stadt.example", "leser2@stadt.example")}
    assert all(person != own for person, own in people.values())
    world.edition()
    world.freeze()
    claims = claims_of(world)
    assert {claim.email: (claim.subscriber, claim.subscription) for claim in claims} == people
    rows = world.rows("id", "edition", "notice", "variant", "token", "attempts", "lease_until")
    assert [
        (one.delivery, one.edition, one.notice, one.variant, one.token, one.attempts, one.lease_until) for one in claims
    ] == rows


async def test_a_worker_that_slept_past_its_lease_sends_nothing(world: World) -> None:
    """SIGSTOP between claim and fence, another worker took over: the fence refuses, by lease and by token."""
    readers = world.plan(1)
    (late,) = world.ledger.claim(10, world.now)
    world.pass_time(minutes=11)
    assert world.ledger.settle([late], [], world.now).result() == frozenset()
    (late,) = world.ledger.claim(10, world.now)
    world.pass_time(minutes=11)
    async with serving(Scripted()) as server:
        await world.deliverer(world.transport(server.port)).run_until_idle()
    assert server.recipients() == readers
    assert world.ledger.settle([late], [], world.now).result() == frozenset()
    assert world.states() == ["accepted"]


@pytest.mark.parametrize("resend", [True, False])
async def test_what_a_crash_leaves_is_uncertain(world: World, resend: bool) -> None:
    world.plan(3)
    ledger = Deliveries(world.database, world.journal, Terms(doubting=Doubting(resend)))
    claims = ledger.claim(2, world.now)
    assert ledger.settle(claims[:1], [], world.now).result() == {claims[0].delivery}
    ledger.tidy(world.now)
    assert world.states() == ["committing", "claimed", "queued"], "their leases still run"
    ledger.recover(world.now)
    assert world.states() == ["queued" if resend else "uncertain", "queued", "queued"]
    assert world.events()[0] == (claims[0].delivery, "uncertain")
    assert [uncertain for (uncertain,) in world.rows("uncertain")] == [1, 0, 0]


async def test_hold_leaves_the_decision_to_a_person(world: World) -> None:
    world.ledger = Deliveries(world.database, world.journal, Terms(doubting=Doubting(resend=False)))
    readers = world.plan(3)
    async with serving(Scripted(script=at(".", KEPT_SILENT, about=readers[1]))) as server:
        await world.deliverer(world.transport(server.port)).run_until_idle()
    assert server.recipients() == readers
    assert world.states() == ["accepted", "uncertain", "accepted"]
    assert world.edition_row().state == EditionState.FINISHED


async def test_the_sums_of_the_ledger_match(world: World) -> None:
    world.plan(6)
    faults = [at("RCPT", "550 5.1.1 gone", about="leser1"), at("RCPT", "451 4.2.1 later", about="leser2", times=99)]

    def script(verb: str, argument: str, number: int) -> str | None:
        return next(filter(None, (fault(verb, argument, number) for fault in faults)), None)

    async with serving(Scripted(script=script)) as server:
        await world.deliverer(world.transport(server.port)).run_until_idle()
    counts = world.editions.counts(EDITION)
    assert counts == {"accepted": 4, "failed": 1, "deferred": 1}
    found = list(lines(world.database, EDITION, identifier))
    assert Counter(line.state for line in found) == counts
    assert world.edition_row().state == EditionState.SENDING, "not finished while one is put off"
