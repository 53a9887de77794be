"""Which hosts are asked through the house's proxy, and which directly."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from newsletter.collect.route import Route
from newsletter.config import NetworkSettings


def route(proxy: str, *direct: str, **more: str) -> Route:
    return Route(NetworkSettings.model_validate({"proxy": proxy, "no_proxy": list(direct), **more}))


@pytest.mark.parametrize(
    ("host", "proxied"),
    [
        ("portal.example", True),
        ("intern.example", False),
        ("presse.Intern.Example.", False),
        ("notintern.example", True),
        ("10.1.2.3", False),
        ("0x0a.1", False),
        ("11.1.2.3", True),
        ("::1", True),
        ("10.intern.example", False),
    ],
)
def test_what_no_proxy_covers(host: str, proxied: bool) -> None:
    assert route("http://proxy.example:3128", ".intern.example", "10.0.0.0/8").proxied(host) is proxied


def test_without_a_proxy_everything_is_asked_directly() -> None:
    assert Route().proxy is None
    assert not Route().proxied("portal.example")


def test_the_sign_in_may_stand_in_the_address_or_beside_it() -> None:
    inside = route("http://one:p%40ss@proxy.example:3128")
    beside = route("http://proxy.example:3128", proxy_username="one", proxy_password="p@ss")
    for way in (inside, beside):
        assert way.proxy is not None
        assert way.proxy.auth == ("one", "p@ss")
        assert (way.name, way.port) == ("proxy.example:3128", 3128)
        assert "p@ss" not in repr(way)
        assert "p%40ss" not in repr(way)


@pytest.mark.parametrize(("address", "port"), [("http://proxy.example", 80), ("https://proxy.example", 443)])
def test_a_proxys_own_port(address: str, port: int) -> None:
    assert Route(NetworkSettings(proxy=SecretStr(address))).port == port
