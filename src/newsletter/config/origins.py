"""Where each setting came from: a file, the environment, a file of a secret, or nowhere, so that its default holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, SecretStr

WEBHOOKS = frozenset({"alerts.webhook"})  # their address is all that a caller needs to know


class Origin(StrEnum):
    """The kinds of place."""

    FILE = "newsletter.toml"
    ENVIRONMENT = "environment"
    SECRET_FILE = "secret file"  # noqa: S105  # the name of a kind
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Known:
    """One setting as it may be shown. `value` is None for a secret, of which `is_set` says all that is said.

    `place` is the environment variable, or the file of a secret.
    """

    name: str
    value: str | None
    is_set: bool
    origin: Origin
    place: str = ""


def names_in(values: Any, path: str = "") -> Iterator[str]:
    """The dotted names of all that is set in tables; an entry of a list of tables by its number: `newsletters.0.id`."""
    inside = dict(enumerate(values)) if isinstance(values, list) else values
    if not isinstance(inside, Mapping) or (isinstance(values, list) and not any(isinstance(v, dict) for v in values)):
        yield path
        return
    for key, value in inside.items():
        yield from names_in(value, f"{path}.{key}" if path else str(key))


def known(settings: BaseModel, origins: Mapping[str, str]) -> Iterator[Known]:
    """Every setting. `origins` says of names where they were set: Origin.FILE, or the environment's variable."""
    yield from _known(settings, "", origins)


def _known(value: Any, name: str, origins: Mapping[str, str]) -> Iterator[Known]:
    if isinstance(value, BaseModel):
        for field, about in type(value).model_fields.items():
            if about.exclude is not True:
                inside = about.alias or field
                yield from _known(getattr(value, field), f"{name}.{inside}" if name else inside, origins)
    elif isinstance(value, list) and value and all(isinstance(one, BaseModel) for one in value):
        for number, one in enumerate(value):
            yield from _known(one, f"{name}.{number}", origins)
    else:
        yield _setting(name, value, origins)


def _setting(name: str, value: Any, origins: Mapping[str, str]) -> Known:
    secret = isinstance(value, SecretStr) or name in WEBHOOKS
    is_set = bool(value.get_secret_value() if isinstance(value, SecretStr) else value not in (None, "", [], {}))
    place = _place(name, origins)
    if place is None and secret and (where := _place(f"{name}_file", origins)) is not None:
        return Known(name, None, is_set, Origin.SECRET_FILE, f"{name}_file" if where == Origin.FILE else where)
    origin = Origin.DEFAULT if place is None else Origin.FILE if place == Origin.FILE else Origin.ENVIRONMENT
    shown = None if secret else _shown(value)
    return Known(name, shown, is_set, origin, place if place is not None and origin is Origin.ENVIRONMENT else "")


def _place(name: str, origins: Mapping[str, str]) -> str | None:
    """Of the setting itself, of what lies in it, or of a whole that was set in one."""
    if name in origins:
        return origins[name]
    inside = [place for one, place in origins.items() if one.startswith(f"{name}.")]
    if inside:
        return next((place for place in inside if place != Origin.FILE), inside[0])
    while "." in name:
        name = name.rpartition(".")[0]
        if name in origins:
            return origins[name]
    return None


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{_shown(key)} = {_shown(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_shown, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    return _without_password(str(value.value if isinstance(value, Enum) else value))


def _without_password(text: str) -> str:
    """An address without the password that may stand in it, there or as a query's `password`."""
    if "://" not in text:
        return text
    try:
        parts = urlsplit(text)
    except ValueError:
        return "…"
    user, at, host = parts.netloc.rpartition("@")
    netloc = f"{user.partition(':')[0]}:…@{host}" if at and ":" in user else parts.netloc
    query = "…" if "pass" in parts.query.lower() else parts.query
    shown = parts._replace(netloc=netloc, query=query).geturl()
    return text if (netloc, query) == (parts.netloc, parts.query) else shown
