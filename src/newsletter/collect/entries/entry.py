"""An entry of a feed as it was written, whatever the format."""

from __future__ import annotations

from dataclasses import dataclass

from newsletter.errors import UnreadablePage
from newsletter.model import Alternate, Document, Image

MOST_ENTRIES = 5_000
MOST_BYTES = 5_000_000  # the W3C's validator reads no longer ones either


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry, untrusted: `title` is text, `content` and `summary` are HTML, dates are as they were written."""

    link: str | None = None
    guid: str | None = None
    title: str = ""
    summary: str = ""
    content: str = ""
    published: str | None = None
    modified: str | None = None
    author: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    documents: tuple[Document, ...] = ()
    alternates: tuple[Alternate, ...] = ()


def check_size(size: int) -> None:
    """Raises UnreadablePage for a feed that would fill the memory: reading costs many times its bytes."""
    if size > MOST_BYTES:
        raise UnreadablePage("the feed has %(n)s bytes, more than %(most)s", n=size, most=MOST_BYTES)


def check_number(entries: int) -> None:
    """Raises UnreadablePage for a feed with more entries than any portal has."""
    if entries > MOST_ENTRIES:
        raise UnreadablePage("the feed holds %(n)s entries, more than %(most)s", n=entries, most=MOST_ENTRIES)
