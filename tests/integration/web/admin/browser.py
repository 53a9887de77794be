"""The admin on loopback for a browser, and what every page must hold: axe in every look, no sideways scroll."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import uvicorn
from playwright.sync_api import Page

from tests.integration.web.admin.world import PORTAL, Office, office
from tests.servers.chromium import axe
from tests.servers.process import free_port

LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "forced colours": {"color_scheme": "light", "forced_colors": "active"},
}
NOTHING = {"width": ["320"], "narrow": [], "zoomed": []} | {look: [] for look in LOOKS}


@contextmanager
def served(place: Path, portal: str = PORTAL) -> Iterator[Office]:
    """An office that a browser can open; its feeds are lists on `portal`."""
    port = free_port()
    with office(place, base_url=f"http://127.0.0.1:{port}/newsletter", portal=portal) as here:
        server = uvicorn.Server(uvicorn.Config(here.app, port=port, log_config=None, access_log=False, lifespan="off"))
        thread = Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            thread.join(0.02)
        yield here
        server.should_exit = True
        thread.join()


def sign_in(page: Page, here: Office, cookie: str) -> None:
    """The browser of somebody who is signed in."""
    base = here.program.settings.site.base_url
    page.context.add_cookies([{"name": "newsletter_session", "value": cookie, "url": f"{base}/admin"}])


def looked_at(page: Page, opened: Callable[[Page], None]) -> dict[str, list[str]]:
    """What axe finds in each look and at 320 px, and how wide the page is there; NOTHING is right."""
    opened(page)
    found = {}
    for look, media in LOOKS.items():
        page.emulate_media(**media)
        found[look] = axe(page)
    page.emulate_media(forced_colors="none")
    page.set_viewport_size({"width": 320, "height": 640})
    found["narrow"] = axe(page)
    found["width"] = [str(page.evaluate("document.documentElement.scrollWidth"))]  # WCAG 1.4.10
    page.set_viewport_size({"width": 1280, "height": 800})
    page.evaluate("document.documentElement.style.fontSize = '212.5%'")  # twice ours: WCAG 1.4.4
    found["zoomed"] = axe(page)
    return found


def press(page: Page, button: str) -> None:
    """Press a button that leads on."""
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has this label or text has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        # not `:focus`: the button inside a field for dates is none to it
        said = page.evaluate("(e => e.labels?.[0]?.textContent || e.textContent)(document.activeElement)")
        if " ".join(said.split()) == name:
            return
    raise AssertionError(f"no key leads to {name}")
