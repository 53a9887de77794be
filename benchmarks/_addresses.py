"""What is fetched at all: robots.txt and addresses, by decision alone. Nothing here is ever asked for.

`robots_right`: what our reading of each robots.txt says to each address, over Google's own test cases;
`robots_unread` are real files that could not be parsed. `ssrf_refused`: each address must be refused twice over: by
the address that it leads to where we resolve, and by how it is written where a proxy does; and so must what a link
with it leads to, unless that is another host (browsers end a host at a backslash). The resolver here knows what the
system's makes of numbers, and takes every other name for a public host, so that no name is refused by its absence.
`whatwg_right`: what a link with this address, on a page with this base, leads to: the address that the WHATWG's tests
expect where that is http or https (as we write it: marks that RFC 3986 forbids percent-encoded, an empty query or
fragment left out), and nothing where they expect a failure or another scheme.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from _figures import say

from newsletter.collect.addresses import check_addresses, check_url, check_written
from newsletter.collect.read.page import absolute
from newsletter.collect.robots import read_robots
from newsletter.errors import AddressRefused

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PUBLIC = "93.184.215.14"
PAGE = "https://portal.example/presse/"


def robots(folder: Path) -> dict[str, float]:
    """The decisions, and the real files."""
    cases = list(_rows(folder / "google.jsonl"))
    right = sum(_robots_right(case) for case in cases)
    unread = 0
    for path in sorted((folder / "real").iterdir()):
        try:
            rules = read_robots(200, path.read_bytes(), NOW)
            rules.allows("https://portal.example/presse/1")
            assert rules.delay >= 0
        except Exception as error:
            unread += 1
            say(f"robots.txt that could not be read: {path.name}: {error!r}")
    return {"robots_judged": float(len(cases)), "robots_right": right / len(cases), "robots_unread": float(unread)}


def _robots_right(case: dict[str, Any]) -> bool:
    rules = read_robots(200, case["robots_txt"].encode(), NOW).rules
    allowed = rules is None or bool(rules.can_fetch(case["url"], case["user_agent"]))
    if allowed != case["allowed"]:
        say(f"wrong: robots.txt {case['robots_txt']!r} for {case['user_agent']} and {case['url']}: {allowed}")
    return allowed == case["allowed"]


def urls(folder: Path) -> dict[str, float]:
    """The addresses that must be refused, and what links lead to."""
    forbidden = [case.get("url") or f"http://[{case['ip']}]/" for case in _rows(folder / "ssrf.jsonl")]
    links = list(_rows(folder / "wpt_url.jsonl"))
    refused = sum(_refused(url) for url in forbidden)
    right = sum(_led_right(case) for case in links)
    return {
        "ssrf_judged": float(len(forbidden)),
        "ssrf_refused": refused / len(forbidden),
        "whatwg_judged": float(len(links)),
        "whatwg_right": right / len(links),
    }


def _refused(url: str) -> bool:
    link = absolute(url, PAGE)
    if link is not None and "\\" in url:
        link = None
    ways = [_refused_direct(url), _refused_by_proxy(url)]
    ways += [] if link is None else [_refused_direct(link), _refused_by_proxy(link)]
    if not all(ways):
        say(f"not refused: {url!r} (as a link {link!r}): {ways}")
    return all(ways)


def _refused_direct(url: str) -> bool:
    try:
        _, host, port = check_url(url)
        check_addresses(host, _resolved(host, port), [])
    except AddressRefused:
        return True
    return False


def _refused_by_proxy(url: str) -> bool:
    try:
        check_written(check_url(url)[1], [])
    except AddressRefused:
        return True
    return False


def _resolved(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return [PUBLIC]
    return [str(entry[4][0]) for entry in found]


def _led_right(case: dict[str, Any]) -> bool:
    href = None if case.get("failure") else case["href"]
    web = href if href and href.startswith(("http://", "https://")) else None
    expected = quote(web, safe="%/:=&?~#+!$,;'@()*[]").removesuffix("#").removesuffix("?") if web else None
    found = absolute(case["input"], case["base"] or "")
    if found != expected:
        say(f"wrong: {case['input']!r} on {case['base']}: {found!r}, expected {expected!r}")
    return found == expected


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    return map(json.loads, path.read_text("utf-8").splitlines())
