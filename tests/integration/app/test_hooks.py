"""A provider's calls on a real database: what is forged or broken is refused, what comes twice is done once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from newsletter.app.decisions import approve
from newsletter.app.extras import new_editions
from newsletter.collect.pushing import Pushed
from newsletter.model import Cadence, Saying
from newsletter.store.program_tables import outbox
from newsletter.store.tables import deliveries, editions, events
from tests.integration.web.api_world import PUSHED, Api, api

MAIL = 'transport = "brevo"\n[mail.api]\nkey = "schluessel"\nhook_secret = "geheim"\n'
SIGNED = {"Authorization": "Bearer geheim", "Content-Type": "application/json"}
RELEASE = Pushed("1", PUSHED["headline"], PUSHED["body_html"], published=datetime(2026, 11, 23, 5, 30, tzinfo=UTC))


@pytest.fixture
def here(store_url: str, tmp_path: Path) -> Iterator[Api]:
    with api(tmp_path, store_url, mail=MAIL) as opened:
        yield opened


async def sent(here: Api) -> bytes:
    """What the provider says when the one mail of an edition came back."""
    program = here.program
    await program.programs.push("rathaus", RELEASE)
    program.register.add("mara@leser.example", program.offer.wish("presse"), "Liste", here.now)
    (edition,) = new_editions(program, "presse", [Cadence.DAILY], [], Saying())
    approve(program, edition.id)
    program.mailroom.freeze_approved()
    query = select(deliveries.c.id, editions.c.dated).join(editions, editions.c.id == deliveries.c.edition)
    id, dated = program.database.read(lambda connection: connection.execute(query).one())
    said = {"event": "hard_bounce", "email": "mara@leser.example", "reason": "550 5.1.1 no such user"}
    return json.dumps(said | {"X-Mailin-custom": program.keys.mark(id, dated)}).encode()


async def test_what_comes_twice_is_done_once(here: Api) -> None:
    call = await sent(here)
    answers = [here.program.hooks.take("brevo", SIGNED, call) for _ in range(3)]
    assert answers == [200, 200, 200]
    assert len(here.program.database.read(lambda connection: connection.execute(select(events)).all())) == 1
    query = select(outbox.c.event, outbox.c.said).where(outbox.c.event == "delivery.bounced")
    ((event, told),) = here.program.database.read(lambda connection: connection.execute(query).all())
    assert (event, set(told)) == ("delivery.bounced", {"edition", "subscriber", "reason"})
    assert here.rows()["suppressions"] == 1


async def test_what_is_forged_or_broken_is_refused_and_changes_nothing(here: Api) -> None:
    call = await sent(here)
    before = here.rows()
    refused = {
        "no password": ("brevo", {}, call),
        "a wrong one": ("brevo", SIGNED | {"Authorization": "Bearer falsch"}, call),
        "no JSON": ("brevo", SIGNED, b"{"),
        "no text": ("brevo", SIGNED, b"\xff\xfe\x00"),
        "deep": ("brevo", SIGNED, b"[" * 100_000),
        "another provider": ("mailgun", SIGNED, call),
    }
    found = {name: here.program.hooks.take(*one) for name, one in refused.items()}
    assert found == {
        "no password": 401, "a wrong one": 401, "no JSON": 400, "no text": 400, "deep": 400, "another provider": 404,
    }  # fmt: skip
    for strange in (b"[]", b"null", b'{"event": 7}', b'{"event": "hard_bounce", "email": "x", "X-Mailin-custom": "y"}'):
        assert here.program.hooks.take("brevo", SIGNED, strange) in (200, 400)
    assert here.rows() == before
