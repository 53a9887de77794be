"""Which spellings of an address are one address."""

from __future__ import annotations

import pytest

from newsletter.collect.identity import MAX_KEY, address_key, claim_key, guid_key, same_host, uncounted

KEY = "https://portal.example/presse/brunnen"


@pytest.mark.parametrize(
    "url",
    [
        "https://portal.example/presse/brunnen",
        "http://portal.example/presse/brunnen",
        "HTTPS://Portal.Example/presse/brunnen/",
        "https://portal.example:443/presse/brunnen",
        "http://portal.example:80/presse/brunnen#top",
        "https://portal.example./presse/brunnen/index.html",
        "https://portal.example/presse/brunnen/index.php",
        "https://portal.example/presse/brunnen?utm_source=rss&utm_medium=feed",
        "https://portal.example/presse/brunnen?fbclid=abc&_ga=1",
        "https://portal.example/presse/brunnen;jsessionid=0A1B",
        " https://portal.example/presse/brunnen ",
    ],
)
def test_one_page_in_many_spellings(url: str) -> None:
    assert address_key(url) == KEY


@pytest.mark.parametrize(
    "url",
    [
        "https://portal.example/presse/Brunnen",
        "https://portal.example/presse",
        "https://portal.example/presse/brunnen?id=2",
        "https://portal.example:8443/presse/brunnen",
        "https://www.portal.example/presse/brunnen",
    ],
)
def test_other_pages(url: str) -> None:
    assert address_key(url) != KEY


def test_parameters_count_but_not_their_order() -> None:
    assert address_key("https://p.example/x?b=2&a=1") == address_key("http://p.example/x/?a=1&b=2")
    assert address_key("https://p.example/x?a=1") != address_key("https://p.example/x?a=2")
    assert address_key("https://p.example/x?tx_news[news]=5") == address_key("https://p.example/x?tx_news%5Bnews%5D=5")


def test_umlauts_are_the_same_encoded_or_not() -> None:
    assert address_key("https://p.example/straße") == address_key("https://p.example/stra%C3%9Fe")


def test_the_front_page_has_a_key() -> None:
    assert address_key("http://p.example") == address_key("https://p.example/") == "https://p.example/"


def test_an_entry_without_a_link_is_told_from_its_feed() -> None:
    keys = {address_key(f"https://p.example/feed{mark}") for mark in ("", "#entry-1", "#entry-2", "#top")}
    assert len(keys) == 3


@pytest.mark.parametrize("url", ["http://[::1", "mailto:x@p.example", "", "http://p.example:x/"])
def test_what_is_no_web_address_is_its_own_key(url: str) -> None:
    assert address_key(url) == url


def test_ipv6_hosts_keep_their_brackets() -> None:
    assert address_key("http://[::1]:8080/x") == "https://[::1]:8080/x"


def test_long_addresses_are_known_by_a_hash() -> None:
    one, other = (address_key(f"https://p.example/{'x' * 3_000}{n}") for n in (1, 2))
    assert one.startswith("sha256:")
    assert one != other
    assert len(one) <= MAX_KEY


def test_ids_of_entries_count_within_their_source() -> None:
    assert guid_key("a", "1") != guid_key("b", "1")
    assert guid_key("a", " 1 ") == guid_key("a", "1")


def test_a_claim_is_no_address() -> None:
    assert claim_key(KEY) != address_key(KEY)
    assert claim_key(KEY + "/") == claim_key(KEY)


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://p.example/x?utm_source=rss&id=5", "https://p.example/x?id=5"),
        ("https://p.example/x?pk_campaign=feed#a", "https://p.example/x#a"),
        ("https://p.example/x?a=%20b&flag", "https://p.example/x?a=%20b&flag"),
        ("https://p.example/x", "https://p.example/x"),
    ],
)
def test_what_only_counts_visitors_is_not_passed_on(url: str, clean: str) -> None:
    assert uncounted(url) == clean


def test_one_host() -> None:
    assert same_host("https://www.p.example/a", "http://p.example/b")
    assert not same_host("https://p.example/a", "https://p.example.evil.example/a")
    assert not same_host("mailto:a@p.example", "mailto:a@p.example")
