"""Importing a list through the pages: columns, trying, taking in, what is left out; and files that are none."""

from __future__ import annotations

import csv
import re
import stat
import threading
from io import StringIO

import httpx
import pytest

from newsletter.app.imports import ImportDesk
from newsletter.errors import NotFound
from newsletter.model import Role, SubscriptionState
from tests.integration.web.admin.test_subscribers import HERE, words
from tests.integration.web.admin.world import Office, press

THERE = f"{HERE}/import"
GERMAN = (
    "Anrede;Kontakt;Thema der Liste\n"
    "Frau;mara@leser.example;presse\n"
    'Herr;"ida@leser.example";rat\n'
    "Frau;keine Adresse;presse\n"
    "Herr;jo@leser.example;amtsblatt\n"
    "Frau;=böse@leser;presse\n"
).encode("cp1252")
MAILCHIMP = (
    "Email Address,MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,LEID,EUID,CLEAN_TIME\n"
    "mara@leser.example,2,2025-03-01 08:00:00,2025-03-01 08:05:00,1,a,\n"
    "weg@leser.example,2,2025-03-01 08:00:00,2025-03-01 08:05:00,2,b,2025-05-01 08:00:00\n"
)
CONSENT = "Formulare, Ordner 7"


@pytest.fixture(autouse=True)
def patient(desk: Office) -> None:
    desk.program.imports.errands.patience = 60


async def upload(
    client: httpx.AsyncClient, content: bytes, program: str = "unknown", name: str = "liste.csv"
) -> httpx.Response:
    page = await client.get(THERE)
    token = re.search(r'name="form_token" value="([0-9a-f]+)"', page.text)
    assert token is not None
    sent = {"form_token": token[1], "program": program}
    return await client.post(THERE, data=sent, files={"file": (name, content, "text/csv")})


def chosen(page: httpx.Response) -> dict[str, str]:
    """What the form of the columns would send as it is."""
    found: dict[str, str] = {}
    for name, options in re.findall(r'<select id="([^"]+)"[^>]*>(.*?)</select>', page.text, re.DOTALL):
        option = re.search(r'value="([^"]*)" selected', options)
        found[name] = option[1] if option else re.findall(r'value="([^"]*)"', options)[0]
    return found


async def attempt(client: httpx.AsyncClient, path: str, **other: str) -> httpx.Response:
    """Try a list with the columns as they were guessed, but for `other`; the page that comes."""
    values = chosen(await client.get(path)) | {"consent": CONSENT} | other
    answer = await press(client, path, path, **values)
    return await client.get(answer.headers["location"]) if answer.status_code == 303 else answer


async def test_what_is_missing_is_said_beside_its_field(desk: Office) -> None:
    async with desk.signed_in(Role.EDITOR, name="e") as client:
        path = (await upload(client, GERMAN)).headers["location"]
        bare = await attempt(client, path, consent="", **{"column-1": ""})
        assert bare.status_code == 422
        assert "welche Spalte die Adressen enthält" in words(bare)
        assert "wo und wann diese Menschen eingewilligt haben" in words(bare)
        twice = await attempt(client, path, **{"column-0": "email", "column-1": "email"})
        assert "ist für zwei Spalten gewählt" in words(twice)


