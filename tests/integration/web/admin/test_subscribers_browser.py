"""Subscribers in a browser: axe finds nothing in any look, nothing scrolls sideways, keys are enough and no script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page

from newsletter.model import NoticeKind, Role
from newsletter.store.returned import BOUNCED, ReturnedMail
from newsletter.store.tables import deliveries
from tests.integration.web.admin.browser import NOTHING, looked_at, press, served, sign_in, tab_to
from tests.integration.web.admin.test_subscribers import subscribe
from tests.integration.web.admin.world import Office
from tests.servers.chromium import Chromium

LIST = "Kontakt;Vermerk\nmara@leser.example;Formular 1\nkeine Adresse;Formular 2\nida@leser.example;Formular 3\n"
LONG = "eine-ziemlich-lange-adresse-einer-leserin-aus-der-verwaltung@presseabteilung.musterstadt.example"
GONE = f"w{LONG}"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """People who read, left, are suppressed; a mail that came back; more than a page of them."""
    with served(tmp_path_factory.mktemp("admin")) as office:
        office.program.imports.errands.patience = 60
        filled(office)
        yield office


def filled(office: Office) -> None:
    """Subscriber 1 has all that a page can show."""
    program, now = office.program, office.now
    subscribe(office, LONG, "presse", "rat")
    program.subscribing.subscribe("wartet@leser.example", program.offer.wish("rat"), now, "de")
    program.register.suppress("gesperrt@leser.example", "Brief vom 3. November 2026", now)
    subscribe(office, GONE, "presse", "rat")
    program.register.give_up(program.keys.address_hash(GONE), "bounce: user-unknown: 5.1.1", now)
    subscribe(office, "anruf@leser.example", "presse", "rat")
    program.register.suppress("anruf@leser.example", "Anruf vom 3. November 2026", now)
    own = program.subscribers.one(1)[1][0]
    program.audience.write(lambda rows: rows.add_notice(NoticeKind.DATA, own, 1, now))
    (mail,) = program.database.read(lambda c: c.execute(deliveries.select().where(deliveries.c.subscriber == 1)).all())
    ReturnedMail(program.database).note(mail.id, BOUNCED, "5.1.1 no such mailbox", True, now)
    for number in range(60):
        subscribe(office, f"leserin{number}@amt.example")


def nothing(page: Page) -> None:
    """As it is opened."""


def pressed(button: str) -> Callable[[Page], None]:
    """A button of the page is pressed."""
    return lambda page: press(page, button)


def look_for(text: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.get_by_label("E-Mail-Adresse").fill(text)
        press(page, "Suchen")

    return act


def look_for_suppressed(page: Page) -> None:
    page.get_by_label("Gesuchte Adresse").fill("gesperrt@leser.example")
    press(page, "Suchen")


def lift(address: str) -> Callable[[Page], None]:
    """The way to the question whether they are sure."""

    def act(page: Page) -> None:
        page.get_by_label("Gesuchte Adresse").fill(address)
        press(page, "Suchen")
        page.get_by_role("link", name="Sperre aufheben").click()
        page.get_by_role("heading", name="Sperre aufheben?").wait_for()

    return act


def lift_without_reason(page: Page) -> None:
    lift("gesperrt@leser.example")(page)
    press(page, "Sperre aufheben")


def upload(page: Page, content: str = LIST) -> None:
    file: FilePayload = {"name": "Liste des Vorzimmers.csv", "mimeType": "text/csv", "buffer": content.encode()}
    page.get_by_label("Datei").set_input_files(file)
    press(page, "Hochladen")


def attempt(page: Page) -> None:
    upload(page)
    page.get_by_label("Kontakt").select_option("email")
    page.get_by_label("Wo und wann haben sie eingewilligt?").fill("Formulare, Ordner 7")
    press(page, "Erproben, ohne zu übernehmen")


def attempt_with_errors(page: Page) -> None:
    upload(page)
    page.get_by_label("Kontakt").select_option("")
    press(page, "Erproben, ohne zu übernehmen")


def take_in(page: Page) -> None:
    attempt(page)
    page.get_by_role("button", name="importieren").click()
    page.get_by_role("heading", name="Was daraus wurde").wait_for()


PAGES: dict[str, tuple[str, Callable[[Page], None], str]] = {
    "list": ("", nothing, "Abonnements"),
    "nobody": ("?newsletter=rat&state=ended", nothing, "Abonnements"),
    "part": ("", look_for("@amt"), "Abonnements"),
    "too short": ("", look_for("a"), "Abonnements"),
    "one": ("/1", nothing, LONG),
    "one, english": ("/1?lang=en", nothing, LONG),
    "no reason": ("/1", pressed("Sperren"), LONG),
    "new": ("/new", nothing, "Jemanden eintragen"),
    "nobody new": ("/new", pressed("Per E-Mail fragen"), "Jemanden eintragen"),
    "subscription": ("/1/subscriptions/presse", nothing, "Pressemitteilungen"),
    "no change": ("/1/subscriptions/presse", pressed("Speichern"), "Pressemitteilungen"),
    "no end": ("/1/subscriptions/presse", pressed("Abonnement beenden"), "Pressemitteilungen"),
    "erase": ("/1/erase", nothing, "Endgültig löschen?"),
    "no erasing": ("/1/erase", pressed("Endgültig löschen"), "Endgültig löschen?"),
    "suppressed": ("/suppressed", look_for_suppressed, "Gesperrte Adressen"),
    "no suppressing": ("/suppressed", pressed("Sperren"), "Gesperrte Adressen"),
    "lifting, back": ("/suppressed", lift(GONE), "Sperre aufheben?"),
    "lifting, call": ("/suppressed", lift("anruf@leser.example"), "Sperre aufheben?"),
    "lifting, no reason": ("/suppressed", lift_without_reason, "Sperre aufheben?"),
    "import": ("/import", nothing, "Liste importieren"),
    "no file": ("/import", pressed("Hochladen"), "Liste importieren"),
    "columns": ("/import", upload, "Was die Spalten bedeuten"),
    "no columns": ("/import", attempt_with_errors, "Was die Spalten bedeuten"),
    "tried": ("/import", attempt, "Was daraus würde"),
    "taken in": ("/import", take_in, "Was daraus wurde"),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_in_any_look(here: Office, chromium: Chromium, name: str) -> None:
    path, act, heading = PAGES[name]
    role = Role.ADMIN if name.startswith("lifting") else Role.EDITOR
    cookie = here.cookie(role, name=f"{name.replace(' ', '.').replace(',', '')}@musterstadt.example")

    def opened(page: Page) -> None:
        sign_in(page, here, cookie)
        page.goto(f"{here.program.settings.site.base_url}/admin/subscribers{path}")
        act(page)
        assert page.get_by_role("heading", level=1).inner_text() == heading

    assert chromium.run(lambda page: looked_at(page, opened), locale="de-DE") == NOTHING


def test_while_it_is_worked_on(here: Office, chromium: Chromium, monkeypatch: pytest.MonkeyPatch) -> None:
    cookie = here.cookie(Role.EDITOR, name="wartende@musterstadt.example")

    def opened(page: Page) -> None:
        sign_in(page, here, cookie)
        page.goto(f"{here.program.settings.site.base_url}/admin/subscribers/import")
        attempt(page)
        monkeypatch.setattr(here.program.imports, "busy", lambda id: True)
        page.reload()
        assert page.get_by_role("status").inner_text().startswith("Bisher sind 2 Zeilen verarbeitet.")

    assert chromium.run(lambda page: looked_at(page, opened), locale="de-DE") == NOTHING


def enter(page: Page) -> None:
    """Press Enter, which leads on."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def follow(page: Page, name: str) -> None:
    """Tab to a link or button, and press it."""
    tab_to(page, name)
    enter(page)


