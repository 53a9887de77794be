"""Mailgun: POST /v3/<domain>/messages.mime (documentation.mailgun.com), signed webhooks.

It takes our MIME as it is, Message-ID included, which comes back with each event. It knows no idempotency keys, and
finds a mail by its whole Message-ID only, so that it is not asked.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from newsletter.config import Api
from newsletter.deliver.answer import Answer, accepted, refused, text_at
from newsletter.deliver.feedback.returned import Complaint, Reason, Returned
from newsletter.deliver.hook import Event, Hook, bounce, complaint, objects
from newsletter.deliver.interface import Interface
from newsletter.deliver.letter import mark_of
from newsletter.deliver.message import Message
from newsletter.deliver.providers import Request
from newsletter.deliver.verdict import Fate, Outcome
from newsletter.errors import HookRefused, SettingsError

NEEDS: Final = ("key", "domain")
TAKES: Final = ("region", "hook_secret")
BASES: Final = {"eu": "https://api.eu.mailgun.net", "us": "https://api.mailgun.net"}
NOWHERE: Final = b"Mailgun Magnificent API"  # what it answers, with 200, where an address leads to no interface


class Mailgun(Interface):
    def __init__(self, api: Api) -> None:
        region = api.region or "eu"
        if region not in BASES:
            raise SettingsError([f"mail.api.region: mailgun has {' and '.join(BASES)}"])
        super().__init__(api.url or BASES[region])
        self._url = f"{self._base}/v3/{quote(api.domain or '', safe='')}/messages.mime"
        self._basic = "Basic " + base64.b64encode(b"api:" + api.key.get_secret_value().encode()).decode("ascii")
        self._hook_secret = api.hook_secret.get_secret_value()

    def request(self, message: Message) -> Request:
        """See `Provider`; nothing is tracked."""
        fields = {"to": message.recipient, "o:tracking": "no", "v:mark": mark_of(message)}
        boundary = f"=_{hashlib.sha256(mark_of(message).encode()).hexdigest()[:40]}"
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        file = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="message"; filename="message.eml"\r\n'
            "Content-Type: message/rfc822\r\n\r\n"
        )
        body = b"".join([*parts, file.encode(), *message.data, f"\r\n--{boundary}--\r\n".encode()])
        kind = f'multipart/form-data; boundary="{boundary}"'
        return Request(self._url, {"Authorization": self._basic, "Content-Type": kind}, body)

    def judge(self, answer: Answer, now: datetime) -> Outcome:
        """See `Provider`."""
        said = text_at(answer.json, "message")
        if answer.status < 300 and NOWHERE in answer.body:
            return Outcome(Fate.BARRED, f"{answer.status}, but no mail was queued: look at mail.api.domain and url")
        if answer.status < 300:
            return accepted(answer, text_at(answer.json, "id"))
        return refused(answer, said or answer.body[:200].decode("utf-8", "replace"), now=now)

    def events(self, hook: Hook) -> Sequence[Event]:
        """See `Provider`; each call is signed with the key that Mailgun calls the HTTP webhook signing key."""
        call = hook.json
        self._signed(call)
        found = ((one, _returned(one)) for one in objects(call.get("event-data")))
        return [Event(_mark(one), text_at(one, "recipient"), returned) for one, returned in found if returned]

    def _signed(self, call: Any) -> None:
        timestamp, token = text_at(call, "signature", "timestamp"), text_at(call, "signature", "token")
        made = hmac.new(self._hook_secret.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
        given = text_at(call, "signature", "signature")
        if not self._hook_secret or not token or not hmac.compare_digest(made.encode(), given.encode()):
            raise HookRefused(
                "the call is not signed with mail.api.hook_secret", status=406
            )  # Mailgun does not repeat it


def _returned(event: dict[str, Any]) -> Returned | None:
    match text_at(event, "event"):
        case "failed":
            said = text_at(event, "delivery-status", "message") or text_at(event, "delivery-status", "description")
            code = text_at(event, "delivery-status", "code")
            if text_at(event, "severity") == "temporary":
                return bounce("", permanent=False, default=Reason.DELAYED)
            if text_at(event, "reason") == "suppress-bounce":
                return bounce("", permanent=True, default=Reason.USER_UNKNOWN)
            return bounce(f"{code} {said}", permanent=None, default=Reason.UNEXPLAINED)
        case "rejected":
            return bounce("", permanent=False, default=Reason.POLICY)
        case "complained":
            return complaint()
        case "unsubscribed":
            return complaint(Complaint.OPT_OUT)
    return None


def _mark(event: dict[str, Any]) -> str:
    message_id = text_at(event, "message", "headers", "message-id").lstrip("<")
    return text_at(event, "user-variables", "mark") or message_id.partition("@")[0]


def provider(api: Api) -> Mailgun:
    return Mailgun(api)
