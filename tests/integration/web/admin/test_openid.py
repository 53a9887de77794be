"""Signing in through the house's own provider: a real one on loopback, honest and not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from newsletter.app.openid import openid_of
from newsletter.config.admin import Admin, Oidc
from newsletter.model import EVERYWHERE, Role
from tests.integration.web.admin.world import PASSWORD, Office, press
from tests.servers.openid import CLIENT, SECRET, OpenIdProvider, key
from tests.servers.web import serving

ROLES = {"press-admins": "admin", "press": "editor:presse", "readers": "viewer"}
MARA = "mara@musterstadt.example"


@pytest.fixture
def provider(desk: Office) -> Iterator[OpenIdProvider]:
    """A provider that the office's settings name; who signs in is Mara of the press."""
    one = OpenIdProvider(
        person={"sub": "4711", "email": MARA, "groups": ["press", "canteen"]}, now=desk.now.timestamp()
    )
    with serving(one.app) as one.issuer:
        settled(desk, one.issuer)
        yield one


def settled(desk: Office, issuer: str, **values: Any) -> None:
    oidc = Oidc(issuer=issuer, client_id=CLIENT, client_secret=SecretStr(SECRET), roles=ROLES, **values)
    settings = desk.program.settings
    desk.program.settings = settings.model_copy(update={"admin": Admin(local=False, oidc=oidc)})
    desk.program.openid = openid_of(desk.program.settings, desk.program.signin.accounts)


async def there(client: httpx.AsyncClient, to: str = "") -> str:
    """To the provider; the address that it sends the browser back to."""
    away = await client.get("/admin/oidc" + (f"?to={to}" if to else ""))
    assert away.status_code == 303
    async with httpx.AsyncClient() as outside:
        return (await outside.get(away.headers["location"])).headers["location"]


async def through(client: httpx.AsyncClient, to: str = "") -> httpx.Response:
    return await client.get(await there(client, to))


async def test_who_the_provider_vouches_for_comes_in(desk: Office, provider: OpenIdProvider) -> None:
    async with desk.client() as client:
        assert "/admin/oidc" in (await client.get("/admin/sign-in")).text
        done = await through(client, "/account")
        assert (done.status_code, done.headers["location"]) == (303, "/admin/account")
        assert MARA in (await client.get("/admin/account")).text
        assert (await client.get("/admin/people")).status_code == 403
    account = desk.program.signin.accounts.named(MARA)
    assert (dict(account.roles), account.subject) == ({"presse": Role.EDITOR}, f"{provider.issuer} 4711")
    entry = desk.program.audit.store.newest(1)[0]
    assert (entry.action, entry.outcome, entry.detail["account"]) == ("session.begin", "done", MARA)


async def test_roles_are_taken_anew_each_time_and_none_is_no_entry(desk: Office, provider: OpenIdProvider) -> None:
    async with desk.client() as client:
        provider.person["groups"] = ["press-admins"]
        assert (await through(client)).status_code == 303
        assert (await client.get("/admin/people")).status_code == 200
        provider.person["groups"] = ["canteen"]
        async with desk.client() as second:
            assert (await through(second)).status_code == 403
        assert (await client.get("/admin/")).status_code == 303  # what was open is over
    assert not desk.program.signin.accounts.named(MARA).roles


async def test_who_has_no_role_gets_no_account(desk: Office, provider: OpenIdProvider) -> None:
    provider.person["groups"] = "canteen"
    async with desk.client() as client:
        assert (await through(client)).status_code == 403
    assert desk.program.signin.accounts.all() == []


async def test_who_was_disabled_here_stays_out(desk: Office, provider: OpenIdProvider) -> None:
    async with desk.client() as client:
        await through(client)
        desk.program.signin.disable(MARA, desk.now)
        assert (await through(client)).status_code == 403


async def test_a_name_proves_nothing(desk: Office, provider: OpenIdProvider) -> None:
    desk.cookie(Role.ADMIN, name=MARA)
    async with desk.client() as client:
        assert (await through(client)).status_code == 303
        assert f"{MARA} (4711)" in (await client.get("/admin/account")).text
    assert desk.program.signin.accounts.named(MARA).subject is None


async def test_what_the_token_does_not_say_userinfo_tells(desk: Office, provider: OpenIdProvider) -> None:
    settled(desk, provider.issuer, roles_claim="realm_access.roles")
    provider.told = {"realm_access": {"roles": ["readers"]}}
    async with desk.client() as client:
        assert (await through(client)).status_code == 303
    assert dict(desk.program.signin.accounts.named(MARA).roles) == {EVERYWHERE: Role.VIEWER}
    provider.lies["userinfo"] = "somebody else"
    async with desk.client() as client:
        assert (await through(client)).status_code == 422


