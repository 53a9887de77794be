"""People and one's own account: invited, given roles, let in no more; never without an admin."""

from __future__ import annotations

import re

import httpx
import pyotp
import pytest

from newsletter.model import EVERYWHERE, Role
from tests.integration.web.admin.world import PASSWORD, Office, press

MARA = "mara@musterstadt.example"
ADMIN = "admin@musterstadt.example"


def last(desk: Office) -> tuple[str, str | None]:
    entry = desk.program.audit.store.newest(1)[0]
    return entry.action, entry.outcome


async def key_of(client: httpx.AsyncClient, path: str) -> str:
    found = re.search(r'<dd class="code">([A-Z2-7 ]+)<', (await client.get(path)).text)
    assert found
    return found[1].replace(" ", "")


async def test_an_admin_invites_and_the_link_lets_in(desk: Office) -> None:
    async with desk.signed_in() as client:
        done = await press(client, "/admin/people", name=MARA.upper(), **{"role-in-presse": "editor"})
        assert done.status_code == 200
        link = re.search(r"https://\S+/admin(/welcome/[a-z2-7]+)", done.text)
        assert link
        listed = (await client.get("/admin/people")).text
    assert MARA in listed
    assert "eingeladen" in listed
    async with desk.client() as client:
        secret = await key_of(client, f"/admin{link[1]}")
        code = pyotp.TOTP(secret).at(desk.now)
        assert (await press(client, f"/admin{link[1]}", password=PASSWORD, code=code)).status_code == 303
    account = desk.program.signin.accounts.named(MARA)
    assert dict(account.roles) == {"presse": Role.EDITOR}
    kept = [entry for entry in desk.program.audit.store.all() if entry.action == "account.invite"]
    assert kept[0].detail == {"account": MARA, "roles": {"presse": "editor"}}
    token = link[1].rpartition("/")[2]
    assert all(token not in f"{one.subject} {one.detail}" for one in desk.program.audit.store.all())


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": "", "role-everywhere": "viewer"}, "name"),
        ({"name": "x" * 101, "role-everywhere": "viewer"}, "name"),
        ({"name": ADMIN, "role-everywhere": "viewer"}, "name"),
        ({"name": MARA}, "role-everywhere"),
        ({"name": MARA, "role-everywhere": "owner"}, "role-everywhere"),
    ],
)
async def test_a_wrong_invitation_comes_back_filled(desk: Office, typed: dict[str, str], field: str) -> None:
    async with desk.signed_in() as client:
        answer = await press(client, "/admin/people", **typed)
    assert answer.status_code == 422
    assert f'aria-describedby="{f"{field}-hint " if field == "name" else ""}{field}-error"' in answer.text
    assert f'value="{typed["name"]}"' in answer.text
    assert last(desk) == ("account.invite", "refused")
    assert len(desk.program.signin.accounts.all()) == 1


async def test_an_admin_of_one_newsletter_cannot_make_themselves_more(desk: Office) -> None:
    async with desk.signed_in(newsletters={"rat": Role.ADMIN}, name=MARA) as client:
        token = re.search(r'name="form_token" value="([0-9a-f]+)"', (await client.get("/admin/account")).text)
        assert token
        typed = {"form_token": token[1], "role-everywhere": "admin"}
        refused = [
            await client.get("/admin/people"),
            await client.get("/admin/audit"),
            await client.get("/admin/settings"),
            await client.post(f"/admin/people/{MARA}/roles", data=typed),
        ]
        page = await client.get("/admin/account")
    assert {answer.status_code for answer in refused} == {403}
    assert "/admin/people" not in page.text
    assert dict(desk.program.signin.accounts.named(MARA).roles) == {"rat": Role.ADMIN}


async def test_roles_hold_from_the_next_click(desk: Office) -> None:
    async with desk.signed_in() as admin, desk.signed_in(Role.EDITOR, name=MARA) as mara:
        assert (await mara.get("/admin/")).status_code == 200
        done = await press(
            admin, f"/admin/people/{MARA}", f"/admin/people/{MARA}/roles", **{"role-everywhere": "admin"}
        )
        assert done.status_code == 303
        assert (await mara.get("/admin/people")).status_code == 200
        await press(admin, f"/admin/people/{MARA}", f"/admin/people/{MARA}/roles", **{"role-in-rat": "viewer"})
        assert (await mara.get("/admin/people")).status_code == 403
        desk.program.signin.accounts.set_roles(desk.program.signin.accounts.named(MARA).id, {})
        assert (await mara.get("/admin/")).status_code == 303


@pytest.mark.parametrize("action", ["roles", "disable"])
async def test_the_last_admin_stays(desk: Office, action: str) -> None:
    async with desk.signed_in() as client:
        here = f"/admin/people/{ADMIN}"
        refused = await press(client, here, f"{here}/{action}", **{"role-everywhere": "editor"})
        assert refused.status_code == 409
        assert last(desk) == (f"account.{action}", "refused")
        assert (await client.get("/admin/people")).status_code == 200
        desk.cookie(Role.ADMIN, name=MARA)
        done = await press(client, here, f"{here}/{action}", **{"role-everywhere": "editor"})
        assert done.status_code == 303
    assert not desk.program.signin.accounts.named(ADMIN).may(Role.ADMIN)


