"""Scaleway Transactional Email: POST …/emails (scaleway.com/en/developers/api/transactional-email), events by a topic.

It knows no idempotency keys. Events come through Topics and Events, signed as Amazon's SNS signs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.utils import formataddr
from typing import Any, Final

from newsletter.config import Api
from newsletter.deliver.answer import Answer, accepted, refused, text_at
from newsletter.deliver.feedback.returned import Reason, Returned
from newsletter.deliver.hook import Event, Hook, bounce, complaint, objects
from newsletter.deliver.interface import Interface
from newsletter.deliver.letter import Mailbox, letter_of
from newsletter.deliver.message import Message
from newsletter.deliver.providers import Request
from newsletter.deliver.sns import Topic
from newsletter.deliver.verdict import Fate, Outcome

NEEDS: Final = ("key", "project", "region")
TAKES: Final = ("topic",)
MARK: Final = "X-Newsletter-Delivery"
FATES: Final = {"quotas_exceeded": Fate.DEFERRED, "resource_locked": Fate.DEFERRED}


class Scaleway(Interface):
    def __init__(self, api: Api) -> None:
        base = api.url or "https://api.scaleway.com"
        super().__init__(f"{base.rstrip('/')}/transactional-email/v1alpha1/regions/{api.region}")
        self._key, self._project = api.key.get_secret_value(), api.project
        certificates = rf"https://messaging\.s3\.[a-z-]+\.scw\.cloud/{api.region}/sns/[\w.-]+\.(?:pem|crt)"
        self._topic = Topic(api.topic, certificates, f"sns.mnq.{api.region}.scaleway.com")

    def request(self, message: Message) -> Request:
        """See `Provider`."""
        letter = letter_of(message)
        headers = {**letter.headers, MARK: letter.mark}
        if letter.reply_to:
            headers["Reply-To"] = formataddr((letter.reply_to.name, letter.reply_to.address))
        body: dict[str, Any] = {
            "project_id": self._project,
            "from": _person(letter.sender),
            "to": [{"email": letter.recipient}],
            "subject": letter.subject,
            "text": letter.text,
            "additional_headers": [{"key": name, "value": value} for name, value in headers.items()],
        }
        if letter.html is not None:
            body["html"] = letter.html
        return self.post("/emails", {"X-Auth-Token": self._key}, body)

    def judge(self, answer: Answer, now: datetime) -> Outcome:
        """See `Provider`."""
        if answer.status < 300:
            return accepted(answer, text_at(answer.json, "emails", 0, "id"))
        kind, said = text_at(answer.json, "type"), text_at(answer.json, "message")
        return refused(answer, f"{kind}: {said}", FATES.get(kind), now=now)

    def events(self, hook: Hook) -> Sequence[Event]:
        """See `Provider`."""
        found = ((one, _returned(one)) for one in objects(self._topic.message(hook)))
        return [Event(_mark(one), text_at(one, "email_to"), returned) for one, returned in found if returned]


def _returned(event: dict[str, Any]) -> Returned | None:
    said = f"{text_at(event, 'email_response_code')} {text_at(event, 'email_response_message')}"
    match text_at(event, "type"):
        case "email_mailbox_not_found":
            return bounce("", permanent=True, default=Reason.USER_UNKNOWN)
        case "email_dropped":
            return bounce(said, permanent=None, default=Reason.UNEXPLAINED)
        case "email_deferred":
            return bounce("", permanent=False, default=Reason.DELAYED)
        case "email_blocklisted":
            return bounce("", permanent=False, default=Reason.POLICY)
        case "email_spam":  # "identified as spam by the recipient server": no reader said so
            return bounce("", permanent=False, default=Reason.SPAM)
        case "email_complaint":
            return complaint()
    return None


def _mark(event: dict[str, Any]) -> str:
    """Its documentation shows headers as objects of key and value; a mapping is read too."""
    headers = event.get("email_headers")
    if isinstance(headers, dict):
        return next((str(value) for name, value in headers.items() if str(name).lower() == MARK.lower()), "")
    named = ((text_at(one, "key") or text_at(one, "name"), text_at(one, "value")) for one in objects(headers))
    return next((value for name, value in named if name.lower() == MARK.lower()), "")


def _person(mailbox: Mailbox) -> dict[str, str]:
    return {"email": mailbox.address, "name": mailbox.name} if mailbox.name else {"email": mailbox.address}


def provider(api: Api) -> Scaleway:
    return Scaleway(api)
