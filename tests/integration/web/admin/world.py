"""A program with the admin before it, on a real database; people sign in as they would."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pyotp
from starlette.types import ASGIApp

from newsletter.app import Program
from newsletter.config import load
from newsletter.model import EVERYWHERE, Role
from newsletter.publish.writer import Writer
from newsletter.store.search import Search
from newsletter.web import WebServices, create_app
from newsletter.web.admin import create_admin

START = datetime.fromisoformat("2026-11-24T06:00:01+00:00")
PASSWORD = "ein Satz als Kennwort"
BASE_URL = "https://news.musterstadt.example"
SETTINGS = """
[site]
title = "Presse Musterstadt"
base_url = "{base_url}"
publisher = "Stadt Musterstadt"
contact = "presse@musterstadt.example"
[store]
url = "{store_url}"
[collect]
allow_networks = ["127.0.0.0/8"]
[mail]
from = "Presse <presse@musterstadt.example>"
[[newsletters]]
id = "presse"
title = "Pressemitteilungen"
feeds = ["musterstadt"]
cadences = ["immediate", "daily"]
send_at = "07:00"
missing_alt = "hold"
[[newsletters]]
id = "rat"
title = "Aus dem Rat"
feeds = ["rat"]
"""
PORTAL = "https://musterstadt.example"
FEED = 'title = "Pressemitteilungen"\nkind = "html"\nurl = "{portal}/presse"\nmax_age = ""\n'


@dataclass
class Office:
    """The program, its web, and a clock that the test moves."""

    program: Program
    now: datetime = START
    app: ASGIApp = field(init=False)

    def __post_init__(self) -> None:
        self.program.now = lambda: self.now
        self.program.audit.now = self.program.now
        services = WebServices(
            self.program.settings,
            self.program.subscribing,
            self.program.pages,
            lambda: (),
            self.program.metrics,
            self.program.hooks.take,
            Search(self.program.database).find,
            self.program.now,
        )
        for name, data in self.program.pages.beside.items():
            Writer(self.program.settings.publish.directory).write(name, data)
        self.app = create_app(services, {"/admin": create_admin(self.program)})

    def later(self, **spent: float) -> None:
        self.now += timedelta(**spent)

    def client(self, **headers: str) -> httpx.AsyncClient:
        """A browser that nobody is signed in with."""
        transport = httpx.ASGITransport(self.app, client=("192.0.2.1", 4711))
        headers = {"accept-language": "de", "sec-fetch-site": "same-origin"} | headers
        return httpx.AsyncClient(transport=transport, base_url=self.program.settings.site.base_url, headers=headers)

    def cookie(self, role: Role = Role.ADMIN, newsletters: Mapping[str, Role] | None = None, name: str = "") -> str:
        """The cookie of somebody who is signed in; who has `role` everywhere unless `newsletters` say otherwise."""
        name = name or f"{role}@musterstadt.example"
        token = self.program.signin.invite(name, newsletters or {EVERYWHERE: role}, self.now)
        code = pyotp.TOTP(self.program.signin.proposed_secret(token)).at(self.now)
        account = self.program.signin.accept(token, PASSWORD, code, self.now)
        return self.program.signin.begin(account, "a test", self.now)

    def signed_in(
        self, role: Role = Role.ADMIN, newsletters: Mapping[str, Role] | None = None, name: str = ""
    ) -> httpx.AsyncClient:
        """A browser with which somebody is signed in."""
        client = self.client()
        client.cookies.set("newsletter_session", self.cookie(role, newsletters, name))
        return client


async def press(client: httpx.AsyncClient, path: str, action: str = "", **typed: str | list[str]) -> httpx.Response:
    """Open a page and send one of its forms: the one that goes to `action` (the page itself where none is named)."""
    page = await client.get(path)
    token = re.search(r'name="form_token" value="([0-9a-f]+)"', page.text)
    values = ({"form_token": token[1]} if token else {}) | typed
    return await client.post(action or path, data=values)


@contextmanager
def office(place: Path, store_url: str = "", base_url: str = BASE_URL, portal: str = PORTAL) -> Iterator[Office]:
    """A program in `place`; on SQLite where no other database is named. Its feeds are lists on `portal`."""
    for name in ("feeds", "var"):
        (place / name).mkdir(parents=True, exist_ok=True)
    store_url = store_url or f"sqlite:///{place}/var/newsletter.db"
    (place / "newsletter.toml").write_text(SETTINGS.format(base_url=base_url, store_url=store_url), "utf-8")
    for slug in ("musterstadt", "rat"):
        (place / f"feeds/{slug}.toml").write_text(FEED.format(portal=portal).replace("/presse", f"/{slug}"), "utf-8")
    keys = place / "var/keys"
    keys.touch(0o600)
    keys.write_text(base64.b64encode(b"k" * 32).decode() + "\n", "ascii")
    with Program.open(load(place / "newsletter.toml", {}), lambda: START) as program:
        program.desk.rows(START)
        yield Office(program)