async def test_disabled_and_reset(desk: Office) -> None:
    here = f"/admin/people/{MARA}"
    async with desk.signed_in() as admin, desk.signed_in(Role.EDITOR, name=MARA) as mara:
        assert (await press(admin, here, f"{here}/disable")).status_code == 303
        assert (await mara.get("/admin/")).status_code == 303
        again = await press(admin, here, f"{here}/reset")
        assert "/admin/welcome/" in again.text
    assert desk.program.signin.accounts.named(MARA).state == "invited"


async def test_an_admin_ends_anybodys_sessions(desk: Office) -> None:
    here = f"/admin/people/{MARA}"
    async with desk.signed_in() as admin, desk.signed_in(Role.EDITOR, name=MARA) as mara:
        other = desk.program.signin.accounts.sessions(desk.program.signin.accounts.named(ADMIN).id)[0].key
        await press(admin, here, f"{here}/end", session=other)
        assert (await admin.get("/admin/")).status_code == 200  # the session named was not theirs
        await press(admin, here, f"{here}/end")
        assert (await mara.get("/admin/")).status_code == 303


async def test_own_sessions_are_seen_and_ended(desk: Office) -> None:
    async with desk.signed_in(Role.VIEWER, name=MARA) as client:
        account = desk.program.signin.accounts.named(MARA)
        for device in ("Firefox", "Telefon"):
            desk.program.signin.begin(account, device, desk.now)
        page = await client.get("/admin/account")
        assert all(device in page.text for device in ("Firefox", "Telefon", "a test"))
        done = await press(client, "/admin/account", "/admin/account/end")
        assert done.headers["location"] == "/admin/account"
        assert len(desk.program.signin.accounts.sessions(account.id)) == 1
        own = desk.program.signin.accounts.sessions(account.id)[0].key
        out = await press(client, "/admin/account", "/admin/account/end", session=own)
        assert out.headers["location"] == "/admin/sign-in"
        assert (await client.get("/admin/")).status_code == 303


async def test_another_password_needs_the_old_one_and_ends_the_others(desk: Office) -> None:
    new = "noch ein Satz als Kennwort"
    async with desk.signed_in(Role.VIEWER, name=MARA) as client:
        signin = desk.program.signin
        account = signin.accounts.named(MARA)
        other = signin.begin(account, "Telefon", desk.now)
        path = "/admin/account/password"
        wrong = await press(client, path, old="falsch", password=new)
        short = await press(client, path, old=PASSWORD, password="kurz")
        assert [wrong.status_code, short.status_code] == [422, 422]
        assert 'id="old-error"' in wrong.text
        assert 'id="password-error"' in short.text
        assert new not in wrong.text
        assert (await press(client, path, old=PASSWORD, password=new)).status_code == 303
        assert signin.who(other, desk.now) is None
        desk.later(minutes=5)
        code = pyotp.TOTP(account.secret or "").at(desk.now)
        assert signin.check(MARA, PASSWORD, code, desk.now) is None
        assert signin.check(MARA, new, code, desk.now) is not None
        for _ in range(8):
            tried = await press(client, path, old="falsch", password=new)
        assert tried.status_code == 429


async def test_a_new_key_needs_the_password_and_a_code_of_it(desk: Office) -> None:
    async with desk.signed_in(Role.VIEWER, name=MARA) as client:
        path, desk_codes = "/admin/account/codes", pyotp.TOTP(await key_of(client, "/admin/account/codes"))
        assert (await client.get("/admin/account/key.svg")).headers["content-type"] == "image/svg+xml"
        assert (await press(client, path, password="falsch", code=desk_codes.at(desk.now))).status_code == 422
        assert (await press(client, path, password=PASSWORD, code="000000")).status_code == 422
        assert (await press(client, path, password=PASSWORD, code=desk_codes.at(desk.now))).status_code == 303
        desk.later(minutes=5)
        found = desk.program.signin.check(MARA, PASSWORD, desk_codes.at(desk.now), desk.now)
        assert found is not None
        assert found.name == MARA
        assert await key_of(client, path) != desk_codes.secret


async def test_who_has_no_role_is_not_let_in(desk: Office) -> None:
    desk.cookie(Role.VIEWER, name=MARA)
    account = desk.program.signin.accounts.named(MARA)
    desk.program.signin.accounts.set_roles(account.id, {})
    desk.later(minutes=5)
    code = pyotp.TOTP(account.secret or "").at(desk.now)
    assert desk.program.signin.check(MARA, PASSWORD, code, desk.now) is None
    desk.program.signin.accounts.set_roles(account.id, {EVERYWHERE: Role.VIEWER})
    assert desk.program.signin.check(MARA, PASSWORD, code, desk.now) is not None
