"""Fetching through a house's proxy, and from servers that the house's own authority vouches for."""

from __future__ import annotations

import logging
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from newsletter.collect.fetch import Fetcher
from newsletter.collect.route import Route
from newsletter.config import NetworkSettings
from newsletter.errors import AddressRefused, FetchError
from tests.integration.collect.web import AGENT, LOOPBACK, Reply, Web, fetcher, web
from tests.servers.certificate import write_certificate
from tests.servers.proxy import Proxy, proxying

PORTAL, SAFE = "presse.stadt.example", "sicher.stadt.example"


@pytest.fixture
async def portal() -> AsyncIterator[Web]:
    async with web() as server:
        yield server


@pytest.fixture
def authority(tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
    """The certificate of a house's own authority, and a server's side of it."""
    write_certificate(chain=tmp_path / "chain.pem", ca_file=tmp_path / "ca.pem", hosts=["localhost", SAFE])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "chain.pem")
    return tmp_path / "ca.pem", context


@pytest.fixture
async def proxy(portal: Web) -> AsyncIterator[Proxy]:
    async with proxying({PORTAL: ("127.0.0.1", portal.port)}) as server:
        yield server


async def nobody(host: str, port: int) -> list[str]:
    raise AssertionError(f"{host} was resolved here")


def through(server: Proxy, **settings: Any) -> Fetcher:
    network = NetworkSettings.model_validate({"proxy": server.address, **settings})
    return Fetcher(AGENT, route=Route(network), resolve=nobody, delay=0.0, wall=5.0)


async def test_a_page_comes_through_the_proxy_which_resolves_its_name(portal: Web, proxy: Proxy) -> None:
    portal.pages["/x"] = "da"
    page = await through(proxy).fetch(f"http://{PORTAL}/x")
    assert (page.body, page.url) == (b"da", f"http://{PORTAL}/x")
    assert proxy.asked == [f"GET http://{PORTAL}/robots.txt HTTP/1.1", f"GET http://{PORTAL}/x HTTP/1.1"]
    assert portal.asked[-1].headers["host"] == PORTAL


async def test_robots_is_obeyed_through_the_proxy(portal: Web, proxy: Proxy) -> None:
    portal.pages |= {"/robots.txt": "User-agent: *\nDisallow: /intern/", "/intern/x": "x"}
    with pytest.raises(AddressRefused, match=r"robots\.txt"):
        await through(proxy).fetch(f"http://{PORTAL}/intern/x")
    assert portal.paths() == []


async def test_https_is_a_tunnel_and_the_certificate_is_the_portals(authority: tuple[Path, ssl.SSLContext]) -> None:
    ca_file, tls = authority
    async with web(tls) as safe, proxying({SAFE: ("127.0.0.1", safe.port)}) as proxy:
        safe.pages["/x"] = "da"
        page = await through(proxy, ca_file=ca_file).fetch(f"https://{SAFE}/x")
        assert page.body == b"da"
        assert set(proxy.asked) == {f"CONNECT {SAFE}:443 HTTP/1.1"}
        with pytest.raises(FetchError, match="CERTIFICATE_VERIFY_FAILED"):
            await through(proxy).fetch(f"https://{SAFE}/x")


async def test_the_houses_authority_counts_without_a_proxy_too(authority: tuple[Path, ssl.SSLContext]) -> None:
    ca_file, tls = authority
    async with web(tls) as safe:
        safe.pages["/x"] = "da"
        address = f"https://localhost:{safe.port}/x"

        async def here(host: str, port: int) -> list[str]:
            return ["127.0.0.1"]

        trusting = fetcher(route=Route(NetworkSettings(ca_file=ca_file)), resolve=here)
        assert (await trusting.fetch(address)).body == b"da"
        with pytest.raises(FetchError, match="CERTIFICATE_VERIFY_FAILED"):
            await fetcher(resolve=here).fetch(address)


PRIVATE = [
    "http://127.0.0.1/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://⑯⑨。②⑤④｡⑯⑨。②⑤④/",
    "http://[::1]/",
    "http://[::ffff:10.0.0.1]/",
    "http://[64:ff9b::a00:1]/",
    "http://localhost/",
    "http://x.localhost/",
    "http://metadata.google.internal/",
    "file:///etc/passwd",
    "http://user:secret@presse.stadt.example/",
]


@pytest.mark.parametrize("address", PRIVATE)
async def test_what_is_written_as_a_private_address_never_reaches_the_proxy(proxy: Proxy, address: str) -> None:
    with pytest.raises(AddressRefused):
        await through(proxy).fetch(address)
    assert proxy.asked == []


async def test_a_redirect_to_a_private_address_is_refused_behind_the_proxy_too(portal: Web, proxy: Proxy) -> None:
    portal.pages["/x"] = Reply(status=302, headers={"Location": "http://169.254.169.254/latest/"})
    with pytest.raises(AddressRefused, match=r"169\.254\.169\.254"):
        await through(proxy).fetch(f"http://{PORTAL}/x")
    assert len(proxy.asked) == 2


async def test_what_no_proxy_names_is_asked_directly_and_checked(portal: Web, proxy: Proxy) -> None:
    portal.pages["/x"] = "da"

    async def home(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    network = NetworkSettings.model_validate({"proxy": proxy.address, "no_proxy": ["stadt.example"]})
    one = Fetcher(AGENT, route=Route(network), allow=[LOOPBACK], resolve=home, delay=0.0)
    assert (await one.fetch(f"http://{PORTAL}:{portal.port}/x")).body == b"da"
    with pytest.raises(AddressRefused, match="allow_networks"):
        await Fetcher(AGENT, route=Route(network), resolve=home).fetch(f"http://{PORTAL}:{portal.port}/x")
    assert proxy.asked == []


@pytest.mark.parametrize("beside", [False, True])
async def test_a_proxy_that_wants_a_sign_in(portal: Web, caplog: pytest.LogCaptureFixture, beside: bool) -> None:
    portal.pages["/x"] = "da"
    caplog.set_level(logging.DEBUG)
    async with proxying({PORTAL: ("127.0.0.1", portal.port)}, "newsletter:geh@im") as proxy:
        inside = {"proxy": proxy.address.replace("//", "//newsletter:geh%40im@")}
        apart = {"proxy_username": "newsletter", "proxy_password": "geh@im"}
        one = through(proxy, **(apart if beside else inside))
        assert (await one.fetch(f"http://{PORTAL}/x")).body == b"da"
    assert "geh@im" not in caplog.text
    assert "geh%40im" not in caplog.text


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_without_the_sign_in_the_proxys_refusal_is_told(portal: Web, scheme: str) -> None:
    async with proxying({PORTAL: ("127.0.0.1", portal.port)}, "newsletter:geheim") as proxy:
        with pytest.raises(FetchError, match="407") as caught:
            await through(proxy).fetch(f"{scheme}://{PORTAL}/x")
    assert f"127.0.0.1:{proxy.port}" in str(caught.value)


async def test_a_proxy_that_is_not_there_is_named(proxy: Proxy) -> None:
    gone = through(proxy, proxy="http://127.0.0.1:1")
    with pytest.raises(FetchError, match=r"through the proxy 127\.0\.0\.1:1"):
        await gone.fetch(f"http://{PORTAL}/x")
