"""Signed mail is written ahead, in threads: all of it verifies, each mail comes once, what waits is given back."""

from __future__ import annotations

import asyncio
from collections import Counter

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from newsletter.deliver.dkim import Signer, read_key
from newsletter.model import EditionState
from tests.integration.deliver.scripted import DROP, STALL, Scripted, at, serving
from tests.integration.deliver.world import EDITION, World


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    file = tmp_path_factory.mktemp("key") / "dkim.pem"
    form, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file.write_bytes(rsa.generate_private_key(65537, 2048).private_bytes(serialization.Encoding.PEM, form, none))
    return Signer("musterstadt.example", "n1", read_key(file, "mail.dkim.key_file"))


@pytest.mark.parametrize("connections", [1, 7])
@pytest.mark.parametrize("offers", [("PIPELINING",), ()])
async def test_every_mail_is_signed_and_comes_once(
    small_world: World, signer: Signer, connections: int, offers: tuple[str, ...]
) -> None:
    readers, record = small_world.plan(60), signer.key.record().encode()
    small_world.ask("neu@stadt.example")
    async with serving(Scripted(offers=offers)) as server:
        transport = small_world.transport(server.port, connections)
        await small_world.deliverer(transport, batch=25, signers=[signer]).run_until_idle()
    assert Counter(server.recipients()) == Counter([*readers, "neu@stadt.example"])
    for recipient, data in server.taken:
        assert f"To: {recipient}\r\n".encode() in data
        assert dkim.DKIM(data).verify(dnsfunc=lambda name, timeout=5: record)


async def test_a_server_that_drops_and_a_poisoned_variant_change_nothing(small_world: World, signer: Signer) -> None:
    readers = small_world.plan(20)
    small_world.texts.poisoned.add("confirmation-1")
    small_world.ask("neu@stadt.example")
    async with serving(Scripted(script=at("MAIL", DROP, times=3))) as server:
        deliverer = small_world.deliverer(small_world.transport(server.port, 3), signers=[signer])
        for _ in range(5):
            await deliverer.run_until_idle()
            small_world.pass_time(minutes=20)
    assert Counter(server.recipients()) == Counter(readers)
    assert Counter(small_world.states()) == {"accepted": 20, "quarantined": 1}


async def test_a_pause_and_a_stop_give_back_what_was_written_ahead(small_world: World, signer: Signer) -> None:
    readers = small_world.plan(50)

    def pause(verb: str, argument: str, number: int) -> str | None:
        if verb == "DATA" and number == 5:
            small_world.ledger.pause("an editor", small_world.now)
        return None

    async with serving(Scripted(script=pause)) as server:
        await small_world.deliverer(small_world.transport(server.port), signers=[signer]).run_until_idle()
        assert len(server.taken) < 10
        assert "claimed" not in small_world.states()
    small_world.editions.move(EDITION, EditionState.SENDING, small_world.now)

    async with serving(Scripted(script=at("RCPT", STALL))) as stalled:
        deliverer = small_world.deliverer(small_world.transport(stalled.port), signers=[signer])
        running = asyncio.create_task(deliverer.run_until_idle())
        while not stalled.counts.get("RCPT"):  # noqa: ASYNC110 - what it waits for is a command
            await asyncio.sleep(0.01)
        deliverer.stop()
        await asyncio.wait_for(running, 5)
    assert "claimed" not in small_world.states()

    async with serving(Scripted()) as last:
        await small_world.deliverer(small_world.transport(last.port, 4), signers=[signer]).run_until_idle()
    assert Counter([*server.recipients(), *stalled.recipients(), *last.recipients()]) == Counter(readers)
