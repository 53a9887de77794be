"""Signing in: the right three let in, whatever else does not, and everything is on record."""

from __future__ import annotations

import pyotp
import pytest

from newsletter.errors import TokenError
from newsletter.model import EVERYWHERE, Role
from tests.integration.web.admin.world import PASSWORD, Office, press

NAME = "mara@musterstadt.example"


def invited(desk: Office, name: str = NAME) -> tuple[str, pyotp.TOTP]:
    token = desk.program.signin.invite(name, {EVERYWHERE: Role.EDITOR}, desk.now)
    return token, pyotp.TOTP(desk.program.signin.proposed_secret(token))


async def test_from_the_invitation_to_signing_out(desk: Office) -> None:
    token, codes = invited(desk)
    async with desk.client() as client:
        page = await client.get(f"/admin/welcome/{token}")
        assert codes.secret[:4] in page.text
        picture = await client.get(f"/admin/welcome/{token}/key.svg")
        assert picture.headers["content-type"].startswith("image/svg+xml")
        done = await press(client, f"/admin/welcome/{token}", password=PASSWORD, code=codes.at(desk.now))
        assert (done.status_code, done.headers["location"]) == (303, "/admin/")
        assert "Path=/admin" in done.headers["set-cookie"]
        assert {"HttpOnly", "Secure", "SameSite=lax"} <= set(done.headers["set-cookie"].split("; "))
        assert NAME in (await client.get("/admin/")).text
        assert (await client.get(f"/admin/welcome/{token}")).status_code == 410
        out = await press(client, "/admin/", "/admin/sign-out")
        assert out.headers["location"] == "/admin/sign-in"
        assert (await client.get("/admin/")).headers["location"] == "/admin/sign-in"
        desk.later(minutes=5)
        back = await press(client, "/admin/sign-in", name=NAME.upper(), password=PASSWORD, code=codes.at(desk.now))
        assert back.headers["location"] == "/admin/"
    actions = [(entry.action, entry.outcome) for entry in desk.program.audit.store.newest(10)]
    assert actions == [("session.begin", "done"), ("session.end", "done"), ("account.accept", "done")]


async def test_whatever_is_wrong_the_answer_is_the_same(desk: Office) -> None:
    token, codes = invited(desk)
    desk.program.signin.accept(token, PASSWORD, codes.at(desk.now), desk.now)
    desk.later(minutes=5)
    code = codes.at(desk.now)
    wrong = [
        {"name": "nobody@musterstadt.example", "password": PASSWORD, "code": code},
        {"name": NAME, "password": "falsch", "code": code},
        {"name": NAME, "password": PASSWORD, "code": "000000"},
        {"name": NAME, "password": PASSWORD, "code": ""},
        {"name": NAME, "password": PASSWORD, "code": "١٢٣٤٥٦"},
    ]
    async with desk.client() as client:
        answers = [await press(client, "/admin/sign-in", **typed) for typed in wrong]
    assert {answer.status_code for answer in answers} == {422}
    texts = {answer.text.replace(typed["name"], "") for answer, typed in zip(answers, wrong, strict=True)}
    assert len(texts) == 1
    assert "Name, Kennwort und Code passen nicht zusammen" in texts.pop()


def test_no_code_is_taken_twice(desk: Office) -> None:
    token, codes = invited(desk)
    signin = desk.program.signin
    signin.accept(token, PASSWORD, codes.at(desk.now), desk.now)
    assert signin.check(NAME, PASSWORD, codes.at(desk.now), desk.now) is None
    desk.later(seconds=60)
    assert signin.check(NAME, PASSWORD, codes.at(desk.now), desk.now) is not None
    assert signin.check(NAME, PASSWORD, codes.at(desk.now), desk.now) is None


async def test_who_tries_often_waits(desk: Office) -> None:
    async with desk.client() as client:
        tries = [
            (await press(client, "/admin/sign-in", name="olli@x.example", password="x", code="1")).status_code
            for _ in range(11)
        ]
    assert tries == [422] * 10 + [429]


async def test_no_one_is_led_to_another_site(desk: Office) -> None:
    token, codes = invited(desk)
    desk.program.signin.accept(token, PASSWORD, codes.at(desk.now), desk.now)
    for to in ("//evil.example/", "https://evil.example/", "/\\evil.example"):
        desk.later(minutes=5)
        async with desk.client() as client:
            done = await press(client, "/admin/sign-in", name=NAME, password=PASSWORD, code=codes.at(desk.now), to=to)
        assert done.headers["location"].startswith("/admin/")


async def test_no_other_site_can_sign_somebody_in(desk: Office) -> None:
    async with desk.client(**{"sec-fetch-site": "cross-site"}) as client:
        answer = await client.post("/admin/sign-in", data={"name": NAME, "password": PASSWORD, "code": "1"})
    assert answer.status_code == 403


async def test_a_session_ends(desk: Office) -> None:
    async with desk.signed_in() as client:
        assert (await client.get("/admin/")).status_code == 200
        desk.later(hours=11)
        assert (await client.get("/admin/")).status_code == 200
        desk.later(hours=13)
        assert (await client.get("/admin/")).status_code == 303
    assert desk.program.signin.forget_sessions(desk.now) == 1


async def test_a_reset_ends_what_was(desk: Office) -> None:
    async with desk.signed_in(name=NAME) as client:
        token = desk.program.signin.invite_again(NAME, desk.now)
        assert (await client.get("/admin/")).status_code == 303
    assert desk.program.signin.guest(token, desk.now).name == NAME
    desk.later(days=4)
    with pytest.raises(TokenError):
        desk.program.signin.guest(token, desk.now)
