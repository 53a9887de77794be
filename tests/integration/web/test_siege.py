"""When very many forms come in, work or patience opens the door; and the form in a frame of another site."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import httpx
import pytest

from newsletter.web.siege import BITS, MANY, solves
from tests.integration.web.world import Site, site

FORM = {"email": "mara@leser.example", "cadence": "weekly"}


@pytest.fixture
def here(sqlite_url: str, tmp_path: Path) -> Iterator[Site]:
    with site(sqlite_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def client(here: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with here.client(client="127.0.0.1") as opened:
        yield opened


async def besiege(client: httpx.AsyncClient) -> None:
    """As many forms as make a siege, each from another connection."""
    for number in range(MANY):
        await client.post("/subscribe", data={"email": "x"}, headers={"X-Forwarded-For": f"203.0.{number}.1"})


def ticket(page: httpx.Response) -> str:
    found: str = re.findall(r'name="ticket" value="([^"]*)"', page.text)[0]
    return found


def work(of: str) -> str:
    return next(str(number) for number in count() if solves(of, str(number), BITS))


async def test_in_peace_nothing_is_asked(here: Site, client: httpx.AsyncClient) -> None:
    page = await client.get("/subscribe")
    assert ("ticket" in page.text, "script" in page.headers["content-security-policy"]) == (False, False)


async def test_work_opens_the_door_one_time(here: Site, client: httpx.AsyncClient) -> None:
    await besiege(client)
    page = await client.get("/subscribe")
    assert "script-src 'self';" in page.headers["content-security-policy"] + ";"
    assert "unsafe" not in page.headers["content-security-policy"]
    assert (await client.get("/pow.js")).headers["content-type"].startswith("text/javascript")
    paid = FORM | {"ticket": ticket(page), "proof": work(ticket(page))}
    assert (await client.post("/subscribe", data=paid)).status_code == 200
    assert here.mails() == 1
    again = await client.post("/subscribe", data=paid | {"email": "olli@leser.example"})
    assert (again.status_code, here.mails()) == (429, 1)


async def test_a_minutes_patience_opens_it_too_and_the_form_comes_back_filled(
    here: Site, client: httpx.AsyncClient
) -> None:
    await besiege(client)
    asked = await client.post("/subscribe", data=FORM)
    assert (asked.status_code, here.mails()) == (429, 0)
    assert 'value="mara@leser.example"' in asked.text
    assert 'value="weekly" checked' in asked.text
    assert re.search(r'id="wait" tabindex="-1" autofocus', asked.text)
    assert "ab 07:01 Uhr" in asked.text
    here.later(seconds=59)
    early = await client.post("/subscribe", data=FORM | {"ticket": ticket(asked)})
    assert (early.status_code, here.mails()) == (429, 0)
    here.later(seconds=1)
    assert (await client.post("/subscribe", data=FORM | {"ticket": ticket(asked)})).status_code == 200
    assert here.mails() == 1
    other = FORM | {"ticket": ticket(early), "email": "olli@leser.example"}
    here.later(seconds=59)
    assert (await client.post("/subscribe", data=other)).status_code == 429  # patience is for one form a minute


@pytest.mark.parametrize("wrong", ["", "x", "a" * 48, "ä" * 48])
async def test_tickets_that_are_not_ours_open_nothing(here: Site, client: httpx.AsyncClient, wrong: str) -> None:
    await besiege(client)
    response = await client.post("/subscribe", data=FORM | {"ticket": wrong, "proof": "1"})
    assert (response.status_code, here.mails()) == (429, 0)


async def test_a_siege_ends_by_itself_and_is_for_every_form(here: Site, client: httpx.AsyncClient) -> None:
    await besiege(client)
    assert (await client.post("/my-data", data={"email": "mara@leser.example"})).status_code == 429
    assert "pow.js" in (await client.get("/my-data")).text
    here.later(minutes=10)
    assert (await client.post("/subscribe", data=FORM)).status_code == 200


async def test_mistakes_use_no_ticket_up(here: Site, client: httpx.AsyncClient) -> None:
    await besiege(client)
    paid = FORM | {"ticket": (own := ticket(await client.get("/subscribe"))), "proof": work(own)}
    assert (await client.post("/subscribe", data=paid | {"email": "mara"})).status_code == 422
    assert (await client.post("/subscribe", data=paid)).status_code == 200


async def test_only_named_sites_may_frame_the_form(here: Site, client: httpx.AsyncClient, tmp_path: Path) -> None:
    async def ancestors(client: httpx.AsyncClient, path: str) -> str:
        policy = (await client.get(path)).headers["content-security-policy"]
        found: str = re.findall(r"frame-ancestors ([^;]*)", policy)[0]
        return found

    assert await ancestors(client, "/embed/subscribe") == "'none'"
    web = here.settings.web.model_copy(update={"embed_from": ["https://musterstadt.example"]})
    named = Site(here.database, here.settings.model_copy(update={"web": web}), here.journal)
    async with named.client(client="127.0.0.1") as outside:
        assert await ancestors(outside, "/embed/subscribe") == "https://musterstadt.example"
        assert await ancestors(outside, "/subscribe") == "'none'"
        wrong = await outside.post("/embed/subscribe", data=FORM | {"email": "mara"})
        assert (wrong.status_code, 'value="mara"' in wrong.text, "<header" in wrong.text) == (422, True, False)
        sent = await outside.post("/embed/subscribe", data=FORM)
        assert (sent.status_code, named.mails(), "<header" in sent.text) == (200, 1, False)
        assert "frame-ancestors https://musterstadt.example" in sent.headers["content-security-policy"]
