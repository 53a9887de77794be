"""Today, people, account, audit log and settings in a real browser: axe finds nothing, keys are enough, no script."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from newsletter.model import AlarmKind, Role
from tests.integration.web.admin.browser import NOTHING, looked_at, served, sign_in
from tests.integration.web.admin.world import Office
from tests.servers.chromium import Chromium

MARA = "mara@musterstadt.example"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with served(tmp_path_factory.mktemp("office")) as office:
        office.cookie(Role.EDITOR, {"presse": Role.EDITOR}, MARA)
        office.program.alarms.sound("a", AlarmKind.SOURCE_BROKEN, "the source rat is broken", office.now)
        with office.program.audit.action("mara", "edition.approve", "presse-daily-2026-11-24") as record:
            record["why"] = "a long reason " * 10
        yield office


def press(button: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        with page.expect_navigation():
            page.get_by_role("button", name=button, exact=True).first.click()

    return act


def nothing(page: Page) -> None:
    """As it is opened."""


def no_role(page: Page) -> None:
    page.get_by_label("Rolle in „Pressemitteilungen“").select_option("")
    press("Rollen speichern")(page)


PAGES: dict[str, tuple[str, Callable[[Page], None], str]] = {
    "today": ("/", nothing, "Heute"),
    "figures": ("/", lambda page: page.locator("summary").click(), "Heute"),
    "today in English": ("/?lang=en", nothing, "Today"),
    "people": ("/people", nothing, "Zugänge"),
    "nobody invited": ("/people", press("Einladungslink erstellen"), "Zugänge"),
    "person": (f"/people/{MARA}", nothing, MARA),
    "no role": (f"/people/{MARA}?no", no_role, MARA),
    "account": ("/account", nothing, "Ihr Zugang"),
    "password": ("/account/password", nothing, "Kennwort ändern"),
    "wrong password": ("/account/password", press("Speichern"), "Kennwort ändern"),
    "codes": ("/account/codes", nothing, "Einmalcodes neu einrichten"),
    "wrong code": ("/account/codes", press("Speichern"), "Einmalcodes neu einrichten"),
    "audit": ("/audit", nothing, "Protokoll"),
    "audit of nobody": ("/audit?actor=nobody", nothing, "Protokoll"),
    "settings": ("/settings", nothing, "Einstellungen"),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_in_any_look(here: Office, chromium: Chromium, name: str) -> None:
    path, act, heading = PAGES[name]
    cookie = here.cookie(Role.ADMIN, name=f"admin {name}")

    def opened(page: Page) -> None:
        sign_in(page, here, cookie)
        page.goto(f"{here.program.settings.site.base_url}/admin{path}")
        act(page)
        assert page.get_by_role("heading", level=1).text_content() == heading

    def go(page: Page) -> tuple[dict[str, list[str]], list[str]]:
        told: list[str] = []
        page.on("console", lambda message: told.append(message.text) if "Security Policy" in message.text else None)
        return looked_at(page, opened), told

    assert chromium.run(go, locale="de-DE") == (NOTHING, [])


def test_somebody_is_invited_by_keys_alone_and_without_script(here: Office, chromium: Chromium) -> None:
    cookie = here.cookie(Role.ADMIN, name="keys")

    def tab_to(page: Page, name: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.locator(":focus").evaluate("e => e.labels?.[0]?.textContent || e.textContent").strip() == name:
                return
        raise AssertionError(f"no key leads to {name}")

    def go(page: Page) -> str:
        sign_in(page, here, cookie)
        page.goto(f"{here.program.settings.site.base_url}/admin/people")
        tab_to(page, "Name")
        page.keyboard.type("neu@musterstadt.example")
        tab_to(page, "Rolle in allen Newslettern")
        page.keyboard.press("ArrowDown")
        tab_to(page, "Einladungslink erstellen")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        return page.get_by_role("heading", level=1).inner_text()

    said = chromium.run(go, locale="de-DE", java_script_enabled=False)
    assert said == "Link für neu@musterstadt.example"
    assert here.program.signin.accounts.named("neu@musterstadt.example").state == "invited"
