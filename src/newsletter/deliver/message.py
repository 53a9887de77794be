"""A Variant and what stands around it become a Compiled message; one person's blanks make it a Message."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from email.utils import parseaddr

from newsletter.deliver.headers import address_of, list_field, mailbox_field, text_field
from newsletter.deliver.splice import Compiled, spliced, together
from newsletter.model import Claim, Variant

PART = b"Content-Type: text/%b; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a newsletter puts around its variants.

    A notice has no `list_id` (title, identifier): it is `Auto-Submitted` and cannot be unsubscribed from.
    """

    sender: str  # `Name <address>`
    reply_to: str | None = None
    list_id: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One mail as it goes out: `data` is complete, ends with CRLF, has no line that begins with a dot."""

    claim: Claim
    sender: str  # the envelope's, not From
    recipient: str
    utf8: bool  # the recipient's local part needs SMTPUTF8
    data: list[bytes]

    @property
    def size(self) -> int:
        """In bytes."""
        return sum(map(len, self.data))


def compile_variant(variant: Variant, envelope: Envelope) -> Compiled:
    """The variant as slices, once for all its readers. Raises BadInput or RenderError where it cannot be written."""
    kind, body = _content(variant)
    return Compiled(
        sender=address_of(parseaddr(envelope.sender)[1])[0],
        head=_fields(variant, envelope) + kind,
        body=together(body),
        blanks=frozenset(piece for piece in body if isinstance(piece, str)),
        leavable=envelope.list_id is not None,
    )


def _fields(variant: Variant, envelope: Envelope) -> bytes:
    fields = [
        mailbox_field("From", envelope.sender),
        mailbox_field("Reply-To", envelope.reply_to) if envelope.reply_to else b"",
        text_field("Subject", variant.subject),
        text_field("Content-Language", variant.language),
    ]
    if envelope.list_id:
        fields += [list_field("List-Id", *envelope.list_id), b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"]
    else:
        fields.append(b"Auto-Submitted: auto-generated\r\n")  # RFC 3834: no machine is to answer
    return b"".join([*fields, b"MIME-Version: 1.0\r\n"])


def _content(variant: Variant) -> tuple[bytes, list[bytes | str]]:
    """The fields that say what the body is, with the empty line after them; and the body."""
    text = spliced(variant.text)
    if variant.html is None:
        return PART % b"plain", text
    # `=_` cannot occur in quoted-printable (RFC 2045, 6.7), so no content can hold the boundary.
    boundary = b"=_" + hashlib.sha256(f"{variant.edition}\n{variant.key}".encode()).hexdigest()[:24].encode()
    kind = b'Content-Type: multipart/alternative; boundary="%b"\r\n\r\n' % boundary
    # The line end before a boundary belongs to it (RFC 2046, 5.1.1), so each part gets one of its own.
    cut = b"\r\n--%b\r\n" % boundary
    html = [PART % b"html", *spliced(variant.html)]
    return kind, [cut[2:], PART % b"plain", *text, cut, *html, b"\r\n--%b--\r\n" % boundary]
