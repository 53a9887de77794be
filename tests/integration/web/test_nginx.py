"""The site in deploy/nginx.conf, in a real nginx before the real program: nothing of the program is lost behind it."""

from __future__ import annotations

import re
import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from newsletter.publish.archive import publish
from newsletter.publish.pages import Pages
from newsletter.publish.writer import Writer
from newsletter.store.schema import upgrade
from newsletter.tokens import Purpose
from newsletter.web.headers import security_headers
from tests.integration.audience.world import token
from tests.integration.web.world import site
from tests.servers.process import free_port, needed, running, which
from tests.servers.web import serving
from tests.unit.publish.sample import BRIDGE, FEEDS, NEWSLETTERS, NO_ALT, NOW, SITE, shelf, withdrawn

CONF = Path(__file__).parents[3] / "deploy/nginx.conf"


@dataclass
class Served:
    address: str
    log: Path


def adapted(folder: Path, port: int, program: str) -> str:
    """The site as it is shipped, on loopback without TLS and with the paths of this test."""
    text = CONF.read_text("utf-8")
    text = re.sub(r"listen 443 ssl;", f"listen 127.0.0.1:{port};", text)
    text = re.sub(r"^ *ssl_certificate.*\n", "", text, flags=re.MULTILINE)
    text = text.replace("/srv/newsletter/public", str(folder / "public"))
    text = text.replace("/var/log/nginx/newsletter.log", str(folder / "access.log"))
    text = text.replace("http://127.0.0.1:8000", program)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = f"daemon off; pid {folder}/pid; error_log {folder}/error.log; user root; events {{}}"
    return f"{main} http {{ {temporary}\n{text}\n}}"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("nginx")
    url = f"sqlite:///{folder}/newsletter.db"
    upgrade(url)
    store = shelf()
    store.put(withdrawn(NO_ALT))
    port = free_port()
    with site(url, folder) as here, serving(Starlette(routes=[Mount("/", here.app)])) as program:
        publish(SITE, FEEDS, NEWSLETTERS, store, Pages(SITE), Writer(here.settings.publish.directory), NOW)
        (folder / "nginx.conf").write_text(adapted(folder, port, program), "utf-8")
        nginx = needed(Path("/usr/sbin/nginx"), which("nginx"))
        command = [str(nginx), "-p", str(folder), "-c", str(folder / "nginx.conf")]
        with running(command, stop=signal.SIGQUIT, ready=lambda: answers(port), log=folder / "nginx.log"):
            yield Served(f"http://127.0.0.1:{port}", folder / "access.log")


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/feeds/musterstadt/", "text/html; charset=utf-8"),
        (f"/releases/{BRIDGE.id}", "text/html; charset=utf-8"),
        ("/feeds/musterstadt.atom", "application/atom+xml; charset=utf-8"),
        ("/feeds/musterstadt.rss", "application/rss+xml; charset=utf-8"),
        ("/feeds/musterstadt.json", "application/feed+json"),
        ("/feeds.opml", "text/x-opml; charset=utf-8"),
        ("/subscribe", "text/html; charset=utf-8"),
    ],
)
def test_what_there_is_comes_with_its_type_and_headers(served: Served, path: str, media_type: str) -> None:
    answer = httpx.get(served.address + path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    for name, _ in security_headers(SITE.base_url):
        assert name.decode() in answer.headers, name


def test_what_a_reader_has_is_not_sent_again(served: Served) -> None:
    first = httpx.get(f"{served.address}/feeds/musterstadt.atom")
    again = httpx.get(f"{served.address}/feeds/musterstadt.atom", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["content-encoding"] == "gzip"


def test_what_is_gone_says_so(served: Served) -> None:
    assert httpx.get(f"{served.address}/releases/{NO_ALT.id}").status_code == 410


@pytest.mark.parametrize("path", ["/.rendered", "/feeds/musterstadt/archive/.months", "/metrics", "/nowhere"])
def test_what_is_nobodys_is_not_there(served: Served, path: str) -> None:
    assert httpx.get(served.address + path).status_code == 404


def test_a_provider_may_say_more_than_a_form(served: Served) -> None:
    assert httpx.post(f"{served.address}/hooks/brevo", content=b"x" * 500_000).status_code == 200
    assert httpx.post(f"{served.address}/hooks/brevo", content=b"x" * 1_500_000).status_code == 413
    assert httpx.post(f"{served.address}/subscribe", content=b"x" * 100_000).status_code == 413


def test_no_token_is_logged(served: Served) -> None:
    secret = token(Purpose.UNSUBSCRIBE, 1)
    httpx.get(f"{served.address}/unsubscribe/{secret}?a={secret}")
    httpx.get(f"{served.address}/nowhere")
    while "/nowhere" not in served.log.read_text("utf-8"):  # it is written after the answer
        time.sleep(0.01)
    log = served.log.read_text("utf-8")
    assert secret not in log
    assert '"GET /unsubscribe/(token)"' in log
