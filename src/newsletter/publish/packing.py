"""What is published packed as well, and how: `<file>.gz` beside the file, as nginx's gzip_static and CDNs take it."""

from __future__ import annotations

import gzip
from pathlib import PurePath

ENDING = ".gz"
TEXTS = frozenset({".atom", ".rss", ".json", ".jsonld", ".opml", ".xml", ".html", ".css", ".js", ".txt", ".svg"})
WORTHWHILE = 500  # bytes: what is shorter travels in one packet either way


def pack(name: str | PurePath, data: bytes) -> bytes | None:
    """The file of this name packed by gzip, the same bytes each time; None where that is not worth it."""
    if PurePath(name).suffix not in TEXTS or len(data) < WORTHWHILE:
        return None
    packed = gzip.compress(data, 9, mtime=0)
    return packed if len(packed) < len(data) else None
