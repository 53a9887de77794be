"""Addresses of links: what may be linked, and how it is written."""

from __future__ import annotations

import re
import string
from functools import lru_cache
from urllib.parse import quote, urlsplit, urlunsplit

_BROKEN = re.compile(r"[\x00-\x20\x7f-\x9f\ud800-\udfff\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def linkable(url: str) -> bool:
    """Whether an address may stand in a mail: absolute, http or https, with a host, without spaces or controls."""
    if _BROKEN.search(url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


@lru_cache(maxsize=4096)
def address(url: str) -> str:
    """A linkable address in ASCII (RFC 3987, 3.1), the same in HTML and text."""
    if url.isascii():
        return url
    parts = urlsplit(url)
    try:
        host = parts.netloc.encode("idna").decode("ascii")
    except UnicodeError:
        host = quote(parts.netloc, safe=string.punctuation)
    return urlunsplit((parts.scheme, host, *(quote(part, safe=string.punctuation) for part in parts[2:])))
