"""Providers that take mail over HTTP: one file each, sending and hooks together, found by name in `[mail] transport`.

Such a file has one public function, `provider(api: Api) -> Provider`. What a provider cannot do is refused by its name,
in the settings or for a message, never done halfway.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from pkgutil import iter_modules
from typing import Final, Protocol, cast

from newsletter.config import Api, Mail
from newsletter.deliver.answer import Answer
from newsletter.deliver.hook import Event, Hook
from newsletter.deliver.message import Message
from newsletter.deliver.verdict import Outcome
from newsletter.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Request:
    """A POST that hands one mail over; without a body, a GET."""

    url: str
    headers: Mapping[str, str]
    body: bytes = b""


class Provider(Protocol):
    """One provider's interface."""

    keyed: bool  # whether it takes a repeated request with the same key for the same mail

    @property
    def host(self) -> str:
        """The host that is asked."""

    def unfit(self, message: Message) -> str | None:
        """Why it cannot carry a message, if it cannot."""

    def request(self, message: Message) -> Request:
        """The request that sends a message: to its one recipient, its delivery's mark with it."""

    def judge(self, answer: Answer, now: datetime) -> Outcome:
        """What its answer means."""

    def question(self, mark: str) -> Request | None:
        """The request (a GET) that asks whether a mail was taken; None where it cannot be asked."""

    def known(self, answer: Answer) -> str:
        """What it says of a mail that it was asked about: its own id, or nothing. Raises TransportError."""

    def events(self, hook: Hook) -> Sequence[Event]:
        """What a call of `/hooks/<provider>` tells. Raises HookRefused where it is not the provider's."""


OPTIONS: Final = ("secret", "hook_secret", "region", "domain", "project", "stream", "topic")


def known_after(name: str) -> timedelta | None:
    """How long after a mail was sent this provider can be asked about it; None where it cannot."""
    found: timedelta | None = getattr(import_module(f"{__name__}.{name}"), "KNOWN_AFTER", None)
    return found


def names() -> list[str]:
    """Every provider there is."""
    return sorted(module.name for module in iter_modules(__path__))


def find(settings: Mail) -> Provider:
    """The provider that the settings name. Raises SettingsError where they do not go together."""
    module = import_module(f"{__name__}.{settings.transport}")
    name, needs, takes = settings.transport, module.NEEDS, {*module.NEEDS, *module.TAKES}
    given = {option for option in OPTIONS if _given(settings.api, option)}
    problems = [f"mail.api.{option}: {name} needs it" for option in needs if not _given(settings.api, option)]
    problems += [f"mail.api.{option}: {name} has no use for it; take it out" for option in sorted(given - takes)]
    if settings.return_path:
        problems.append(f"mail.return_path: {name} has its own, and tells of bounces by /hooks/{name}; take it out")
    if settings.dkim:
        problems.append(f"mail.dkim: {name} changes the header and signs by itself; take it out")
    if problems:
        raise SettingsError(problems)
    return cast(Provider, module.provider(settings.api))


def _given(api: Api, option: str) -> bool:
    value = getattr(api, option)
    return bool(value.get_secret_value() if hasattr(value, "get_secret_value") else value)
