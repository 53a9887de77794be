"""Importing a file on the web: nothing before it is asked for, the good are in, the bad come back, nobody twice."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx
import pytest

from newsletter.app.enrolling import KEPT, LARGEST
from newsletter.model import Role
from tests.integration.web.admin.world import Office

PAGE = "/admin/subscribers/import"
FILE = (
    "Mail;Verteiler;Bemerkung;Nachweis\n"
    "mara@leser.example;presse;aus der Kartei;Formular 1\n"
    "kaputt;presse;;\n"
    "=x@leser.example;rat;;\n"
    "olli@leser.example;;;\n"
)


async def token(client: httpx.AsyncClient, path: str = PAGE) -> str:
    found = re.search(r'name="form_token" value="([0-9a-f]+)"', (await client.get(path)).text)
    assert found
    return found[1]


async def upload(client: httpx.AsyncClient, data: bytes, name: str = "kartei.csv") -> httpx.Response:
    return await client.post(PAGE, data={"form_token": await token(client)}, files={"file": (name, data, "text/csv")})


async def send(client: httpx.AsyncClient, path: str, act: str, columns: list[str], **more: str) -> httpx.Response:
    holds = {f"column-{number}": name for number, name in enumerate(columns, 1)}
    sent = {"form_token": await token(client, path), "act": act, "program": "", **holds, **more}
    return await client.post(path, data=sent)


def subscribed(desk: Office) -> int:
    return len(desk.program.programs.browsing.subscriptions(None, None, 0, 1000))


async def test_a_file_is_looked_at_tried_and_imported(desk: Office) -> None:
    columns, terms = ["email", "newsletter", "", "consent"], {"newsletter": "presse", "consent": "Kartei 2026"}
    async with desk.signed_in(Role.EDITOR) as client:
        here = (await upload(client, FILE.encode())).headers["location"]
        page = (await client.get(here)).text
        chosen = re.findall(r'<option value="(\w*)" selected>', page)
        assert (chosen[1:5], "aus der Kartei" in page, subscribed(desk)) == (columns, True, 0)
        assert (await send(client, here, "try", columns, **terms)).status_code == 303
        tried = (await client.get(here)).text
        assert ("Was daraus würde" in tried, "Importieren" in tried, subscribed(desk)) == (True, True, 0)
        assert 'value="Kartei 2026"' in tried
        assert (await send(client, here, "import", columns, **terms)).status_code == 303
        done = (await client.get(here)).text
        assert "Was daraus wurde" in done
        refused = await client.get(f"{here}/refused.csv")
    assert subscribed(desk) == 3
    rows = refused.text.splitlines()
    assert rows[0] == "line,reason,Mail,Verteiler,Bemerkung,Nachweis"
    assert [row.split(",")[0] for row in rows[1:]] == ["3"]
    assert desk.program.register.proof("olli@leser.example")[0].evidence == "Kartei 2026"
    assert desk.program.register.proof("mara@leser.example")[0].evidence == "Formular 1"
    entry = desk.program.audit.store.newest(1)[0]
    assert (entry.action, entry.outcome) == ("subscriber.import", "done")
    assert (entry.detail["added"], entry.detail["refused"]) == (3, 1)
    assert list((desk.program.settings.store.journal.parent / "imports").iterdir()) == []


async def test_a_second_import_adds_nobody(desk: Office) -> None:
    columns, terms = ["email", "newsletter", "", "consent"], {"newsletter": "presse", "consent": "Kartei 2026"}
    async with desk.signed_in(Role.EDITOR) as client:
        for _ in range(2):
            here = (await upload(client, FILE.encode("utf-16"))).headers["location"]
            await send(client, here, "import", columns, **terms)
        page = (await client.get(here)).text
    assert subscribed(desk) == 3
    assert re.search(r"Neue Abonnements</dt><dd>0<", page)
    assert re.search(r"Schon abonniert</dt><dd>3<", page)


async def test_columns_of_any_name_are_mapped_by_who_imports(desk: Office) -> None:
    async with desk.signed_in(Role.EDITOR) as client:
        here = (await upload(client, b"Vorname,Kontakt\nMara,mara@leser.example\n")).headers["location"]
        none = await send(client, here, "try", ["", ""], consent="Kartei", newsletter="presse")
        assert (none.status_code, 'aria-describedby="column-1-error"' in none.text) == (422, True)
        unproven = await send(client, here, "try", ["", "email"], consent="", newsletter="presse")
        assert (unproven.status_code, 'id="consent-error"' in unproven.text) == (422, True)
        twice = await send(client, here, "try", ["email", "email"], consent="Kartei", newsletter="presse")
        assert "two columns" in (await client.get(twice.headers["location"])).text
        await send(client, here, "import", ["", "email"], consent="Kartei", newsletter="presse")
    assert subscribed(desk) == 1


async def test_another_programs_export_is_known_by_its_columns(desk: Office) -> None:
    listmonk = (
        "uuid,email,name,attributes,status,created_at,updated_at\n"
        "1,da@leser.example,D,{},enabled,2024-01-02,2024-01-02\n"
        "2,weg@leser.example,W,{},blocklisted,2024-01-02,2024-01-02\n"
    )
    async with desk.signed_in(Role.EDITOR) as client:
        here = (await upload(client, listmonk.encode())).headers["location"]
        assert '<option value="listmonk" selected>' in (await client.get(here)).text
        await send(client, here, "import", [], program="listmonk", newsletter="presse", consent="listmonk seit 2024")
        page = (await client.get(here)).text
    assert (subscribed(desk), "Gesperrt, wie sie es dort waren" in page) == (1, True)


@pytest.mark.parametrize(
    "data", [b"", b"  \n ", b"\x00\x01\x02", b"a" * (LARGEST + 1)], ids=["empty", "blank", "no text", "large"]
)
async def test_what_is_no_file_of_subscribers_is_refused_beside_its_field(desk: Office, data: bytes) -> None:
    async with desk.signed_in(Role.EDITOR) as client:
        answer = await upload(client, data)
        assert (answer.status_code, 'id="file-error"' in answer.text) == (422, True)
        nothing = await client.post(PAGE, data={"form_token": await token(client), "file": "x"})
        assert nothing.status_code == 422
    assert not list((desk.program.settings.store.journal.parent / "imports").glob("*"))


async def test_files_are_for_who_may_import_and_lie_for_a_day(desk: Office) -> None:
    async with desk.signed_in(Role.EDITOR) as client:
        here = (await upload(client, FILE.encode())).headers["location"]
        for name in ("0" * 32, "%2e%2e%2f", "x", "..%2f..%2fnewsletter.toml"):
            assert (await client.get(f"{PAGE}/{name}")).status_code == 404
    async with desk.signed_in(newsletters={"rat": Role.EDITOR}, name="rat@musterstadt.example") as client:
        assert [(await client.get(path)).status_code for path in (PAGE, here, f"{here}/refused.csv")] == [403] * 3
    (file,) = (desk.program.settings.store.journal.parent / "imports").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    assert desk.program.enrolling.tidy(desk.now) == 0
    moment = file.stat().st_mtime
    desk.now = desk.now.fromtimestamp(moment, desk.now.tzinfo) + KEPT + timedelta(minutes=1)
    assert desk.program.enrolling.tidy(desk.now) == 1
