"""A provider of OpenID Connect, written from its Core and Discovery: one person, who is always let in.

What a test changes of `lies` makes it answer as no honest provider would.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "newsletter", "ein Geheimnis+/"


def key(id: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": id, "use": "sig"})


@dataclass
class OpenIdProvider:
    """`person` are the claims of who signs in; `told` those that only UserInfo tells."""

    issuer: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    lies: dict[str, Any] = field(default_factory=dict)  # claims of the token in place of the right ones
    alg: str = "RS256"
    now: float = field(default_factory=time.time)
    named: RSAKey = field(default_factory=lambda: key("one"))  # by its JWKS
    signs: RSAKey | None = None  # with another than it names
    asked: list[str] = field(default_factory=list)
    codes: dict[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.discovery),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
                Route("/userinfo", self.userinfo),
                Route("/jwks", self.jwks),
            ]
        )

    async def discovery(self, request: Request) -> Response:
        names = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
        addresses = {f"{name}_endpoint": f"{self.issuer}/{path}" for name, path in names.items()}
        issuer = self.lies.get("discovery", self.issuer)
        return JSONResponse({"issuer": issuer, "jwks_uri": f"{self.issuer}/jwks", **addresses})

    async def authorize(self, request: Request) -> Response:
        """Core, 3.1.2: a code, for whoever asks as it must be asked."""
        asked = dict(request.query_params)
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"], "iss": self.issuer})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", 302)

    async def token(self, request: Request) -> Response:
        """Core, 3.1.3: each code once, to the client it was given for (RFC 6749, 4.1.3; RFC 7636, 4.6)."""
        sent = await request.form()
        asked = self.codes.pop(str(sent["code"]), None)
        digest = hashlib.sha256(str(sent["code_verifier"]).encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        client = f"{CLIENT}:{'ein%20Geheimnis%2B%2F'}"
        known = request.headers.get("authorization") == f"Basic {base64.b64encode(client.encode()).decode()}"
        self.asked.append("token")
        if asked is None or challenge != asked["code_challenge"] or sent["redirect_uri"] != asked["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        if not known:
            return JSONResponse({"error": "invalid_client"}, 401)
        return JSONResponse({"access_token": "access", "token_type": "Bearer", "id_token": self.id_token(asked)})

    def id_token(self, asked: Mapping[str, str]) -> str:
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "nonce": asked["nonce"],
            "iat": int(self.now),
            "exp": int(self.now) + 300,
            **self.person,
            **{name: value for name, value in self.lies.items() if name not in ("discovery", "userinfo")},
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": self.alg, "kid": (self.signs or self.named).kid}
        if self.alg == "none":
            return jwt.encode(header, claims, OctKey.import_key("x" * 32), algorithms=["none"])
        if self.alg == "HS256":  # with what everybody can read of the key: the confusion of RFC 8725, 2.1
            public = OctKey.import_key(base64.b64encode(self.named.as_pem(private=False)).decode())
            return jwt.encode(header, claims, public, algorithms=["HS256"])
        return jwt.encode(header, claims, self.signs or self.named, algorithms=[self.alg])

    async def userinfo(self, request: Request) -> Response:
        assert request.headers["authorization"] == "Bearer access"
        self.asked.append("userinfo")
        return JSONResponse({"sub": self.lies.get("userinfo", self.person["sub"]), **self.told})

    async def jwks(self, request: Request) -> Response:
        self.asked.append("jwks")
        strange = {"kty": "XYZ", "kid": "from a later time"}
        return JSONResponse({"keys": [strange, self.named.as_dict(private=False)]})
