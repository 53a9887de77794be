"""Brevo: POST /v3/smtp/email (developers.brevo.com/reference/send-transac-email), transactional webhooks.

A repeated request with the same `idempotencyKey` sends nothing: its documentation says for 15 minutes in one place, for
30 in another, so that only what is repeated at once counts on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.header import Header
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from newsletter.config import Api
from newsletter.deliver.answer import Answer, accepted, refused, text_at
from newsletter.deliver.feedback.returned import Complaint, Reason, Returned
from newsletter.deliver.hook import Event, Hook, bounce, complaint, objects, signed_in
from newsletter.deliver.interface import Interface
from newsletter.deliver.letter import Mailbox, letter_of
from newsletter.deliver.message import Message
from newsletter.deliver.providers import Request
from newsletter.deliver.verdict import Fate, Outcome

NEEDS: Final = ("key",)
TAKES: Final = ("hook_secret",)
DUPLICATE: Final = ("duplicate_parameter", "duplicate_request")  # an earlier request had this key


class Brevo(Interface):
    keyed = True

    def __init__(self, api: Api) -> None:
        super().__init__(api.url or "https://api.brevo.com/v3")
        self._key, self._hook_secret = api.key.get_secret_value(), api.hook_secret.get_secret_value()

    def request(self, message: Message) -> Request:
        """See `Provider`."""
        letter = letter_of(message)
        key = uuid5(NAMESPACE_URL, f"{letter.mark} {letter.recipient}")  # the same for the same delivery
        body: dict[str, Any] = {
            "sender": _person(letter.sender),
            "to": [{"email": letter.recipient}],
            "subject": letter.subject,
            "textContent": letter.text,
            "headers": {**letter.headers, "X-Mailin-custom": letter.mark, "idempotencyKey": str(key)},
        }
        if letter.html is not None:
            body["htmlContent"] = letter.html
        if letter.reply_to:
            body["replyTo"] = _person(letter.reply_to)
        return self.post("/smtp/email", {"api-key": self._key}, body)

    def judge(self, answer: Answer, now: datetime) -> Outcome:
        """See `Provider`."""
        if answer.status < 300:
            return accepted(answer, text_at(answer.json, "messageId"))
        code, said = text_at(answer.json, "code"), text_at(answer.json, "message")
        if code in DUPLICATE:
            return Outcome(Fate.ACCEPTED, f"{answer.status} {code}: it has this one already")
        return refused(answer, f"{code}: {said}", now=now)

    def events(self, hook: Hook) -> Sequence[Event]:
        """See `Provider`; one event, or several where the webhook is `batched`."""
        signed_in(hook, self._hook_secret)
        found = ((one, _returned(one)) for one in objects(hook.json))
        return [
            Event(text_at(one, "X-Mailin-custom"), text_at(one, "email"), returned)
            for one, returned in found
            if returned
        ]


def _returned(event: dict[str, Any]) -> Returned | None:
    said = text_at(event, "reason")
    match text_at(event, "event"):
        case "hard_bounce" | "invalid_email":
            return bounce(said, permanent=True, default=Reason.USER_UNKNOWN)
        case "soft_bounce":
            return bounce(said, permanent=False, default=Reason.SYSTEM)
        case "deferred":
            return bounce("", permanent=False, default=Reason.DELAYED)
        case "blocked" | "error":
            return bounce(said, permanent=False, default=Reason.POLICY)
        case "spam":
            return complaint()
        case "unsubscribed" | "unsubscribe":
            return complaint(Complaint.OPT_OUT)
    return None


def _person(mailbox: Mailbox) -> dict[str, str]:
    """Brevo drops a name that has both a comma and letters beyond ASCII; encoded by us it arrives."""
    name = mailbox.name
    if not name.isascii() and any(char in name for char in '",;:<>()[]@\\'):
        name = Header(name, "utf-8", maxlinelen=10_000).encode()
    return {"email": mailbox.address, "name": name} if name else {"email": mailbox.address}


def provider(api: Api) -> Brevo:
    return Brevo(api)
