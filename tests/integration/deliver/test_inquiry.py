"""Mails in doubt: whoever took mail is asked, before one is sent again or given up."""

from __future__ import annotations

import smtplib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsletter.config import Mail
from newsletter.deliver.postfix import PostfixLog, queued
from newsletter.deliver.transports import ask_after, find
from newsletter.errors import TransportError
from newsletter.model import EditionState
from newsletter.store.deliveries import Deliveries, Terms
from newsletter.store.settling import Doubting
from tests.integration.deliver.scripted import KEPT_SILENT, Scripted, at, serving
from tests.integration.deliver.test_providers import settings, way
from tests.integration.deliver.world import KEYS, World, claims_of
from tests.servers.postfix import Postfix
from tests.servers.provider import DROP, KEPT, Provider, providing

AFTER = timedelta(minutes=5)
NOW = datetime.now(UTC)


class Knower:
    """Says what it is told to."""

    def __init__(self, known: Mapping[str, str] | None = None) -> None:
        self.known = known  # None: it cannot be asked
        self.asked: list[list[str]] = []

    async def taken(self, marks: Sequence[str], since: datetime) -> Mapping[str, str | None]:
        self.asked.append(list(marks))
        if self.known is None:
            raise TransportError("nobody is there")
        return {mark: self.known.get(mark) for mark in marks}


@pytest.fixture(params=[True, False], ids=["resend", "hold"])
def asking(world: World, request: pytest.FixtureRequest) -> World:
    world.ledger = Deliveries(world.database, world.journal, Terms(doubting=Doubting(request.param, AFTER)))
    return world


async def doubted(world: World, server: Scripted, knower: Knower) -> tuple[list[str], str]:
    """One of three mails is taken without an answer; the mark of it."""
    readers = world.plan(3)
    await world.deliverer(world.transport(server.port, inquiry=knower)).run_until_idle()
    assert Counter(world.states()) == Counter(accepted=2, uncertain=1)
    assert world.edition_row().state == EditionState.SENDING, "it is not over before somebody was asked"
    assert knower.asked == []
    id = next(id for id, state in world.rows("id", "state") if state == "uncertain")
    return readers, KEYS.mark(id, world.edition_row().dated)


async def test_what_was_found_is_accepted(asking: World) -> None:
    world, knower = asking, Knower({})
    async with serving(Scripted(script=at(".", KEPT_SILENT, times=1))) as server:
        readers, mark = await doubted(world, server, knower)
        knower.known = {mark: "found, as 4711"}
        world.pass_time(minutes=6)
        await world.deliverer(world.transport(server.port, inquiry=knower)).run_until_idle()
    assert knower.asked == [[mark]]
    assert Counter(server.recipients()) == Counter(readers), "nobody got it twice"
    assert set(world.states()) == {"accepted"}
    assert world.edition_row().state == EditionState.FINISHED
    assert [kind for _, kind in world.events()] == ["uncertain", "found"]
    assert ("found, as 4711",) in world.rows("answer")


async def test_what_was_not_found_is_dealt_with_as_is_wished(asking: World) -> None:
    world, knower = asking, Knower({})
    async with serving(Scripted(script=at(".", KEPT_SILENT, times=1))) as server:
        readers, _ = await doubted(world, server, knower)
        world.pass_time(minutes=6)
        await world.deliverer(world.transport(server.port, inquiry=knower)).run_until_idle()
        await world.deliverer(world.transport(server.port, inquiry=knower)).run_until_idle()
    resent = world.ledger._terms.doubting.resend
    assert len(knower.asked) == 1
    assert server.taken[-1][0] == (server.taken[0][0] if resent else readers[2])
    assert Counter(world.states()) == (Counter(accepted=3) if resent else Counter(accepted=2, uncertain=1))
    assert world.edition_row().state == EditionState.FINISHED


