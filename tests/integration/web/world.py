"""The web on a real database, asked through ASGI."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select
from starlette.types import ASGIApp

from newsletter.publish.pages import Pages
from newsletter.publish.writer import Writer
from newsletter.store.columns import metadata
from newsletter.store.database import open_database
from newsletter.store.journal import Journal
from newsletter.store.search import Search
from newsletter.web import WebServices, create_app
from tests.integration.audience.world import World, settings


@dataclass
class Site(World):
    """An audience with its web; `problems` is what keeps it from being ready, `hooked` what it was told."""

    problems: list[str] = field(default_factory=list)
    hooked: list[tuple[str, bytes]] = field(default_factory=list)
    later_work: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    app: ASGIApp = field(init=False)

    def settled(self) -> None:
        """What follows answers is done."""
        self.later_work.submit(lambda: None).result()

    def __post_init__(self) -> None:
        super().__post_init__()
        pages = Pages(self.settings.site)
        public = self.settings.publish.directory
        for name, data in pages.beside.items():
            Writer(public).write(name, data)
        services = WebServices(
            self.settings,
            self.subscribing,
            pages,
            self.ready,
            lambda: b"newsletter_paused 0.0\n",
            self.hook,
            Search(self.database).find,
            lambda: self.now,
            self.later_work,
        )
        self.app = create_app(services)

    def ready(self) -> Sequence[str]:
        return self.problems

    def hook(self, name: str, headers: Mapping[str, str], body: bytes) -> int:
        self.hooked.append((name, body))
        return 401 if name == "locked" else 200

    def client(self, **headers: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, client=(headers.pop("client", "192.0.2.1"), 4711))
        return httpx.AsyncClient(transport=transport, base_url=self.settings.site.base_url, headers=headers)

    def rows(self) -> dict[str, list[Any]]:
        """Every row of every table."""
        return {
            table.name: self.database.read(lambda connection, table=table: connection.execute(select(table)).all())  # type: ignore[misc]
            for table in metadata.sorted_tables
        }


@contextmanager
def site(
    url: str, place: Path, base_url: str = "https://news.musterstadt.example", newsletters: int = 1
) -> Iterator[Site]:
    """A web at `base_url` on the database at `url`."""
    database = open_database(url)
    here = Site(database, settings(place, base_url, newsletters), Journal(place / "journal"))
    yield here
    here.settled()
    database.close()
