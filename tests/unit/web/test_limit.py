"""Who asks, and how often they may."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from starlette.requests import Request

from newsletter.errors import SettingsError
from newsletter.web.language import spoken
from newsletter.web.limit import CLIENTS, Clients, Limit

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


def request(client: str = "192.0.2.1", query: str = "", **headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request(
        {
            "type": "http",
            "client": (client, 1),
            "headers": raw,
            "path": "/",
            "query_string": query.encode(),
            "method": "GET",
        }
    )


def test_the_limit_counts_a_window() -> None:
    limit = Limit(most=2, window=timedelta(minutes=10))
    assert [limit.wait("a", NOW), limit.wait("a", NOW + timedelta(minutes=4))] == [None, None]
    assert limit.wait("a", NOW + timedelta(minutes=5)) == timedelta(minutes=5)
    assert limit.wait("b", NOW + timedelta(minutes=5)) is None
    assert limit.wait("a", NOW + timedelta(minutes=10)) is None


def test_the_limit_forgets_the_oldest_rather_than_grow() -> None:
    limit = Limit(most=1)
    for number in range(CLIENTS + 1):
        limit.wait(str(number), NOW)
    assert limit.wait("0", NOW) is None
    assert limit.wait(str(CLIENTS), NOW) is not None


@pytest.mark.parametrize(
    ("client", "forwarded", "told"),
    [
        ("192.0.2.1", "", "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),  # nobody trusts this one's word
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "6.6.6.6, 198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "6.6.6.6, 198.51.100.7, 10.1.2.3", "198.51.100.7"),
        ("127.0.0.1", "", "unknown"),
        ("127.0.0.1", "nonsense", "unknown"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "", "192.0.2.1"),
        ("::ffff:127.0.0.1", "198.51.100.7", "198.51.100.7"),
    ],
)
def test_who_asks(client: str, forwarded: str, told: str) -> None:
    clients = Clients(["127.0.0.1", "10.0.0.0/8"])
    assert clients.of(request(client, x_forwarded_for=forwarded)) == told


def test_a_proxy_that_is_no_address_is_told() -> None:
    with pytest.raises(SettingsError, match="trusted_proxies"):
        Clients(["nginx"])


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ("", "", "de"),
        ("", "en-GB,en;q=0.9,de;q=0.8", "en"),
        ("", "fr, de;q=0.5, en;q=0.7", "en"),
        ("", "en;q=0, fr", "de"),
        ("", "en;q=x, ;;,", "de"),
        ("lang=en", "de", "en"),
        ("lang=xx", "en", "en"),
        ("lang=../../etc", "", "de"),
    ],
)
def test_the_language_of_a_page(query: str, accepted: str, language: str) -> None:
    assert spoken(request(query=query, accept_language=accepted), "de") == language
