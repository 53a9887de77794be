"""A reader's data: the link to it, seeing it, taking it along, moving, erasing; on both databases."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from newsletter.model import Claim, SubscriptionState
from newsletter.store.deliveries import Deliveries
from newsletter.store.restored import replay
from newsletter.tokens import LASTS, Keys, Purpose
from tests.integration.audience.world import ADDRESS, KEYS, token
from tests.integration.web.world import Site, site

ACTIVE, ENDED = SubscriptionState.ACTIVE, SubscriptionState.ENDED
NEW = "neu@leser.example"


@pytest.fixture
def here(store_url: str, tmp_path: Path) -> Iterator[Site]:
    with site(store_url, tmp_path, newsletters=2) as opened:
        yield opened


@pytest.fixture
async def client(here: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with here.client() as opened:
        yield opened


def data(here: Site, subscriber: int = 1) -> str:
    return f"/data/{KEYS.token(Purpose.DATA, subscriber, expires=here.now + LASTS[Purpose.DATA])}"


def address(notice: int) -> str:
    return f"/address/{KEYS.token(Purpose.ADDRESS, notice)}"


def due(here: Site) -> list[Claim]:
    """What may be sent now."""
    return Deliveries(here.database, here.journal).claim(100, here.now)


async def move(here: Site, client: httpx.AsyncClient, new: str = NEW) -> httpx.Response:
    return await client.post(data(here), data={"act": "address", "email": new})


async def test_the_link_goes_to_who_is_known_once_a_day(here: Site, client: httpx.AsyncClient) -> None:
    here.reader()
    here.reader("weg@leser.example")
    here.subscribing.leave(token(Purpose.UNSUBSCRIBE, 2), here.now)
    here.reader("nie@leser.example")
    here.register.suppress("nie@leser.example", "x", here.now)
    here.reader("geloescht@leser.example")
    here.register.erase("geloescht@leser.example", here.now)
    answers = set()
    for _ in range(2):
        for email in (ADDRESS, "weg@leser.example", "nie@leser.example", "geloescht@leser.example", NEW):
            response = await client.post("/my-data", data={"email": email})
            answers.add((response.status_code, response.content, tuple(response.headers.items())))
    assert len(answers) == 1
    here.settled()
    assert here.notices().count("data") == 2  # who left may still see what is kept
    claims = [claim for claim in due(here) if claim.variant.startswith("data")]
    assert {claim.email for claim in claims} == {ADDRESS, "weg@leser.example"}
    here.later(hours=24)
    await client.post("/my-data", data={"email": ADDRESS})
    here.settled()
    assert here.notices().count("data") == 3


async def test_preferences_send_the_link_too(here: Site, client: httpx.AsyncClient) -> None:
    here.reader()
    before = here.state()
    page = await client.post(f"/preferences/{token(Purpose.PREFERENCES, 1)}", data={"ask": "data"})
    assert (page.status_code, ADDRESS in page.text, before) == (200, False, ACTIVE)
    assert here.notices() == ["confirmation", "data"]


async def test_the_page_and_the_file_show_all_that_is_kept(here: Site, client: httpx.AsyncClient) -> None:
    here.reader(topics=["verkehr"])
    here.reader(newsletter="rat")
    page = await client.get(data(here))
    for said in (ADDRESS, "Pressemitteilungen", "Aus dem Rat", "Verkehr", "aktiv", "Ich willige ein", "bestätigt"):
        assert said in page.text, said
    (link,) = re.findall(r'href="(/data/[^"]*export\.json)"', page.text)
    file = await client.get(link)
    assert file.headers["content-disposition"] == 'attachment; filename="my-data.json"'
    assert (file.headers["cache-control"], file.headers["referrer-policy"]) == ("no-store", "no-referrer")
    kept = json.loads(file.text)
    assert kept["email"] == ADDRESS
    assert [(one["newsletter"], one["topics"], one["state"]) for one in kept["subscriptions"]] == [
        ("presse", ["verkehr"], "active"),
        ("rat", [], "active"),
    ]
    assert [one["action"] for one in kept["consents"]] == ["asked", "confirmed"] * 2
    assert [one["what"] for one in kept["mails"]] == ["confirmation"]


async def test_erasing_is_asked_twice_and_is_for_good(here: Site, client: httpx.AsyncClient) -> None:
    here.reader()
    unsure = await client.post(data(here), data={"act": "erase"})
    assert (unsure.status_code, here.state()) == (422, ACTIVE)
    assert re.search(r'id="errors" tabindex="-1" autofocus', unsure.text)
    assert 'aria-invalid="true" aria-describedby="sure-error"' in unsure.text
    assert 'href="#sure"' in unsure.text
    done = await client.post(data(here), data={"act": "erase", "sure": "yes"})
    assert (done.status_code, "Ihre Daten sind gelöscht" in done.text) == (200, True)
    assert (here.emails(), here.state(), here.goodbyes()) == ([None], ENDED, [("erased", None)])
    assert here.actions()[-1] == ("withdrawn", "page")
    for method in ("GET", "POST"):
        assert (await client.request(method, data(here))).status_code == 404


async def test_a_new_address_takes_over_only_once_it_has_answered(here: Site, client: httpx.AsyncClient) -> None:
    here.reader(topics=["verkehr"])
    here.reader(newsletter="rat")
    asked = await move(here, client)
    assert (asked.status_code, "neues Postfach" in asked.text) == (200, True)
    assert (here.state(1), here.state(2)) == (ACTIVE, ACTIVE)
    (claim,) = [claim for claim in due(here) if claim.variant.startswith("address")]
    assert claim.email == NEW
    assert claim.notice is not None
    shown = await client.get(address(claim.notice))
    for said in ("m…@leser.example", "n…@leser.example", "Themen: Verkehr", "Aus dem Rat"):
        assert said in shown.text, said
    assert (here.state(1), here.goodbyes()) == (ACTIVE, [])
    done = await client.post(address(claim.notice))
    assert (done.status_code, "Ihre neue Adresse ist bestätigt" in done.text) == (200, True)
    assert [here.state(number) for number in (1, 2, 3, 4)] == [ENDED, ENDED, ACTIVE, ACTIVE]
    assert here.subscribing.standing(Purpose.PREFERENCES, token(Purpose.PREFERENCES, 3), here.now).address[0] == "n"
    assert here.goodbyes() == [("left", None)]
    assert here.actions()[-4:] == [("moved", "page")] * 2 + [("withdrawn", "moved")] * 2
    (told,) = due(here)
    assert (told.email, told.variant.startswith("moved")) == (ADDRESS, True)
    assert (await client.post(address(claim.notice))).status_code == 410


async def test_the_move_is_kept_even_by_a_restored_database(here: Site, client: httpx.AsyncClient) -> None:
    """The journal ends what is active for the old address, and spares the new one."""
    here.reader()
    await move(here, client)
    await client.post(address(2))
    here.later(hours=1)
    replay(here.journal, here.database, here.now)
    assert (here.state(1), here.state(2)) == (ENDED, ACTIVE)


@pytest.mark.parametrize("what", ["suppressed", "asked today", "new"])
async def test_nobody_learns_what_becomes_of_a_new_address(here: Site, client: httpx.AsyncClient, what: str) -> None:
    here.reader()
    if what == "suppressed":
        here.register.suppress(NEW, "x", here.now)
    if what == "asked today":
        here.ask(NEW)
    answers = [(await move(here, client, email)).content for email in (NEW, "dritte@leser.example")]
    assert answers[0] == answers[1]
    assert here.notices().count("address") == (2 if what == "new" else 1)


async def test_the_suppressed_and_those_who_left_move_nowhere(here: Site, client: httpx.AsyncClient) -> None:
    here.reader()
    await move(here, client)
    here.subscribing.leave(token(Purpose.UNSUBSCRIBE, 1), here.now)
    assert (await client.post(address(2))).status_code == 410
    here.later(days=2)
    here.reader()
    await move(here, client)
    here.register.suppress(NEW, "x", here.now)
    assert [claim.email for claim in due(here) if claim.variant.startswith("address")] == []
    assert (await client.post(address(4))).status_code == 410
    assert here.state(1) is ACTIVE


async def test_a_new_address_that_never_answers_is_forgotten(here: Site, client: httpx.AsyncClient) -> None:
    here.reader()
    await move(here, client)
    here.later(days=7, seconds=1)
    here.subscribing.forget_unconfirmed(here.now)
    assert here.emails() == [ADDRESS, None]
    assert (await client.post(address(2))).status_code == 410


@pytest.mark.parametrize("new", ["", "neu@leser", ADDRESS, " MARA@leser.example"])
async def test_a_wrong_new_address_comes_back_filled(here: Site, client: httpx.AsyncClient, new: str) -> None:
    here.reader()
    page = await move(here, client, new)
    assert (page.status_code, f'value="{new}"' in page.text) == (422, True)
    assert 'aria-invalid="true" aria-describedby="email-hint email-error"' in page.text
    assert "<title>Fehler: " in page.text


async def test_links_that_are_old_or_foreign_help_and_tell_nothing(here: Site, client: httpx.AsyncClient) -> None:
    here.reader()
    link = data(here)
    expires = here.now + LASTS[Purpose.DATA]
    foreign = Keys((b"x" * 32,)).token(Purpose.DATA, 1, expires=expires)
    unknown = KEYS.token(Purpose.DATA, 99, expires=expires)
    here.later(hours=24, seconds=1)
    wrong = [
        link,
        link[:-1],
        f"/data/{foreign}",
        f"/data/{unknown}",
        f"/data/{token(Purpose.PREFERENCES, 1)}",
        "/data/x",
    ]
    for ending in ("", "/export.json"):
        answers = {
            ((await client.get(one + ending)).status_code, (await client.get(one + ending)).content) for one in wrong
        }
        assert len(answers) == 1
        ((status, page),) = answers
        assert (status, b'href="/my-data"' in page) == (404, True)
    for one in wrong:
        assert (await client.post(one, data={"act": "erase", "sure": "yes"})).status_code == 404
    assert here.state() is ACTIVE
    assert (await client.get(f"/address/{foreign}")).status_code == 404