async def test_a_list_is_mapped_tried_and_taken_in_and_nobody_twice(desk: Office) -> None:
    async with desk.signed_in(Role.EDITOR, name="e") as client:
        path = (await upload(client, GERMAN)).headers["location"]
        page = await client.get(path)
        assert "liste.csv: 5 Zeilen, gelesen als Windows-1252, getrennt durch Semikolon" in words(page)
        assert chosen(page)["column-1"] == "email"  # by what it looks like
        columns = {"column-1": "email", "column-2": "newsletter", "newsletter": "presse"}
        tried = words(await attempt(client, path, **columns))
        assert "Was daraus würde" in tried
        assert "Neu 2 Schon abonniert 0 Ausgelassen 3" in tried
        assert "5 kein Newsletter 'amtsblatt'; presse, rat" in tried
        assert desk.program.subscribers.readership.counts(None) == {}  # nothing is written yet

        list_ = path.removesuffix("/columns")
        answer = await press(client, list_, f"{list_}/run")
        done = words(await client.get(answer.headers["location"]))
        assert "Was daraus wurde" in done
        assert "Neu 2 Schon abonniert 0 Ausgelassen 3" in done
        refused = await client.get(f"{list_}/refused.csv")
        assert [row["line"] for row in csv.DictReader(StringIO(refused.text))] == ["4", "5", "6"]
        assert "'=böse@leser" in refused.text
        assert (await press(client, list_, f"{list_}/run")).status_code == 409

        path = (await upload(client, GERMAN)).headers["location"]
        assert "Neu 0 Schon abonniert 2 Ausgelassen 3" in words(await attempt(client, path, **columns))
    who = desk.program.subscribers.with_address("ida@leser.example")
    assert who is not None
    _, (own,), (consent,) = desk.program.subscribers.one(who.id)
    assert (own.newsletter, consent.action, consent.evidence) == ("rat", "imported", CONSENT)
    kept = {entry.action: entry for entry in desk.program.audit.store.newest(50, actor="e")}
    sums = {"added": 2, "already": 0, "refused": 3, "passed": 0, "suppressed": 0}
    assert kept["subscriber.imported"].detail == sums | {"file": "liste.csv"}
    assert kept["subscriber.import"].detail == {"file": "liste.csv", "newsletter": "presse", "consent": CONSENT}


async def test_what_is_left_out_is_told_in_the_language_of_who_reads(desk: Office) -> None:
    async with desk.signed_in(Role.EDITOR, name="e") as client:
        path = (await upload(client, GERMAN)).headers["location"]
        columns = {"column-1": "email", "column-2": "newsletter", "newsletter": "presse"}
        german, list_ = words(await attempt(client, path, **columns)), path.removesuffix("/columns")
        english = words(await client.get(f"{list_}?lang=en"))
        refused = (await client.get(f"{list_}/refused.csv")).text
    assert "5 kein Newsletter 'amtsblatt'; presse, rat" in german
    assert "5 no newsletter 'amtsblatt'; presse, rat" in english
    assert [row["reason"] for row in csv.DictReader(StringIO(refused))] == [
        "keine E-Mail-Adresse; so eine ist vollständig: name@example.org",
        "kein Newsletter 'amtsblatt'; presse, rat",
        "keine E-Mail-Adresse; so eine ist vollständig: name@example.org",
    ]


async def test_an_export_of_another_program_is_recognised(desk: Office) -> None:
    async with desk.signed_in(Role.EDITOR, name="e") as client:
        path = (await upload(client, MAILCHIMP.encode())).headers["location"]
        assert "ein Export aus Mailchimp" in words(await client.get(path))
        assert "In Mailchimp nicht mehr dabei 1 Davon gesperrt 1" in words(
            await attempt(client, path, newsletter="presse")
        )
        own = (await upload(client, MAILCHIMP.encode(), "own")).headers["location"]
        assert "ein Export" not in words(await client.get(own))
        assert (await upload(client, MAILCHIMP.encode(), "sonstwas")).status_code == 422
        list_ = path.removesuffix("/columns")
        await press(client, list_, f"{list_}/run")
    assert desk.program.subscribers.suppression("weg@leser.example") is not None
    async with desk.signed_in(newsletters={"presse": Role.EDITOR}, name="p") as client:
        late = MAILCHIMP.replace("weg@", "später@").replace("später@", "spaeter@")
        path = (await upload(client, late.encode())).headers["location"]
        page = words(await attempt(client, path))
        assert "Davon gesperrt 0" in page
        assert "Gesperrt wird dadurch niemand" in page


