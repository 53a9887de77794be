"""Header fields as bytes, by ourselves: `email.policy` mangles long List-Unsubscribe fields and decodes hostile titles.

A text from outside is either plain ASCII that no parser decodes, or RFC 2047 encoded-words as a whole: the reader
sees the very characters, and `=?utf-8?q?x=0D=0ABcc:…?=` stays a text about a header. Control characters and line
separators become spaces before anything else, so that no value can end its line.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, parseaddr
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from newsletter.errors import BadInput

LINE = 76  # RFC 2047: no line with an encoded-word is longer
PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*\Z")
ATOMS = re.compile(r"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*\Z")
# What may stand in `RCPT TO:<…>` and in To as it is: no blank, bracket, quote, comma or backslash.
ADDRESS = re.compile(r"[^\x00-\x20\x7f-\x9f<>()\[\]\\,;:\"@]{1,64}@[^\x00-\x20\x7f-\x9f<>()\[\]\\,;:\"@]{1,253}\Z")


def one_line(text: str) -> str:
    """The text without control characters, line separators and surrogates, its blanks made single spaces."""
    kept = (" " if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") else char for char in text)
    return " ".join("".join(kept).split())


def text_field(name: str, text: str) -> bytes:
    """A field of free text (Subject), folded, with its line end."""
    text = one_line(text)
    if PLAIN.match(text) and "=?" not in text and len(name) + 2 + len(text) <= LINE:
        return f"{name}: {text}\r\n".encode("ascii")
    return f"{name}: {_encoded_words(name, text)}\r\n".encode("ascii")


def mailbox_field(name: str, mailbox: str) -> bytes:
    """A field with one mailbox (From, Reply-To), given as `Name <address>` or an address. Raises BadInput."""
    display, address = parseaddr(mailbox)
    written, utf8 = address_of(address)
    if utf8:
        raise BadInput(f"{name}: the part before the @ has letters that mail servers refuse in a sender; use ASCII")
    return _phrase_field(name, display, f"<{written}>" if display else written)


def list_field(name: str, title: str, identifier: str) -> bytes:
    """List-Id (RFC 2919): the list's title, and its identifier in angle brackets. Raises BadInput."""
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,255}", identifier):
        raise BadInput(f"{name}: an identifier is made of ASCII letters, digits, dots and hyphens")
    return _phrase_field(name, title, f"<{identifier}>")


@lru_cache(maxsize=16)
def date_field(at: datetime) -> bytes:
    """The Date field; `at` is aware."""
    return f"Date: {format_datetime(at)}\r\n".encode("ascii")


def address_of(email: str) -> tuple[str, bool]:
    """The address as it is written in commands and headers, and whether that takes SMTPUTF8 (RFC 6531).

    A domain goes as A-labels, so only a local part can ask for it. Raises BadInput for what may not stand in a command.
    """
    if not ADDRESS.match(email) or "=?" in email:
        raise BadInput("the address cannot be written in a mail command")
    if email.isascii():
        return email, False
    try:
        valid = validate_email(email, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise BadInput("the address cannot be written in a mail command") from error
    if valid.ascii_email:
        return valid.ascii_email, False
    return f"{valid.local_part}@{valid.ascii_domain}", True


def _phrase_field(name: str, display: str, rest: str) -> bytes:
    phrase = _phrase(name, one_line(display))
    last = phrase.rpartition("\r\n")[2] if "\r\n" in phrase else f"{name}: {phrase}"
    space = "" if not phrase else " " if len(last) + 1 + len(rest) <= LINE else "\r\n "
    return f"{name}: {phrase}{space}{rest}\r\n".encode("ascii")


def _phrase(name: str, text: str) -> str:
    if not text or (ATOMS.match(text) and len(name) + 2 + len(text) <= LINE):
        return text
    if PLAIN.match(text) and "=?" not in text and len(name) + 4 + len(text) <= LINE:
        return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'
    return _encoded_words(name, text)


def _encoded_words(name: str, text: str) -> str:
    return Header(text, "utf-8", maxlinelen=LINE, header_name=name).encode(linesep="\r\n")
