"""Outgoing webhooks against a real HTTP server: signed, in their order, tried again, given up with an alarm."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from newsletter.app.webhooks import KEPT, signed
from newsletter.collect.pushing import Pushed
from newsletter.config import load
from newsletter.config.settings import Webhook
from newsletter.errors import SettingsError
from newsletter.model import AlarmKind, Happening
from newsletter.tokens import Purpose
from tests.integration.web.api_world import PUSHED, Api, api, settings
from tests.servers.web import serving

SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
HOOK = '[[webhooks]]\nurl = "{url}"\nsecret = "' + SECRET + '"\nevents = {events}\n'
ALL = [str(one) for one in Happening]
RELEASE = Pushed(
    "2026/77", PUSHED["headline"], PUSHED["body_html"], published=datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
)


@dataclass
class Listener:
    """A program of the house: it checks what it is told as Standard Webhooks says, and answers as it is set."""

    status: int = 204
    heard: list[dict[str, Any]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    tries: int = 0

    async def __call__(self, request: Request) -> Response:
        body = await request.body()
        moment, id = request.headers["webhook-timestamp"], request.headers["webhook-id"]
        key = base64.b64decode(SECRET.removeprefix("whsec_"))
        mac = hmac.new(key, f"{id}.{moment}.".encode() + body, hashlib.sha256).digest()
        assert request.headers["webhook-signature"] == f"v1,{base64.b64encode(mac).decode()}"
        assert request.headers["content-type"] == "application/json"
        self.tries += 1
        if self.status == 307:
            return RedirectResponse("/elsewhere", 307)
        if self.status < 300:
            self.heard.append(json.loads(body))
            self.ids.append(id)
        return PlainTextResponse("", self.status)

    @property
    def types(self) -> list[str]:
        return [one["type"] for one in self.heard]


@contextmanager
def told(place: Path, store: str, *listeners: Listener, events: list[str] = ALL, before: str = "") -> Iterator[Api]:
    """A program whose webhooks are these listeners."""
    routes = [
        Route(f"/hook/{number}", listener.__call__, methods=["POST"]) for number, listener in enumerate(listeners)
    ]
    with serving(Starlette(routes=routes)) as base:
        hooks = [HOOK.format(url=f"{base}/hook/{number}", events=events) for number in range(len(listeners))]
        with api(place, store, more=before + "".join(hooks)) as here:
            yield here


async def tell(here: Api) -> int:
    return await here.program.programs.webhooks.tell(here.now)


def test_the_signature_is_that_of_the_published_example() -> None:
    webhook = Webhook(url="https://haus.example/", secret=SecretStr(SECRET), events=[Happening.EDITION_HELD])
    at = datetime.fromtimestamp(1649367553, UTC)
    headers = signed(
        webhook, "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", b'{"email":"test@example.com","username":"test_user"}', at
    )
    assert headers == {
        "webhook-id": "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
        "webhook-timestamp": "1649367553",
        "webhook-signature": "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
    }


async def test_what_happens_is_told_in_its_order_and_once(store_url: str, tmp_path: Path) -> None:
    listener, other = Listener(), Listener()
    with told(tmp_path, store_url, listener, other) as here:
        program = here.program
        release, _, _ = await program.programs.push("rathaus", RELEASE)
        wish = program.offer.wish("presse")
        program.subscribing.subscribe("mara@leser.example", wish, here.now, "de")
        program.subscribing.confirm(program.keys.token(Purpose.CONFIRM, 1), here.now, "de")
        program.subscribing.confirm(program.keys.token(Purpose.CONFIRM, 1), here.now, "de")
        program.subscribing.leave(program.keys.token(Purpose.UNSUBSCRIBE, 1), here.now)
        program.subscribing.leave(program.keys.token(Purpose.UNSUBSCRIBE, 1), here.now)
        assert [await tell(here), await tell(here)] == [6, 0]
        assert listener.types == other.types == ["release.published", "subscriber.confirmed", "subscriber.left"]
        assert listener.heard[0] == {
            "type": "release.published",
            "timestamp": "2026-11-23T06:00:01Z",
            "data": {
                "release": release,
                "source": "rathaus",
                "url": program.releases.get(release).url,
                "page": f"https://news.musterstadt.example/releases/{release}",
                "headline": PUSHED["headline"],
                "published": "2026-11-23T05:30:00Z",
            },
        }
        assert listener.heard[1]["data"] == {"subscriber": 1, "subscription": 1, "newsletter": "presse"}
        assert "leser.example" not in str(listener.heard)
        assert here.rows()["outbox"] == 0
        here.later(days=KEPT.days + 1)
        assert program.programs.webhooks.forget(here.now) == 6


async def test_a_webhook_hears_of_what_it_asked_for(store_url: str, tmp_path: Path) -> None:
    listener = Listener()
    with told(tmp_path, store_url, listener, events=["edition.finished"]) as here:
        await here.program.programs.push("rathaus", RELEASE)
        await tell(here)
        assert (listener.heard, here.rows()["outbox"], here.rows()["webhook_calls"]) == ([], 0, 0)


async def test_an_embargo_is_told_when_it_ends(sqlite_url: str, tmp_path: Path) -> None:
    listener = Listener()
    with told(tmp_path, sqlite_url, listener) as here:
        program = here.program
        later = here.now + timedelta(hours=2)
        release, _, _ = await program.programs.push("rathaus", replace(RELEASE, not_before=later))
        here.later(hours=1)
        assert await tell(here) == 0
        program.releases.embargo(release, later + timedelta(hours=1), here.now)
        here.later(hours=1, minutes=1)
        assert await tell(here) == 0
        here.later(hours=1)
        assert (await tell(here), listener.types) == (1, ["release.published"])


async def test_what_is_withheld_is_not_told_until_it_is_shown(sqlite_url: str, tmp_path: Path) -> None:
    listener = Listener()
    with told(tmp_path, sqlite_url, listener) as here:
        program = here.program
        release, _, _ = await program.programs.push("rathaus", RELEASE)
        program.releases.withhold(release, "Rückfrage", here.now)
        assert await tell(here) == 0
        program.releases.show(release, here.now)
        assert (await tell(here), listener.types) == (1, ["release.published"])


async def test_what_is_not_taken_comes_again_in_its_order(store_url: str, tmp_path: Path) -> None:
    listener = Listener(status=500)
    with told(tmp_path, store_url, listener) as here:
        program = here.program
        await program.programs.push("rathaus", RELEASE)
        program.subscribing.subscribe("mara@leser.example", program.offer.wish("presse"), here.now, "de")
        program.subscribing.confirm(program.keys.token(Purpose.CONFIRM, 1), here.now, "de")
        assert (await tell(here), listener.tries) == (0, 1)  # the second waits for the first
        assert (await tell(here), listener.tries) == (0, 1)
        here.later(seconds=6)
        listener.status = 307  # a redirect is not followed
        assert (await tell(here), listener.tries) == (0, 2)
        listener.status = 200
        here.later(seconds=30)
        assert await tell(here) == 0
        here.later(seconds=31)
        assert (await tell(here), listener.types) == (2, ["release.published", "subscriber.confirmed"])
        assert len(set(listener.ids)) == 2
        assert program.alarms.standing() == []


async def test_it_is_given_up_in_three_days_with_an_alarm(sqlite_url: str, tmp_path: Path) -> None:
    listener = Listener(status=503)
    with told(tmp_path, sqlite_url, listener) as here:
        program = here.program
        await program.programs.push("rathaus", RELEASE)
        while here.now < datetime(2026, 11, 26, 18, tzinfo=UTC):
            await tell(here)
            here.later(minutes=30)
        (alarm,) = program.alarms.standing()
        assert (alarm.kind, listener.tries > 10) == (AlarmKind.WEBHOOK_SILENT, True)
        assert "it answers 503. 1 calls are given up, 0 wait" in alarm.message
        assert "/hook/0" not in alarm.message
        listener.status = 200
        program.subscribing.subscribe("mara@leser.example", program.offer.wish("presse"), here.now, "de")
        program.subscribing.confirm(program.keys.token(Purpose.CONFIRM, 1), here.now, "de")
        assert (await tell(here), program.alarms.standing()) == (1, [])


async def test_one_that_does_not_answer_stops_no_other(sqlite_url: str, tmp_path: Path) -> None:
    listener = Listener()
    dead = HOOK.format(url="http://127.0.0.1:9/", events=ALL)
    with told(tmp_path, sqlite_url, listener, before=dead) as here:
        await here.program.programs.push("rathaus", RELEASE)
        assert (await tell(here), listener.types) == (1, ["release.published"])


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('url = "https://x.example/"\nevents = ["edition.held"]', "secret or secret_file is missing"),
        ('url = "https://x.example/"\nsecret = "geheim"\nevents = ["edition.held"]', "a secret is whsec_"),
        (f'url = "https://x.example/"\nsecret = "{SECRET}"\nevents = []', "events"),
        (f'url = "https://x.example/"\nsecret = "{SECRET}"\nevents = ["edition.burnt"]', "release.published"),
        ('url = "https://x.example/"\nsecret_file = "none"\nevents = ["edition.held"]', "secret_file: cannot be read"),
    ],
)
def test_settings_that_cannot_be(tmp_path: Path, lines: str, said: str) -> None:
    place = settings(tmp_path, "sqlite:///var/n.db", more=f"[[webhooks]]\n{lines}\n")
    with pytest.raises(SettingsError) as refused:
        load(place, {})
    assert said in str(refused.value)
    assert "geheim" not in str(refused.value)


def test_a_secret_comes_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(SECRET + "\n", "ascii")
    more = '[[webhooks]]\nurl = "https://x.example/"\nsecret_file = "secret"\nevents = ["edition.held"]\n'
    (webhook,) = load(settings(tmp_path, "sqlite:///var/n.db", more=more), {}).webhooks
    assert webhook.secret.get_secret_value() == SECRET
