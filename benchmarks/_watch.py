"""Looking at pages and mails in a real browser, and seeing whatever in them runs, asks somebody else, or could.

A script is seen by the browser's own debugger, which tells of every one that it parses; a dialog by its opening; a
request to a foreign host by being made. What only waits (a handler for a click, a link that is a script) is looked for
in the document as the browser understood it, so it is found where a policy would stop it, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Request, sync_playwright

from newsletter.resources import folder
from tests.servers.chromium import OPTIONS

SHARE = folder("templates") / "web/share.js"  # the one script that our pages for readers run
SHARE_LENGTH = len(SHARE.read_text())
PLACE = "http://127.0.0.1:9/"  # where documents stand that nobody serves: mails, and entries in a feed reader
WAITING = """(charts) => {
  const found = [];
  const live = new Set(["SCRIPT", "IFRAME", "FRAME", "OBJECT", "EMBED", "BASE", "APPLET", "PORTAL", "MATH", "SVG"]);
  const addresses = new Set(["href", "src", "action", "formaction", "xlink:href", "data", "poster", "background"]);
  const isData = (element) => {  // a block of data, which no browser runs; what ends it too early is no JSON
    if (element.tagName !== "SCRIPT" || element.type !== "application/ld+json") return false;
    try { return Boolean(JSON.parse(element.textContent)); } catch { return false; }
  };
  const isOurs = (element) => element.tagName === "IFRAME" && element.hasAttribute("sandbox") && !element.srcdoc
    && !/allow-(scripts|top|forms|same-origin)/.test(element.sandbox.value)
    && element.src.startsWith(location.origin + "/");
  const isShare = (element) => element.tagName === "SCRIPT" && element.type === "module" && !element.textContent
    && new RegExp("^" + location.origin + "(/[a-z]+)?/share[.]js[?]v=[0-9a-f]{12}$").test(element.src);
  const isChart = (element) => charts && element.tagName === "svg"  // a drawing: of shapes and words alone
    && [...element.querySelectorAll("*")].every(({tagName}) => /^(g|rect|path|line|text|tspan|circle)$/.test(tagName));
  for (const element of document.querySelectorAll("*")) {
    if (isData(element) || isOurs(element) || isShare(element) || isChart(element)) continue;
    if (live.has(element.tagName.toUpperCase())) found.push(element.outerHTML.slice(0, 200));
    if (element.tagName === "META" && /refresh/i.test(element.httpEquiv)) found.push(element.outerHTML.slice(0, 200));
    for (const {name, value} of element.attributes) {
      const scheme = value.replace(/[\\u0000-\\u0020]/g, "").toLowerCase();
      if (/^on/i.test(name) || (addresses.has(name) && /^(javascript|vbscript|data):/.test(scheme)))
        found.push(`${element.tagName} ${name}=${value}`.slice(0, 200));
    }
  }
  return found;
}"""


class Watch:
    """`seen` counts documents, scripts, dialogs, foreign, waiting; `told` gets a line for each but the documents.

    `charts`: there may be drawings of ours.
    """

    def __init__(
        self,
        browser: Browser,
        ours: set[str],
        told: Callable[[str], None],
        *,
        policy: bool,
        charts: bool = False,
    ) -> None:
        self.seen: Counter[str] = Counter()
        self._ours = {*ours, urlsplit(PLACE).netloc}
        self._told = told
        self._charts = charts
        self._document = ""
        self._watching = False
        self._known: set[str] = set()
        self._lengths: set[int] = set()
        self._learning = True
        self._page = browser.new_context(bypass_csp=not policy).new_page()
        debugger = self._page.context.new_cdp_session(self._page)
        debugger.on("Debugger.scriptParsed", self._script)
        debugger.send("Debugger.enable")
        self._page.on("dialog", self._dialog)
        self._page.on("request", self._request)
        for _ in range(3):  # what Playwright runs in every page, and we to look at it, is told by its hash
            self.show("nothing", "<!doctype html><title>x</title><p>Nothing runs here.</p>")
        self.show("ours", f"<!doctype html><title>x</title><script>{SHARE.read_text()}</script>")
        for _ in range(100):  # the debugger tells late where the machine is busy
            self._page.wait_for_timeout(100)
            if SHARE_LENGTH in self._lengths:
                break
        self._learning = False
        self.seen.clear()

    def let_in(self, name: str, value: str, address: str) -> None:
        """Visit with a cookie, as somebody who is signed in."""
        self._page.context.add_cookies([{"name": name, "value": value, "url": address}])

    def visit(self, address: str) -> None:
        """Look at what is served somewhere."""
        self._look(address, lambda: self._page.goto(address, wait_until="load"))

    def show(self, name: str, html: str) -> None:
        """Look at a document under no policy, as a mail program or feed reader shows it."""

        def load() -> None:
            self._page.route(PLACE, lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
            self._page.goto(PLACE, wait_until="load")
            self._page.unroute(PLACE)

        self._look(name, load)

    def _look(self, name: str, load: Callable[[], Any]) -> None:
        self._document = name
        self.seen["documents"] += 1
        self._watching = True
        load()
        self._watching = False
        for line in self._page.evaluate(WAITING, self._charts):  # while learning, too: it is a script itself
            self._note("waiting", line)

    def _script(self, event: dict[str, Any]) -> None:
        if event.get("url", "").startswith("chrome-error://"):
            return  # the browser's own page, in a frame whose mail nobody serves here
        if self._learning:
            self._known.add(event["hash"])
            self._lengths.add(event["length"])
        elif event["hash"] not in self._known:
            self._note("scripts", f"{event.get('url')} ({event['length']} characters)")

    def _dialog(self, dialog: Any) -> None:
        self._note("dialogs", dialog.message)
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        host = urlsplit(request.url).netloc
        if self._watching and host not in self._ours and not request.url.startswith("data:"):
            self._note("foreign", request.url)

    def _note(self, what: str, line: str) -> None:
        if self._learning:
            return
        self.seen[what] += 1
        self._told(f"{what}: {self._document}: {line[:300]}")


def check_eyes(chromium: Browser) -> None:
    """Raises AssertionError where what must be seen is not: each of these documents does one thing that none may do."""
    harm = {
        "scripts": "<script>1</script>",
        "dialogs": "<img src=x:x onerror='alert(1)'>",
        "foreign": "<img src='http://foreign.example/a.png'>",
        "waiting": "<p onclick='1'>x</p><a href=' java\nscript:1'>x</a>",
    }
    for what, html in harm.items():
        told: list[str] = []
        watch = Watch(chromium, set(), told.append, policy=False)
        watch.show(what, f"<!doctype html>{html}")
        assert watch.seen[what] == (2 if html.count("<p ") else 1), (what, told)


@contextmanager
def browser() -> Iterator[Browser]:
    """Debian's Chromium, until the block ends."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=OPTIONS)
        yield found
        found.close()
