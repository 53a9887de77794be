"""A reader's data, leaving, patience and the form elsewhere, in a real browser: in every look, by keys, read out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from syrupy.assertion import SnapshotAssertion

from newsletter.model import SubscriptionState
from newsletter.store.tables import notices
from newsletter.tokens import LASTS, Purpose
from newsletter.web.siege import MANY
from tests.integration.audience.world import ADDRESS, KEYS, token
from tests.integration.web.admin.browser import NOTHING, looked_at, press, tab_to
from tests.integration.web.browser import listening, served
from tests.integration.web.world import Site
from tests.servers.chromium import Chromium, axe, read_out
from tests.servers.process import free_port

FORM = "/subscribe?newsletter=presse"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    """A reader of two newsletters, with topics."""
    with served(tmp_path) as opened:
        opened.reader(topics=["bildung", "verkehr"])
        opened.reader(newsletter="rat")
        yield opened


def own(here: Site, subscriber: int = 1) -> str:
    return f"/data/{KEYS.token(Purpose.DATA, subscriber, expires=here.now + LASTS[Purpose.DATA])}"


def leave(here: Site) -> str:
    return f"/unsubscribe/{token(Purpose.UNSUBSCRIBE, 1)}"


def back(here: Site, at: datetime | None = None) -> str:
    """The address that takes it back that the reader left just now."""
    here.subscribing.leave(token(Purpose.UNSUBSCRIBE, 1), here.now)
    return f"/undo/{KEYS.token(Purpose.UNDO, 1, expires=(at or here.now) + LASTS[Purpose.UNDO])}"


def asked(here: Site, kind: str = "address") -> int:
    """The number of the mail of a kind that was queued last."""
    query = select(notices.c.id).where(notices.c.kind == kind).order_by(notices.c.id.desc()).limit(1)
    return here.database.read(lambda connection: int(connection.execute(query).scalar_one()))


def moving(here: Site) -> str:
    """The address that a new address is asked at."""
    here.subscribing.data.move(own(here).removeprefix("/data/"), "neu@leser.example", here.now, "de")
    return f"/address/{KEYS.token(Purpose.ADDRESS, asked(here))}"


def moved(here: Site) -> str:
    path = moving(here)
    here.subscribing.data.confirm(path.removeprefix("/address/"), here.now, "de")
    return path


def no_more(here: Site) -> str:
    path = own(here)
    here.later(hours=25)
    return path


def too_late(here: Site) -> str:
    path = back(here)
    here.later(hours=25)
    return path


def nothing(page: Page) -> None:
    """As it is opened."""


def presses(*buttons: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        for button in buttons:
            press(page, button)

    return act


def fill(label: str, value: str, button: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.get_by_label(label, exact=True).fill(value)
        press(page, button)

    return act


def wrong_topics(page: Page) -> None:
    page.evaluate(
        "document.querySelectorAll('[name=topics]').forEach(box => { box.value = 'golf'; box.checked = true })"
    )
    press(page, "Diese Themen abbestellen")


def erase(page: Page) -> None:
    page.get_by_label("Ja, meine Daten sollen gelöscht werden").check()
    press(page, "Meine Daten löschen")


Address = Callable[[Site], str]
PAGES: dict[str, tuple[Address | str, Callable[[Page], None], str]] = {
    "ask for data": ("/my-data", nothing, "Ihre Daten"),
    "ask, no address": ("/my-data", fill("E-Mail-Adresse", "mara@", "Link zusenden"), "Ihre Daten"),
    "asked": ("/my-data", fill("E-Mail-Adresse", ADDRESS, "Link zusenden"), "Bitte sehen Sie in Ihr Postfach"),
    "data": (own, nothing, "Ihre Daten"),
    "data, not sure": (own, presses("Meine Daten löschen"), "Ihre Daten"),
    "data, no address": (own, fill("Neue E-Mail-Adresse", "neu@", "Adresse ändern"), "Ihre Daten"),
    "data, old address": (own, fill("Neue E-Mail-Adresse", ADDRESS, "Adresse ändern"), "Ihre Daten"),
    "moving": (own, fill("Neue E-Mail-Adresse", "neu@leser.example", "Adresse ändern"),
               "Bitte sehen Sie in Ihr neues Postfach"),
    "erased": (own, erase, "Ihre Daten sind gelöscht"),
    "data, no more": (no_more, nothing, "Dieser Link gilt nicht mehr"),
    "new address": (moving, nothing, "Bitte bestätigen Sie Ihre neue Adresse"),
    "moved": (moving, presses("Neue Adresse bestätigen"), "Ihre neue Adresse ist bestätigt"),
    "moved before": (moved, nothing, "Diese Adressänderung ist nicht mehr offen"),
    "leave": (leave, nothing, "Abbestellen: Pressemitteilungen"),
    "leave topics, none": (leave, presses("Diese Themen abbestellen"), "Abbestellen: Pressemitteilungen"),
    "leave topics, wrong": (leave, wrong_topics, "Abbestellen: Pressemitteilungen"),
    "left": (leave, presses("Newsletter abbestellen"), "Der Newsletter ist abbestellt"),
    "undo": (back, nothing, "Abbestellung rückgängig machen"),
    "undone": (back, presses("Rückgängig machen"), "Sie erhalten den Newsletter wieder"),
    "undo, too late": (too_late, nothing, "Das lässt sich nicht mehr rückgängig machen"),
    "embedded": ("/embed/subscribe?newsletter=presse", nothing, "Abonnieren: Pressemitteilungen"),
    "embedded, wrong": ("/embed/subscribe?newsletter=presse", fill("E-Mail-Adresse", "x", "Einwilligen und abonnieren"),
                        "Abonnieren: Pressemitteilungen"),
    "embedded, sent": (
        "/embed/subscribe?newsletter=presse", fill("E-Mail-Adresse", "neu@leser.example", "Einwilligen und abonnieren"),
        "Bitte sehen Sie in Ihr Postfach",
    ),
}  # fmt: skip


def opened(page: Page, here: Site, name: str) -> None:
    address, act, heading = PAGES[name]
    page.goto(here.settings.site.base_url + (address if isinstance(address, str) else address(here)))
    act(page)
    assert page.get_by_role("heading", level=1).text_content() == heading


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_in_any_look(here: Site, chromium: Chromium, name: str) -> None:
    assert chromium.run(lambda page: looked_at(page, lambda page: opened(page, here, name)), locale="de-DE") == NOTHING


def follow(page: Page, button: str) -> str:
    """The heading of what a button leads to, by keys."""
    tab_to(page, button)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    return page.get_by_role("heading", level=1).inner_text()


def test_a_readers_data_by_keys_alone_without_a_script(here: Site, chromium: Chromium) -> None:
    base = here.settings.site.base_url

    def go(page: Page) -> list[str]:
        page.goto(f"{base}/my-data")
        tab_to(page, "E-Mail-Adresse")
        page.keyboard.type(ADDRESS)
        said = [follow(page, "Link zusenden")]
        page.goto(base + own(here))
        tab_to(page, "Neue E-Mail-Adresse")
        page.keyboard.type("neu@leser.example")
        said.append(follow(page, "Adresse ändern"))
        page.goto(f"{base}/address/{KEYS.token(Purpose.ADDRESS, asked(here))}")
        said.append(follow(page, "Neue Adresse bestätigen"))
        standing = here.subscribing.standing(Purpose.PREFERENCES, token(Purpose.PREFERENCES, 3), here.now)
        page.goto(base + own(here, standing.subscription.subscriber))
        tab_to(page, "Ja, meine Daten sollen gelöscht werden")
        page.keyboard.press("Space")
        return [*said, follow(page, "Meine Daten löschen")]

    assert chromium.run(go, locale="de-DE", java_script_enabled=False) == [
        "Bitte sehen Sie in Ihr Postfach",
        "Bitte sehen Sie in Ihr neues Postfach",
        "Ihre neue Adresse ist bestätigt",
        "Ihre Daten sind gelöscht",
    ]
    assert here.emails() == [ADDRESS, None]  # the old address goes when its time of keeping is over


def test_leaving_and_coming_back_by_keys_alone_without_a_script(here: Site, chromium: Chromium) -> None:
    base = here.settings.site.base_url

    def go(page: Page) -> list[str]:
        page.goto(base + leave(here))
        tab_to(page, "Verkehr")
        page.keyboard.press("Space")
        said = [follow(page, "Diese Themen abbestellen")]
        page.goto(base + leave(here))
        return [*said, follow(page, "Newsletter abbestellen"), follow(page, "Rückgängig machen")]

    assert chromium.run(go, locale="de-DE", java_script_enabled=False) == [
        "Sie erhalten jetzt weniger Themen",
        "Der Newsletter ist abbestellt",
        "Sie erhalten den Newsletter wieder",
    ]
    assert here.state() is SubscriptionState.ACTIVE


def besiege(here: Site) -> None:
    """As many forms as make a siege."""

    async def send() -> None:
        async with here.client(client="127.0.0.1") as client:
            for number in range(MANY):
                await client.post(FORM, data={"email": "x"}, headers={"X-Forwarded-For": f"203.0.{number}.1"})

    asyncio.run(send())


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
def test_under_siege_axe_finds_nothing(here: Site, chromium: Chromium, script: bool) -> None:
    besiege(here)
    base = here.settings.site.base_url

    def opened(page: Page) -> None:
        if not script:  # axe needs scripts: only the one of the form is kept away
            page.route("**/pow.js", lambda route: route.abort())
        page.goto(base + FORM)
        page.locator("#proof-status" if script else "#proof-wait").wait_for()
        if not script:
            fill("E-Mail-Adresse", "neu@leser.example", "Einwilligen und abonnieren")(page)
            page.locator("#wait:focus").wait_for()

    assert chromium.run(lambda page: looked_at(page, opened), locale="de-DE") == NOTHING


def test_under_siege_a_browser_works_and_its_reader_need_not_wait(here: Site, chromium: Chromium) -> None:
    besiege(here)
    before = here.mails()

    def go(page: Page) -> list[str]:
        told: list[str] = []
        page.on("console", lambda message: told.append(f"{message.text} {message.location}"))
        page.route("**/favicon.ico", lambda route: route.fulfill(status=204))  # of the whole host, which is not ours
        page.goto(here.settings.site.base_url + FORM)
        page.get_by_label("E-Mail-Adresse").fill("neu@leser.example")
        with page.expect_navigation(timeout=60_000):  # sent at once: the form goes by itself when the work is done
            page.get_by_role("button", name="Einwilligen und abonnieren").click()
        return [*told, page.get_by_role("heading", level=1).inner_text()]

    assert chromium.run(go, locale="de-DE") == ["Bitte sehen Sie in Ihr Postfach"]
    assert here.mails() == before + 1


def test_the_form_works_in_a_frame_of_another_site(here: Site, chromium: Chromium) -> None:
    port = free_port()
    web = here.settings.web.model_copy(update={"embed_from": [f"http://localhost:{port}"]})
    there = Site(here.database, here.settings.model_copy(update={"web": web}), here.journal)
    ours = free_port()  # the same web, told of the other site
    frame = f"http://127.0.0.1:{ours}/newsletter/embed/subscribe?newsletter=presse"

    async def page_of_theirs(request: Request) -> HTMLResponse:
        body = f'<main><h1>Stadt</h1><iframe title="Newsletter abonnieren" src="{escape(frame)}" height="900"></iframe>'
        return HTMLResponse(f"<!doctype html><html lang=de><title>Stadt</title>{body}</main></html>")

    theirs = Starlette(routes=[Route("/", page_of_theirs)])

    def go(page: Page) -> list[Any]:
        page.goto(f"http://localhost:{port}/")
        inside = page.frame_locator("iframe")
        inside.get_by_label("E-Mail-Adresse").fill("kein at")
        inside.get_by_role("button", name="Einwilligen und abonnieren").click()
        inside.locator("#errors").wait_for()
        found = axe(page)  # looks into frames, too
        inside.get_by_label("E-Mail-Adresse").fill("neu@leser.example")
        inside.get_by_role("button", name="Einwilligen und abonnieren").click()
        inside.get_by_text("Bitte sehen Sie in Ihr Postfach").wait_for()
        return [found, page.context.cookies(), page.url]

    with listening(there.app, ours), listening(theirs, port):
        assert chromium.run(go, locale="de-DE") == [[], [], f"http://localhost:{port}/"]
    assert there.id_of("neu@leser.example")


def test_it_reads_sensibly_from_the_form_to_leaving(
    here: Site, chromium: Chromium, snapshot: SnapshotAssertion
) -> None:
    """Subscribe, confirm, preferences, leave, as Chromium tells a screen reader."""
    base = here.settings.site.base_url

    def go(page: Page) -> list[str]:
        page.goto(base + FORM)
        said = [read_out(page)]
        fill("E-Mail-Adresse", "neu@", "Einwilligen und abonnieren")(page)
        said.append(read_out(page))
        fill("E-Mail-Adresse", "neu@leser.example", "Einwilligen und abonnieren")(page)
        said.append(read_out(page))
        page.goto(f"{base}/confirm/{token(Purpose.CONFIRM, here.id_of('neu@leser.example'))}")
        said.append(read_out(page))
        press(page, "Abonnement bestätigen")
        said.append(read_out(page))
        for link in ("Auswahl ändern", "Newsletter abbestellen"):
            with page.expect_navigation():
                page.get_by_role("link", name=link).first.click()
            said.append(read_out(page))
        press(page, "Newsletter abbestellen")
        return [*said, read_out(page)]

    assert chromium.run(go, locale="de-DE") == snapshot
