"""A mail from anywhere, opened without trust: bounded, never deeper than it must be, and never an exception.

Only the mail's own parts are opened. What it encloses (the mail returned with it) is kept shut: words in there are not
the server's. The standard library's parser is not used here: it recurses, and it reads all of a mail.
"""

from __future__ import annotations

import binascii
import html
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header, make_header
from typing import Final

MOST_BYTES: Final = 512 * 1024  # a notice stands before the mail it returns
MOST_TEXT: Final = 16 * 1024  # characters of one part that are looked at
MOST_PARTS: Final = 40
DEEPEST: Final = 5
LONGEST_HEADER: Final = 4_000

BLANK_LINE: Final = re.compile(rb"\n[ \t]*\n")
ENCLOSED: Final = frozenset({"message/rfc822", "message/global", "text/rfc822-headers", "text/rfc822-header"})
TEXT_CODECS: Final = re.compile(
    r"(us-)?ascii|utf-?8|utf-?16|iso|latin|windows|cp\d|koi8|shift|sjis|euc|big5|gb|ks_c", re.IGNORECASE
)
BLOCK_TAGS: Final = re.compile(r"<(?:br|/?p|/?div|/?tr|/?td|/?li|/?h\d|/?pre)\b[^<>]{0,500}>", re.IGNORECASE)
TAGS: Final = re.compile(r"</?[a-z!][^<>@]{0,2000}>", re.IGNORECASE)
SEVEN_BIT_JAPANESE: Final = (b"\x1b$", b"\x1b(")


@dataclass(frozen=True, slots=True)
class Headers:
    """Header fields by lower-case name, unfolded; of a field given twice, all values."""

    fields: dict[str, list[str]]

    def get(self, name: str) -> str:
        """The first value of a field, its encoded words (RFC 2047) read, or an empty string."""
        return _words(self.raw(name))

    def raw(self, name: str) -> str:
        """The first value of a field as it came, or an empty string."""
        values = self.fields.get(name)
        return values[0][:LONGEST_HEADER] if values else ""

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    @property
    def type(self) -> str:
        """The media type in lower case; text/plain where none is given."""
        found = re.match(r"[\w.+-]{1,60}/[\w.+-]{1,60}", self.raw("content-type"))
        return found[0].lower() if found else "text/plain"

    def parameter(self, name: str) -> str:
        """A parameter of Content-Type, without its quotes, or an empty string."""
        pattern = rf'[;\s]\s*{name}\s*=\s*(?:"([^"]*)"|([^\s;]+))'
        found = re.search(pattern, self.raw("content-type"), re.IGNORECASE)
        return (found[1] or found[2] or "").strip() if found else ""


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of a mail: its headers and its body as it came."""

    headers: Headers
    body: bytes

    @property
    def enclosed(self) -> bool:
        """Whether this is another mail, or the headers of one."""
        return self.headers.type in ENCLOSED

    def text(self) -> str:
        """The body as text: transfer encoding, charset and HTML undone as far as they can be, cut to 16 KiB."""
        text = _decoded(self._bytes(), self.headers.parameter("charset"))
        if self.headers.type == "text/html":
            text = html.unescape(TAGS.sub("", BLOCK_TAGS.sub("\n", text[: 4 * MOST_TEXT])))
        return text.replace("\r\n", "\n").replace("\r", "\n")[:MOST_TEXT]

    def _bytes(self) -> bytes:
        encoding = self.headers.raw("content-transfer-encoding").strip().lower()
        body = self.body[: 8 * MOST_TEXT]
        if encoding == "quoted-printable":
            return quopri.decodestring(body)
        if encoding == "base64":
            letters = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
            try:
                return binascii.a2b_base64(letters[: len(letters) // 4 * 4] + _last_quantum(letters))
            except binascii.Error:
                return body
        return body


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail's headers and its leaves in order; an enclosed mail is one leaf."""

    headers: Headers
    parts: tuple[Part, ...]

    def own_text(self) -> str:
        """What the mail itself says: its text parts up to an enclosed mail, plain text before HTML."""
        texts: dict[str, list[str]] = {"text/plain": [], "text/html": []}
        for part in self.parts:
            if part.enclosed:
                break
            if part.headers.type in texts and "attachment" not in part.headers.get("content-disposition").lower():
                texts[part.headers.type].append(part.text())
        plain = "\n".join(texts["text/plain"])[:MOST_TEXT]
        return plain if plain.strip() else "\n".join(texts["text/html"])[:MOST_TEXT]

    def parts_of(self, *types: str) -> list[Part]:
        return [part for part in self.parts if part.headers.type in types]