async def test_who_cannot_be_asked_is_asked_again_for_an_hour(asking: World) -> None:
    world, knower = asking, Knower(None)
    async with serving(Scripted(script=at(".", KEPT_SILENT, times=1))) as server:
        await doubted(world, server, knower)
        deliverer = world.deliverer(world.transport(server.port, inquiry=knower))
        for minutes in (6, 20, 20):
            world.pass_time(minutes=minutes)
            for _ in range(3):  # it is asked once a minute
                await deliverer.run_until_idle()
            assert world.edition_row().state == EditionState.SENDING
        world.pass_time(minutes=20)
        await deliverer.run_until_idle()
    assert len(knower.asked) == 4
    assert world.edition_row().state == EditionState.FINISHED


async def test_nothing_stays_in_doubt_for_more_than_a_day(asking: World) -> None:
    """`once` by cron is a new process each time, and does not know how long nobody could be asked."""
    world, knower = asking, Knower(None)
    async with serving(Scripted(script=at(".", KEPT_SILENT, times=1))) as server:
        await doubted(world, server, knower)
        for hours in (6, 6, 6):
            world.pass_time(hours=hours)
            await world.deliverer(world.transport(server.port, inquiry=knower)).run_until_idle()
            assert world.edition_row().state == EditionState.SENDING
        world.pass_time(hours=7)
        await world.deliverer(world.transport(server.port, inquiry=knower)).run_until_idle()
    assert world.edition_row().state == EditionState.FINISHED


class Half(Knower):
    """Answers the first question only."""

    async def taken(self, marks: Sequence[str], since: datetime) -> Mapping[str, str | None]:
        return dict(list((await super().taken(marks, since)).items())[:1])


async def test_what_was_answered_counts_though_the_rest_was_not(small_world: World) -> None:
    world, knower = small_world, Half({})
    world.ledger = Deliveries(world.database, world.journal, Terms(doubting=Doubting(True, AFTER)))
    world.plan(3)
    claims = claims_of(world)
    assert len(world.ledger.settle(claims, [], world.now).result()) == 3
    world.ledger.recover(world.now)
    knower.known = {KEYS.mark(claim.delivery, claim.dated): "found" for claim in claims}
    async with serving(Scripted()) as server:
        deliverer = world.deliverer(world.transport(server.port, inquiry=knower))
        for _ in range(3):
            world.pass_time(minutes=6)
            await deliverer.run_until_idle()
    assert server.taken == []
    assert set(world.states()) == {"accepted"}


async def test_a_crash_after_the_fence_is_asked_about_too(asking: World) -> None:
    world, knower = asking, Knower({})
    world.plan(1)
    (claim,) = claims_of(world)
    assert world.ledger.settle([claim], [], world.now).result()
    world.ledger.recover(world.now)
    assert world.states() == ["uncertain"]
    knower.known = {KEYS.mark(claim.delivery, claim.dated): "found"}
    world.pass_time(minutes=6)
    async with serving(Scripted()) as server:
        await world.deliverer(world.transport(server.port, inquiry=knower)).run_until_idle()
    assert server.taken == []
    assert world.states() == ["accepted"]


async def test_where_nobody_can_be_asked_any_more_it_is_settled(asking: World) -> None:
    """The settings were changed while something was in doubt."""
    async with serving(Scripted(script=at(".", KEPT_SILENT, times=1))) as server:
        await doubted(asking, server, Knower({}))
        asking.pass_time(minutes=6)
        await asking.deliverer(asking.transport(server.port)).run_until_idle()
    assert asking.edition_row().state == EditionState.FINISHED


async def test_a_real_postfix_says_what_it_took(small_world: World, postfix: Postfix) -> None:
    world = small_world
    world.ledger = Deliveries(world.database, world.journal, Terms(doubting=Doubting(True, AFTER)))
    readers = world.plan(2)
    taken, cut = claims_of(world)
    assert world.ledger.settle([taken, cut], [], world.now).result()  # both past their fence
    ids = [KEYS.message_id(claim.delivery, claim.dated, "musterstadt.example") for claim in (taken, cut)]
    with smtplib.SMTP(postfix.host, postfix.port) as connection:
        connection.sendmail("presse@musterstadt.example", [readers[0]], f"Message-ID: {ids[0]}\r\n\r\nja\r\n")
    broken = smtplib.SMTP(postfix.host, postfix.port)
    broken.ehlo()
    broken.mail("presse@musterstadt.example")
    broken.rcpt(readers[1])
    broken.docmd("DATA")
    broken.send(f"Message-ID: {ids[1]}\r\n\r\nnein\r\n".encode())  # no dot
    broken.close()
    assert [mail.recipient for mail in postfix.mails()] == [readers[0]]
    world.ledger.recover(world.now)
    assert world.states() == ["uncertain", "uncertain"]
    world.pass_time(minutes=6)
    inquiry = PostfixLog(postfix.place / "maillog")
    await world.deliverer(world.transport(postfix.port, inquiry=inquiry)).run_until_idle()
    assert Counter(mail.recipient for mail in postfix.mails()) == Counter(readers), "each has it once"
    assert [kind for _, kind in world.events()] == ["uncertain", "uncertain", "found", "resent"]
    assert world.rows("answer")[0][0].startswith("found in the mail server's log, queued as ")


