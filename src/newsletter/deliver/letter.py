"""A Message taken apart, for providers that want fields instead of MIME: one source of what a reader gets, not two."""

from __future__ import annotations

import email.message
import email.policy
from binascii import a2b_qp
from collections.abc import Mapping
from dataclasses import dataclass
from email.parser import BytesHeaderParser
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
    """The message's parts. It is one of our own, so that its form is known: see `message.compile_variant`."""
    head, _, body = b"".join(message.data).partition(b"\r\n\r\n")
    fields = BytesHeaderParser(policy=email.policy.default).parsebytes(head + b"\r\n\r\n")
    boundary = fields.get_boundary()
    text, html = (body, None) if boundary is None else _alternatives(body, boundary.encode("ascii"))
    reply_to = fields.get("Reply-To")
    return Letter(
        mark=mark_of(message),
        sender=_mailbox(str(fields["From"])),
        reply_to=_mailbox(str(reply_to)) if reply_to else None,
        recipient=message.recipient,
        subject=str(fields["Subject"]),
        text=_decoded(text),
        html=None if html is None else _decoded(html),
        headers=MappingProxyType(dict(_headers(fields))),
    )


def _alternatives(body: bytes, boundary: bytes) -> tuple[bytes, bytes]:
    _, text, html, _ = (b"\r\n" + body).split(b"\r\n--" + boundary)
    return text.partition(b"\r\n\r\n")[2], html.partition(b"\r\n\r\n")[2]


def _decoded(quoted: bytes) -> str:
    return a2b_qp(quoted).decode("utf-8").replace("\r\n", "\n")


def _headers(parsed: email.message.Message) -> list[tuple[str, str]]:
    found = [(name, str(parsed[name])) for name in TRAVELS if name in parsed]
    if "List-Id" in parsed:  # its title may need encoding, which providers do each in their own way; it is for people
        found.append(("List-Id", "<" + str(parsed["List-Id"]).rpartition("<")[2]))
    return found


def _mailbox(text: str) -> Mailbox:
    return Mailbox(*parseaddr(text))