def open_mail(raw: bytes) -> Mail:
    """Open a mail, or what claims to be one. Looks at no more than 512 KiB, 40 parts, 5 levels; raises nothing."""
    raw = raw[:MOST_BYTES].replace(b"\r\n", b"\n").lstrip(b"\n")
    if raw.startswith((b"From ", b">From ")):  # an mbox's separator
        raw = raw.partition(b"\n")[2]
    headers, body = _split(raw)
    leaves = _leaves(headers, body, DEEPEST)
    return Mail(headers, tuple(part for part, _ in zip(leaves, range(MOST_PARTS), strict=False)))


def _split(raw: bytes) -> tuple[Headers, bytes]:
    if raw.startswith(b"\n"):
        return Headers({}), raw[1:]
    end = BLANK_LINE.search(raw)
    head, body = (raw[: end.start()], raw[end.end() :]) if end else (raw, b"")
    return fields(head[: 64 * 1024].decode("utf-8", "replace")), body


def fields(text: str) -> Headers:
    """Header fields of a block of lines; what is no field is passed over."""
    found: dict[str, list[str]] = {}
    values: list[str] = []
    for line in text.split("\n"):
        if line[:1] in (" ", "\t"):
            if values and len(values[-1]) < LONGEST_HEADER:
                values[-1] += " " + line.strip()
            continue
        name, colon, value = line.partition(":")
        name = name.strip().lower()
        values = found.setdefault(name, []) if colon and name and len(name) < 80 and " " not in name else []
        values.append(value.strip())
    return Headers(found)


def _leaves(headers: Headers, body: bytes, depth: int) -> Iterator[Part]:
    boundary = headers.parameter("boundary").encode("utf-8", "replace")
    if not headers.type.startswith("multipart/") or not boundary or depth == 0:
        yield Part(headers, body)
        return
    pieces = re.split(
        rb"(?:\A|\n)--" + re.escape(boundary[:200]) + rb"(?:--)?[ \t]*(?=\n|\Z)", body, maxsplit=MOST_PARTS
    )
    if len(pieces) == 1:  # the boundary is nowhere to be seen: all is text
        yield Part(Headers({}), body)
    for piece in pieces[1:]:
        if piece.strip():
            inner, content = _split(piece[1:])
            yield from _leaves(inner, content, depth - 1)


def _decoded(body: bytes, charset: str) -> str:
    if any(mark in body for mark in SEVEN_BIT_JAPANESE):
        return body.decode("iso-2022-jp", "replace")
    declared = [charset] if TEXT_CODECS.match(charset) else []  # codecs that are no charsets can be slow or worse
    for name in (*declared, "utf-8"):
        try:
            return body.decode(name)
        except (LookupError, ValueError):
            continue
    return body.decode("cp1252", "replace")


def _last_quantum(letters: bytes) -> bytes:
    """The letters after the last whole four, padded; a single one is nothing."""
    rest = letters[len(letters) // 4 * 4 :]
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""


def _words(value: str) -> str:
    if "=?" not in value:
        return value
    try:
        return str(make_header(decode_header(value)))
    except (LookupError, ValueError, MessageError):
        return value
