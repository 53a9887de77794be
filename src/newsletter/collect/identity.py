"""Whether two addresses are one: the key under which an address is known, however it was written down."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

ENTRY = "entry-"  # begins the fragment of the address that an entry without a link is given
MAX_KEY = 800  # characters; longer ones are known by their hash: PostgreSQL's indexes take 2,700 bytes
_COUNTING = re.compile(
    r"utm_.*|mtm_.*|pk_.*|piwik_.*|matomo_.*|fbclid|gclid|dclid|msclkid|yclid|twclid|mc_[ce]id|igshid"
)
_PASSING = re.compile(
    r"at_(?:medium|campaign)|wt_mc|wt\.mc|s_cid|cmpid|icid|ncid|ref_src|xtor|_ga|_gl|jsessionid|phpsessid|sid|no_cache"
)
_SESSION = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp)$", re.IGNORECASE)


def address_key(url: str) -> str:
    """One spelling for all spellings of an address: they differ in scheme, default port, case of the host, a slash at
    the end, an index file, a fragment, the order of parameters, or parameters that only count visitors."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return _short(url)
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in ("http", "https") or not host:
        return _short(url)
    path = _INDEX.sub("/", _SESSION.sub("", quote(unquote(parts.path), safe="/%:=&+!$,;'@()*~")))
    query = urlencode(sorted(pair for pair in _pairs(parts.query) if not _PASSING.fullmatch(pair[0].lower())))
    where = f"[{host}]" if ":" in host else host
    if port not in (None, 80, 443):
        where += f":{port}"
    inner = f"#{parts.fragment}" if parts.fragment.startswith(ENTRY) else ""
    return _short(f"https://{where}{path.rstrip('/') or '/'}" + (f"?{query}" if query else "") + inner)


def uncounted(url: str) -> str:
    """The address without the parameters that only count visitors: what we pass on to readers tracks nobody."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = _pairs(parts.query)
    return url if kept == pairs else urlunsplit(parts._replace(query=urlencode(kept)))


def guid_key(slug: str, guid: str) -> str:
    """The key of an entry's own id, which means something within its source only."""
    return _short(f"guid:{slug}:{guid.strip()}")


def claim_key(url: str) -> str:
    """The key of an address that a page only claims to have (`rel=canonical`): others may claim the same."""
    return _short(f"canonical:{address_key(url)}")


def same_host(one: str, other: str) -> bool:
    """Whether two addresses lie on one host, `www.` or not."""
    return _host(one) == _host(other) != ""


def _pairs(query: str) -> list[tuple[str, str]]:
    return [pair for pair in parse_qsl(query, keep_blank_values=True) if not _COUNTING.fullmatch(pair[0].lower())]


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".").removeprefix("www.")
    except ValueError:
        return ""


def _short(key: str) -> str:
    return key if len(key) <= MAX_KEY else f"sha256:{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()}"
