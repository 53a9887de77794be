"""The published pages in a real browser: axe finds nothing, light or dark, wide or narrow, in forced colours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Dialog, Page

from newsletter.publish.archive import publish
from newsletter.publish.pages import Pages
from newsletter.publish.writer import Writer
from tests.servers.chromium import Chromium
from tests.unit.publish.sample import (
    ARABIC,
    BRIDGE,
    ENGLISH,
    FEEDS,
    NASTY,
    NEWSLETTERS,
    NO_ALT,
    NOW,
    SITE,
    make,
    shelf,
    withdrawn,
)

EDITION = "presse-daily-20261121T0600Z"
ADDRESSES = {
    "home": "/",
    "feeds": "/feeds/",
    "feed": "/feeds/musterstadt/",
    "archive": "/feeds/musterstadt/archive/",
    "month": "/feeds/musterstadt/archive/2026-10",
    "ended": "/feeds/vorstadt.atom.gone",
    "release": f"/releases/{BRIDGE.id}",
    "english": f"/releases/{ENGLISH.id}",
    "arabic": f"/releases/{ARABIC.id}",
    "hostile": f"/releases/{NASTY.id}",
    "withdrawn": f"/releases/{NO_ALT.id}.gone",
    "edition": f"/editions/{EDITION}",
}
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "narrow": {"viewport": {"width": 320, "height": 640}},
    "forced": {"forced_colors": "active"},
}


class Quiet(SimpleHTTPRequestHandler):
    """Serves the public directory as a web server does: `.html` is found without being named."""

    def translate_path(self, path: str) -> str:
        found = super().translate_path(path)
        return found if Path(found).exists() else f"{found}.html"

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a published archive."""
    directory = tmp_path_factory.mktemp("public")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(directory))) as server:
        base = f"http://127.0.0.1:{server.server_port}"
        Image.new("RGB", (1200, 675), "#4a6f5c").save(directory / "bruecke.png")
        site = SITE.model_copy(update={"base_url": base})
        store = shelf()
        for release in store.stock:
            pictures = tuple(replace(image, src=f"{base}/bruecke.png") for image in release.images)
            store.put(replace(release, images=pictures))
        store.put(withdrawn(NO_ALT))
        store.put(make(20))
        store.put(make(2))
        for name in ("vorstadt.atom", "vorstadt/index.html"):  # of a feed that there was
            (directory / "feeds" / name).parent.mkdir(parents=True, exist_ok=True)
            (directory / "feeds" / name).write_bytes(b"")
        assert publish(site, FEEDS, NEWSLETTERS, store, Pages(site), Writer(directory), NOW).problems == ()
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield base
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", ADDRESSES)
def test_axe_finds_nothing(served: str, chromium: Chromium, name: str, look: str) -> None:
    assert chromium.violations(served + ADDRESSES[name], **LOOKS[look]) == []


@pytest.mark.parametrize("name", ADDRESSES)
def test_nothing_is_wider_than_320_pixels(served: str, chromium: Chromium, name: str) -> None:  # WCAG 1.4.10
    def width(page: Page) -> int:
        page.goto(served + ADDRESSES[name])
        result: int = page.evaluate("document.documentElement.scrollWidth")
        return result

    assert chromium.run(width, viewport={"width": 320, "height": 640}) == 320


def test_the_first_key_leads_past_the_header(served: str, chromium: Chromium) -> None:
    def press(page: Page) -> tuple[str, str]:
        page.goto(f"{served}/feeds/")
        page.keyboard.press("Tab")
        first: str = page.evaluate("document.activeElement.textContent")
        page.keyboard.press("Enter")
        then: str = page.evaluate("document.activeElement.id")
        return first, then

    assert chromium.run(press) == ("Zum Inhalt springen", "main")


def test_a_hostile_release_runs_nothing_and_asks_nobody(served: str, chromium: Chromium) -> None:
    def visit(page: Page) -> tuple[list[str], list[str]]:
        dialogs: list[str] = []
        requests: list[str] = []

        def opened(dialog: Dialog) -> None:
            dialogs.append(dialog.message)
            dialog.dismiss()

        page.on("dialog", opened)
        page.on("request", lambda request: requests.append(request.url))
        page.goto(served + ADDRESSES["hostile"], wait_until="networkidle")
        return dialogs, [address for address in requests if not address.startswith(served)]

    assert chromium.run(visit) == ([], [])
