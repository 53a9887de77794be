"""Anybody's mail, made ready for the rules: a message (.eml) or the HTML of one."""

from __future__ import annotations

import email
import email.policy
import re
from email.message import EmailMessage

from newsletter.edition.rules.mail import Mail
from newsletter.i18n import Words

_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def read_html(data: bytes, words: Words) -> Mail:
    """The mail whose HTML stands in a file; of its text part and headers nothing is known."""
    bom = next((name for mark, name in _BOMS.items() if data.startswith(mark)), None)
    said = _CHARSET.search(data[:2048])
    html = _decoded(data, bom or (said[1].decode("ascii") if said else None))
    return Mail(html=html, text=None, words=words, is_file=True)


def read_message(data: bytes, words: Words) -> Mail:
    """The mail in a message as it was sent (RFC 5322)."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    html, text = _part(message, "text/html"), _part(message, "text/plain")
    return Mail(html=html, text=text or "", words=words, headers=_headers(message))


def _part(message: EmailMessage, kind: str) -> str | None:
    """The first part of a kind that is no attachment, decoded; None where there is none."""
    for part in message.walk():
        if part.get_content_type() == kind and (part.get_content_disposition() or "inline") == "inline":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                text = _decoded(payload, part.get_content_charset()).replace("\r\n", "\n")
                flowed = kind == "text/plain" and "flowed" in str(part.get_param("format", "")).lower()
                return _unfolded(text) if flowed else text
    return None


def _headers(message: EmailMessage) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in message.keys():  # noqa: SIM118  a message is no mapping: a header may stand there twice
        try:
            found.setdefault(name.lower(), str(message[name]))
        except (ValueError, IndexError, AttributeError, LookupError, TypeError):  # broken headers raise many kinds
            found.setdefault(name.lower(), "")
    return found


def _unfolded(text: str) -> str:
    """A text with format=flowed, its paragraphs on one line each (RFC 3676 §4.2): but a signature's dashes."""
    return re.sub(r"(?<!^--) \n(?!>|\n)", " ", text, flags=re.MULTILINE)


def _decoded(data: bytes, charset: str | None) -> str:
    for name in (charset, "utf-8"):
        try:
            return data.decode(name or "utf-8")
        except (LookupError, ValueError):  # UnicodeDecodeError is a ValueError
            continue
    return data.decode("windows-1252", "replace")
