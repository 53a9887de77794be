"""Text from outside, made safe to print: plain, on one line, of bounded length."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

HEADLINE = 250
TEASER = 400
ALT = 1000
CAPTION = 400

# Controls, surrogates and non-characters cannot stand in XML 1.0 (§2.2) and end mail headers early; bidirectional
# controls would turn the text around them (UAX #9, §2.1 and UTR #36).
_NEVER = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)
_SPACE = re.compile(r"\s+")


@lru_cache(maxsize=4096)  # rules ask again for each variant
def plain(text: str | None, limit: int = TEASER) -> str:
    """`text` without control characters, on one line, at most `limit` characters (cut at a word, ending in `…`)."""
    clean = _SPACE.sub(" ", _NEVER.sub("", _SPACE.sub(" ", text or ""))).strip()
    return shorten(unicodedata.normalize("NFC", clean), limit)


def printable(text: str) -> str:
    """`text` without what cannot stand in a mail, its lines left as they are."""
    return _NEVER.sub("", text)


def shorten(text: str, limit: int) -> str:
    """`text`, or as many whole words of it as fit in `limit` characters with an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 2]
    head, space, _ = cut.rpartition(" ")
    return f"{(head if space and len(head) > limit // 2 else cut).rstrip(' ,;:.–-')} …"


def same(one: str | None, other: str | None) -> bool:
    """Whether two texts say the same to a reader: letters and digits compared, case and punctuation not."""
    return bool(one) and bool(other) and _letters(one or "") == _letters(other or "")


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
