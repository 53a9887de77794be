"""A WebSub hub on a real port is told what changed, once, and again where it did not take it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route as Path_

from newsletter.app.alarms import AlarmBoard
from newsletter.app.hub import HubDesk, hub_of
from newsletter.config import Settings
from newsletter.model import AlarmKind
from newsletter.publish.writer import Writer
from newsletter.store.alarms import Alarms
from newsletter.store.database import open_database
from newsletter.store.schema import upgrade
from tests.servers.web import serving

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
BASE = "https://news.musterstadt.example"


@dataclass
class Ears:
    """A hub: what it heard, and with which status it answers."""

    status: int = 202
    heard: list[list[str]] = field(default_factory=list)

    async def listen(self, request: Request) -> Response:
        async with request.form() as sent:
            assert sent["hub.mode"] == "publish"
            self.heard.append([str(one) for one in sent.getlist("hub.url")])
        return PlainTextResponse("", self.status)


@contextmanager
def office(folder: Path, hub: str) -> Iterator[tuple[HubDesk, AlarmBoard, Writer]]:
    url = f"sqlite:///{folder}/newsletter.db"
    upgrade(url)
    settings = Settings.model_validate(
        {
            "site": {
                "title": "Presse",
                "base_url": BASE,
                "publisher": "Stadt",
                "contact": "presse@musterstadt.example",
            },
            "mail": {"from": "presse@musterstadt.example"},
            "publish": {"directory": folder / "public", "hub": hub},
        }
    )
    database = open_database(url)
    alarms = AlarmBoard(settings, Alarms(database), lambda *mail: None)
    yield hub_of(settings, alarms), alarms, Writer(folder / "public")
    database.close()


@pytest.fixture
def ears() -> Ears:
    return Ears()


@pytest.fixture
def address(ears: Ears) -> Iterator[str]:
    with serving(Starlette(routes=[Path_("/", ears.listen, methods=["POST"])])) as address:
        yield f"{address}/"


async def test_the_hub_hears_of_each_feed_that_changed_once(tmp_path: Path, ears: Ears, address: str) -> None:
    with office(tmp_path, address) as (desk, _, writer):
        for name in ("feeds/a.atom", "feeds/a.rss", "feeds/a/verkehr.json", "feeds/index.html", "index.html"):
            writer.write(name, b"1")
        await desk.tell(NOW)
        await desk.tell(NOW + MINUTE)
        writer.write("feeds/a.rss", b"2")
        await desk.tell(NOW + MINUTE)
    assert ears.heard == [
        [f"{BASE}/feeds/a.atom", f"{BASE}/feeds/a.rss", f"{BASE}/feeds/a/verkehr.json"],
        [f"{BASE}/feeds/a.rss"],
    ]


async def test_what_was_not_told_before_a_crash_is_told_after_it(tmp_path: Path, ears: Ears, address: str) -> None:
    with office(tmp_path, address) as (_, _, writer):
        writer.write("feeds/a.atom", b"1")
    with office(tmp_path, address) as (desk, _, _):
        await desk.tell(NOW)
    assert ears.heard == [[f"{BASE}/feeds/a.atom"]]


async def test_a_hub_that_fails_is_asked_ever_later_and_a_person_told(tmp_path: Path, ears: Ears, address: str) -> None:
    ears.status = 503
    with office(tmp_path, address) as (desk, alarms, writer):
        writer.write("feeds/a.atom", b"1")
        for minute in range(130):
            await desk.tell(NOW + minute * MINUTE)
        assert len(ears.heard) == 8  # after 0, 1, 3, 7, 15, 31, 63 and 127 minutes
        assert [alarm.kind for alarm in alarms.standing()] == [AlarmKind.HUB_SILENT]
        assert "503" in alarms.standing()[0].message
        ears.status = 204
        await desk.tell(NOW + timedelta(hours=8))
        assert alarms.standing() == []
        await desk.tell(NOW + timedelta(hours=9))
    assert len(ears.heard) == 9


async def test_a_hub_that_is_not_there_stops_nothing(tmp_path: Path) -> None:
    with office(tmp_path, "http://127.0.0.1:9/") as (desk, alarms, writer):
        writer.write("feeds/a.atom", b"1")
        await desk.tell(NOW)
        assert alarms.standing() == []  # readers poll: an hour may pass
