"""Sources and releases in a browser: axe finds nothing in any look, nothing scrolls sideways, keys are enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from newsletter.model import AlarmKind, Candidate, Image, KeptPage, ReleaseState, Role
from newsletter.store.collecting import Collecting
from tests.integration.collect.press import OLD, article, listing
from tests.integration.store.test_releases import collected
from tests.integration.web.admin.browser import NOTHING, looked_at, press, served, sign_in, tab_to
from tests.integration.web.admin.test_releases import new
from tests.integration.web.admin.world import START, Office
from tests.servers.chromium import Chromium
from tests.servers.web import serving

LONG = "Neue Radbrücke über den Musterfluss wird am 1. Dezember freigegeben, Umleitungen entfallen"
TEXT = "Am Marktplatz fließt er schon, neunzehn weitere folgen bis zum Sommer.\nDie Stadt freut sich."


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A portal that answers, some releases, and pages that are withheld."""
    pages = {f"/presse/{number}": OLD(article(number)) for number in range(3)}
    pages["/musterstadt"] = listing(range(3))
    routes = [Route(path, lambda request: HTMLResponse(pages[request.url.path])) for path in pages]
    with serving(Starlette(routes=routes)) as portal, served(tmp_path_factory.mktemp("admin"), portal) as office:
        office.program.sources.errands.patience = 60
        filled(office)
        yield office


def filled(office: Office) -> None:
    """Put there what pages show."""
    program = office.program
    lead = Image("https://musterstadt.example/a.jpg", caption="Die Brücke ist 210 Meter lang.", lead=True)
    collected(
        program.database,
        new("a", headline=LONG, kicker="Verkehr", teaser="Sie ist da.", images=(lead,), body_text=TEXT, language="de"),
        new("b", 2, headline="Neues Hallenbad", state=ReleaseState.WITHHELD, reason="nennt eine Person"),
        new("e", 3, headline="Neue Kita", not_before=START + timedelta(days=2)),
        new("w", 4, headline="Termin", state=ReleaseState.WITHDRAWN, reason="falsch", language="en"),
    )
    for number, fields in enumerate((("body", "teaser"), ())):
        url = f"https://musterstadt.example/presse/eine-lange-adresse-der-meldung-nummer-{number}"
        kept = KeptPage(
            url, "musterstadt", START, Candidate(url), withheld=True, fields=fields, reason="no text at all"
        )
        Collecting(program.database).keep(kept)
    program.alarms.sound("withheld:musterstadt", AlarmKind.PAGE_WITHHELD, "1 page is withheld for: body (1).", START)


def nothing(page: Page) -> None:
    """As it is opened."""


def pressed(button: str) -> Callable[[Page], None]:
    """A button of the page is pressed."""
    return lambda page: press(page, button)


def open_all(page: Page) -> None:
    for one in page.locator("details").all():
        one.locator("summary").click()


def empty_words(page: Page) -> None:
    page.get_by_label("Überschrift").fill("")
    press(page, "Speichern")


def send_to_none(page: Page) -> None:
    page.evaluate("document.querySelector('[name=newsletter]').value = 'nowhere'")
    press(page, "Jetzt an alle senden")


PAGES: dict[str, tuple[str, Callable[[Page], None], str]] = {
    "sources": ("/sources", nothing, "Quellen"),
    "source": ("/sources/musterstadt", nothing, "Pressemitteilungen"),
    "collected": ("/sources/rat", pressed("Jetzt sammeln"), "Pressemitteilungen"),
    "preview, empty": ("/sources/rat/preview", nothing, "Was gesammelt würde"),
    "preview": ("/sources/musterstadt", pressed("Vorschau"), "Was gesammelt würde"),
    "replay": ("/sources/musterstadt", pressed("Aufbewahrte Seiten neu lesen"), "Aufbewahrte Seiten, neu gelesen"),
    "releases": ("/releases", nothing, "Meldungen"),
    "no releases": ("/releases?q=nirgends", nothing, "Meldungen"),
    "release": ("/releases/a", open_all, LONG),
    "english release": ("/releases/w?lang=en", nothing, "Termin"),
    "no reason": ("/releases/a", pressed("Zurückziehen"), LONG),
    "withheld": ("/releases/b", nothing, "Neues Hallenbad"),
    "embargo": ("/releases/e", pressed("Sperrfrist setzen"), "Neue Kita"),
    "words": ("/releases/a/words", nothing, "In eigene Worte fassen"),
    "no words": ("/releases/a/words", empty_words, "In eigene Worte fassen"),
    "urgent": ("/releases/a/urgent", nothing, "Jetzt an alle senden"),
    "to nobody": ("/releases/a/urgent", send_to_none, "Jetzt an alle senden"),
    "not to be sent": ("/releases/b/urgent", nothing, "Jetzt an alle senden"),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_in_any_look(here: Office, chromium: Chromium, name: str) -> None:
    path, act, heading = PAGES[name]
    cookie = here.cookie(Role.EDITOR, name=f"{name.replace(' ', '.')}@musterstadt.example")

    def opened(page: Page) -> None:
        sign_in(page, here, cookie)
        page.goto(f"{here.program.settings.site.base_url}/admin{path}")
        act(page)
        assert page.get_by_role("heading", level=1).inner_text() == heading

    assert chromium.run(lambda page: looked_at(page, opened), locale="de-DE") == NOTHING


def enter(page: Page) -> str:
    """Press Enter, which leads on; what is noted there."""
    with page.expect_navigation():
        page.keyboard.press("Enter")
    return " ".join(page.locator(".note.done").all_inner_texts())


def test_keys_are_enough_and_no_script(here: Office, chromium: Chromium) -> None:
    collected(here.program.database, new("k", 9, headline="Mit Tasten"))
    cookie = here.cookie(Role.EDITOR, name="tasten@musterstadt.example")

    def go(page: Page) -> list[str]:
        sign_in(page, here, cookie)
        page.goto(f"{here.program.settings.site.base_url}/admin/releases")
        tab_to(page, "Überschrift, Adresse oder Kennung")
        page.keyboard.type("mit tasten")
        enter(page)
        tab_to(page, "Mit Tasten")
        enter(page)
        tab_to(page, "In eigene Worte fassen")
        enter(page)
        tab_to(page, "Anreißer")
        page.keyboard.type("Ohne Maus.")
        tab_to(page, "Speichern")
        noted = [enter(page)]
        tab_to(page, "Grund für das Zurückhalten")
        page.keyboard.type("zu früh")
        tab_to(page, "Zurückhalten")
        noted.append(enter(page))
        tab_to(page, "Wieder zeigen")
        noted.append(enter(page))
        tab_to(page, "Quellen")
        enter(page)
        tab_to(page, "Pressemitteilungen")
        enter(page)
        tab_to(page, "Vorschau")
        enter(page)
        return [*noted, page.get_by_role("heading", level=1).inner_text()]

    assert chromium.run(go, locale="de-DE", java_script_enabled=False) == [
        "Gespeichert. Seiten, Feeds und wartende Ausgaben sagen es jetzt so.",
        "Sie wird zurückgehalten.",
        "Sie ist wieder zu sehen.",
        "Was gesammelt würde",
    ]
    assert here.program.shown.get("k").teaser == "Ohne Maus."
