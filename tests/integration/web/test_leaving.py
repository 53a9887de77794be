"""Leaving in part, and taking it back."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from newsletter.model import SubscriptionState
from newsletter.tokens import LASTS, Keys, Purpose
from tests.integration.audience.world import ADDRESS, KEYS, token
from tests.integration.web.world import Site, site

ACTIVE, ENDED, PENDING = SubscriptionState.ACTIVE, SubscriptionState.ENDED, SubscriptionState.PENDING


@pytest.fixture
def here(store_url: str, tmp_path: Path) -> Iterator[Site]:
    with site(store_url, tmp_path, newsletters=2) as opened:
        yield opened


@pytest.fixture
async def client(here: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with here.client() as opened:
        yield opened


def leave(subscription: int = 1) -> str:
    return f"/unsubscribe/{token(Purpose.UNSUBSCRIBE, subscription)}"


def topics(here: Site) -> tuple[str, ...]:
    standing = here.subscribing.standing(Purpose.UNSUBSCRIBE, token(Purpose.UNSUBSCRIBE, 1), here.now)
    return standing.subscription.topics


async def left(here: Site, client: httpx.AsyncClient, **form: str) -> str:
    """The address that takes leaving back, as the page offers it."""
    page = await client.post(leave(), data=form)
    found: str = re.findall(r'action="(/undo/[^"]*)"', page.text)[0]
    return found


async def test_single_topics_can_be_left(here: Site, client: httpx.AsyncClient) -> None:
    here.reader()
    page = await client.get(leave())
    assert re.findall(r'name="topics" value="(\w+)"', page.text) == ["bildung", "verkehr"]
    fewer = await client.post(leave(), data={"scope": "topics", "topics": "verkehr"})
    assert (fewer.status_code, "nur noch mit diesen Themen: Bildung" in fewer.text) == (200, True)
    assert (topics(here), here.state(), here.actions()[-1]) == (("bildung",), ACTIVE, ("changed", "page"))
    assert token(Purpose.PREFERENCES, 1) not in fewer.text
    assert "Oder nur einzelne Themen" not in (await client.get(leave())).text


async def test_with_the_last_topic_the_newsletter_ends(here: Site, client: httpx.AsyncClient) -> None:
    here.reader(topics=["bildung", "verkehr"])
    gone = await client.post(leave(), data={"scope": "topics", "topics": ["verkehr", "bildung"]})
    assert ("Der Newsletter ist abbestellt" in gone.text, here.state()) == (True, ENDED)
    assert here.goodbyes() == [("left", "presse")]


@pytest.mark.parametrize("chosen", [[], ["geheim"]])
async def test_no_topic_is_said_so_and_changes_nothing(
    here: Site, client: httpx.AsyncClient, chosen: list[str]
) -> None:
    here.reader()
    page = await client.post(leave(), data={"scope": "topics", "topics": chosen})
    assert (page.status_code, topics(here), here.state()) == (422, (), ACTIVE)
    assert re.search(r'id="errors" tabindex="-1" autofocus', page.text)
    assert 'aria-describedby="topics-hint topics-error"' in page.text


@pytest.mark.parametrize("form", [{}, {"List-Unsubscribe": "One-Click"}, {"scope": "everything"}])
async def test_leaving_can_be_undone(here: Site, client: httpx.AsyncClient, form: dict[str, str]) -> None:
    here.reader(topics=["verkehr"], cadence="weekly")
    here.reader(newsletter="rat")
    here.ask("olli@leser.example")
    before = topics(here)
    undo = await left(here, client, **form)
    here.later(hours=23)
    rows = here.rows()
    for method in ("GET", "HEAD"):
        assert (await client.request(method, undo)).status_code == 200
    assert here.rows() == rows
    for _ in range(2):
        done = await client.post(undo)
        assert (done.status_code, "Sie erhalten den Newsletter wieder" in done.text) == (200, True)
    assert (here.state(1), here.state(2), topics(here)) == (ACTIVE, ACTIVE, before)
    assert [action for action, _ in here.actions()].count("undone") == (2 if "scope" in form else 1)
    assert [here.register.proof(ADDRESS)[-1].action, here.state(3)] == ["undone", PENDING]


async def test_undoing_is_for_the_last_time_and_a_day(here: Site, client: httpx.AsyncClient) -> None:
    here.reader()
    first = await left(here, client)
    await client.post(first)
    here.later(minutes=5)
    second = await left(here, client)
    assert (await client.post(first)).status_code == 410
    here.later(hours=24, seconds=1)
    for method in ("GET", "POST"):
        assert (await client.request(method, second)).status_code == 404
    assert "/undo/" not in (await client.post(leave())).text
    assert here.state() is ENDED


@pytest.mark.parametrize("since", ["suppressed", "complained", "erased", "asked for again"])
async def test_what_came_after_leaving_is_not_undone(here: Site, client: httpx.AsyncClient, since: str) -> None:
    here.reader()
    undo = await left(here, client)
    here.later(minutes=1)
    email_hash = KEYS.address_hash(ADDRESS)
    {
        "suppressed": lambda: here.register.suppress(ADDRESS, "x", here.now),
        "complained": lambda: here.register.complained(email_hash, "abuse", here.now),
        "erased": lambda: here.register.erase(ADDRESS, here.now),
        "asked for again": here.ask,
    }[since]()
    await client.post(undo)
    assert here.state() is not ACTIVE


async def test_what_was_not_confirmed_is_not_undone(here: Site, client: httpx.AsyncClient) -> None:
    here.ask()
    page = await client.post(leave())
    assert "/undo/" not in page.text
    forged = KEYS.token(Purpose.UNDO, 1, expires=here.now + LASTS[Purpose.UNDO])
    await client.post(f"/undo/{forged}")
    assert here.state() is ENDED


async def test_foreign_addresses_undo_nothing(here: Site, client: httpx.AsyncClient) -> None:
    here.reader()
    right = (await left(here, client)).rpartition("/")[2]
    foreign = Keys((b"x" * 32,)).token(Purpose.UNDO, 1, expires=here.now + LASTS[Purpose.UNDO])
    data = KEYS.token(Purpose.DATA, 1, expires=here.now + LASTS[Purpose.DATA])
    pages = [await client.post(f"/undo/{wrong}") for wrong in (foreign, data, right[:-1], "x", "a" * 48)]
    assert {page.status_code for page in pages} == {404}
    assert len({page.content for page in pages}) == 1
    assert here.state() is ENDED
