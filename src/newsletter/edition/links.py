"""Addresses and names of links: what may be linked, how it is written, and which names say too little."""

from __future__ import annotations

import re
import string
from urllib.parse import quote, urlsplit, urlunsplit

_BROKEN = re.compile(r"[\x00-\x20\x7f-\x9f\ud800-\udfff\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_VAGUE = re.compile(
    "hier|hier klicken|klicken sie hier|mehr|mehr dazu|mehr erfahren|mehr lesen|weiter|weiterlesen|lesen|jetzt lesen|"
    "weitere informationen|link|details|zum artikel|zur meldung|artikel lesen|"
    "here|click here|more|read more|learn more|find out more|continue|continue reading|more information|read|read now|"
    "this|this link|read article"
)


def linkable(url: str) -> bool:
    """Whether an address may stand in a mail: absolute, http or https, with a host, without spaces or controls."""
    if _BROKEN.search(url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


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


def is_vague(name: str) -> bool:
    """Whether a link's name does not say where it leads, as "hier" and "more"."""
    return bool(_VAGUE.fullmatch(re.sub(r"[^\w\s]|_", "", name).strip().casefold()))


def is_address(name: str) -> bool:
    """Whether a link's name is a bare address, which is read out letter by letter."""
    return bool(_ADDRESS.fullmatch(name.strip()))
