"""Delivery status notifications (RFC 3464): what the fields say of each recipient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from newsletter.deliver.feedback.addresses import address_in
from newsletter.deliver.feedback.mime import Headers, Mail, fields

STATUS_TYPES: Final = ("message/delivery-status", "message/global-delivery-status")
RECIPIENT_FIELDS: Final = ("original-recipient", "final-recipient", "x-actual-recipient")
ARRIVED: Final = ("deliver", "relayed", "expanded")  # `deliverable`: Postfix, asked to verify
MOST_RECIPIENTS: Final = 100


@dataclass(frozen=True, slots=True)
class Recipient:
    """One group of per-recipient fields; `answer` is the diagnostic, with what stood beside the status."""

    address: str | None
    action: str
    status: str
    answer: str

    @property
    def arrived(self) -> bool:
        return self.action.startswith(ARRIVED)

    @property
    def delayed(self) -> bool:
        return self.action.startswith("delayed")


def recipients_of(mail: Mail) -> list[Recipient]:
    """The recipients of the mail's own delivery-status parts, or, where MIME was lost on the way, of its own text."""
    parts = mail.parts_of(*STATUS_TYPES)
    texts = [part.text() for part in parts] or [mail.own_text()]
    groups = [fields(block) for text in texts for block in text.split("\n\n")]
    return [_recipient(group) for group in groups if _is_recipient(group)][:MOST_RECIPIENTS]


def _is_recipient(group: Headers) -> bool:
    return any(name in group for name in RECIPIENT_FIELDS[:2]) and ("action" in group or "status" in group)


def _recipient(group: Headers) -> Recipient:
    addresses = (address_in(group.raw(name)) for name in RECIPIENT_FIELDS)
    status, _, comment = group.raw("status").partition(" ")
    kind, semicolon, said = group.raw("diagnostic-code").partition(";")
    answer = f"{said if semicolon and ' ' not in kind.strip() else group.raw('diagnostic-code')} {comment}"
    return Recipient(next((a for a in addresses if a), None), group.raw("action").lower(), status, answer.strip())
