"""A mail taken apart for people. Nothing in it is trusted, and nothing in it can make this fail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from functools import lru_cache
from pathlib import Path

# compat32 reads what the newer policies, which parse every header as they go, may raise on
_POLICY = policy.compat32
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*")
_CONTROLS = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n"} | {0x7F: 0x2421}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a mail says. `html` and `text` are None where it has no such part; `language` is "" where it names none."""

    headers: tuple[tuple[str, str], ...]
    html: str | None
    text: str | None
    others: tuple[str, ...]
    problem: str = ""

    def header(self, name: str) -> str:
        """The first header of that name, decoded; "" where there is none."""
        return next((value for key, value in self.headers if key.casefold() == name.casefold()), "")

    @property
    def subject(self) -> str:
        return self.header("Subject").strip()

    @property
    def language(self) -> str:
        """The language of the whole mail (RFC 3282), as an HTML `lang`."""
        named = self.header("Content-Language").partition(",")[0].strip()
        return named if _LANGUAGE.fullmatch(named) else ""


@lru_cache(maxsize=1024)
def read_file(path: Path) -> Reading:
    """Read a kept mail; it never changes, so it is read once. Raises OSError."""
    return read(path.read_bytes())


def read(raw: bytes) -> Reading:
    """Take a mail apart; one that is nested or broken beyond reading keeps its headers and says so."""
    headers = tuple(_headers(raw))
    try:
        parts = list(_leaves(message_from_bytes(raw, policy=_POLICY)))
        return Reading(headers, _first(parts, "text/html"), _first(parts, "text/plain"), tuple(_others(parts)))
    except Exception as error:  # the parser's own errors on hostile MIME are of any kind (RecursionError, IndexError …)
        return Reading(headers, None, None, (), f"Its parts cannot be read ({type(error).__name__}).")


def visible(text: str) -> str:
    """The text with its control characters as pictures (␀, ␍), its line ends as line feeds."""
    return text.replace("\r\n", "\n").translate(_CONTROLS)


def _headers(raw: bytes) -> Iterator[tuple[str, str]]:
    for name, value in BytesHeaderParser(policy=_POLICY).parsebytes(raw).raw_items():
        yield _line(_utf8(name)), _line(_decoded(re.sub(r"\r?\n(?=[ \t])", "", _utf8(value))))


def _line(text: str) -> str:
    """One line: a line end that an encoded word brought in is seen, and does nothing."""
    return visible(text).replace("\n", "␊")


def _decoded(value: str) -> str:
    """A header without its encoded words (RFC 2047); as it stands where they are broken."""
    try:
        return str(make_header(decode_header(value)))
    except (MessageError, LookupError, ValueError):
        return value


def _utf8(text: str) -> str:
    """What the parser could not read as ASCII, read as UTF-8 (RFC 6532)."""
    return str(text).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _leaves(part: Message) -> Iterator[Message]:
    inner = part.get_payload()
    if part.get_content_maintype() != "multipart" or not isinstance(inner, list):
        yield part
        return
    for each in inner:
        if isinstance(each, Message):
            yield from _leaves(each)


def _first(parts: list[Message], kind: str) -> str | None:
    return next((_content(part) for part in parts if part.get_content_type() == kind and not _is_attached(part)), None)


def _others(parts: list[Message]) -> Iterator[str]:
    for part in parts:
        if _is_attached(part) or part.get_content_type() not in ("text/html", "text/plain"):
            yield _line(" ".join(filter(None, (_decoded(_utf8(part.get_filename() or "")), part.get_content_type()))))


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment"


def _content(part: Message) -> str:
    body = part.get_payload(decode=True)
    if not isinstance(body, bytes):
        return ""
    try:
        return body.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:  # a charset that does not exist
        return body.decode("utf-8", "replace")
