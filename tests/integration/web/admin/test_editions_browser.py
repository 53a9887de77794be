"""Editions in a browser: axe finds nothing, and the previewed mail loads nothing that its policy forbids."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import update

from newsletter.model import DeliveryState, EditionState, Role
from newsletter.store.tables import editions
from tests.integration.store.test_releases import collected
from tests.integration.web.admin.browser import NOTHING, looked_at, press, served, sign_in, tab_to
from tests.integration.web.admin.samples import new
from tests.integration.web.admin.test_editions_more import doubtful
from tests.integration.web.admin.test_returned import came_back
from tests.integration.web.admin.world import Office
from tests.servers.chromium import Chromium


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    """An edition is there."""
    with served(tmp_path) as here:
        collected(here.program.database, new("a", headline="Neue Radbrücke"))
        (made,) = here.program.desk.compose_due(here.now)
        doubtful(here, made.id)
        came_back(here)
        here.program.database.write(lambda rows: rows.execute(update(editions).values(state=EditionState.COMPOSED)))
        yield here


def nothing(page: Page) -> None:
    """As it is opened."""


def hold_unreasoned(page: Page) -> None:
    press(page, "Zurückhalten")


def chosen(page: Page) -> None:
    page.get_by_label("Hell oder dunkel").select_option("dark")
    page.get_by_label("Breite").select_option("narrow")
    press(page, "Anzeigen")
    page.frame_locator("iframe").get_by_role("heading", level=1).wait_for()


def empty(page: Page) -> None:
    page.get_by_label("Betreff").evaluate("field => { field.maxLength = 300; field.value = 'x'.repeat(251) }")
    press(page, "Zusammenstellen")


def misplaced(page: Page) -> None:
    page.get_by_role("textbox", name="Platz Neue Radbrücke").fill("ein")
    press(page, "Zusammenstellen")
    assert page.get_by_role("textbox", name="Platz Neue Radbrücke").input_value() == "ein"


def undecided(page: Page) -> None:
    press(page, "Entscheiden")


PAGES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "list": ("/editions", nothing),
    "edition": ("/editions/{id}", nothing),
    "errors": ("/editions/{id}", hold_unreasoned),
    "cancel": ("/editions/{id}/cancel", nothing),
    "deliveries": ("/editions/{id}/deliveries", nothing),
    "dark and narrow": ("/editions/{id}", chosen),
    "new": ("/editions/new", nothing),
    "new, wrong": ("/editions/new", empty),
    "new, misplaced": ("/editions/new", misplaced),
    "words": ("/editions/{id}/words", nothing),
    "domains": ("/editions/{id}/domains", nothing),
    "in doubt": ("/editions/{id}/uncertain", nothing),
    "returned": ("/editions/returned", nothing),
    "returned, none": ("/editions/returned?kind=delayed", nothing),
    "returned of one": ("/editions/returned?edition={id}&lang=en", nothing),
    "in doubt, errors": ("/editions/{id}/uncertain", undecided),
}


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_in_any_look(here: Office, chromium: Chromium, name: str) -> None:
    path, act = PAGES[name]
    cookie, id = here.cookie(Role.EDITOR), here.program.editions.listed()[0].edition.id

    def opened(page: Page) -> None:
        sign_in(page, here, cookie)
        page.goto(f"{here.program.settings.site.base_url}/admin{path.format(id=id)}")
        act(page)

    assert chromium.run(lambda page: looked_at(page, opened), locale="de-DE") == NOTHING


def test_the_previewed_mail_keeps_its_policy_and_its_look(here: Office, chromium: Chromium) -> None:
    cookie, id = here.cookie(Role.EDITOR), here.program.editions.listed()[0].edition.id

    def go(page: Page) -> tuple[list[str], list[str]]:
        told: list[str] = []
        page.on("console", lambda message: told.append(message.text))
        sign_in(page, here, cookie)
        grounds = []
        for look in ("light", "dark"):
            page.goto(f"{here.program.settings.site.base_url}/admin/editions/{id}/preview?look={look}")
            grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        return told, grounds

    told, grounds = chromium.run(go)
    assert told == []
    assert grounds[0] != grounds[1]


def test_approving_and_deciding_by_keys_alone_without_a_script(here: Office, chromium: Chromium) -> None:
    cookie, id = here.cookie(Role.EDITOR), here.program.editions.listed()[0].edition.id
    base = f"{here.program.settings.site.base_url}/admin/editions/{id}"

    def go(page: Page) -> None:
        sign_in(page, here, cookie)
        page.goto(f"{base}/uncertain")
        tab_to(page, "Sie sind angekommen: als angenommen zählen")
        page.keyboard.press("Space")
        tab_to(page, "Warum?")
        page.keyboard.type("steht im Log")
        tab_to(page, "Entscheiden")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        tab_to(page, "Freigeben")
        with page.expect_navigation():
            page.keyboard.press("Enter")

    chromium.run(go, locale="de-DE", java_script_enabled=False)
    assert here.program.editions.get(id).state is EditionState.APPROVED
    assert here.program.editions.counts(id) == {DeliveryState.ACCEPTED: 3}


def test_an_edition_is_put_together_by_keys_alone_without_a_script(here: Office, chromium: Chromium) -> None:
    collected(here.program.database, new("b", headline="Neues Hallenbad"))
    cookie, base = here.cookie(Role.EDITOR), f"{here.program.settings.site.base_url}/admin/editions"

    def go(page: Page) -> None:
        sign_in(page, here, cookie)
        page.goto(f"{base}/new?newsletter=presse")
        for headline, place in (("Neue Radbrücke", "1"), ("Neues Hallenbad", "2")):
            tab_to(page, headline)
            page.keyboard.press("Space")
            page.keyboard.press("Tab")
            page.keyboard.type(place)
        tab_to(page, "Zusammenstellen")
        with page.expect_navigation():
            page.keyboard.press("Enter")

    chromium.run(go, locale="de-DE", java_script_enabled=False)
    made = [one.edition for one in here.program.editions.listed() if one.edition.extra]
    assert {tuple(carried.release for carried in one.carried) for one in made} == {("a", "b")}