def lie(**values: Any) -> Callable[[OpenIdProvider], None]:
    return lambda provider: provider.lies.update(values)


def be(**values: Any) -> Callable[[OpenIdProvider], None]:
    def change(provider: OpenIdProvider) -> None:
        vars(provider).update(values)

    return change


LIES: dict[str, Callable[[OpenIdProvider], None]] = {
    "nonce of another": lie(nonce="another"),
    "no nonce": lie(nonce=None),
    "for another": lie(aud="another"),
    "for others too, and another authorized": lie(aud=[CLIENT, "another"], azp="another"),
    "by another issuer": lie(iss="https://evil.example"),
    "expired": lie(exp=1_700_000_000),
    "never expires": lie(exp=None),
    "nobody": lie(sub=None),
    "no name for it": lie(sub=5),
    "hash of another access token": lie(at_hash="xxxxxxxxxxxxxxxxxxxxxx"),
    "unsigned": be(alg="none"),
    "signed with the public key": be(alg="HS256"),
    "another key of the same name": be(signs=key("one")),
    "a key it does not name": be(signs=key("two")),
}


@pytest.mark.parametrize("name", LIES)
async def test_a_token_that_is_not_to_be_trusted_lets_nobody_in(
    desk: Office, provider: OpenIdProvider, name: str
) -> None:
    LIES[name](provider)
    async with desk.client() as client:
        answer = await through(client)
        assert answer.status_code == 422
        assert "newsletter_session" not in client.cookies
    assert desk.program.signin.accounts.all() == []
    entry = desk.program.audit.store.newest(1)[0]
    assert (entry.action, entry.outcome) == ("session.begin", "refused")


async def test_a_new_key_is_looked_for(desk: Office, provider: OpenIdProvider) -> None:
    async with desk.client() as client:
        await through(client)
        provider.named = key("two")
        assert (await through(client)).status_code == 303
    assert provider.asked.count("jwks") == 2


async def test_an_answer_counts_in_the_browser_that_asked_and_once(desk: Office, provider: OpenIdProvider) -> None:
    async with desk.client() as mine, desk.client() as other:
        back = await there(mine)
        assert (await other.get(back)).status_code == 422
        assert provider.asked == []
        await there(other)
        assert (await other.get(back)).status_code == 422  # the state is of mine
        assert (await mine.get(back)).status_code == 303
        assert (await mine.get(back)).status_code == 422


async def test_an_answer_of_another_provider_or_a_refusal(desk: Office, provider: OpenIdProvider) -> None:
    for change in ("iss=https://evil.example", "error=access_denied"):
        async with desk.client() as client:
            parts = urlsplit(await there(client))
            state, code = (parse_qs(parts.query)[name][0] for name in ("state", "code"))
            said = f"state={state}&{change}" + ("" if "error" in change else f"&code={code}")
            assert (await client.get(f"{parts.path}?{said}")).status_code == 422
    assert provider.asked == []


async def test_away_or_of_another_issuer(desk: Office, provider: OpenIdProvider) -> None:
    provider.lies["discovery"] = "https://evil.example"
    async with desk.client() as client:
        assert (await client.get("/admin/oidc")).status_code == 503
        settled(desk, "http://127.0.0.1:9")
        assert (await client.get("/admin/oidc")).status_code == 503


async def test_local_sign_in_can_be_off(desk: Office, provider: OpenIdProvider) -> None:
    token = desk.program.signin.invite("olli", {EVERYWHERE: Role.ADMIN}, desk.now)
    async with desk.client() as client:
        assert 'name="password"' not in (await client.get("/admin/sign-in")).text
        answer = await press(client, "/admin/sign-in", name="olli", password=PASSWORD, code="1")
        assert answer.status_code == 403
        assert (await client.get(f"/admin/welcome/{token}")).status_code == 410
        assert (await client.post(f"/admin/welcome/{token}", data={"password": PASSWORD})).status_code == 410


async def test_without_the_setting_there_is_no_such_page(desk: Office) -> None:
    async with desk.client() as client:
        assert (await client.get("/admin/oidc")).status_code == 404
        assert "/admin/oidc" not in (await client.get("/admin/sign-in")).text


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "http://sso.musterstadt.example"},
        {"roles": {"press": "owner"}},
        {"roles": {"press": "admin:presse"}},
        {"roles": {"press": "editor:"}},
        {"client_secret_file": Path("secret")},
    ],
)
def test_settings_that_cannot_be(wrong: dict[str, Any]) -> None:
    right = {"issuer": "https://sso.musterstadt.example", "client_id": "x", "client_secret": "y", "roles": ROLES}
    assert Oidc.model_validate(right).worth(["press", "readers"]) == {"presse": Role.EDITOR, EVERYWHERE: Role.VIEWER}
    with pytest.raises(ValueError, match="validation error"):
        Oidc.model_validate(right | wrong)
