"""Editions in a browser: axe finds nothing, and the previewed mail loads nothing that its policy forbids."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from newsletter.model import Role
from tests.integration.store.test_releases import collected
from tests.integration.web.admin.browser import NOTHING, looked_at, press, served, sign_in
from tests.integration.web.admin.samples import new
from tests.integration.web.admin.world import Office
from tests.servers.chromium import Chromium


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    """An edition is there."""
    with served(tmp_path) as here:
        collected(here.program.database, new("a", headline="Neue Radbrücke"))
        here.program.desk.compose_due(here.now)
        yield here


def nothing(page: Page) -> None:
    """As it is opened."""


def hold_unreasoned(page: Page) -> None:
    press(page, "Zurückhalten")


PAGES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "list": ("/editions", nothing),
    "edition": ("/editions/{id}", nothing),
    "errors": ("/editions/{id}", hold_unreasoned),
    "cancel": ("/editions/{id}/cancel", nothing),
    "deliveries": ("/editions/{id}/deliveries", nothing),
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
