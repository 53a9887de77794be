"""What a portal's robots.txt allows (RFC 9309)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newsletter.collect.robots import FRESH, MAX_BYTES, MAX_DELAY, RETRY, read_robots, unreachable

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
SITE = "https://portal.example"


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/presse", True),
        ("User-agent: *\nDisallow: /intern/", "/intern/x", False),
        ("User-agent: *\nDisallow: /intern/", "/presse", True),
        ("User-agent: *\nDisallow: /", "/presse", False),
        ("User-agent: newsletter\nDisallow: /presse\n\nUser-agent: *\nAllow: /", "/presse", False),
        ("User-agent: newsletter\nAllow: /\n\nUser-agent: *\nDisallow: /", "/presse", True),
        ("User-agent: otherbot\nDisallow: /", "/presse", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/x.pdf", False),
        ("User-agent: *\nDisallow: /presse\nAllow: /presse/frei", "/presse/frei/1", True),
        ("\ufeffUser-agent: *\nDisallow: /x", "/x", False),
        ("User-agent: *\nDisallow:", "/x", True),
        ("<html><body>404</body></html>", "/x", True),
    ],
)
def test_rules(text: str, path: str, allowed: bool) -> None:
    robots = read_robots(200, text.encode(), NOW)
    assert robots.allows(SITE + path) is allowed
    assert robots.until == NOW + FRESH


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 429])
def test_a_missing_file_allows_everything(status: int) -> None:
    assert read_robots(status, b"User-agent: *\nDisallow: /", NOW).allows(SITE + "/x")


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_failing_server_allows_nothing_for_a_quarter_of_an_hour(status: int) -> None:
    robots = read_robots(status, b"", NOW)
    assert not robots.allows(SITE + "/x")
    assert str(status) in str(robots.problem)
    assert robots.until == NOW + RETRY


def test_unreachable_says_why() -> None:
    assert unreachable("it did not come", NOW).problem == "it did not come"


@pytest.mark.parametrize(("wanted", "seconds"), [("2", 2.0), ("0.5", 0.5), ("600", MAX_DELAY), ("soon", 0.0)])
def test_crawl_delay_is_kept_up_to_a_bound(wanted: str, seconds: float) -> None:
    assert read_robots(200, f"User-agent: *\nCrawl-delay: {wanted}".encode(), NOW).delay == seconds


def test_what_lies_behind_half_a_megabyte_is_not_read() -> None:
    body = b"User-agent: *\n" + b"#" * MAX_BYTES + b"\nDisallow: /"
    assert read_robots(200, body, NOW).allows(SITE + "/x")
