"""The short way for published files over real connections: the same answers as the long way, in the same order."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from newsletter.app.logs import start_logging
from newsletter.store.schema import upgrade
from newsletter.web import Protocol
from newsletter.web.lines import PAUSE
from tests.integration.web.world import site
from tests.servers.web import serving

FEED = "<feed>" + "Meldung & mehr " * 5000 + "</feed>"
HOME = "https://news.musterstadt.example/newsletter"


@dataclass
class Served:
    address: str
    public: Path

    def get(self, path: str, method: str = "GET", **headers: str) -> httpx.Response:
        return httpx.request(method, self.address + path, headers={"Accept-Encoding": "identity", **headers})

    def talk(self, *requests: str) -> bytes:
        """All that comes when these are sent at once, until the server closes the connection after the last."""
        parts = urlsplit(self.address)
        with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
            connection.sendall("".join(requests).replace("\n", "\r\n").encode())
            return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    url = f"sqlite:///{tmp_path}/newsletter.db"
    upgrade(url)
    with site(url, tmp_path, HOME) as here, serving(here.app, http=Protocol) as address:
        public = here.settings.publish.directory
        (public / "feeds").mkdir()
        (public / "feeds/musterstadt.atom").write_text(FEED)
        (public / "index.html").write_text("<!doctype html>home")
        (public / "releases").mkdir()
        (public / "releases/0194.gone.html").write_text("withdrawn")
        yield Served(address, public)


@pytest.mark.parametrize("path", ["/feeds/musterstadt.atom", "/newsletter/feeds/musterstadt.atom", "/releases/0194"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Accept-Encoding": "gzip"},
        {"Accept-Encoding": "gzip;q=0, *"},
        {"If-None-Match": "*"},
        {"If-None-Match": '"other"'},
        {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"},
    ],
)
def test_both_ways_say_the_same(served: Served, path: str, method: str, headers: dict[str, str]) -> None:
    long, short = (served.get(path, method, **headers) for _ in range(2))
    for answer in (long, short):
        answer.headers.pop("date")
    assert "content-security-policy" in short.headers
    assert (short.status_code, sorted(short.headers.items())) == (long.status_code, sorted(long.headers.items()))
    assert short.content == long.content


def test_answers_come_in_order(served: Served) -> None:
    served.get("/feeds/musterstadt.atom")
    said = served.talk(
        "GET /feeds/musterstadt.atom HTTP/1.1\nHost: x\nIf-None-Match: *\n\n",
        "GET /healthz HTTP/1.1\nHost: x\n\n",
        "GET /feeds/musterstadt.atom HTTP/1.1\nHost: x\nIf-None-Match: *\nContent-Length: 3\n\nabc",
        "GET /nowhere HTTP/1.1\nHost: x\n\n",
        "GET /feeds/musterstadt.atom HTTP/1.1\nHost: x\nIf-None-Match: *\nConnection: close\n\n",
    )
    assert [line.split()[1] for line in said.splitlines() if line.startswith(b"HTTP/1.1")] == [
        b"304",
        b"200",
        b"304",
        b"404",
        b"304",
    ]


def test_who_asks_much_at_once_gets_it_all(served: Served) -> None:
    served.get("/feeds/musterstadt.atom")
    usual, last = (f"GET /feeds/musterstadt.atom HTTP/1.1\nHost: x\n{more}\n" for more in ("", "Connection: close\n"))
    said = served.talk(*[usual] * 99, last)
    assert said.count(b"HTTP/1.1 200 OK\r\n") == said.count(FEED.encode()) == 100


def test_an_old_client_gets_its_answer_and_an_end(served: Served) -> None:
    served.get("/feeds/musterstadt.atom")
    assert served.talk("GET /feeds/musterstadt.atom HTTP/1.0\n\n").endswith(FEED.encode())


def test_what_changed_on_disk_is_seen_at_once(served: Served) -> None:
    feed = served.public / "feeds/musterstadt.atom"
    first = served.get("/feeds/musterstadt.atom")
    feed.write_text("<feed/>")
    assert served.get("/feeds/musterstadt.atom", **{"If-None-Match": first.headers["etag"]}).text == "<feed/>"
    os.utime(feed, (1, 1))
    assert served.get("/feeds/musterstadt.atom").headers["last-modified"] == "Thu, 01 Jan 1970 00:00:01 GMT"
    feed.unlink()
    assert served.get("/feeds/musterstadt.atom").status_code == 404


def test_each_answer_is_logged_as_ever(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    start_logging()
    url = f"sqlite:///{tmp_path}/newsletter.db"
    upgrade(url)
    with site(url, tmp_path) as here, serving(here.app, http=Protocol) as address:
        (here.settings.publish.directory / "index.html").write_text("home")
        with httpx.Client(base_url=address) as client:
            statuses = [
                client.get("/?secret=1", headers=asked).status_code for asked in ({}, {}, {"If-None-Match": "*"})
            ]
            time.sleep(PAUSE * 3)  # they are written a few at a time
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if '"request"' in line]
    assert [line["status"] for line in lines] == statuses == [200, 200, 304]
    assert {tuple(line) for line in lines} == {("method", "route", "status", "ms", "event", "level", "timestamp")}
    assert {line["route"] for line in lines} == {"(published)"}
    assert "secret" not in json.dumps(lines)
