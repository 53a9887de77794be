"""What a provider of OpenID Connect is asked, and whether what it says is its own word and meant for us."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from threading import Lock
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, import_key
from joserfc.jws import extract_compact

from newsletter.collect.route import Route
from newsletter.config import NetworkSettings
from newsletter.config.admin import Oidc
from newsletter.errors import FetchError, TokenError

SECONDS = 10
MOST = 256 * 1024  # bytes of one answer
LEEWAY = 60  # seconds that the clocks of two houses may differ by
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Signatures by a key that the provider alone has; none, and HS256 with what everybody can read, are not among them."""


class Provider:
    """The provider that `[admin.oidc]` names, asked by the way that `[network]` sets."""

    def __init__(self, settings: Oidc, network: NetworkSettings) -> None:
        self._settings = settings
        self._route = Route(network)
        self._known: dict[str, Any] = {}
        self._keys: list[Key] = []
        self._lock = Lock()

    def endpoint(self, name: str) -> str:
        """An address that its discovery names. Raises FetchError."""
        address = self._discovered().get(name)
        if not isinstance(address, str) or urlsplit(address).scheme != urlsplit(self._settings.issuer).scheme:
            raise FetchError(f"the sign-in's discovery names no {name} that can be used")
        return address

    def claims(
        self, code: str, verifier: str, nonce: str, back: str, wanted: Collection[str], now: datetime
    ) -> Mapping[str, Any]:
        """What it says of whom it gave this code to. Raises FetchError, and TokenError where that is not to be trusted.

        What is wanted and not in the token is asked of its UserInfo endpoint.
        """
        tokens = self._exchange(code, verifier, back)
        access = tokens.get("access_token")
        claims = self._verified(tokens.get("id_token"), nonce, access, now)
        if all(name.split(".")[0] in claims for name in wanted) or "userinfo_endpoint" not in self._discovered():
            return claims
        told = self._asked("GET", self.endpoint("userinfo_endpoint"), headers={"Authorization": f"Bearer {access}"})
        if told.get("sub") != claims["sub"]:  # OpenID Connect Core, 5.3.2
            raise TokenError("the sign-in's UserInfo is of somebody else")
        return {**told, **claims}

    def _exchange(self, code: str, verifier: str, back: str) -> dict[str, Any]:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
        secret, headers = self._settings.client_secret.get_secret_value(), {}
        ways = self._discovered().get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if not secret:
            form["client_id"] = self._settings.client_id
        elif "client_secret_basic" in ways:
            pair = (quote(self._settings.client_id, ""), quote(secret, ""))  # RFC 6749, 2.3.1
            headers["Authorization"] = httpx.BasicAuth(*pair)._auth_header
        else:
            form |= {"client_id": self._settings.client_id, "client_secret": secret}
        return self._asked("POST", self.endpoint("token_endpoint"), data=form, headers=headers)

    def _verified(self, token: Any, nonce: str, access: Any, now: datetime) -> dict[str, Any]:
        """The claims of an ID token, checked as OpenID Connect Core, 3.1.3.7 says."""
        try:
            header = extract_compact(str(token).encode()).headers()
            found = jwt.decode(str(token), self._key(header), ALGORITHMS)
            client = self._settings.client_id
            options = {
                "iss": {"essential": True, "value": self._settings.issuer},
                "aud": {"essential": True, "value": client},
                "sub": {"essential": True},
            }
            params = {"nonce": nonce, "client_id": client, "access_token": access}
            claims = CodeIDToken(found.claims, found.header, options, params)
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
        except (JoseError, ValueError, TypeError) as error:
            raise TokenError(f"the sign-in's token is not to be trusted: {type(error).__name__}") from error
        if not isinstance(claims["sub"], str) or not claims["sub"]:
            raise TokenError("the sign-in's token says not whose it is")
        return dict(claims)

    def _key(self, header: Mapping[str, Any]) -> Key:
        """The key that a token says it is signed with; looked for anew where it is unknown, as keys are changed."""
        with self._lock:
            for renew in (False, True):
                if renew or not self._keys:
                    self._keys = _keys_of(self._asked("GET", self.endpoint("jwks_uri")))
                fit = [key for key in self._keys if _fits(key, header)]
                if len(fit) == 1:
                    return fit[0]
        raise TokenError("the sign-in's token is signed with a key that its provider does not name")

    def _discovered(self) -> dict[str, Any]:
        """OpenID Connect Discovery 1.0, 4: asked once, and it must speak of the issuer that we know."""
        if not self._known:
            address = f"{self._settings.issuer.rstrip('/')}/.well-known/openid-configuration"
            found = self._asked("GET", address)
            if found.get("issuer") != self._settings.issuer:
                raise FetchError("the sign-in's discovery is of another issuer than [admin.oidc] issuer")
            self._known = found
        return self._known

    def _asked(self, method: str, address: str, **sent: Any) -> dict[str, Any]:
        route = self._route
        proxy = route.proxy if route.proxied(urlsplit(address).hostname or "") else None
        transport = httpx.HTTPTransport(verify=route.tls, trust_env=False, proxy=proxy)
        try:
            with (
                httpx.Client(transport=transport, timeout=SECONDS) as client,
                client.stream(method, address, **sent) as response,
            ):
                response.raise_for_status()
                found = json.loads(_bounded(response.iter_bytes))
        except httpx.HTTPStatusError as error:
            raise FetchError(f"the sign-in answers {error.response.status_code}") from error
        except (httpx.HTTPError, ValueError) as error:
            raise FetchError(f"the sign-in cannot be asked: {type(error).__name__}") from error
        if not isinstance(found, dict):
            raise FetchError("the sign-in answers something else than was asked")
        return found


def _bounded(pieces: Callable[[], Any]) -> bytes:
    read = b""
    for piece in pieces():
        read += piece
        if len(read) > MOST:
            raise ValueError("too long")
    return read


def _keys_of(found: Mapping[str, Any]) -> list[Key]:
    listed = found.get("keys")
    usable = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return [import_key(one) for one in usable if one.get("kty") in ("RSA", "EC") and one.get("use", "sig") == "sig"]


def _fits(key: Key, header: Mapping[str, Any]) -> bool:
    kind = {"R": "RSA", "P": "RSA", "E": "EC"}.get(str(header.get("alg"))[:1])
    return key.key_type == kind and ("kid" not in header or key.kid == header["kid"])
