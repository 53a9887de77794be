"""The icon of the tab: every page names it, a browser can show it, light and dark, and nobody meets a 404 for it."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import httpx
import lxml.html
import pytest
from PIL import Image
from playwright.sync_api import Page

from newsletter.store.schema import upgrade
from tests.integration.web.browser import served
from tests.integration.web.world import Site
from tests.servers.chromium import Chromium

PAGES = ("/subscribe", "/embed/subscribe", "/search", "/nowhere", "/my-data")
COLOUR_AT = """async ([address, x, y]) => {
    const icon = new Image(64, 64);
    icon.src = address;
    await icon.decode();
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 64;
    const pen = canvas.getContext("2d");
    pen.drawImage(icon, 0, 0, 64, 64);
    return [...pen.getImageData(x, y, 1, 1).data].slice(0, 3);
}"""
GROUND, LETTER = (5, 32), (13, 32)  # places in 64 pixels: left of the letter, and its left edge
LIGHT = {GROUND: [0x0B, 0x4F, 0x8A], LETTER: [0xFF, 0xFF, 0xFF]}
DARK = {GROUND: [0x9B, 0xCC, 0xFF], LETTER: [0x14, 0x18, 0x1C]}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    place = tmp_path_factory.mktemp("icon")
    upgrade(f"sqlite:///{place}/newsletter.db")
    with served(place) as opened:
        yield opened


def icons(address: str) -> dict[str, str]:
    """Where the icons of a page lie, by what they say of themselves."""
    found = lxml.html.document_fromstring(httpx.get(address).content, base_url=address)
    found.make_links_absolute()
    return {link.get("type", link.get("sizes")): link.get("href") for link in found.iterfind(".//link[@rel='icon']")}


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_it(here: Site, path: str) -> None:
    base = here.settings.site.base_url
    found = icons(base + path)
    assert found["48x48"] == f"{base}/favicon.ico"
    assert found["image/svg+xml"].startswith(f"{base}/icon.svg?v=")
    for address, kind in ((found["48x48"], "image/x-icon"), (found["image/svg+xml"], "image/svg+xml")):
        answer = httpx.get(address)
        assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
        assert answer.headers["cache-control"] == "public, max-age=604800"


def test_old_browsers_have_it_in_three_sizes(here: Site) -> None:
    with Image.open(BytesIO(httpx.get(f"{here.settings.site.base_url}/favicon.ico").content)) as icon:
        assert icon.format == "ICO"
        assert icon.info["sizes"] == {(16, 16), (32, 32), (48, 48)}
        assert icon.convert("RGB").getpixel((4, 24)) == tuple(LIGHT[GROUND])


@pytest.mark.parametrize(("scheme", "expected"), [("light", LIGHT), ("dark", DARK)])
def test_a_browser_shows_it_light_and_dark(
    here: Site, chromium: Chromium, scheme: str, expected: dict[tuple[int, int], list[int]]
) -> None:
    base = here.settings.site.base_url

    def look(page: Page) -> dict[tuple[int, int], list[int]]:
        page.goto(f"{base}/subscribe")
        address = page.eval_on_selector("link[type='image/svg+xml']", "link => link.href")
        return {place: page.evaluate(COLOUR_AT, [address, *place]) for place in expected}

    assert chromium.run(look, color_scheme=scheme) == expected
