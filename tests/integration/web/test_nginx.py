"""The site in deploy/nginx.conf, in a real nginx before the real program: nothing of the program is lost behind it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest

from newsletter.publish.archive import publish
from newsletter.publish.pages import Pages
from newsletter.publish.writer import Writer
from newsletter.store.schema import upgrade
from newsletter.tokens import Purpose
from newsletter.web import Protocol
from newsletter.web.headers import security_headers
from tests.integration.audience.world import token
from tests.integration.web.world import site
from tests.servers.nginx import Site, nginx
from tests.servers.web import serving
from tests.unit.publish.sample import BRIDGE, FEEDS, NEWSLETTERS, NO_ALT, NOW, SITE, shelf, withdrawn


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("nginx")
    url = f"sqlite:///{folder}/newsletter.db"
    upgrade(url)
    store = shelf()
    store.put(withdrawn(NO_ALT))
    with site(url, folder) as here, serving(here.app, http=Protocol) as program:
        public = here.settings.publish.directory
        publish(SITE, FEEDS, NEWSLETTERS, store, Pages(SITE), Writer(public), NOW)
        with nginx(folder, public, program) as found:
            yield found


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
def test_what_there_is_comes_with_its_type_and_headers(served: Site, path: str, media_type: str) -> None:
    answer = httpx.get(served.address + path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    for name, _ in security_headers(SITE.base_url):
        assert name.decode() in answer.headers, name


def test_what_a_reader_has_is_not_sent_again(served: Site) -> None:
    first = httpx.get(f"{served.address}/feeds/musterstadt.atom")
    again = httpx.get(f"{served.address}/feeds/musterstadt.atom", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["content-encoding"] == "gzip"


def test_what_is_gone_says_so(served: Site) -> None:
    assert httpx.get(f"{served.address}/releases/{NO_ALT.id}").status_code == 410


@pytest.mark.parametrize("path", ["/.rendered", "/feeds/musterstadt/archive/.months", "/metrics", "/nowhere"])
def test_what_is_nobodys_is_not_there(served: Site, path: str) -> None:
    assert httpx.get(served.address + path).status_code == 404


def test_a_provider_may_say_more_than_a_form(served: Site) -> None:
    assert httpx.post(f"{served.address}/hooks/brevo", content=b"x" * 500_000).status_code == 200
    assert httpx.post(f"{served.address}/hooks/brevo", content=b"x" * 1_500_000).status_code == 413
    assert httpx.post(f"{served.address}/subscribe", content=b"x" * 100_000).status_code == 413


def test_no_token_is_logged(served: Site) -> None:
    secret = token(Purpose.UNSUBSCRIBE, 1)
    words = ("address", "confirm", "data", "preferences", "undo", "unsubscribe", "admin/welcome")
    for word in words:
        httpx.get(f"{served.address}/{word}/{secret}?a={secret}")
    httpx.get(f"{served.address}/nowhere")
    while "/nowhere" not in served.log.read_text("utf-8"):  # it is written after the answer
        time.sleep(0.01)
    log = served.log.read_text("utf-8")
    assert secret not in log
    assert all(f'"GET /{word}/(token)"' in log for word in words)