@pytest.mark.parametrize("name", ["mailjet", "postmark"])
@pytest.mark.parametrize("fault", [KEPT, DROP])
async def test_a_provider_says_what_it_took(small_world: World, name: str, fault: str) -> None:
    world = small_world
    world.ledger = Deliveries(world.database, world.journal, Terms(doubting=Doubting(True, AFTER)))
    readers = world.plan(3)
    async with providing(Provider(name, script=lambda n, to: fault if n == 2 and to else None)) as server:
        transport = find(settings(name, server.url), way, world.clock)
        await world.deliverer(transport).run_until_idle()
        world.pass_time(minutes=6)
        await world.deliverer(transport).run_until_idle()
    assert Counter(server.recipients()) == Counter(readers)
    assert set(world.states()) == {"accepted"}
    assert [kind for _, kind in world.events()] == ["uncertain", "found" if fault == KEPT else "resent"]


async def test_a_log_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(TransportError, match="nowhere cannot be read: No such file"):
        await PostfixLog(tmp_path / "nowhere").taken(["x" * 32], NOW)


async def test_the_log_before_is_looked_at_too(tmp_path: Path) -> None:
    mark, other = "abcdefghijklmnopqrstuvwxyz234567", "b" * 32
    named, queued = f"postfix/cleanup[1]: 4Xy1: message-id=<{mark}@m.example>\n", "postfix/qmgr[1]: 4Xy1: from=<p@m>\n"
    (tmp_path / "mail.log.1").write_text(named)
    (tmp_path / "mail.log").write_text(queued)
    found = {mark: "found in the mail server's log, queued as 4Xy1"}
    log, before = PostfixLog(tmp_path / "mail.log"), NOW - timedelta(hours=1)
    assert await log.taken([mark, other], before) == found | {other: None}
    (tmp_path / "mail.log.2.gz").write_bytes(b"packed")
    assert await log.taken([mark, other], before) == found, "what is packed may have had it"
    assert await log.taken([other], NOW + timedelta(hours=1)) == {other: None}, "nothing was rotated since"


def test_a_message_that_was_not_whole_is_not_in_the_queue() -> None:
    mark = "abcdefghijklmnopqrstuvwxyz234567"
    named = f"Nov 27 06:00:01 mx postfix/cleanup[77]: 9F2A3: message-id=<{mark}@m.example>".encode()
    other = b"Nov 27 06:00:01 mx postfix/qmgr[78]: 9F2A4: from=<p@m.example>, size=7, nrcpt=1 (queue active)"
    own = other.replace(b"9F2A4", b"9F2A3")
    assert queued([named, other], frozenset([mark])) == {}
    assert queued([own, named], frozenset([mark])) == {}
    assert queued([named, own], frozenset([mark])) == {mark: "9F2A3"}
    assert queued([named, own], frozenset()) == {}


def test_who_can_be_asked() -> None:
    def after(**mail: object) -> timedelta | None:
        return ask_after(Mail.model_validate({"from": "p@m.example", **mail}))

    assert after() is None
    assert after(transport="smtp") is None
    assert after(transport="smtp", smtp={"log": "/var/log/mail.log"}) == timedelta(seconds=10)
    assert after(transport="postmark") == after(transport="mailjet") == timedelta(minutes=5)
    assert {after(transport=name) for name in ("brevo", "mailgun", "scaleway", "ses")} == {None}
