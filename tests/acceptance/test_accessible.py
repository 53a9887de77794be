"""What people get and see, in a real browser: axe finds nothing, light or dark, and all fits into 320 pixels."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page

from tests.acceptance.demo import Demo
from tests.acceptance.instance import Instance, start, wait_for
from tests.acceptance.mailserver import Mailserver
from tests.acceptance.portal import Portal
from tests.servers.chromium import Chromium, axe
from tests.servers.process import free_port

EXEMPT = ("region", "landmark-one-main")  # in mails only: the mail program's window has landmarks of its own
WIDE, NARROW = {"width": 1200, "height": 800}, {"width": 320, "height": 640}


def looked_at(page: Page, exempt: tuple[str, ...] = ()) -> list[str]:
    """What is wrong with an open page: light and wide, dark and wide, dark and narrow, light and narrow."""
    found: list[str] = []
    for scheme, size in (("light", WIDE), ("dark", WIDE), ("dark", NARROW), ("light", NARROW)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of Playwright's literals
        page.set_viewport_size(size)  # type: ignore[arg-type]
        found += [f"{scheme} {size['width']}: {line}" for line in axe(page, exempt=exempt)]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{scheme} {size['width']}: has to be scrolled sideways (WCAG 1.4.10)")
    return found


def test_every_mail_of_the_demo(demo: Demo, chromium: Chromium) -> None:
    def look(page: Page) -> list[str]:
        found = []
        for mail in demo.mails:
            if mail.html:
                page.set_content(mail.html, wait_until="domcontentloaded")
                found += [f"{mail.recipient}: {line}" for line in looked_at(page, EXEMPT)]
        return found

    assert chromium.run(look) == []


@pytest.fixture(scope="module")
def site(demo: Demo) -> Iterator[str]:
    """The demo's public pages, served by the daemon."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    places = {"NEWSLETTER_WEB__LISTEN": f"127.0.0.1:{port}", "NEWSLETTER_SITE__BASE_URL": url}
    daemon = start(demo.folder / "newsletter.toml", url, "--web-only", **places)
    yield url
    daemon.terminate()
    assert daemon.wait(30) == 0


def test_every_public_page_of_the_demo(demo: Demo, site: str, chromium: Chromium) -> None:
    public = demo.folder / "public"
    addresses = [_address(path.relative_to(public)) for path in sorted(public.rglob("*.html"))]
    assert len(addresses) > 30
    assert any(address.startswith("reports/") for address in addresses)

    def look(page: Page) -> list[str]:
        found = []
        for address in [*addresses, "releases/nowhere", "subscribe"]:
            answer = page.goto(f"{site}/{address}", wait_until="load")
            assert answer is not None
            assert answer.status in (200, 404), address
            found += [f"/{address}: {line}" for line in looked_at(page)]
        return found

    assert chromium.run(look) == []


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_first_page_is_light(site: str, chromium: Chromium, size: dict[str, int]) -> None:
    """50 KB in all, as sent: what somebody in a train gets before they read."""

    def look(page: Page) -> dict[str, float]:
        sent: dict[str, float] = {}
        session = page.context.new_cdp_session(page)
        session.on("Network.loadingFinished", lambda one: sent.update({one["requestId"]: one["encodedDataLength"]}))
        session.send("Network.enable")
        page.goto(site, wait_until="networkidle")
        return sent

    sent = chromium.run(look, viewport=size, device_scale_factor=2)
    assert len(sent) >= 2  # the page and its sheet
    assert 3_000 < sum(sent.values()) <= 50 * 1024


def _address(path: Path) -> str:
    return str(path).removesuffix(".html").removesuffix("index")


class Walk:
    """A way through pages, each looked at as it comes; `found` has what is wrong, by the page's name."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.found: dict[str, list[str]] = {}

    def see(self, name: str, status: int, act: Callable[[], Any]) -> None:
        self.page.evaluate("window.left = true")
        with self.page.expect_response(lambda answer: answer.request.is_navigation_request()) as answer:
            act()
        assert answer.value.status == status, name
        self.page.wait_for_function("!window.left")  # an answer may come while the page before still stands
        self.page.wait_for_load_state()
        if found := looked_at(self.page):
            self.found[name] = found

    def open(self, name: str, status: int, address: str) -> None:
        self.see(name, status, lambda: self.page.goto(address if "://" in address else self.url + address))

    def press(self, name: str, status: int, what: str = "form button[type=submit]") -> None:
        self.see(name, status, lambda: self.page.click(what))


def subscribe(walk: Walk) -> None:
    walk.open("choice", 200, "/subscribe")
    walk.open("form", 200, "/subscribe?newsletter=presse")
    walk.press("form, empty", 422)
    walk.page.fill("#email", "kein at")
    walk.press("form, no address", 422)
    walk.page.fill("#email", "leserin@leser.example")
    walk.press("asked", 200)


def confirm_change_and_leave(walk: Walk, confirm: str) -> None:
    walk.open("confirm", 200, confirm)
    walk.press("confirmed", 200)
    walk.press("preferences", 200, "a.button")
    walk.press("preferences, saved", 200)
    walk.page.evaluate("document.querySelectorAll('[name=format]').forEach(field => field.value = 'golden')")
    walk.page.check("[name=format] >> nth=0")
    walk.press("preferences, wrong", 422)
    walk.press("unsubscribe", 200, "a[href*='/unsubscribe/']")
    leave = walk.page.url
    walk.press("unsubscribed", 200)
    walk.open("unsubscribed before", 200, leave)
    walk.open("confirm, ended", 410, confirm)
    walk.open("no token of ours", 404, f"/unsubscribe/{'a' * 40}")
    walk.open("nothing there", 404, "/nothing")


def test_the_pages_people_act_on_and_their_errors(
    instance: Instance, portal: Portal, mailserver: Mailserver, chromium: Chromium
) -> None:
    instance.letter["cadences"] = ["immediate", "daily"]
    instance.settings["newsletters"].append({**instance.letter, "id": "zweit", "title": "Zweiter Brief"})
    instance.feed("presse", portal.list_url, topics={"Verkehr": "verkehr", "Kultur": "kultur"})
    instance.start()
    assert httpx.get(f"{instance.url}/style.css").status_code == 200  # before anything was published, too

    def way(page: Page) -> dict[str, list[str]]:
        walk = Walk(page, instance.url)
        subscribe(walk)
        mail = wait_for(lambda: mailserver.to("leserin@leser.example"))[0]
        confirm_change_and_leave(walk, mail.link("/confirm/"))
        return walk.found

    assert chromium.run(way, locale="de-DE") == {}


def test_the_mails_that_ask(instance: Instance, portal: Portal, mailserver: Mailserver, chromium: Chromium) -> None:
    instance.feed("presse", portal.list_url)
    for language in ("de", "en"):
        added = instance.run("subscribers", "add", f"{language}@leser.example", "--confirm", "--language", language)
        assert added.code == 0, added.err
    instance.run("once")
    mails: Mapping[str, str] = {mail.recipient: mail.html for mail in mailserver.mails if "leser" in mail.recipient}
    assert len(mails) == 2

    def look(page: Page) -> list[str]:
        found = []
        for recipient, html in mails.items():
            page.set_content(html, wait_until="domcontentloaded")
            found += [f"{recipient}: {line}" for line in looked_at(page, EXEMPT)]
        return found

    assert chromium.run(look) == []
