"""The pages people act on in a real browser: axe finds nothing, no script is needed, keys are enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from newsletter.model import SubscriptionState
from newsletter.tokens import Purpose
from tests.integration.audience.world import token
from tests.integration.web.admin.browser import NOTHING, looked_at
from tests.integration.web.browser import served as loopback
from tests.integration.web.world import Site
from tests.servers.chromium import Chromium

ACTIVE, ASKED, LEFT, LAPSED = 1, 2, 3, 4


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A web with a reader of each state, under a path."""
    with loopback(tmp_path_factory.mktemp("web")) as here:
        assert here.reader(topics=["verkehr"]) == ACTIVE
        here.ask("olli@leser.example")
        assert here.reader("pia@leser.example") == LEFT
        here.subscribing.leave(token(Purpose.UNSUBSCRIBE, LEFT), here.now)
        here.ask("jo@leser.example")
        here.register.erase("jo@leser.example", here.now)
        yield here


def press(button: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        with page.expect_navigation():
            page.get_by_role("button", name=button, exact=True).click()

    return act


def fill_wrong(page: Page) -> None:
    page.get_by_label("E-Mail-Adresse").fill("mara@leser")
    page.evaluate("document.querySelectorAll('[name=cadence]').forEach(radio => radio.value = 'hourly')")
    press("Einwilligen und abonnieren")(page)


def fill(page: Page) -> None:
    page.get_by_label("E-Mail-Adresse").fill("neu@leser.example")
    press("Einwilligen und abonnieren")(page)


def nothing(page: Page) -> None:
    """As it is opened."""


FORM = "/subscribe?newsletter=presse"
PAGES: dict[str, tuple[str, Callable[[Page], None], str]] = {
    "choice": ("/subscribe", nothing, "Welchen Newsletter möchten Sie?"),
    "form": (FORM, nothing, "Abonnieren: Pressemitteilungen"),
    "english": (f"{FORM}&lang=en", nothing, "Subscribe: Pressemitteilungen"),
    "errors": (FORM, fill_wrong, "Abonnieren: Pressemitteilungen"),
    "sent": (FORM, fill, "Bitte sehen Sie in Ihr Postfach"),
    "confirm": (f"/confirm/{token(Purpose.CONFIRM, ASKED)}", nothing, "Bitte bestätigen Sie Ihr Abonnement"),
    "confirmed": (f"/confirm/{token(Purpose.CONFIRM, ACTIVE)}", nothing, "Ihr Abonnement ist bestätigt"),
    "lapsed": (f"/confirm/{token(Purpose.CONFIRM, LAPSED)}", nothing, "Diese Bestätigung gilt nicht mehr"),
    "own": (f"/preferences/{token(Purpose.PREFERENCES, ACTIVE)}", nothing, "Ihr Abonnement: Pressemitteilungen"),
    "saved": (
        f"/preferences/{token(Purpose.PREFERENCES, ACTIVE)}", press("Speichern"), "Ihr Abonnement: Pressemitteilungen",
    ),
    "over": (f"/preferences/{token(Purpose.PREFERENCES, LEFT)}", nothing, "Dieses Abonnement besteht nicht"),
    "leave": (f"/unsubscribe/{token(Purpose.UNSUBSCRIBE, ACTIVE)}", nothing, "Abbestellen: Pressemitteilungen"),
    "left": (
        f"/unsubscribe/{token(Purpose.UNSUBSCRIBE, LEFT)}", press("Alle Newsletter abbestellen"),
        "Alle Newsletter sind abbestellt",
    ),
    "broken": ("/unsubscribe/abc", nothing, "Dieser Link funktioniert nicht"),
    "nowhere": ("/nowhere", nothing, "Diese Seite gibt es nicht"),
}  # fmt: skip


def opened(page: Page, here: Site, name: str) -> None:
    path, act, heading = PAGES[name]
    page.goto(here.settings.site.base_url + path)
    act(page)
    assert page.get_by_role("heading", level=1).text_content() == heading


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_in_any_look(served: Site, chromium: Chromium, name: str) -> None:
    found = chromium.run(lambda page: looked_at(page, lambda page: opened(page, served, name)), locale="de-DE")
    assert found == NOTHING


def test_the_summary_of_errors_has_the_focus_and_leads_to_the_field(served: Site, chromium: Chromium) -> None:
    def go(page: Page) -> list[Any]:
        opened(page, served, "errors")
        seen = [page.title(), page.evaluate("document.activeElement.id")]
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        seen.append(page.evaluate("document.activeElement.id"))
        page.keyboard.press("End")
        page.keyboard.type(".example")
        return [*seen, page.get_by_label("E-Mail-Adresse").input_value()]

    title, focus, field, value = chromium.run(go, locale="de-DE")
    assert title.startswith("Fehler: ")
    assert (focus, field, value) == ("errors", "email", "mara@leser.example")


def test_keys_are_enough_and_no_script(served: Site, chromium: Chromium) -> None:
    """From the form to leaving, pressing keys only, in a browser that runs no script."""

    def tab_to(page: Page, name: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.locator(":focus").evaluate("e => e.labels?.[0]?.textContent || e.textContent") == name:
                return
        raise AssertionError(f"no key leads to {name}")

    def follow(page: Page, name: str) -> str:
        tab_to(page, name)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        return page.get_by_role("heading", level=1).inner_text()

    def go(page: Page) -> list[str]:
        base = served.settings.site.base_url
        page.goto(base + FORM)
        tab_to(page, "E-Mail-Adresse")
        page.keyboard.type("tasten@leser.example")
        tab_to(page, "Verkehr")
        page.keyboard.press("Space")
        headings = [follow(page, "Einwilligen und abonnieren")]
        subscription = served.id_of("tasten@leser.example")
        page.goto(f"{base}/confirm/{token(Purpose.CONFIRM, subscription)}")
        buttons = ["Abonnement bestätigen", "Auswahl ändern", "Speichern", *["Newsletter abbestellen"] * 2]
        headings += [follow(page, button) for button in buttons]
        assert served.state(subscription) is SubscriptionState.ENDED
        return headings

    assert chromium.run(go, locale="de-DE", java_script_enabled=False) == [
        "Bitte sehen Sie in Ihr Postfach",
        "Ihr Abonnement ist bestätigt",
        "Ihr Abonnement: Pressemitteilungen",
        "Ihr Abonnement: Pressemitteilungen",
        "Abbestellen: Pressemitteilungen",
        "Der Newsletter ist abbestellt",
    ]


def test_no_page_asks_anybody_else_or_breaks_its_policy(served: Site, chromium: Chromium, tmp_path: Path) -> None:
    def go(page: Page) -> list[str]:
        told: list[str] = []
        page.on("console", lambda message: told.append(message.text))
        page.on("request", lambda request: told.append(request.url) if "127.0.0.1" not in request.url else None)
        for name in ("form", "own", "leave"):
            opened(page, served, name)
        return told

    assert chromium.run(go, locale="de-DE") == []