async def test_editors_of_one_newsletter_import_into_it_alone(desk: Office) -> None:
    async with desk.signed_in(newsletters={"rat": Role.EDITOR}, name="rat") as client:
        path = (await upload(client, b"email,newsletter\na@leser.example,presse\nb@leser.example,\n")).headers[
            "location"
        ]
        refused = await attempt(client, path, newsletter="presse")
        assert refused.status_code == 422
        page = words(await attempt(client, path, newsletter="rat"))
        assert "Neu 1" in page
        assert "2 Sie dürfen nicht in den Newsletter 'presse' importieren" in page
    async with desk.signed_in(Role.EDITOR, name="other") as client:
        for ending in ("", "/columns", "/refused.csv"):  # a list is its editor's alone
            assert (await client.get(path.removesuffix("/columns") + ending)).status_code == 404
        for verb in ("columns", "run", "drop"):
            assert (await press(client, THERE, f"{path.removesuffix('/columns')}/{verb}")).status_code == 404
    async with desk.signed_in(Role.VIEWER, name="v") as client:
        assert (await client.get(THERE)).status_code == 403


async def test_who_lost_a_role_imports_no_more(desk: Office) -> None:
    async with desk.signed_in(newsletters={"rat": Role.EDITOR, "presse": Role.EDITOR}, name="e") as client:
        path = (await upload(client, b"email\na@leser.example\n")).headers["location"]
        await attempt(client, path, newsletter="presse")
        accounts = desk.program.signin.accounts
        accounts.set_roles(accounts.named("e").id, {"rat": Role.EDITOR}, keep_an_admin=False)
        list_ = path.removesuffix("/columns")
        assert (await client.get(list_)).status_code == 403
        assert (await press(client, THERE, f"{list_}/run")).status_code == 403


NONE = {
    "empty": b"",
    "picture": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "spreadsheet": b"PK\x03\x04\x14\x00\x06\x00",
    "blank": b"\n\n\n",
    "wide": b"," * 5000 + b"\n",
}


@pytest.mark.parametrize("name", NONE)
async def test_what_is_no_list_is_said_beside_the_field_and_not_kept(desk: Office, name: str) -> None:
    async with desk.signed_in(Role.EDITOR) as client:
        answer = await upload(client, NONE[name])
    assert answer.status_code == 422
    assert 'aria-describedby="file-hint file-error"' in answer.text
    assert ("als CSV" in words(answer).split("Fehler:")[1]) is (
        name in ("picture", "spreadsheet", "empty", "blank", "wide")
    )
    folder = desk.program.settings.store.journal.parent / "imports"
    assert not folder.exists() or list(folder.iterdir()) == []


async def test_what_cannot_be_read_is_refused_with_a_page_that_helps(desk: Office) -> None:
    async with desk.signed_in(Role.EDITOR) as client:
        broken = {"content-type": "multipart/form-data; boundary=x"}
        answer = await client.post(THERE, content=b"--y\r\nContent-Disposition: nothing\r\n\r\n", headers=broken)
        assert (answer.status_code, "etwas Unlesbares" in words(answer)) == (400, True)
        answer = await client.post(THERE, content=b"{}", headers={"content-type": "application/json"})
        assert (answer.status_code, "etwas Unlesbares" in words(answer)) == (415, True)
        answer = await client.post(THERE, content=b"--", headers={"content-type": "multipart/form-data"})
        assert answer.status_code == 400
        answer = await upload(client, b"x" * (64 * 1024 * 1024 + 1))
        assert (answer.status_code, "darf 64 MB haben" in words(answer)) == (413, True)
        answer = await client.post(f"{HERE}/find", data={"address": "x" * (1024 * 1024)})
        assert answer.status_code == 413


