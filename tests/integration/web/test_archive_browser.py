"""The archive in a real browser, under a path and with the headers of the program: every look, search, passing on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from newsletter.publish.archive import publish
from newsletter.publish.pages import Pages
from newsletter.publish.writer import Writer
from tests.integration.web.admin.browser import NOTHING, looked_at
from tests.integration.web.browser import served as loopback
from tests.integration.web.test_search import fill
from tests.integration.web.world import Site
from tests.servers.chromium import Chromium
from tests.unit.publish.sample import BRIDGE, FEEDS, NEWSLETTERS, NOW, shelf

RELEASE = f"/releases/{BRIDGE.id}"
PAGES = {
    "home": "/",
    "release": RELEASE,
    "edition": "/editions/presse-daily-20261121T0600Z",
    "past editions": "/editions/",
    "months": "/archive/",
    "month": "/archive/2026-11",
    "feed": "/feeds/musterstadt/",
    "feeds": "/feeds/",
    "search": "/search",
    "found": "/search?q=Br%C3%BCcke&in=musterstadt%2Fverkehr&since=year",
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with loopback(tmp_path_factory.mktemp("web")) as here:
        fill(here)
        here.settings.feeds.update(FEEDS)
        site = here.settings.site
        publish(site, FEEDS, NEWSLETTERS, shelf(), Pages(site), Writer(here.settings.publish.directory), NOW)
        yield here


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_in_any_look(served: Site, chromium: Chromium, name: str) -> None:
    def opened(page: Page) -> None:
        page.goto(served.settings.site.base_url + PAGES[name])

    assert chromium.run(lambda page: looked_at(page, opened), locale="de-DE") == NOTHING


def test_a_link_is_copied_and_handed_to_the_devices_own_menu(served: Site, chromium: Chromium) -> None:
    """Headless Chromium has no menu and asks nobody for its clipboard: what the page hands to either is kept."""

    def go(page: Page) -> list[Any]:
        refused: list[str] = []  # but the sample's picture, which nobody hosts here
        page.on("console", lambda line: refused.append(line.text) if "img-src" not in line.text else None)
        page.add_init_script("""
            window.handed = [];
            const clipboard = { writeText: async text => { handed.push(text) } };
            Object.defineProperty(navigator, "clipboard", { value: clipboard });
            navigator.share = async what => { handed.push(what.title, what.url) };
        """)
        page.goto(served.settings.site.base_url + RELEASE)
        page.get_by_role("button", name="Link kopieren").press("Enter")
        page.get_by_text("Der Link ist kopiert.").wait_for()
        page.get_by_role("button", name="Teilen …").press("Enter")
        return [page.evaluate("handed"), page.title(), refused]

    handed, title, refused = chromium.run(go, locale="de-DE")
    address = served.settings.site.base_url + RELEASE
    assert (handed, refused) == ([address, title, address], [])


def test_without_a_script_there_is_the_link_and_a_mail(served: Site, chromium: Chromium) -> None:
    def go(page: Page) -> list[Any]:
        page.goto(served.settings.site.base_url + RELEASE)
        section = page.get_by_role("region", name="Diese Seite weitergeben")
        return [section.get_by_role("link").all_inner_texts(), section.get_by_role("button").count()]

    links, buttons = chromium.run(go, locale="de-DE", java_script_enabled=False)
    assert (links, buttons) == ([served.settings.site.base_url + RELEASE, "Per E-Mail"], 0)
