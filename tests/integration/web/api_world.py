"""A program with its API on a real database, asked through ASGI with tokens of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import func, select
from starlette.types import ASGIApp

from newsletter.app import Program
from newsletter.config import load
from newsletter.model import Scope
from newsletter.store.columns import metadata
from newsletter.store.search import Search
from newsletter.tokens import Keys
from newsletter.web import WebServices, create_app
from newsletter.web.api import create_api

START = datetime(2026, 11, 23, 6, 0, 1, tzinfo=UTC)
BASE = "https://news.musterstadt.example"
TOML = """
[site]
title = "Presse Musterstadt"
base_url = "{base}"
publisher = "Stadt Musterstadt"
postal_address = "Marktplatz 1, 12345 Musterstadt"
contact = "presse@musterstadt.example"
imprint_url = "https://musterstadt.example/impressum"
privacy_url = "https://musterstadt.example/datenschutz"
[store]
url = "{store}"
[publish]
images = "link"
[mail]
from = "Presse Musterstadt <presse@musterstadt.example>"
{mail}
[[newsletters]]
id = "presse"
title = "Pressemitteilungen"
feeds = ["musterstadt", "rathaus"]
cadences = ["daily", "weekly"]
{more}
"""
FEEDS = {
    "musterstadt": 'title = "Presse"\nkind = "html"\nurl = "https://musterstadt.example/presse"\n',
    "rathaus": 'title = "Rathaus"\nkind = "push"\nurl = "https://rathaus.example/"\n[topics]\nVerkehr = "verkehr"\n',
}
PUSHED = {
    "headline": "Neue Fahrradstraße in der Nordstadt",
    "body_html": "<p>Die Nordstadt bekommt eine Fahrradstraße. Sie beginnt am Markt und führt bis zum Bahnhof, "
    "und sie ist ab dem Frühjahr frei für alle, die mit dem Rad fahren.</p>",
    "kicker": "Verkehr",
    "published": "2026-11-23T05:30:00Z",
}


@dataclass
class Api:
    """The program, its web, and a clock that tests move."""

    folder: Path
    now: datetime = START
    program: Program = field(init=False)
    app: ASGIApp = field(init=False)

    def later(self, **spent: float) -> None:
        self.now += timedelta(**spent)

    def token(self, *scopes: str, days: int | None = None) -> str:
        """The secret of a new token; with every scope where none is named."""
        wanted = scopes or tuple(Scope)
        return self.program.programs.tokens.issue("Probe", wanted, self.now, days)[1]

    def client(self, *scopes: str, token: str | None = None) -> httpx.AsyncClient:
        """A program that signs in; `token` "" does not."""
        secret = self.token(*scopes) if token is None else token
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=f"{BASE}/api/v1", headers=headers)

    def rows(self) -> dict[str, int]:
        """How many rows each table has."""

        def count(connection: Any) -> dict[str, int]:
            tables = metadata.sorted_tables
            return {one.name: connection.execute(select(func.count()).select_from(one)).scalar() for one in tables}

        return self.program.database.read(count)


def settings(folder: Path, store: str, *, mail: str = "", more: str = "", base: str = BASE) -> Path:
    """Write settings with a feed that is collected and one that is only pushed to."""
    (folder / "feeds").mkdir(exist_ok=True)
    for slug, text in FEEDS.items():
        (folder / f"feeds/{slug}.toml").write_text(text, "utf-8")
    (folder / "var").mkdir(exist_ok=True)
    (folder / "var/keys").write_text(Keys.new_line() + "\n", "ascii")
    place = folder / "newsletter.toml"
    place.write_text(TOML.format(store=store, mail=mail, more=more, base=base), "utf-8")
    return place


@contextmanager
def api(folder: Path, store: str, **options: str) -> Iterator[Api]:
    """The API on the database at `store`."""
    here = Api(folder)
    with Program.open(load(settings(folder, store, **options), {}), lambda: here.now) as program:
        here.program = program
        services = WebServices(
            program.settings,
            program.subscribing,
            program.pages,
            lambda: (),
            program.metrics,
            program.hooks.take,
            Search(program.database).find,
            program.now,
        )
        here.app = create_app(services, inside={"/api": create_api(program)})
        yield here