def test_a_list_is_imported_by_keys_alone_and_without_script(here: Office, chromium: Chromium, tmp_path: Path) -> None:
    cookie = here.cookie(Role.EDITOR, name="tasten@musterstadt.example")
    file = tmp_path / "mit Tasten.csv"
    file.write_text("E-Mail;Nr\ntaste1@leser.example;1\nkeine;2\ntaste2@leser.example;3\n", "utf-8")

    def go(page: Page) -> list[str]:
        page.on("filechooser", lambda chooser: None)  # from now on: what is asked for with the key itself may be late
        sign_in(page, here, cookie)
        page.goto(f"{here.program.settings.site.base_url}/admin/subscribers")
        follow(page, "Liste importieren")
        tab_to(page, "Datei")
        with page.expect_file_chooser() as chooser:  # the system's own window, which keys open too
            page.keyboard.press("Enter")
        chooser.value.set_files(file)
        follow(page, "Hochladen")
        tab_to(page, "Nr")
        page.keyboard.type("Nachweis")  # the option that begins so
        tab_to(page, "Wo und wann haben sie eingewilligt?")
        page.keyboard.type("Formulare")
        follow(page, "Erproben, ohne zu übernehmen")
        said = [page.locator("dl.facts").inner_text().split("\nNewsletter")[0]]
        follow(page, "Jetzt 2 Abonnements importieren")
        said.append(page.locator("p.lead").inner_text())
        tab_to(page, "Die Zeile mit ihrem Grund als CSV laden")
        with page.expect_download() as download:
            page.keyboard.press("Enter")
        return [*said, Path(download.value.path()).read_text("utf-8").splitlines()[1][:20]]

    assert chromium.run(go, locale="de-DE", java_script_enabled=False) == [
        "Neu\n2\nSchon abonniert\n0\nAusgelassen\n1",
        "mit Tasten.csv: importiert",
        "3,keine E-Mail-Adres",
    ]
    who = here.program.subscribers.with_address("taste2@leser.example")
    assert who is not None
    assert here.program.subscribers.one(who.id)[2][0].evidence == "3"


def test_somebody_is_found_changed_and_ended_by_keys_alone(here: Office, chromium: Chromium) -> None:
    subscribe(here, "mit.tasten@leser.example")
    cookie = here.cookie(Role.EDITOR, name="ohne.maus@musterstadt.example")

    def go(page: Page) -> list[str]:
        sign_in(page, here, cookie)
        page.goto(f"{here.program.settings.site.base_url}/admin/subscribers")
        tab_to(page, "E-Mail-Adresse")
        page.keyboard.type("mit.tasten@")
        enter(page)
        follow(page, "mit.tasten@leser.example")
        follow(page, "Ändern oder beenden: Pressemitteilungen")
        tab_to(page, "sofort, sobald etwas erscheint")
        page.keyboard.press("ArrowDown")
        tab_to(page, "Wer hat um die Änderung gebeten, wann und wie?")
        page.keyboard.type("am Telefon, heute")
        enter(page)
        noted = [page.locator(".note.done").inner_text()]
        follow(page, "Ändern oder beenden: Pressemitteilungen")
        tab_to(page, "Wer hat um das Ende gebeten, wann und wie?")
        page.keyboard.type("am Telefon, heute")
        enter(page)
        return [*noted, page.locator(".note.done").inner_text()]

    assert chromium.run(go, locale="de-DE", java_script_enabled=False) == [
        "Gespeichert: Es gilt ab der nächsten E-Mail.",
        "Das Abonnement ist beendet.",
    ]
