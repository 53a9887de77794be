"""Outgoing webhooks: programs of the house are told what happens, signed as Standard Webhooks 1.0.0 has it.

What happened is written down where it happens (store/outbox.py), so that none is lost; a call may come twice, with the
same `webhook-id`. One that is not taken is tried again ever later, in the order of the calls, and for three days.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

import structlog

from newsletter.app.fetching import sender
from newsletter.config.settings import Webhook
from newsletter.model import AlarmKind, Release
from newsletter.said import Said
from newsletter.store.webhook_calls import AT_ONCE, Call, Happened, WebhookCalls

if TYPE_CHECKING:
    from newsletter.app.program import Program

log = structlog.get_logger(__name__)

AGAIN: Final = tuple(
    timedelta(seconds=seconds) for seconds in (5, 60, 300, 1_800, 7_200, 18_000, 36_000)
)  # after so many attempts that failed; then as the last
GIVE_UP: Final = timedelta(days=3)
ALARMING: Final = timedelta(hours=1)  # that a call is not taken
KEPT: Final = timedelta(days=7)  # what was taken
LEASE: Final = timedelta(minutes=5)  # in which a claimed call is made: twenty of ten seconds
EDITIONS: Final = "edition."
ALARM: Final = "webhook:"  # begins the keys of its alarms

GIVEN_UP: Final = (
    "the webhook at %(host)s takes nothing since %(since)s: %(answer)s. %(lost)s calls are given up, %(waiting)s wait: "
    "see to the program there, or take it out of [[webhooks]]"
)
WAITING: Final = (
    "the webhook at %(host)s takes nothing since %(since)s: %(answer)s. %(waiting)s calls wait, three days at most: "
    "see to the program there, or take it out of [[webhooks]]"
)


class Webhooks:
    """Tells the webhooks of the settings."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._calls = WebhookCalls(program.database)
        self._send = sender(program.settings.network)
        self._webhooks = {name_of(webhook): webhook for webhook in program.settings.webhooks}

    async def tell(self, now: datetime) -> int:
        """Make all calls that are due, webhooks side by side; how many were taken. Raises StoreError."""
        await asyncio.to_thread(self.spread, now)
        work = (asyncio.to_thread(self._tell, name, webhook, now) for name, webhook in self._webhooks.items())
        return sum(await asyncio.gather(*work))

    def spread(self, now: datetime) -> None:
        """Make calls of what happened."""
        wanted = {name: webhook.events for name, webhook in self._webhooks.items()}
        while self._calls.spread(wanted, self._message, now) == AT_ONCE:
            pass

    def forget(self, now: datetime) -> int:
        """Forget calls that are over for a week, and those of webhooks that the settings no longer have."""
        for alarm in self._program.alarms.standing():
            if alarm.key.startswith(ALARM) and alarm.key.removeprefix(ALARM) not in self._webhooks:
                self._program.alarms.resolve(alarm.key)
        return self._calls.forget(now - KEPT, list(self._webhooks))

    def _tell(self, name: str, webhook: Webhook, now: datetime) -> int:
        calls = self._calls.claim(name, now, now + LEASE)
        for taken, call in enumerate(calls):
            answer = self._made(webhook, call, now)
            if answer is not None:
                self._calls.failed(call, [one.id for one in calls[taken:]], answer, _again(call, now))
                self._warn(webhook, call, answer, now)
                return taken
            if not taken:
                self._program.alarms.resolve(f"{ALARM}{name}")
        return len(calls)

    def _made(self, webhook: Webhook, call: Call, now: datetime) -> str | None:
        """Make a call. None: it was taken; else why not."""
        body = call.body.encode()
        headers = {"content-type": "application/json", **signed(webhook, call.message, body, now)}
        try:
            status = self._send(webhook.url, body, headers)
        except OSError as error:
            return str(error)
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return f"it answers {status}"
        self._calls.taken(call.id, str(status))
        return None

    def _warn(self, webhook: Webhook, call: Call, answer: str, now: datetime) -> None:
        """Give up what is too old, and tell a person where a webhook takes nothing for long."""
        lost = self._calls.give_up(call.webhook, now - GIVE_UP)
        log.warning("a webhook did not take a call", webhook=call.webhook, reason=answer, given_up=lost)
        if now - call.at < ALARMING:
            return
        waiting = self._calls.waiting(call.webhook)
        since, host = f"{call.at:%Y-%m-%d %H:%M} UTC", urlsplit(webhook.url).hostname
        about = {"host": host, "since": since, "answer": answer, "waiting": waiting}
        message = Said(GIVEN_UP, lost=lost, **about) if lost else Said(WAITING, **about)
        self._program.alarms.sound(f"{ALARM}{call.webhook}", AlarmKind.WEBHOOK_SILENT, message, now)

    def _message(self, happened: Happened) -> tuple[str, str]:
        """An id, and the body of what is told of it: ids only, never an address of a reader."""
        body = {"type": happened.event, "timestamp": happened.at.astimezone(UTC), "data": self._data(happened)}
        return f"msg_{uuid4().hex}", json.dumps(body, ensure_ascii=False, default=_iso)

    def _data(self, happened: Happened) -> dict[str, Any]:
        if happened.release is not None:
            return _release(happened.release, self._program.settings.site.base_url)
        kind = happened.event.partition(".")[0]
        subject = happened.subject if happened.event.startswith(EDITIONS) else int(happened.subject)
        return {kind: subject, **happened.said}


def name_of(webhook: Webhook) -> str:
    """What stands for a webhook where its address, which may hold a secret, must not."""
    return hashlib.sha256(webhook.url.encode()).hexdigest()[:16]


def signed(webhook: Webhook, message: str, body: bytes, at: datetime) -> Mapping[str, str]:
    """The headers by which a call is known as ours (Standard Webhooks 1.0.0, "Signature scheme")."""
    key = base64.b64decode(webhook.secret.get_secret_value().removeprefix("whsec_"))
    moment = str(int(at.timestamp()))
    mac = hmac.digest(key, b".".join((message.encode(), moment.encode(), body)), "sha256")
    signature = f"v1,{base64.b64encode(mac).decode()}"
    return {"webhook-id": message, "webhook-timestamp": moment, "webhook-signature": signature}


def _again(call: Call, now: datetime) -> datetime:
    return now + AGAIN[min(call.attempts, len(AGAIN) - 1)]


def _release(release: Release, base_url: str) -> dict[str, Any]:
    return {
        "release": release.id,
        "source": release.source,
        "url": release.url,
        "page": f"{base_url}/releases/{release.id}",
        "headline": release.headline,
        "published": release.published,
    }


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds").replace("+00:00", "Z")
    raise TypeError(type(value).__name__)
