"""Small things from and to hosts that we know (a certificate, a policy, an alarm), by the way that `[network]` sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from newsletter.collect.route import Route
from newsletter.config import NetworkSettings

SECONDS: Final = 10
MOST: Final = 64 * 1024  # bytes


def fetcher(network: NetworkSettings) -> Callable[[str], bytes]:
    """Gets what lies at an address; raises OSError."""
    route = Route(network)

    def fetch(address: str) -> bytes:
        try:
            with _client(route, address) as client, client.stream("GET", address) as response:
                response.raise_for_status()
                read = b""
                for piece in response.iter_bytes():
                    read += piece
                    if len(read) > MOST:
                        raise OSError("it is too long")
                return read
        except httpx.HTTPError as error:
            raise OSError(type(error).__name__) from error

    return fetch


def poster(network: NetworkSettings) -> Callable[[str, Any], None]:
    """Posts JSON to an address; raises OSError where it is not taken."""
    route = Route(network)

    def post(address: str, value: Any) -> None:
        try:
            with _client(route, address) as client:
                client.post(address, json=value).raise_for_status()
        except httpx.HTTPStatusError as error:
            raise OSError(f"it answers {error.response.status_code}") from error
        except httpx.HTTPError as error:
            raise OSError(type(error).__name__) from error

    return post


def sender(network: NetworkSettings) -> Callable[[str, bytes, Mapping[str, str]], int]:
    """Posts bytes with headers to an address, and says the status that answers; raises OSError where none does."""
    route = Route(network)

    def send(address: str, body: bytes, headers: Mapping[str, str]) -> int:
        try:
            with (
                _client(route, address) as client,
                client.stream("POST", address, content=body, headers=headers) as got,
            ):
                return got.status_code
        except httpx.HTTPError as error:
            raise OSError(type(error).__name__) from error

    return send


def _client(route: Route, address: str) -> httpx.Client:
    proxy = route.proxy if route.proxied(urlsplit(address).hostname or "") else None
    return httpx.Client(transport=httpx.HTTPTransport(verify=route.tls, trust_env=False, proxy=proxy), timeout=SECONDS)
