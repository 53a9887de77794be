"""Mailjet: POST /v3.1/send (dev.mailjet.com/email/reference/send-emails), its event interface.

It knows no idempotency keys; `CustomID` comes back with each event.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from newsletter.config import Api
from newsletter.deliver.answer import Answer, accepted, asked, refused, text_at
from newsletter.deliver.feedback.returned import Complaint, Reason, Returned
from newsletter.deliver.hook import Event, Hook, bounce, complaint, objects, signed_in
from newsletter.deliver.interface import Interface
from newsletter.deliver.letter import Mailbox, letter_of
from newsletter.deliver.message import Message
from newsletter.deliver.providers import Request
from newsletter.deliver.verdict import Fate, Outcome

NEEDS: Final = ("key", "secret")
TAKES: Final = ("hook_secret",)
KNOWN_AFTER: Final = timedelta(minutes=5)
FATES: Final = {"send-0008": Fate.BARRED}  # the sender is not validated; all else of 400 is about the mail

# error_related_to and error: dev.mailjet.com/email/guides/webhooks#possible-values-for-errors
REASONS: Final = {
    "user unknown": Reason.USER_UNKNOWN,
    "invalid domain": Reason.HOST_UNKNOWN,
    "no mail host": Reason.HOST_UNKNOWN,
    "mailbox inactive": Reason.DISABLED,
    "quota exceeded": Reason.MAILBOX_FULL,
    "relay/access denied": Reason.RELAY,
    "greylisted": Reason.DELAYED,
    "typofix": Reason.HOST_UNKNOWN,
    "bad or empty template": Reason.CONTENT,
    "error in template language": Reason.CONTENT,
    "sender blocked": Reason.BLOCKED,
    "content blocked": Reason.SPAM,
    "policy issue": Reason.POLICY,
    "preblocked": Reason.POLICY,
    "duplicate in campaign": Reason.POLICY,
    "spam reporter": Reason.NOT_ALLOWED,
    "system issue": Reason.SYSTEM,
    "protocol issue": Reason.PROTOCOL,
    "connection issue": Reason.NETWORK,
}


class Mailjet(Interface):
    def __init__(self, api: Api) -> None:
        super().__init__(api.url or "https://api.mailjet.com")
        pair = f"{api.key.get_secret_value()}:{api.secret.get_secret_value()}"
        self._basic = "Basic " + base64.b64encode(pair.encode()).decode("ascii")
        self._hook_secret = api.hook_secret.get_secret_value()

    def request(self, message: Message) -> Request:
        """See `Provider`; nothing is tracked."""
        letter = letter_of(message)
        mail: dict[str, Any] = {
            "From": _person(letter.sender),
            "To": [{"Email": letter.recipient}],
            "Subject": letter.subject,
            "TextPart": letter.text,
            "Headers": dict(letter.headers),
            "CustomID": letter.mark,
            "TrackOpens": "disabled",
            "TrackClicks": "disabled",
        }
        if letter.html is not None:
            mail["HTMLPart"] = letter.html
        if letter.reply_to:
            mail["ReplyTo"] = _person(letter.reply_to)
        return self.post("/v3.1/send", {"Authorization": self._basic}, {"Messages": [mail]})

    def judge(self, answer: Answer, now: datetime) -> Outcome:
        """See `Provider`."""
        said = answer.json
        error = text_at(said, "Messages", 0, "Errors", 0, "ErrorCode") or text_at(said, "ErrorCode")
        if answer.status < 300 and not error:
            return accepted(answer, text_at(said, "Messages", 0, "To", 0, "MessageID"))
        words = text_at(said, "Messages", 0, "Errors", 0, "ErrorMessage") or text_at(said, "ErrorMessage")
        return refused(answer, f"{error}: {words}", FATES.get(error), now=now)

    def question(self, mark: str) -> Request:
        """See `Provider`: the messages with this CustomID."""
        return self.get(f"/v3/REST/message?CustomID={mark}&Limit=1", {"Authorization": self._basic})

    def known(self, answer: Answer) -> str:
        """See `Provider`."""
        return asked(answer) and text_at(answer.json, "Data", 0, "ID")

    def events(self, hook: Hook) -> Sequence[Event]:
        """See `Provider`; one event, or a list of them."""
        signed_in(hook, self._hook_secret)
        found = ((one, _returned(one)) for one in objects(hook.json))
        return [Event(text_at(one, "CustomID"), text_at(one, "email"), returned) for one, returned in found if returned]


def _returned(event: dict[str, Any]) -> Returned | None:
    match text_at(event, "event"):
        case "bounce" | "blocked":
            reason = REASONS.get(text_at(event, "error"), Reason.UNEXPLAINED)
            said = text_at(event, "comment") if reason is Reason.UNEXPLAINED else ""
            return bounce(said, permanent=event.get("hard_bounce") is True, default=reason)
        case "spam":
            return complaint()
        case "unsub":
            return complaint(Complaint.OPT_OUT)
    return None


def _person(mailbox: Mailbox) -> dict[str, str]:
    return {"Email": mailbox.address, "Name": mailbox.name} if mailbox.name else {"Email": mailbox.address}


def provider(api: Api) -> Mailjet:
    return Mailjet(api)
