"""`/api/docs` in a real browser: readable without a script, nothing asked of others, axe finds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from newsletter.publish.pages import Pages
from newsletter.web.api.app import ROUTERS
from tests.integration.web.api_world import Api, api
from tests.servers.chromium import Chromium, axe
from tests.servers.process import free_port
from tests.servers.web import serving

LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "forced colours": {"color_scheme": "light", "forced_colors": "active"},
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Api, str]]:
    place, port = tmp_path_factory.mktemp("docs"), free_port()
    base = f"http://127.0.0.1:{port}/newsletter"
    with api(place, f"sqlite:///{place}/newsletter.db", base=base) as here:
        public = here.program.settings.publish.directory
        public.mkdir()
        (public / "style.css").write_bytes(Pages(here.program.settings.site).beside["style.css"])
        with serving(here.app, port) as address:
            yield here, f"{address}/newsletter/api/docs"


@pytest.mark.parametrize("language", ["de", "en"])
def test_axe_finds_nothing_in_any_look(served: tuple[Api, str], chromium: Chromium, language: str) -> None:
    _, address = served
    asked: list[str] = []

    def look_at(page: Page) -> dict[str, list[str]]:
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{address}?lang={language}")
        found = {}
        for look, media in LOOKS.items():
            page.emulate_media(**media)
            found[look] = axe(page)
        page.emulate_media(forced_colors="none")
        page.set_viewport_size({"width": 320, "height": 640})
        found["narrow"] = axe(page)
        found["width"] = [str(page.evaluate("document.documentElement.scrollWidth"))]
        return found

    assert chromium.run(look_at) == {"width": ["320"], "narrow": []} | {look: [] for look in LOOKS}
    assert all(url.startswith(address.removesuffix("/api/docs")) for url in asked)
    found = {url.rpartition("/")[2].partition("?")[0] for url in asked}
    assert found - {"icon.svg"} == {"docs", "style.css"}  # a browser asks for the icon when it likes


async def test_it_tells_of_everything_that_can_be_done(sqlite_url: str, tmp_path: Path) -> None:
    with api(tmp_path, sqlite_url) as here:
        async with here.client(token="") as client:
            assert (await client.get("../")).headers["location"] == "/api/docs"
            page = await client.get("../docs?lang=en")
            document = (await client.get("/openapi.json")).json()
    for router in ROUTERS:
        for route in router.routes:
            assert getattr(route, "summary", "nothing") in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "<script" not in page.text
    assert document["openapi"].startswith("3.1")
