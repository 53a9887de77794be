"""Plain text as it comes out of pages: legal in XML, without invisible marks, of bounded length."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

HEADLINE_LIMIT: Final = 300  # characters; longer ones are cut at a word, with "…"
ENDS: Final = frozenset(".!?…:\"»“”’'»。」)")  # what sentences end with
LINE_LIMIT: Final = 2_000  # characters of a teaser, caption, alt or credit

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2
_CONTROLS: Final = bytes(sorted({*range(0x20)} - {*b"\t\n\r"}))
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]")  # soft hyphens, bidi overrides
_HEAD: Final = 4  # times its limit: so much of a text is looked at first
_NOT_WORDS = re.compile(r"[\W_]+")
_WORDS = re.compile(r"\w{3,}")


def either(choices: Iterable[str]) -> str:
    """A pattern for one of `choices`, put together by their first letter: an engine tries them one after another."""
    initials: dict[str, list[str]] = {}
    for choice in choices:
        initials.setdefault(choice[:1] if choice[:1].isalnum() else choice, []).append(choice)
    together = (
        f"{initial}(?:{'|'.join(one[1:] for one in found)})" if initial.isalnum() else initial
        for initial, found in initials.items()
    )
    return f"(?:{'|'.join(together)})"


def legal(text: str) -> str:
    """`text` without the characters that XML 1.0 forbids."""
    return text if text.replace("\n", "").isprintable() else _ILLEGAL.sub("", text)


def is_legal(text: str, written: bytes) -> bool:
    """Whether `text`, decoded from the UTF-8 that was `written`, is legal in XML; much cheaper than looking at each."""
    return len(written.translate(None, _CONTROLS)) == len(written) and "\ufffe" not in text and "\uffff" not in text


def clean(text: str | None, limit: int = LINE_LIMIT) -> str:
    """`text` on one line: legal, no soft hyphens or direction overrides, single spaces, at most `limit` characters."""
    if not text:
        return ""
    if len(text) > _HEAD * limit and len(line := _on_one_line(text[: _HEAD * limit])) > limit:
        return shorten(line, limit)  # what comes behind would be cut off
    return shorten(_on_one_line(text), limit)


def _on_one_line(text: str) -> str:
    if text.isprintable() and "  " not in text:
        return text.strip()
    line = " ".join(text.split())
    if not line.isprintable():  # no control or format character is
        line = " ".join(_INVISIBLE.sub("", legal(line)).split())
    return line


def shorten(text: str, limit: int) -> str:
    """`text`, cut at a word and marked with "…" where it is longer than `limit` characters."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    cut = head.rfind(" ")
    return head[: cut if cut > limit // 2 else None].rstrip() + "…"


@lru_cache(maxsize=1_024)  # a few texts of a page are compared with all its headings
def words(text: str) -> frozenset[str]:
    """The words of three letters and more, folded, for comparing two texts."""
    return frozenset(_WORDS.findall(text.casefold()))


@lru_cache(maxsize=1_024)
def folded(text: str) -> str:
    """`text` without case, space and punctuation."""
    return _NOT_WORDS.sub("", text.casefold())


@lru_cache(maxsize=1_024)
def likeness(one: str, other: str) -> float:
    """How much of the shorter text's words the longer has, 0 to 1."""
    short, long = sorted((folded(one), folded(other)), key=len)
    if len(short) >= 5 and short in long:
        return 1.0
    a, b = words(one), words(other)
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def reading_minutes(text: str) -> int:
    """Minutes a reader needs for `text` at 200 words a minute, at least 1."""
    return max(1, round(len(text.split()) / 200))
