"""Programs of the house: one pushes a release in, another is told what becomes of it, whatever kills the daemon."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.acceptance.instance import Instance, wait_for
from tests.acceptance.mailserver import Mailserver
from tests.integration.app.test_webhooks import SECRET
from tests.integration.web.api_world import PUSHED
from tests.servers.web import serving

pytestmark = [pytest.mark.timeout(300), pytest.mark.usefixtures("quiet")]
EVENTS = ["release.published", "edition.held", "edition.approved", "edition.finished", "subscriber.left"]


class House:
    """A program that is told what happens; it is down until it is `up`."""

    def __init__(self) -> None:
        self.up = False
        self.told: list[dict[str, Any]] = []

    async def listen(self, request: Request) -> Response:
        if self.up:
            self.told.append(await request.json())
        return Response(status_code=200 if self.up else 503)


@contextmanager
def cms(instance: Instance) -> Iterator[httpx.Client]:
    """A program that may push releases and make editions, and nothing else."""
    scopes = [word for scope in ("releases:write", "editions:write") for word in ("--scope", scope)]
    token = instance.json("tokens", "add", "CMS", *scopes)["token"]
    with httpx.Client(base_url=f"{instance.url}/api/v1", headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


def push(client: httpx.Client, instance: Instance) -> str:
    """The id of a release that was pushed in and is published."""
    pushed = client.put(
        "/releases/rathaus/2026/77", json=PUSHED | {"published": datetime.now().astimezone().isoformat()}
    )
    assert pushed.status_code == 201
    id: str = pushed.json()["release"]["id"]
    wait_for(lambda: (instance.public / "feeds/rathaus.json").is_file() and instance.feed_items("rathaus"))
    assert httpx.get(f"{instance.url}/releases/{id}").status_code == 200
    return id


def test_a_release_is_pushed_mailed_and_told_of(instance: Instance, mailserver: Mailserver) -> None:
    house = House()
    with serving(Starlette(routes=[Route("/", house.listen, methods=["POST"])])) as address:
        instance.settings["webhooks"] = [{"url": f"{address}/", "secret": SECRET, "events": EVENTS}]
        instance.feed("rathaus", "https://rathaus.example/", kind="push")
        instance.subscribe("mara@leser.example")
        daemon = instance.start()
        with cms(instance) as client:
            id = push(client, instance)
            assert client.get("/releases").status_code == 403
            instance.stop(daemon, signal.SIGKILL)
            house.up = True
            instance.start()
            (made,) = client.post("/editions", json={"newsletter": "presse", "releases": [id]}).json()
            tried = client.post(f"/editions/{made['id']}/test", json={"email": "kim@musterstadt.example"})
            assert tried.status_code == 200, tried.text
            (test,) = mailserver.mails
            assert test.subject.startswith("[Test]")
            assert client.post(f"/editions/{made['id']}/approve", json={}).status_code == 200
        wait_for(lambda: [mail for mail in mailserver.mails[1:] if PUSHED["headline"] in mail.text], 60)
        wait_for(lambda: len(house.told) >= 4, 60)
    assert [one["type"] for one in house.told] == EVENTS[:4]
    assert house.told[0]["data"]["release"] == id
    assert {one["data"].get("edition") for one in house.told[1:]} == {made["id"]}
    assert "leser.example" not in str(house.told)
