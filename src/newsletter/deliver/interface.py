"""What the providers' interfaces have in common."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from newsletter.deliver.answer import Answer
from newsletter.deliver.message import Message
from newsletter.deliver.providers import Request
from newsletter.errors import TransportError


class Interface:
    """An interface under `base`; nothing that it took can be asked of it, unless it says so."""

    keyed = False

    def __init__(self, base: str) -> None:
        self._base = base.rstrip("/")

    @property
    def host(self) -> str:
        """See `Provider`."""
        return urlsplit(self._base).hostname or ""

    def unfit(self, message: Message) -> str | None:
        """See `Provider`: what they make of letters beyond ASCII in an address bounces, or is lost."""
        return "providers do not carry SMTPUTF8 (RFC 6531), which this address needs" if message.utf8 else None

    def question(self, mark: str) -> Request | None:
        """See `Provider`."""
        return None

    def known(self, answer: Answer) -> str:
        """See `Provider`."""
        raise TransportError(f"{self.host} cannot be asked")

    def get(self, path: str, headers: Mapping[str, str]) -> Request:
        """A request that asks something."""
        return Request(self._base + path, {"Accept": "application/json", **headers})

    def post(self, path: str, headers: Mapping[str, str], body: Any) -> Request:
        """A request that carries JSON."""
        data = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        return Request(
            self._base + path, {"Content-Type": "application/json", "Accept": "application/json", **headers}, data
        )
