"""What a release says, reduced to what a reader would notice: equal digests mean that nothing worth telling changed.

dateModified alone is no correction: 45 of 72 of the press pages that were measured give one that differs from the date
of publication. So the text decides.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from html import unescape
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from newsletter.collect.identity import address_key

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»‹›‘’‚‛′″`´", '"') | {"'": '"'} | dict.fromkeys("‐‑‒–—―−", "-"))
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_CLOCK = r"(?:,?\s*(?:um\s*)?\d{1,2}[:.]\d{2}(?::\d{2})?\s*(?:uhr)?)?"
_DAY = (
    r"(?:\d{1,2}\.\s?(?:\d{1,2}\.|[a-zäöü]{3,9})\s?\d{2,4}|\d{4}-\d{2}-\d{2}"
    r"|\d{1,2}\s[a-z]{3,9}\s\d{4}|[a-z]{3,9}\s\d{1,2},\s\d{4})"
)
_STAMPS = re.compile(
    r"(?:stand|aktualisiert|zuletzt (?:aktualisiert|geändert|bearbeitet)|letzte (?:änderung|aktualisierung)"
    rf"|last (?:updated|modified)|updated)(?:\s+(?:am|on))?\s*:?\s*{_DAY}{_CLOCK}"
    r"|vor (?:\d+|einer|einem) (?:sekunde|minute|stunde|tag|woche|monat|jahr)(?:e?n)?"
    r"|(?:\d+|an?) (?:second|minute|hour|day|week|month|year)s? ago"
    r"|(?:berechne )?lesezeit:?(?:\s*(?:ca\.?|etwa)?\s*\d+\s*min(?:uten?|\.)?)?"
)
_COUNT = r"(?:\d{1,3}(?:[.,\s]\d{3})+|\d+)"
_FURNITURE = re.compile(  # lines that count readers, or offer what a page offers beside its text
    rf"(?:{_COUNT}\s*(?:mal\s*|x\s*)?(?:gelesen|geteilt|aufgerufen|aufrufe?|views?|shares?|likes?|kommentare?|comments?)"
    rf"|(?:gelesen|geteilt|aufgerufen|aufrufe|views|shares|likes|teilen|share|kommentare|comments):?\s*\(?{_COUNT}\)?"
    r"(?:\s*mal)?|(?:seite|artikel|meldung|pressemitteilung|page)?\s*(?:drucken|druckversion|print|vorlesen|teilen|share)"
    r"|(?:per e-mail|auf [\w ]{1,20}) teilen)\W*"
)
_CP1252 = "\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122"
_MANGLED = re.compile(  # of Western letters, punctuation, emoji; "Fuß" before a hard space begins like other scripts
    f"[\u00c2\u00c3][{_CP1252}]|\u00e2[{_CP1252}]{{2}}|\u00f0[{_CP1252}]{{3}}"
)
_HASHED = re.compile(r"csm_(.+)_[0-9a-f]{10}(?=\.\w+$)")  # TYPO3 names a scaled picture by its settings
_VERSION = re.compile(r"v|ver|version|t|ts|time|timestamp|itok|hash|cb|rev|_|\d+", re.IGNORECASE)
_SRC = re.compile(r'(?<= src=")[^"]+')
_HREF = re.compile(r'(?<= href=")[^"]+')
_TAG = re.compile(r'<(\w+)((?: [\w-]+="[^"]*")+)(\s*/?)>')
_ATTRIBUTE = re.compile(r' [\w-]+="[^"]*"')
ENOUGH = 200  # characters of text that two releases must share before the text alone makes them one


def normalised(text: str | None) -> str:
    """`text` without what changes by itself or is not seen: white space, kinds of quotes and dashes, case, stamps."""
    whole = _MANGLED.sub(_mended, text or "")
    folded = _INVISIBLE.sub("", unicodedata.normalize("NFKC", whole)).translate(_QUOTES).casefold()
    lines = (line for line in folded.splitlines() if not _FURNITURE.fullmatch(line.strip()))
    return " ".join(_STAMPS.sub(" ", " ".join(" ".join(lines).split())).split())


def _mended(found: re.Match[str]) -> str:
    """UTF-8 that was taken for Windows-1252, read rightly: a portal mends that, and says nothing new by it."""
    try:
        return found[0].encode("cp1252").decode("utf-8")
    except UnicodeError:
        return found[0]


def text_digest(headline: str, teaser: str | None, body_text: str) -> str:
    """SHA-256 of the normalised headline, teaser and body."""
    parts = "\x1f".join(normalised(part) for part in (headline, teaser, body_text))
    return hashlib.sha256(parts.encode()).hexdigest()


def settled(html: str) -> str:
    """HTML without the names and parameters that a system makes up anew, for comparing."""
    named = _SRC.sub(lambda found: picture_name(unescape(found[0])), html)
    led = _HREF.sub(lambda found: address_key(unescape(found[0])), named)
    return " ".join(_TAG.sub(lambda tag: f"<{tag[1]}{''.join(sorted(_ATTRIBUTE.findall(tag[2])))}>", led).split())


def picture_name(url: str) -> str:
    """A picture's address without hashes and version parameters."""
    parts = urlsplit(url)
    pairs = [(key, value) for key, value in parse_qsl(parts.query) if not _VERSION.fullmatch(key)]
    return urlunsplit((parts.scheme, parts.netloc, _HASHED.sub(r"\1", parts.path), urlencode(pairs), ""))
