"""What an address answered with: a web page, a feed, a sitemap, or a list of feeds."""

from __future__ import annotations

import json
import re
import zlib
from enum import StrEnum

from lxml import etree

from newsletter.collect.entries.jsonfeed import is_json
from newsletter.collect.read import clean
from newsletter.collect.read.page import decode
from newsletter.model import Page

HEAD = 20_000  # bytes within which the root begins, and the title of a feed stands
_ROOT = re.compile(
    r"(?:\s|<\?.*?\?>|<!--.*?-->|<!doctype[^>\[]*(?:\[.*?\]\s*)?>)*+<([\w.:-]{1,60})", re.IGNORECASE | re.DOTALL
)
_GZIP = 31  # zlib's name for a gzip file


class Nature(StrEnum):
    """What a page is."""

    WEB = "web page"
    FEED = "feed"
    SITEMAP = "sitemap"
    OUTLINES = "OPML"


_ROOTS = {
    "rss": Nature.FEED,
    "rdf": Nature.FEED,
    "feed": Nature.FEED,
    "channel": Nature.FEED,
    "urlset": Nature.SITEMAP,
    "sitemapindex": Nature.SITEMAP,
    "opml": Nature.OUTLINES,
}


def nature(page: Page) -> Nature:
    """What a page is, by its bytes: servers call any of them text/html."""
    if is_json(page):
        return Nature.FEED
    root = _ROOT.match(decode(_head(page.body), page.charset))
    return _ROOTS.get(root[1].lower().rpartition(":")[2], Nature.WEB) if root else Nature.WEB


def feed_title(page: Page) -> str:
    """The title of a feed; empty where it has none."""
    if is_json(page):
        try:
            said = json.loads(decode(page.body, page.charset))
        except (ValueError, RecursionError):
            return ""
        return clean(said.get("title"), 200) if isinstance(said, dict) and isinstance(said.get("title"), str) else ""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(page.body, parser)
    title = root.find("{*}title") if root is not None else None
    if title is None and root is not None:
        title = root.find("{*}channel/{*}title")
    return clean("".join(title.itertext()), 200) if title is not None else ""


def _head(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body[:HEAD]
    try:
        return zlib.decompressobj(_GZIP).decompress(body, HEAD)
    except zlib.error:
        return b""
