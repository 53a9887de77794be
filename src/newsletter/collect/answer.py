"""What a server answered to one request, how long it may take to, and when it wants to be asked again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

import httpx

from newsletter.collect.schedule import LONGEST_RETRY_AFTER
from newsletter.errors import AddressRefused

REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(slots=True)
class Answer:
    """What a server answered to one request."""

    url: str
    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def leads_to(self) -> str | None:
        """Where a redirect leads, None where it is none. Raises AddressRefused."""
        location: str | None = self.headers.get("location")
        if self.status not in REDIRECTS or not location:
            return None
        try:
            return urljoin(self.url, location)
        except ValueError as error:
            raise AddressRefused(
                "%(url)s: leads to no web address: %(to)s", url=self.url, to=repr(location[:200])
            ) from error


@dataclass(slots=True)
class Budget:
    """Seconds left for a page; only what its servers take is counted."""

    left: float

    @contextmanager
    def counted(self) -> Iterator[float]:
        """Takes what happens inside from the budget; gives what is left of it."""
        begun = time.monotonic()
        try:
            yield max(self.left, 0.0)
        finally:
            self.left -= time.monotonic() - begun


def retry_at(value: str | None, now: datetime) -> datetime | None:
    """When a Retry-After (seconds, or a date: RFC 9110 §10.2.3) lets us ask again; at most a day from now."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return now + timedelta(seconds=min(int(text[:7]), LONGEST_RETRY_AFTER.total_seconds()))
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    return min(max(at, now), now + LONGEST_RETRY_AFTER)


def length_of(headers: httpx.Headers) -> int | None:
    """How many bytes there are in all, where a server tells (RFC 9110 §8.6 and §14.4)."""
    told = headers.get("content-range", "").rpartition("/")[2] or headers.get("content-length", "")
    plain = headers.get("content-encoding", "identity") == "identity"
    return int(told) if plain and told.isascii() and told.isdigit() and len(told) < 16 else None
