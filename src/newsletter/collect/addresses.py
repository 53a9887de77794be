"""Which network addresses may be fetched from: public ones, and the private networks that the operator allows.

Every form in which a private address can hide is unwrapped first: IPv4 mapped into IPv6, 6to4, Teredo, NAT64.
"""

from __future__ import annotations

import socket
import unicodedata
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from newsletter.errors import AddressRefused

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))  # RFC 6052, RFC 8215
COMPATIBLE = IPv6Network("::/96")  # RFC 4291, deprecated: ::a.b.c.d
METADATA = frozenset(
    {"metadata.google.internal", "metadata.goog", "metadata.packet.net", "metadata.platformequinix.com"}
)
"""Names under which clouds tell a machine its secrets: through a proxy no address would give them away."""
SPECIAL = (  # neither private nor public to every Python
    IPv4Network("100.64.0.0/10"),  # RFC 6598: carrier-grade NAT
    IPv4Network("192.0.0.0/24"),  # RFC 6890: protocols' own, and a cloud's metadata
    IPv6Network("fec0::/10"),  # RFC 3879: site-local
    IPv6Network("3fff::/20"),  # RFC 9637: documentation
    IPv6Network("5f00::/16"),  # RFC 9602: segment routing
)


def check_url(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address that may be asked for at all. Raises AddressRefused."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefused(f"{url[:200]}: not a web address: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise AddressRefused(f"{url[:200]}: only http:// and https:// addresses are fetched")
    if parts.hostname.rstrip(".") in METADATA:
        raise AddressRefused(f"{parts.hostname}: tells a cloud's machines their secrets, and is never fetched from")
    if parts.username is not None or parts.password is not None:
        raise AddressRefused(f"{parts.scheme}://…@{parts.hostname}: an address with a user name in it is not fetched")
    return parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80)


def check_addresses(host: str, found: Iterable[str], allowed: Iterable[Network]) -> list[str]:
    """The addresses of a host, when every one of them may be fetched from. Raises AddressRefused naming the remedy."""
    networks = tuple(allowed)
    addresses = [ip_address(text.partition("%")[0]) for text in found]
    for address in addresses:
        if not _may(address, networks):
            width = 32 if address.version == 4 else 128
            raise AddressRefused(
                f"{host} lies in a private network ({address}); if it is your own portal, allow it in newsletter.toml: "
                f'[collect] allow_networks = ["{address}/{width}"]'
            )
    if not addresses:
        raise AddressRefused(f"{host} has no address")
    return [str(address) for address in addresses]


def check_written(host: str, allowed: Iterable[Network]) -> Address | None:
    """The address that a host is written as, None where it is a name. Raises AddressRefused, as `check_addresses`.

    For hosts that somebody else resolves (a proxy): what can be told without resolving is told here.
    """
    address = written_address(host)
    if address is not None:
        check_addresses(host, [str(address)], allowed)
    return address


def written_address(host: str) -> Address | None:
    """The address that a host is written as, in every form that resolvers take: `127.1`, `0x7f.1`, `2130706433`, `①.1`.

    `localhost` and what ends so is the loopback address (RFC 6761 §6.3). None for every other name.
    """
    text = unicodedata.normalize("NFKC", host).replace("\u3002", ".").rstrip(".").lower()
    if text == "localhost" or text.endswith(".localhost"):
        return IPv4Address("127.0.0.1")
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(text))
    except (OSError, UnicodeError):
        return None


def is_allowed(host_address: str, allowed: Iterable[Network]) -> bool:
    """Whether an address lies in a network that the operator named."""
    return _named(ip_address(host_address), tuple(allowed))


def _may(address: Address, allowed: tuple[Network, ...]) -> bool:
    return _named(address, allowed) or all(_public(inner) or _named(inner, allowed) for inner in _unwrapped(address))


def _named(address: Address, allowed: tuple[Network, ...]) -> bool:
    return any(network.version == address.version and address in network for network in allowed)


def _public(address: Address) -> bool:
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not address.is_unspecified
        and not _named(address, SPECIAL)
    )


def _unwrapped(address: Address) -> Iterator[Address]:
    """The address and every IPv4 address that it stands for; a wrapped one counts by what is in it alone."""
    if isinstance(address, IPv4Address):
        yield address
        return
    inner = list(_embedded(address))
    mapped = address.ipv4_mapped is not None or any(address in network for network in NAT64)
    if not mapped:
        yield address
    yield from inner


def _embedded(address: IPv6Address) -> Iterator[IPv4Address]:
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    if any(address in network for network in NAT64) or (address in COMPATIBLE and int(address) > 0xFFFF):
        yield IPv4Address(int(address) & 0xFFFFFFFF)
