"""Signing in through the house's own provider: OpenID Connect Core 1.0, the code flow with PKCE (RFC 7636).

Who comes back has a role here only by what the provider says of them, each time anew.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from newsletter.app.openid_provider import Provider
from newsletter.app.signin import NAME, fit_name
from newsletter.config import Settings
from newsletter.config.admin import Oidc
from newsletter.errors import BadInput, NotFound, TokenError
from newsletter.model import Account, Role
from newsletter.store.accounts import Accounts

BACK = "/admin/oidc/back"


@dataclass(frozen=True, slots=True)
class Flow:
    """One sign-in under way, kept by the browser that began it: what must come back, and where it leads."""

    state: str
    nonce: str
    verifier: str
    to: str = ""

    def values(self) -> dict[str, str]:
        """As a cookie keeps it."""
        return asdict(self)


class OpenId:
    """Sends people to the provider, and knows them when they come back."""

    def __init__(self, settings: Oidc, provider: Provider, accounts: Accounts, back: str) -> None:
        self._settings = settings
        self._provider = provider
        self._accounts = accounts
        self._back = back

    def begin(self, to: str) -> tuple[str, Flow]:
        """The address at the provider that somebody is sent to. Raises FetchError where it cannot be reached."""
        flow = Flow(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), to)
        asked = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": self._back,
            "scope": " ".join(self._settings.scopes),
            "state": flow.state,
            "nonce": flow.nonce,
            "code_challenge": create_s256_code_challenge(flow.verifier),
            "code_challenge_method": "S256",
        }
        there = self._provider.endpoint("authorization_endpoint")
        return f"{there}{'&' if '?' in there else '?'}{urlencode(asked)}", flow

    def finish(self, flow: Flow, answer: Mapping[str, str], now: datetime) -> Account | None:
        """Who came back; None for whoever has no role here. Raises TokenError and FetchError."""
        if not secrets.compare_digest(answer.get("state", "").encode(), flow.state.encode()):
            raise TokenError("the answer is of another sign-in")
        if answer.get("iss", self._settings.issuer) != self._settings.issuer:  # RFC 9207: of another provider
            raise TokenError("the answer is of another provider")
        if not answer.get("code"):
            raise TokenError("the provider sent no code")
        wanted = (self._settings.name_claim, self._settings.roles_claim)
        claims = self._provider.claims(answer["code"], flow.verifier, flow.nonce, self._back, wanted, now)
        return self._account(claims, now)

    def _account(self, claims: Mapping[str, Any], now: datetime) -> Account | None:
        """The account of these claims, made or brought up to date. A name that is taken proves nothing."""
        subject = f"{self._settings.issuer} {claims['sub']}"
        roles = self._settings.worth(_texts(_at(claims, self._settings.roles_claim)))
        try:
            account = self._accounts.of_subject(subject)
        except NotFound:
            return self._new(claims, subject, roles, now) if roles else None
        if dict(account.roles) != roles:
            self._accounts.set_roles(account.id, roles, keep_an_admin=False)
        if not roles:
            self._accounts.end(account=account.id)
        return self._accounts.get(account.id) if roles and account.disabled_at is None else None

    def _new(self, claims: Mapping[str, Any], subject: str, roles: Mapping[str, Role], now: datetime) -> Account:
        said, id = _at(claims, self._settings.name_claim), str(claims["sub"])
        name = _fit(said if isinstance(said, str) else id, id)
        try:
            return self._accounts.add(name, roles, now, subject=subject)
        except BadInput:
            return self._accounts.add(_fit(f"{name[: NAME - 40]} ({id[:36]})", id), roles, now, subject=subject)


def openid_of(settings: Settings, accounts: Accounts) -> OpenId | None:
    """The house's own sign-in, where the settings name one."""
    oidc = settings.admin.oidc
    if oidc is None:
        return None
    return OpenId(oidc, Provider(oidc, settings.network), accounts, f"{settings.site.base_url}{BACK}")


def _fit(name: str, id: str) -> str:
    try:
        return fit_name(name[:NAME])
    except BadInput:
        return fit_name(ascii(id)[:NAME])


def _at(claims: Mapping[str, Any], path: str) -> Any:
    """A claim by its name, or by names with dots between where it lies deeper."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _texts(value: Any) -> list[str]:
    """A claim of roles is a list, of one role perhaps a string."""
    listed = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return [one for one in listed if isinstance(one, str)]
