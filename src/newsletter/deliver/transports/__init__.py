"""How messages leave: one file a transport, found by its name in `[mail] transport`; or a provider, over HTTP.

Such a file has one public function, `transport(settings: Mail, house_ca_file: Path | None) -> Transport`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Final, Protocol, cast

import httpx

from newsletter.config import Mail
from newsletter.deliver import providers
from newsletter.deliver.message import Message
from newsletter.deliver.verdict import Outcome
from newsletter.errors import SettingsError

LOGGED_AFTER: Final = timedelta(seconds=10)
"""How long a mail server on this machine takes to write its log."""

Fence = Callable[[], Awaitable[bool]]
"""Asks the ledger, durably, whether this very message may be sent now; raises StoreError where it cannot tell."""

Following = Callable[[], Message | None]
"""The message that comes next on this connection, where it is known already."""


Way = Callable[[str], httpx.AsyncBaseTransport]
"""A connection to a host, made as the settings say (proxy, certificates)."""


class Session(Protocol):
    """One connection to whoever takes the mail."""

    carried: int  # messages accepted on it

    @property
    def usable(self) -> bool:
        """Whether another message may be tried on it."""

    @property
    def interruptible(self) -> bool:
        """Whether dropping it now loses nothing: no fence has been asked for."""

    async def deliver(self, message: Message, fence: Fence, following: Following) -> Outcome:
        """Hand one message over; it is sent only where `fence`, asked at the last moment, grants it.

        Raises TransportError where the connection fails before the fence (nothing was sent), and what `fence` raises.
        """

    async def close(self) -> None:
        """End it politely."""

    def abort(self) -> None:
        """Drop it at once."""


class Inquiry(Protocol):
    """Somebody who knows what was taken; see `ask_after`."""

    async def taken(self, marks: Sequence[str], since: datetime) -> Mapping[str, str | None]:
        """What is said of each of these mails that was taken, free of addresses; None of one that was not.

        Those of which it cannot tell are left out. They were sent after `since`. Raises TransportError.
        """


class Transport(Protocol):
    """Whoever takes the mail. `connections` is how many sessions may be open at once."""

    connections: int
    inquiry: Inquiry | None

    async def session(self) -> Session:
        """A new connection. Raises TransportError, SenderRefused where trying again is of no use."""


def names() -> list[str]:
    """Every transport there is."""
    return sorted(module.name for module in iter_modules(__path__))


def ask_after(settings: Mail) -> timedelta | None:
    """How long after a mail was sent somebody can be asked whether it was taken; None where nobody can."""
    if settings.transport == "smtp":
        return LOGGED_AFTER if settings.smtp.log else None
    return providers.known_after(settings.transport) if settings.transport in providers.names() else None


def find(settings: Mail, way: Way, now: Callable[[], datetime], house_ca_file: Path | None = None) -> Transport:
    """The transport that the settings name; `way` is how a provider's host is reached, `house_ca_file` whom a mail
    server may be vouched for by besides.

    Raises SettingsError for one that there is not, or that cannot be used as it is set.
    """
    if settings.transport in names():
        module = import_module(f"{__name__}.{settings.transport}")
        return cast(Transport, module.transport(settings, house_ca_file))
    if settings.transport in providers.names():
        from newsletter.deliver.http import HttpTransport

        return HttpTransport(providers.find(settings), settings.api.connections, way, now)
    known = ", ".join([*names(), *providers.names()])
    raise SettingsError([f"mail.transport: {settings.transport} is none of {known}"])
