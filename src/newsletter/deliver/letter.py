"""A Message taken apart, for providers that want fields instead of MIME: one source of what a reader gets, not two."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from types import MappingProxyType
from typing import Final

from newsletter.deliver.message import Message

TRAVELS: Final = ("Content-Language", "List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Somebody with an address, as readers see it."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Letter:
    """The parts of one mail. `mark` is what names its delivery: 32 characters that nobody can make but us.

    `headers` are those that have no field of their own: ASCII, one line each.
    """

    mark: str
    sender: Mailbox
    reply_to: Mailbox | None
    recipient: str
    subject: str
    text: str
    html: str | None
    headers: Mapping[str, str]


def mark_of(message: Message) -> str:
    """The part of the Message-ID before the @ (see `Keys.message_id`)."""
    head = message.data[0] if b"\r\nMessage-ID:" in message.data[0] else b"".join(message.data[:8])
    return head.partition(b"\r\nMessage-ID: <")[2].partition(b"@")[0].decode("ascii")


def letter_of(message: Message) -> Letter:
    """The message's parts."""
    parsed = email.message_from_bytes(b"".join(message.data), policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)  # noqa: S101 - what this policy makes
    html = parsed.get_body(("html",))
    text = parsed.get_body(("plain",))
    reply_to = parsed.get("Reply-To")
    return Letter(
        mark=mark_of(message),
        sender=_mailbox(str(parsed["From"])),
        reply_to=_mailbox(str(reply_to)) if reply_to else None,
        recipient=message.recipient,
        subject=str(parsed["Subject"]),
        text=text.get_content().replace("\r\n", "\n") if text else "",
        html=html.get_content().replace("\r\n", "\n") if html else None,
        headers=MappingProxyType(dict(_headers(parsed))),
    )


def _headers(parsed: EmailMessage) -> list[tuple[str, str]]:
    found = [(name, str(parsed[name])) for name in TRAVELS if name in parsed]
    if "List-Id" in parsed:  # its title may need encoding, which providers do each in their own way; it is for people
        found.append(("List-Id", "<" + str(parsed["List-Id"]).rpartition("<")[2]))
    return found


def _mailbox(text: str) -> Mailbox:
    return Mailbox(*parseaddr(text))
