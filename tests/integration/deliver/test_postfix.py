"""Through a real Postfix into real mailboxes: in the clear, by STARTTLS, by TLS; and what Postfix refuses."""

from __future__ import annotations

from collections import Counter

import pytest

from newsletter.deliver.server import Timeouts
from newsletter.model import EditionState
from newsletter.tokens import Purpose
from tests.integration.deliver.world import KEYS, START, World, hash_of
from tests.servers.postfix import Postfix

REAL = Timeouts()


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
async def test_every_reader_gets_the_mail_whole(small_world: World, postfix: Postfix, security: str) -> None:
    readers = small_world.plan(40)
    port = postfix.tls_port if security == "tls" else postfix.port
    how = {"security": security, "ca_file": postfix.ca_file, "timeouts": REAL}
    transport = small_world.transport(port, 4, **how)
    path = "bounces+{token}@musterstadt.example"
    await small_world.deliverer(transport, return_path=path).run_until_idle()
    mails = postfix.mails()
    assert Counter(mail.recipient for mail in mails) == Counter(readers)
    ids = {id for (id,) in small_world.rows("id")}
    for mail in mails:
        assert mail.message["To"] == mail.recipient
        assert mail.message["Subject"] == "Größere Bäder"
        assert mail.message["List-Unsubscribe"].startswith("<https://news.musterstadt.example/unsubscribe/")
        text, html = (part.get_content() for part in mail.message.iter_parts())
        assert text.startswith("Grüße")
        assert html.startswith("<p>Grüße</p>")
        token = mail.sender.partition("+")[2].partition("@")[0]
        assert KEYS.subject(Purpose.BOUNCE, token, now=START) in ids
    assert set(small_world.states()) == {"accepted"}


async def test_what_postfix_refuses(small_world: World, postfix: Postfix) -> None:
    for address in ("unknown+7@stadt.example", "busy@stadt.example"):
        small_world.subscribe(address)
    readers = small_world.plan(5)
    transport = small_world.transport(postfix.port, timeouts=REAL)
    await small_world.deliverer(transport).run_until_idle()
    assert sorted(mail.recipient for mail in postfix.mails()) == sorted(readers)
    assert small_world.states() == ["failed", "deferred", *["accepted"] * 5]
    assert small_world.suppressed() == [hash_of("unknown+7@stadt.example")]
    assert small_world.edition_row().state == EditionState.SENDING
    answers = [answer for (answer,) in small_world.rows("answer")]
    assert answers[0].startswith("RCPT: 550 5.1.1 <address>")
    assert "queued as" in answers[2]
