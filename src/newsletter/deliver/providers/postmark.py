"""Postmark: POST /email (postmarkapp.com/developer/api/email-api), webhooks for bounces, complaints and subscriptions.

It answers nearly every refusal with 422 and a code of its own. It knows no idempotency keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import formataddr
from typing import Any, Final
from urllib.parse import quote

from newsletter.config import Api
from newsletter.deliver.answer import Answer, accepted, asked, refused, text_at
from newsletter.deliver.feedback.returned import Complaint, Reason, Returned
from newsletter.deliver.hook import Event, Hook, bounce, complaint, objects, signed_in
from newsletter.deliver.interface import Interface
from newsletter.deliver.letter import Mailbox, letter_of
from newsletter.deliver.message import Message
from newsletter.deliver.providers import Request
from newsletter.deliver.verdict import Fate, Outcome

NEEDS: Final = ("key",)
TAKES: Final = ("hook_secret", "stream")
KNOWN_AFTER: Final = timedelta(minutes=5)

FATES: Final = {  # postmarkapp.com/developer/api/overview#error-codes
    "100": Fate.DEFERRED,  # maintenance
    "406": Fate.UNKNOWN,  # an address that bounced for good, or whose reader complained
    "429": Fate.DEFERRED,
    **dict.fromkeys(
        ("10", "400", "401", "402", "403", "405", "409", "412", "413"), Fate.BARRED
    ),  # token, sender, account
    **dict.fromkeys(("1221", "1235"), Fate.BARRED),  # the message stream
}
GONE: Final = {"HardBounce", "BadEmailAddress"}
OURS: Final = {
    "SpamNotification": Reason.SPAM,
    "VirusNotification": Reason.VIRUS,
    "Blocked": Reason.BLOCKED,
    "DMARCPolicy": Reason.AUTHENTICATION,
}
NO_BOUNCE: Final = {"AutoResponder", "AddressChange", "Subscribe", "ChallengeVerification", "OpenRelayTest"}


class Postmark(Interface):
    def __init__(self, api: Api) -> None:
        super().__init__(api.url or "https://api.postmarkapp.com")
        self._key, self._hook_secret = api.key.get_secret_value(), api.hook_secret.get_secret_value()
        self._stream = api.stream or "broadcast"

    def request(self, message: Message) -> Request:
        """See `Provider`; nothing is tracked."""
        letter = letter_of(message)
        body: dict[str, Any] = {
            "From": _written(letter.sender),
            "To": letter.recipient,
            "Subject": letter.subject,
            "TextBody": letter.text,
            "Headers": [{"Name": name, "Value": value} for name, value in letter.headers.items()],
            "Metadata": {"mark": letter.mark},
            "MessageStream": self._stream,
            "TrackOpens": False,
            "TrackLinks": "None",
        }
        if letter.html is not None:
            body["HtmlBody"] = letter.html
        if letter.reply_to:
            body["ReplyTo"] = _written(letter.reply_to)
        return self.post("/email", {"X-Postmark-Server-Token": self._key}, body)

    def judge(self, answer: Answer, now: datetime) -> Outcome:
        """See `Provider`."""
        code, said = text_at(answer.json, "ErrorCode"), text_at(answer.json, "Message")
        if answer.status < 300 and code in ("", "0"):
            return accepted(answer, text_at(answer.json, "MessageID"))
        return refused(answer, f"{code}: {said}", FATES.get(code), now=now)

    def question(self, mark: str) -> Request:
        """See `Provider`: the outbound messages with this metadata."""
        query = f"count=1&offset=0&metadata_mark={mark}&messagestream={quote(self._stream, safe='')}"
        return self.get(f"/messages/outbound?{query}", {"X-Postmark-Server-Token": self._key})

    def known(self, answer: Answer) -> str:
        """See `Provider`."""
        return asked(answer) and text_at(answer.json, "Messages", 0, "MessageID")

    def events(self, hook: Hook) -> Sequence[Event]:
        """See `Provider`."""
        signed_in(hook, self._hook_secret)
        found = ((one, _returned(one)) for one in objects(hook.json))
        return [
            Event(text_at(one, "Metadata", "mark"), text_at(one, "Email") or text_at(one, "Recipient"), returned)
            for one, returned in found
            if returned
        ]


def _returned(event: dict[str, Any]) -> Returned | None:
    record, kind = text_at(event, "RecordType"), text_at(event, "Type")
    if record == "SpamComplaint" or kind == "SpamComplaint":
        return complaint()
    if record == "SubscriptionChange":
        left = event.get("SuppressSending") is True and text_at(event, "SuppressionReason") == "ManualSuppression"
        return complaint(Complaint.OPT_OUT) if left else None
    if record != "Bounce" or kind in NO_BOUNCE:
        return None
    if kind == "Unsubscribe":
        return complaint(Complaint.OPT_OUT)
    said = text_at(event, "Details")
    if kind in GONE:
        return bounce(said, permanent=True, default=Reason.USER_UNKNOWN)
    return bounce(said, permanent=False, default=OURS.get(kind, Reason.SYSTEM))


def _written(mailbox: Mailbox) -> str:
    """As JSON may say it: Postmark encodes names by itself."""
    if mailbox.name.isascii():
        return formataddr((mailbox.name, mailbox.address))
    quoted = mailbox.name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{mailbox.address}>'


def provider(api: Api) -> Postmark:
    return Postmark(api)