async def test_lists_are_private_and_gone_after_a_day(desk: Office) -> None:
    folder = desk.program.settings.store.journal.parent / "imports"
    async with desk.signed_in(Role.EDITOR, name="e") as client:
        paths = [(await upload(client, b"email\na@leser.example\n")).headers["location"] for _ in range(3)]
        modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))}
        assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
        assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
        for served in (
            f"/imports/{paths[0].split('/')[-2]}/list.csv",
            "/var/imports/",
            "/admin/subscribers/import/list.csv",
        ):
            assert (await client.get(served)).status_code == 404
        await attempt(client, paths[0], newsletter="presse")
        list_ = paths[0].removesuffix("/columns")
        await press(client, list_, f"{list_}/run")
        assert not (folder / list_.split("/")[-1] / "list.csv").exists()
        await press(client, paths[1], f"{paths[1].removesuffix('/columns')}/drop")
        assert len(list(folder.iterdir())) == 2
        assert words(await client.get(THERE)).count("liste.csv") == 2
        desk.later(hours=25)
        assert desk.program.imports.tidy() == 2
        assert list(folder.iterdir()) == []
        assert "liste.csv" not in words(await client.get(THERE))


async def test_long_work_goes_on_by_itself_and_what_broke_off_is_begun_again(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = threading.Event()
    monkeypatch.setattr(desk.program.imports, "_done", lambda id, rows: looked.wait(60))  # it takes as long as we look
    rows = "\n".join(f"leser{number}@amt.example" for number in range(2000))
    async with desk.signed_in(Role.EDITOR, name="e") as client:
        path = (await upload(client, f"email\n{rows}\n".encode())).headers["location"]
        desk.program.imports.errands.patience = 0
        page = words(await attempt(client, path, newsletter="presse"))
        assert "wird erprobt" in page
        assert "Noch einmal nachsehen" in page or "Erneut nachsehen" in page
        list_ = path.removesuffix("/columns")
        assert (await press(client, THERE, f"{list_}/drop")).status_code == 409
        looked.set()
        desk.program.imports.errands.patience = 60
        again = await press(client, path, path, **chosen(await client.get(path)), consent=CONSENT)
        assert again.status_code in {303, 409}
        await desk.program.imports.errands.run(f"import:{list_.split('/')[-1]}", nothing)
        assert "Neu 2.000" in words(await client.get(list_))
        begun = desk.program.imports
        upload_ = begun.get(list_.split("/")[-1], "e")
        begun._uploads.save(
            type(upload_)(**{name: getattr(upload_, name) for name in upload_.__slots__} | {"state": "importing"})
        )
        desk.program.__dict__["imports"] = ImportDesk(desk.program)  # as after a restart
        page = words(await client.get(list_))
        assert "wurde nicht fertig" in page
        assert "Niemand wird doppelt aufgenommen" in page


async def test_a_program_that_ends_does_not_wait_for_a_long_list(desk: Office) -> None:
    desk.program.audience.at_once = 100
    rows = "\n".join(f"leser{number}@amt.example" for number in range(300))
    async with desk.signed_in(Role.EDITOR, name="e") as client:
        path = (await upload(client, f"email\n{rows}\n".encode())).headers["location"]
        await attempt(client, path, newsletter="presse")
        desk.program.imports.end()
        list_ = path.removesuffix("/columns")
        await press(client, list_, f"{list_}/run")
        page = words(await client.get(list_))
        assert "wurde nicht fertig" in page
        assert desk.program.subscribers.readership.counts(None)["presse"] == {SubscriptionState.ACTIVE: 100}
        desk.program.__dict__["imports"] = ImportDesk(desk.program)  # it is started again
        desk.program.imports.errands.patience = 60
        await attempt(client, path, newsletter="presse")
        await press(client, list_, f"{list_}/run")
        assert "Neu 200 Schon abonniert 100" in words(await client.get(list_))


async def nothing() -> None:
    """No work: waits for what is being done."""


async def test_where_nothing_can_be_written_it_is_said(desk: Office) -> None:
    (desk.program.settings.store.journal.parent / "imports").write_text("in the way")
    async with desk.signed_in(Role.EDITOR) as client:
        answer = await upload(client, GERMAN)
    assert answer.status_code == 503


def test_strange_names_lead_nowhere(desk: Office) -> None:
    for id in ("..", "../keys", "", "0" * 32):
        with pytest.raises(NotFound):
            desk.program.imports.get(id, "e")
    assert desk.program.imports.of("e") == []
