"""Copies of what is published, in an object store (moto answers for S3) and at a CDN that is told of changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import certifi
import httpx
import pytest
from moto.server import ThreadedMotoServer
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from newsletter.app.alarms import AlarmBoard
from newsletter.app.mirroring import Copies, copies_of
from newsletter.config import Settings
from newsletter.config.publish import S3
from newsletter.errors import MirrorError, SettingsError
from newsletter.model import AlarmKind
from newsletter.publish.archive import publish
from newsletter.publish.pages import Pages
from newsletter.publish.purge import Purge
from newsletter.publish.s3 import S3Bucket, _trusted
from newsletter.publish.writer import Writer
from newsletter.store.alarms import Alarms
from newsletter.store.database import open_database
from tests.servers.process import free_port
from tests.servers.web import serving
from tests.unit.publish.sample import BRIDGE, FEEDS, NEWSLETTERS, NOW, SITE, Shelf, shelf, withdrawn

BASE = SITE.base_url
LATER = NOW + timedelta(hours=1)


@dataclass
class Cdn:
    """What a CDN heard, and with which status it answers."""

    status: int = 200
    heard: list[list[str]] = field(default_factory=list)

    async def listen(self, request: Request) -> Response:
        assert request.headers["authorization"] == "Bearer geheim"
        if self.status == 200:
            self.heard.append((await request.json())["files"])
        return Response(status_code=self.status)


@dataclass
class House:
    """A public directory with its copies."""

    public: Path
    alarms: AlarmBoard
    copies: Copies
    client: Any
    cdn: Cdn
    store: Shelf = field(default_factory=shelf)

    def publish(self, now: Any = NOW) -> str | None:
        report = publish(SITE, FEEDS, NEWSLETTERS, self.store, Pages(SITE), Writer(self.public), now)
        assert report.problems == ()
        return self.copies.follow(now)

    def objects(self) -> dict[str, Any]:
        listed = self.client.list_objects_v2(Bucket="archive").get("Contents", [])
        return {one["Key"]: self.client.get_object(Bucket="archive", Key=one["Key"]) for one in listed}


@pytest.fixture(scope="module")
def amazon() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", free_port(), verbose=False)
    server.start()
    yield f"http://127.0.0.1:{server._server.server_port}"  # type: ignore[union-attr]
    server.stop()


@pytest.fixture
def house(amazon: str, tmp_path: Path) -> Iterator[House]:
    own: dict[str, Any] = {"endpoint_url": amazon, "aws_access_key_id": "k", "aws_secret_access_key": "s"}
    client = boto3.client("s3", region_name="eu-central-1", **own)
    client.create_bucket(Bucket="archive", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    with ExitStack() as ends:
        cdn = Cdn()
        address = ends.enter_context(serving(Starlette(routes=[Route("/purge", cdn.listen, methods=["POST"])])))
        yield opened(ends, tmp_path, amazon, f"{address}/purge", client, cdn)
    for key in [one["Key"] for one in client.list_objects_v2(Bucket="archive").get("Contents", [])]:
        client.delete_object(Bucket="archive", Key=key)
    client.delete_bucket(Bucket="archive")


def opened(ends: ExitStack, place: Path, amazon: str, purge: str, client: Any, cdn: Cdn) -> House:
    publishing = {
        "directory": place / "public",
        "s3": {"bucket": "archive", "prefix": "news/", "endpoint": amazon, "key": "k", "secret": "s"},
        "purge": {"url": purge, "token": "geheim"},
    }
    mail = {"from": "presse@musterstadt.example"}
    settings = Settings.model_validate({"site": SITE.model_dump(), "mail": mail, "publish": publishing})
    database = open_database(f"sqlite:///{place}/newsletter.db")
    ends.callback(database.close)
    alarms = AlarmBoard(settings, Alarms(database), lambda *_: None)
    copies = copies_of(settings, alarms)
    assert copies
    return House(place / "public", alarms, copies, client, cdn)


def test_everything_is_put_by_its_address(house: House) -> None:
    assert house.publish() is None
    objects = house.objects()
    release, feed = objects[f"news/releases/{BRIDGE.id}"], objects["news/feeds/musterstadt.atom"]
    assert release["Body"].read() == (house.public / f"releases/{BRIDGE.id}.html").read_bytes()
    assert (release["ContentType"], release["CacheControl"]) == ("text/html; charset=utf-8", "public, max-age=60")
    assert feed["ContentType"] == "application/atom+xml; charset=utf-8"
    assert feed["CacheControl"] == "public, max-age=300"
    for key in ("feeds/", "feeds/index.html", "archive/", "archive/2026-11", "index.html", "style.css", "sitemap.xml"):
        assert f"news/{key}" in objects, key
    assert not [key for key in objects if key.endswith((".gz", ".gone")) or "/." in key]
    assert {address for call in house.cdn.heard for address in call} >= {f"{BASE}/", f"{BASE}/feeds/"}
    assert max(map(len, house.cdn.heard)) <= 30


def test_what_did_not_change_is_not_put_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.publish()
    house.cdn.heard.clear()
    put: list[str] = []
    before = S3Bucket.put

    def noted(bucket: S3Bucket, key: str, *rest: Any) -> None:
        put.append(key)
        before(bucket, key, *rest)

    monkeypatch.setattr(S3Bucket, "put", noted)
    house.publish(LATER)
    assert (put, house.cdn.heard) == ([], [])
    house.store.put(withdrawn(BRIDGE), LATER)
    house.publish(LATER)
    assert "feeds/musterstadt.atom" in put
    assert f"news/releases/{BRIDGE.id}" not in house.objects()  # whoever stands behind the bucket answers 410
    told = [address for call in house.cdn.heard for address in call]
    assert f"{BASE}/releases/{BRIDGE.id}" in told
    assert len(told) < 20


def test_what_is_new_is_put_before_what_lists_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    put: list[str] = []
    monkeypatch.setattr(S3Bucket, "put", lambda self, key, *rest: put.append(key))
    house.publish()
    first = min(number for number, key in enumerate(put) if not key.startswith(("releases/", "reports/", "editions/")))
    assert all(not key.startswith(("releases/", "reports/", "editions/")) for key in put[first:])


def test_a_store_that_is_away_gets_the_rest_later(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house.copies._mirror._bucket, "_client", away())
    why = house.publish()
    assert why
    assert "archive" in why
    assert [alarm.kind for alarm in house.alarms.standing()] == [AlarmKind.MIRROR_BEHIND]
    assert house.objects() == {}
    monkeypatch.undo()
    assert house.publish(LATER) is None
    assert f"news/releases/{BRIDGE.id}" in house.objects()
    assert house.alarms.standing() == []


def test_another_place_gets_everything(house: House) -> None:
    house.publish()
    bucket = house.copies._mirror._bucket
    assert isinstance(bucket, S3Bucket)
    bucket._settings = bucket._settings.model_copy(update={"prefix": "other/"})
    bucket.place = "elsewhere"
    house.publish(LATER)
    objects = house.objects()
    assert {key.removeprefix("other/") for key in objects if key.startswith("other/")} == {
        key.removeprefix("news/") for key in objects if key.startswith("news/")
    }


def test_one_file_that_is_refused_stops_no_other(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    before = S3Bucket.put

    def refusing(bucket: S3Bucket, key: str, *rest: Any) -> None:
        if key == f"releases/{BRIDGE.id}":
            raise MirrorError("refused")
        before(bucket, key, *rest)

    monkeypatch.setattr(S3Bucket, "put", refusing)
    assert house.publish() == "refused"
    assert "news/index.html" in house.objects()
    assert f"{BASE}/" in {address for call in house.cdn.heard for address in call}
    monkeypatch.undo()
    assert house.publish(LATER) is None
    assert f"news/releases/{BRIDGE.id}" in house.objects()


def test_what_comes_while_the_cdn_is_told_is_told_too(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    purge = house.copies._purge
    assert purge
    purge.remember(["/one"])
    other = Purge("http://127.0.0.1:1", "", BASE, Writer(house.public), httpx.HTTPTransport())
    before = Purge._post

    def meanwhile(self: Purge, addresses: list[str]) -> None:
        before(self, addresses)
        if addresses == [f"{BASE}/one"]:
            other.remember(["/two"])

    monkeypatch.setattr(Purge, "_post", meanwhile)
    purge.tell()
    assert house.cdn.heard == [[f"{BASE}/one"], [f"{BASE}/two"]]


def test_the_houses_authority_is_trusted_beside_the_public_ones(tmp_path: Path) -> None:
    own = tmp_path / "ca.pem"
    own.write_text("-----BEGIN CERTIFICATE-----\n")
    trusted = Path(_trusted(own)).read_bytes()
    assert trusted.startswith(Path(certifi.where()).read_bytes())
    assert trusted.endswith(own.read_bytes())
    assert _trusted(None) == certifi.where()


@pytest.mark.parametrize("wrong", [{"region": "x" * 300}, {"endpoint": "https://"}])
def test_a_bucket_that_cannot_be_asked_is_said_at_the_start(wrong: dict[str, str]) -> None:
    with pytest.raises((SettingsError, ValidationError)):
        S3Bucket(S3.model_validate({"bucket": "archive", "key": "k", "secret": "s", **wrong}))


def away() -> Any:
    from botocore.config import Config

    config = Config(connect_timeout=0.2, retries={"max_attempts": 0})
    own: dict[str, Any] = {"aws_access_key_id": "k", "aws_secret_access_key": "s", "config": config}
    return boto3.client("s3", region_name="eu-central-1", endpoint_url=f"http://127.0.0.1:{free_port()}", **own)


def test_a_cdn_that_did_not_hear_is_told_later(house: House) -> None:
    house.cdn.status = 500
    why = house.publish()
    assert why
    assert "answered 500" in why
    assert f"news/releases/{BRIDGE.id}" in house.objects()
    house.cdn.status = 200
    assert house.publish(LATER) is None
    assert f"{BASE}/releases/{BRIDGE.id}" in {address for call in house.cdn.heard for address in call}
    assert house.alarms.standing() == []
