"""Debian's Chromium through Playwright, and axe in it.

Playwright's synchronous half leaves an event loop running in its thread, and no async test could run beside it: so the
browser has a thread of its own, and what a test does with a page is a function handed to `Chromium.run`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.servers.process import needed

T = TypeVar("T")

OPTIONS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-proxy-server",
    "--no-sandbox",  # root has none
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",  # no test asks the internet
]


UNHEARD = {"InlineTextBox", "generic", "none", "LabelText", "ListMarker", "LineBreak"}
NAMED_BY_TEXT = {"heading", "link", "button", "term", "LabelText", "Legend", "DisclosureTriangle", "cell", "option"}
HEARD = {"navigation", "main", "banner", "contentinfo", "list", "form", "group", "table", "row", "region", "paragraph"}
STATES = {"level", "checked", "required", "invalid", "expanded", "focused", "disabled", "selected"}


def axe(page: Page, *, exempt: Collection[str] = ()) -> list[str]:
    """What axe finds on the page, a line a violation and element; `exempt` names rules that do not apply."""
    rules = {"target-size": {"enabled": True}}  # WCAG 2.2, 2.5.8: axe leaves it off unless asked
    rules |= {rule: {"enabled": False} for rule in exempt}
    found = Axe().run(page, options={"resultTypes": ["violations"], "rules": rules}).response["violations"]
    return [
        f"{violation['id']}: {violation['help']}: {' '.join(map(str, node['target']))}: {node['html'][:200]}"
        for violation in found
        for node in violation["nodes"]
    ]


def read_out(page: Page) -> str:
    """The page as Chromium hands it to a screen reader: a line for each thing that has a role and says something."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    by_id = {node["nodeId"]: node for node in nodes}
    return "".join(_lines(nodes[0], by_id, 0))


def _lines(node: Mapping[str, Any], by_id: Mapping[str, Mapping[str, Any]], depth: int) -> Iterator[str]:
    role, name = node.get("role", {}).get("value", ""), node.get("name", {}).get("value", "").strip()
    said_above = role == "StaticText" and _role(by_id.get(node.get("parentId", ""))) in NAMED_BY_TEXT
    shown = not node["ignored"] and role not in UNHEARD and bool(name or role in HEARD) and not said_above
    if shown:
        yield "  " * depth + " ".join([role, *([f'"{name}"'] if name else []), *_states(node)]) + "\n"
    for child in node.get("childIds", ()):
        if child in by_id:
            yield from _lines(by_id[child], by_id, depth + shown)


def _role(node: Mapping[str, Any] | None) -> str:
    return "" if node is None else str(node.get("role", {}).get("value", ""))


def _states(node: Mapping[str, Any]) -> Iterator[str]:
    for state in node.get("properties", ()):
        value = state["value"].get("value")
        if state["name"] in STATES and value not in (False, "false", None, ""):
            yield state["name"] if value is True or value == "true" else f"{state['name']}={value}"
    for what in ("value", "description"):
        if said := node.get(what, {}).get("value"):
            yield f'{what}="{said}"'


class Chromium:
    """A browser in a thread of its own; every `run` is a fresh profile."""

    def __init__(self, thread: ThreadPoolExecutor, browser: Browser) -> None:
        self._thread = thread
        self._browser = browser

    def run(self, look: Callable[[Page], T], **context: Any) -> T:
        """What `look` returns for a new page; `context` goes to Playwright's new_context (viewport, locale, …)."""
        return self._thread.submit(self._look, look, context).result()

    def violations(self, what: str, *, exempt: Collection[str] = (), **context: Any) -> list[str]:
        """What axe finds at an address (`http://…`) or in a document (`<!doctype html>…`)."""

        def look(page: Page) -> list[str]:
            page.goto(what) if what.startswith(("http://", "https://", "file://")) else page.set_content(what)
            return axe(page, exempt=exempt)

        return self.run(look, **context)

    def _look(self, look: Callable[[Page], T], options: dict[str, Any]) -> T:
        context = self._browser.new_context(**options)
        try:
            context.set_default_timeout(15_000)
            return look(context.new_page())
        finally:
            context.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """The browser; from an async test call it through `asyncio.to_thread`."""
    program = needed(Path("/usr/bin/chromium"))

    def launch() -> tuple[Playwright, Browser]:
        playwright = sync_playwright().start()
        return playwright, playwright.chromium.launch(executable_path=program, args=OPTIONS)

    def close() -> None:
        browser.close()
        playwright.stop()

    with ThreadPoolExecutor(1, "chromium") as thread:
        playwright, browser = thread.submit(launch).result()
        yield Chromium(thread, browser)
        thread.submit(close).result()
