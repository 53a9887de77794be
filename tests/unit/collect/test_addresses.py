"""Which network addresses may be fetched from, in every form they can hide in."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from newsletter.collect.addresses import check_addresses, check_url, check_written, is_allowed, written_address
from newsletter.errors import AddressRefused

REFUSED = [
    "127.0.0.1",
    "127.8.9.10",
    "0.0.0.0",  # noqa: S104  # an address to be refused
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",  # the clouds' metadata
    "100.64.0.1",  # RFC 6598
    "192.0.0.8",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fec0::1",
    "3fff::1",
    "5f00::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",  # IPv4 mapped
    "::ffff:10.0.0.1",
    "::127.0.0.1",  # IPv4 compatible, RFC 4291
    "64:ff9b::7f00:1",  # NAT64, RFC 6052
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::7f00:1",  # RFC 8215
    "2002:7f00:1::",  # 6to4
    "2002:a00:1::",
    "2001:0:7f00:1::",  # Teredo
]
PUBLIC = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"]


@pytest.mark.parametrize("address", REFUSED)
def test_what_is_not_public_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused, match="allow_networks"):
        check_addresses("portal.example", [address], [])


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public_is_taken(address: str) -> None:
    assert check_addresses("portal.example", [address], []) == [str(ip_address(address))]


def test_one_private_address_among_public_ones_refuses_the_host() -> None:
    with pytest.raises(AddressRefused, match=r"10\.0\.0\.7"):
        check_addresses("portal.example", ["93.184.215.14", "10.0.0.7"], [])


def test_the_refusal_prints_the_line_that_allows_it() -> None:
    with pytest.raises(AddressRefused) as caught:
        check_addresses("intranet", ["10.0.0.7"], [])
    assert '[collect] allow_networks = ["10.0.0.7/32"]' in str(caught.value)


@pytest.mark.parametrize(
    ("address", "network", "allowed"),
    [
        ("10.0.0.7", "10.0.0.0/24", True),
        ("10.0.1.7", "10.0.0.0/24", False),
        ("::1", "::1/128", True),
        ("::ffff:10.0.0.7", "10.0.0.0/24", True),
        ("64:ff9b::a00:7", "10.0.0.0/24", True),
        ("127.0.0.1", "::/0", False),
    ],
)
def test_only_the_networks_that_were_named_are_allowed(address: str, network: str, allowed: bool) -> None:
    networks = [ip_network(network)]
    if allowed:
        assert check_addresses("portal.example", [address], networks) == [str(ip_address(address))]
    else:
        with pytest.raises(AddressRefused):
            check_addresses("portal.example", [address], networks)


def test_near_is_what_was_named() -> None:
    assert is_allowed("127.0.0.1", [ip_network("127.0.0.0/8")])
    assert not is_allowed("93.184.215.14", [ip_network("127.0.0.0/8")])


def test_a_host_without_an_address_is_refused() -> None:
    with pytest.raises(AddressRefused, match="no address"):
        check_addresses("portal.example", [], [])


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://portal.example/x",
        "gopher://portal.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "//portal.example/x",
        "/presse",
        "http://",
        "http:///presse",
        "http://user@portal.example/",
        "https://user:secret@portal.example/",
        "http://portal.example:99999/",
        "http://portal.example:port/",
        "http://[::1/",
        "",
    ],
)
def test_addresses_that_are_never_asked_for(url: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(url)


def test_a_refusal_holds_no_password() -> None:
    with pytest.raises(AddressRefused) as caught:
        check_url("https://user:secret@portal.example/")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://portal.example/x", ("https", "portal.example", 443)),
        ("http://PORTAL.example", ("http", "portal.example", 80)),
        ("http://[::1]:8080/", ("http", "::1", 8080)),
    ],
)
def test_scheme_host_and_port(url: str, parts: tuple[str, str, int]) -> None:
    assert check_url(url) == parts


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("①⓪.⓪.⓪.①", "10.0.0.1"),
        ("10。0｡0。1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "::ffff:a00:1"),
        ("fe80::1%eth0", "fe80::1"),
        ("localhost", "127.0.0.1"),
        ("portal.LOCALHOST.", "127.0.0.1"),
        ("portal.example", None),
        ("10.0.0.1.nip.example", None),
        ("mylocalhost", None),
    ],
)
def test_a_host_that_is_written_as_an_address(host: str, address: str | None) -> None:
    assert written_address(host) == (ip_address(address) if address else None)


def test_what_is_written_as_a_private_address_is_refused_whoever_resolves() -> None:
    with pytest.raises(AddressRefused, match="allow_networks"):
        check_written("0x7f.1", [])
    assert check_written("0x7f.1", [ip_network("127.0.0.0/8")]) == ip_address("127.0.0.1")
    assert check_written("intranet", []) is None


@pytest.mark.parametrize("host", ["metadata.google.internal", "Metadata.Google.Internal."])
def test_what_tells_a_cloud_its_secrets_is_refused_by_its_name(host: str) -> None:
    with pytest.raises(AddressRefused, match="secrets"):
        check_url(f"http://{host}/computeMetadata/v1/")
