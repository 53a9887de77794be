"""`[admin]`: the pages of editors, and the house's own sign-in (`[admin.oidc]`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from newsletter.config.settings import Table
from newsletter.config.values import WebAddress
from newsletter.model import EVERYWHERE, Role

SYSLOG = re.compile(r"/.+|[^\s:]+:\d{1,5}")


class Oidc(Table):
    """Sign-in by OpenID Connect. `roles` says what a value of the claim is worth: `admin`, or `editor:<newsletter>`.

    `roles_claim` may lie deeper: `realm_access.roles`.
    """

    issuer: WebAddress
    client_id: str
    client_secret: SecretStr = SecretStr("")
    client_secret_file: Path | None = None
    scopes: list[str] = Field(default=["openid", "profile", "email"])
    name_claim: str = "email"
    roles_claim: str = "groups"
    roles: dict[str, str]

    @field_validator("issuer")
    @classmethod
    def _not_overheard(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme != "https" and not _is_loopback(parts.hostname or ""):
            raise ValueError("the issuer has an https address (OpenID Connect Core, 16.17)")
        return value

    @field_validator("scopes")
    @classmethod
    def _openid(cls, value: list[str]) -> list[str]:
        return value if "openid" in value else ["openid", *value]

    @field_validator("roles")
    @classmethod
    def _are_roles(cls, value: dict[str, str]) -> dict[str, str]:
        for worth in value.values():
            role, colon, newsletter = worth.partition(":")
            if role not in set(Role) or (colon and (not newsletter or role == Role.ADMIN)):
                raise ValueError(f"{worth!r} is no role: write admin, editor, viewer, editor:<newsletter>")
        return value

    @model_validator(mode="after")
    def _one_secret(self) -> Oidc:
        if self.client_secret.get_secret_value() and self.client_secret_file is not None:
            raise ValueError("client_secret and client_secret_file are both set: keep one")
        return self

    def worth(self, values: list[str]) -> dict[str, Role]:
        """The roles by newsletter that these values of the claim come to; of several in one place the highest."""
        found: dict[str, Role] = {}
        for value in values:
            role, _, newsletter = self.roles.get(value, "").partition(":")
            where = newsletter or EVERYWHERE
            if role and (where not in found or found[where].rank < Role(role).rank):
                found[where] = Role(role)
        return found


class Admin(Table):
    """Who may sign in stands in the database; `syslog` is a socket's path or host:port that the audit log goes to.

    `local`: whether people sign in with a password and a one-time code.
    """

    syslog: str = ""
    local: bool = True
    oidc: Oidc | None = None

    @field_validator("syslog")
    @classmethod
    def _a_place(cls, value: str) -> str:
        if value and not SYSLOG.fullmatch(value):
            raise ValueError("syslog is a socket's path, as /dev/log, or host:port")
        return value

    @model_validator(mode="after")
    def _some_way_in(self) -> Admin:
        if not self.local and self.oidc is None:
            raise ValueError("local = false leaves no way to sign in: set [admin.oidc]")
        return self


def unknown_roles(admin: Admin, newsletters: set[str]) -> Iterator[str]:
    """A line for each role of a newsletter that there is not."""
    for worth in admin.oidc.roles.values() if admin.oidc else ():
        newsletter = worth.partition(":")[2]
        if newsletter and newsletter not in newsletters:
            yield f"newsletter.toml: admin.oidc.roles: there is no newsletter {newsletter!r}"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
