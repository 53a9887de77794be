"""The alt desk in a browser: axe finds nothing, keys are enough, and it is read out sensibly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from syrupy.assertion import SnapshotAssertion

from newsletter.model import Role
from newsletter.store.alts import Alts
from tests.integration.web.admin.browser import NOTHING, looked_at, press, served, sign_in, tab_to
from tests.integration.web.admin.samples import SAID, pictured
from tests.integration.web.admin.world import Office
from tests.servers.chromium import Chromium, read_out


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    """Three pictures wait."""
    with served(tmp_path) as here:
        pictured(here.program, 1, "Neue Radbrücke", alt="IMG_2291.jpg", caption="Die Brücke ist 210 Meter lang.")
        pictured(here.program, 2, "Neues Hallenbad", credit="Stadt Musterstadt")
        pictured(here.program, 3, "Neue Kita", alt="Neue Kita")
        yield here


def nothing(page: Page) -> None:
    """As it is opened."""


def send_empty(page: Page) -> None:
    page.get_by_label("Alt-Text", exact=True).fill("")
    press(page, "Speichern und weiter")


def send_unreasoned(page: Page) -> None:
    press(page, "Schmückendes Bild")


@pytest.mark.parametrize(
    ("path", "act"),
    [("/alts", nothing), ("/alts", send_empty), ("/alts", send_unreasoned), ("/alts/all", nothing)],
    ids=["picture", "errors", "no reason", "list"],
)
def test_axe_finds_nothing_in_any_look(
    here: Office, chromium: Chromium, path: str, act: Callable[[Page], None]
) -> None:
    cookie = here.cookie(Role.EDITOR)

    def opened(page: Page) -> None:
        sign_in(page, here, cookie)
        page.goto(f"{here.program.settings.site.base_url}/admin{path}")
        act(page)

    assert chromium.run(lambda page: looked_at(page, opened), locale="de-DE") == NOTHING


def test_three_pictures_by_keys_alone_without_a_script(here: Office, chromium: Chromium) -> None:
    cookie = here.cookie(Role.EDITOR)

    def go(page: Page) -> list[str]:
        sign_in(page, here, cookie)
        page.goto(f"{here.program.settings.site.base_url}/admin/alts")
        headings = [page.get_by_role("heading", level=1).inner_text()]
        for number in range(3):
            if number == 1:
                tab_to(page, "Oder: Niemandem entgeht etwas, der es nicht sieht, weil …")
                page.keyboard.type("es ein Muster ist")
                tab_to(page, "Schmückendes Bild")
            else:
                tab_to(page, "Alt-Text")
                page.keyboard.press("Control+A")
                page.keyboard.type(f"{SAID}, zum {number}. Mal")
                tab_to(page, "Speichern und weiter")
            with page.expect_navigation():
                page.keyboard.press("Enter")
            headings.append(page.get_by_role("heading", level=1).inner_text())
        return headings

    assert chromium.run(go, locale="de-DE", java_script_enabled=False) == [
        "Bild 1 von 3 braucht einen Alt-Text",
        "Bild 1 von 2 braucht einen Alt-Text",
        "Bild 1 von 1 braucht einen Alt-Text",
        "Alt-Texte",
    ]
    decided = Alts(here.program.database).decided([f"{n:02d}" + "ab" * 31 for n in (1, 2, 3)])
    assert [one.alt is None for _, one in sorted(decided.items())] == [False, True, False]


def test_it_reads_sensibly(here: Office, chromium: Chromium, snapshot: SnapshotAssertion) -> None:
    cookie = here.cookie(Role.EDITOR)

    def go(page: Page) -> str:
        sign_in(page, here, cookie)
        page.goto(f"{here.program.settings.site.base_url}/admin/alts")
        send_empty(page)
        return read_out(page)

    assert chromium.run(go, locale="de-DE") == snapshot
