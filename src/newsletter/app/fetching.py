"""Small files from hosts that we know (a certificate, a policy), by the way that `[network]` sets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
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
        proxy = route.proxy if route.proxied(urlsplit(address).hostname or "") else None
        way = httpx.HTTPTransport(verify=route.tls, trust_env=False, proxy=proxy)
        try:
            with httpx.Client(transport=way, timeout=SECONDS) as client, client.stream("GET", address) as response:
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
