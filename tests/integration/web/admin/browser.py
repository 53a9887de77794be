"""The admin in a browser: served on loopback, looked at in every look."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import uvicorn
from playwright.sync_api import Page

from tests.integration.web.admin.world import Office, office
from tests.servers.chromium import Chromium, axe
from tests.servers.process import free_port

LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "forced colours": {"color_scheme": "light", "forced_colors": "active"},
}
NOTHING: dict[str, list[str]] = {look: [] for look in LOOKS} | {"narrow": [], "zoomed": [], "width": ["320"]}


@contextmanager
def serving(place: Path) -> Iterator[Office]:
    """An office under a path, that answers on loopback."""
    port = free_port()
    with office(place, base_url=f"http://127.0.0.1:{port}/newsletter") as here:
        server = uvicorn.Server(uvicorn.Config(here.app, port=port, log_config=None, access_log=False))
        thread = Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            thread.join(0.02)
        yield here
        server.should_exit = True
        thread.join()


def sign_in(page: Page, here: Office, cookie: str) -> None:
    """Give the browser a session."""
    base = here.program.settings.site.base_url
    page.context.add_cookies([{"name": "newsletter_session", "value": cookie, "url": f"{base}/admin"}])


def found_in_every_look(
    chromium: Chromium, here: Office, cookie: str, path: str, act: Callable[[Page], None] = lambda page: None
) -> dict[str, list[str]]:
    """What axe finds on a page after `act` in each look, at 320 px and at 200 %; and how wide it is at 320 px."""

    def look_at(page: Page) -> dict[str, list[str]]:
        sign_in(page, here, cookie)
        page.goto(f"{here.program.settings.site.base_url}/admin{path}")
        act(page)
        found = {}
        for look, media in LOOKS.items():
            page.emulate_media(**media)
            found[look] = axe(page)
        page.emulate_media(forced_colors="none")
        page.set_viewport_size({"width": 320, "height": 640})
        found["narrow"] = axe(page)
        found["width"] = [str(page.evaluate("document.documentElement.scrollWidth"))]  # WCAG 1.4.10
        page.set_viewport_size({"width": 1280, "height": 800})
        page.evaluate("document.documentElement.style.fontSize = '200%'")  # WCAG 1.4.4
        found["zoomed"] = axe(page)
        return found

    return chromium.run(look_at, locale="de-DE")


def press(page: Page, button: str) -> None:
    """Press a button that leads on."""
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has this label or text has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        said = page.locator(":focus").evaluate("e => e.labels?.[0]?.textContent || e.textContent")
        if " ".join(said.split()) == name:
            return
    raise AssertionError(f"no key leads to {name}")
