"""A variant's bytes, compiled once: immutable slices with a person's blanks between them.

Each piece is quoted-printable by itself (C `b2a_qp`), and ends with a hard or a soft line break; so encoded pieces can
be put together in any order, and a blank's value needs nothing of what stands around it. A dot that would begin a line
is encoded, so that nothing is left to dot-stuff (RFC 5321, 4.5.2) and every transport carries the same bytes.
"""

from __future__ import annotations

import re
from binascii import b2a_qp
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from newsletter.deliver.headers import date_field
from newsletter.errors import RenderError
from newsletter.model import PERSON_BLANKS, Blank, Pieces

LINE_ENDS = re.compile(rb"\r\n?|\n")
LEADING_DOTS = re.compile(rb"^\.+", re.MULTILINE)
TOO_LONG = re.compile(rb"^(.{74,75})(=20|=09)$", re.MULTILINE)  # b2a_qp does not count a blank that ends a line
LONGEST_LINK = 900
ROOM = 73  # characters of a line, with room for a dot that is encoded and a soft break
SAFE_LINK = re.compile(r"https?://[A-Za-z0-9._~:/@!$*+;=%\[\]-]+\Z")  # nothing that HTML or a header would read


@dataclass(frozen=True, slots=True)
class Person:
    """What a message says of its one reader; `urls` by the name of the blank. All is ASCII but `to` (SMTPUTF8)."""

    to: str
    message_id: str  # with its angle brackets
    dated: datetime
    urls: Mapping[str, str]
    mailto: str | None = None  # where a mail unsubscribes, if one does


@dataclass(frozen=True, slots=True)
class Compiled:
    """A variant as bytes: `head` ends with the empty line, the names in `body` are a person's blanks."""

    sender: str  # the bare address in From
    head: bytes
    body: tuple[bytes | str, ...]
    blanks: frozenset[str]  # those in the body
    leavable: bool  # whether it carries List-Unsubscribe

    @property
    def domain(self) -> str:
        """The sender's: Message-IDs are minted under it."""
        return self.sender.rpartition("@")[2]

    def message(self, person: Person) -> list[bytes]:
        """The message in slices: a person's fields, the date, the other fields, the body in several. Ends with CRLF, no
        line begins with a dot. Raises RenderError for an unsafe link."""
        links = {name: link(person.urls[name]) for name in self.blanks}
        start = b"To: %b\r\nMessage-ID: %b\r\n" % (person.to.encode(), person.message_id.encode("ascii"))
        if self.leavable:
            # RFC 8058; one line however long, because folded or encoded it is no longer found.
            mailto = f", <{person.mailto}>" if person.mailto else ""
            start += f"List-Unsubscribe: <{person.urls['unsubscribe_url']}>{mailto}\r\n".encode("ascii")
        body = [piece if isinstance(piece, bytes) else links[piece] for piece in self.body]
        return [start, date_field(person.dated), self.head, *body]


def spliced(pieces: Pieces) -> list[bytes | str]:
    """The pieces encoded, a person's blanks by name; ends with a hard line end. Raises RenderError for other blanks."""
    unknown = {piece.name for piece in pieces if isinstance(piece, Blank)} - PERSON_BLANKS
    if unknown:
        raise RenderError(f"blanks of the variant were left open: {', '.join(sorted(unknown))}")
    closed = pieces if _ends_a_line(pieces) else (*pieces, "\n")
    return [piece.name if isinstance(piece, Blank) else quoted(piece) for piece in closed]


def together(slices: Iterable[bytes | str]) -> tuple[bytes | str, ...]:
    """Neighbouring bytes made one."""
    found: list[bytes | str] = []
    for piece in slices:
        last = found[-1] if found else None
        if isinstance(piece, bytes) and isinstance(last, bytes):
            found[-1] = last + piece
        else:
            found.append(piece)
    return tuple(found)


def link(url: str) -> bytes:
    """A person's link as it stands in the body. Raises RenderError where it could end its attribute or its line."""
    if len(url) > LONGEST_LINK or not SAFE_LINK.match(url):
        raise RenderError("a link to be mailed has characters that are not safe in it, or over 900 of them")
    data = url.encode("ascii")
    if b"=" in data:
        return _quoted(url)
    # Nothing is left to encode, and every mail has a few of these: so the lines are cut here.
    return b"".join(_soft_line(data[start : start + ROOM]) for start in range(0, len(data), ROOM))


def _quoted(text: str) -> bytes:
    """Quoted-printable in CRLF lines of at most 76 characters; ends with a line break, hard as in the text or soft."""
    data = LINE_ENDS.sub(b"\n", text.encode("utf-8", "replace"))
    if not data or data.endswith(b"\n"):
        return _wire(b2a_qp(data))
    encoded = b2a_qp(data + b"x")[:-1]  # the x keeps the last line one column short: room for the soft break
    return _wire(encoded if encoded.endswith(b"=\n") else encoded + b"=\n")


def _soft_line(text: bytes) -> bytes:
    return (b"=2E" + text[1:] if text.startswith(b".") else text) + b"=\r\n"


quoted = lru_cache(maxsize=512)(_quoted)
"""As it says; the cards of an edition are the same in most of its variants, and encoded once."""


def _ends_a_line(pieces: Pieces) -> bool:
    last = pieces[-1] if pieces else ""
    return isinstance(last, str) and last.endswith(("\n", "\r"))


def _wire(encoded: bytes) -> bytes:
    undotted = LEADING_DOTS.sub(lambda dots: b"=2E=\n" * len(dots[0]), encoded)
    return TOO_LONG.sub(rb"\1=\n\2", undotted).replace(b"\n", b"\r\n")
