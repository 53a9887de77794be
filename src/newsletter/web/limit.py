"""How often one client may ask for a subscription; each address has limits of its own besides (audience)."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from threading import Lock

from starlette.requests import Request

from newsletter.errors import SettingsError

MOST = 30
WINDOW = timedelta(minutes=10)
CLIENTS = 10_000  # remembered at most


class Limit:
    """Counts in memory, for the last ten minutes; what a restart forgets is soon counted again."""

    def __init__(self, most: int = MOST, window: timedelta = WINDOW) -> None:
        self._most = most
        self._window = window
        self._seen: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = Lock()

    def wait(self, client: str, now: datetime) -> timedelta | None:
        """Count one more try. None: it may; else how long to wait before the next."""
        with self._lock:
            tries = self._seen.setdefault(client, deque())
            self._seen.move_to_end(client)
            while tries and now - tries[0] >= self._window:
                tries.popleft()
            if len(tries) >= self._most:
                return self._window - (now - tries[0])
            tries.append(now)
            while len(self._seen) > CLIENTS:
                self._seen.popitem(last=False)
            return None


class Clients:
    """Tells who a request comes from. Raises SettingsError where a trusted proxy is no address or network."""

    def __init__(self, trusted_proxies: Iterable[str]) -> None:
        try:
            self._trusted = [ip_network(proxy, strict=False) for proxy in trusted_proxies]
        except ValueError as error:
            raise SettingsError([f"newsletter.toml: web.trusted_proxies: {error}"]) from error

    def of(self, request: Request) -> str:
        """The nearest address that no trusted proxy speaks for; of IPv6 the /64, which is one customer."""
        hops = [request.client.host if request.client else ""]
        hops += reversed(request.headers.get("x-forwarded-for", "").split(","))
        for hop in map(str.strip, hops):
            if not self._is_trusted(hop):
                return _customer(hop)
        return hops[0]

    def _is_trusted(self, hop: str) -> bool:
        address = _address(hop)
        return address is not None and any(address in network for network in self._trusted)


def _address(hop: str) -> IPv4Address | IPv6Address | None:
    """An address; IPv4 as such, also where a socket for both shows it as `::ffff:192.0.2.1`."""
    try:
        address = ip_address(hop)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _customer(hop: str) -> str:
    address = _address(hop)
    if address is None:
        return "unknown"
    return str(IPv6Network((address, 64), strict=False)) if isinstance(address, IPv6Address) else str(address)
