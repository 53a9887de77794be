"""How a host is reached: by our own connection, or through the house's proxy, with the certificates that are trusted.

Through a proxy it is the proxy that resolves names, so where a name leads cannot be checked here: its word counts. What
is written as an address is checked all the same. Nothing is taken from the environment.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import ip_network
from ssl import SSLContext
from urllib.parse import quote, unquote, urlsplit

import httpx

from newsletter.collect.addresses import written_address
from newsletter.config import NetworkSettings

LIMITS = httpx.Limits(max_connections=2, max_keepalive_connections=1, keepalive_expiry=10)


@dataclass(frozen=True)
class Route:
    """The way out, as `[network]` sets it."""

    network: NetworkSettings = field(default_factory=NetworkSettings)

    def proxied(self, host: str) -> bool:
        """Whether a host is asked through the proxy."""
        return self.proxy is not None and not any(_covers(entry, host) for entry in self.network.no_proxy)

    def transport(self, host: str) -> httpx.AsyncHTTPTransport:
        """Connections of its own for a host."""
        proxy = self.proxy if self.proxied(host) else None
        return httpx.AsyncHTTPTransport(verify=self.tls, trust_env=False, limits=LIMITS, proxy=proxy)

    @cached_property
    def tls(self) -> SSLContext:
        """One for all hosts: reading the certificates takes a while."""
        context = httpx.create_ssl_context(trust_env=False)
        if self.network.ca_file is not None:
            context.load_verify_locations(self.network.ca_file)
        return context

    @cached_property
    def proxy(self) -> httpx.Proxy | None:
        """The proxy with its sign-in, None where there is none."""
        parts = urlsplit(self.network.proxy.get_secret_value())
        if not parts.hostname:
            return None
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        if self.network.proxy_username:
            user, password = self.network.proxy_username, self.network.proxy_password.get_secret_value()
        address = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        tls = self.tls if parts.scheme == "https" else None
        return httpx.Proxy(address, ssl_context=tls, auth=(user, password) if user else None)

    def proxy_url(self, host: str) -> str | None:
        """The proxy with its sign-in, as other libraries take it; None where a host is asked directly."""
        if self.proxy is None or not self.proxied(host):
            return None
        user, password = (quote(part.decode(), safe="") for part in self.proxy.raw_auth or (b"", b""))
        url = str(self.proxy.url)
        return url.replace("://", f"://{user}:{password}@", 1) if user else url

    @property
    def name(self) -> str:
        """The proxy's host and port, as it may be told and logged: without its sign-in."""
        return urlsplit(self.network.proxy.get_secret_value()).netloc.rpartition("@")[2]

    @property
    def port(self) -> int:
        """The proxy's port."""
        parts = urlsplit(self.network.proxy.get_secret_value())
        return parts.port or (443 if parts.scheme == "https" else 80)


def _covers(entry: str, host: str) -> bool:
    """Whether an entry of `no_proxy` means a host: the name itself and all under it, or a network with its address."""
    address = written_address(host)
    if "/" in entry:
        network = ip_network(entry)
        return address is not None and address.version == network.version and address in network
    name = host.lower().rstrip(".")
    return name == entry or name.endswith(f".{entry}")
