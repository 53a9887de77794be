"""Where a feed's older entries lie: an archive (`prev-archive`) or a next page, by RFC 5005 §3 and §4; `next_url` of a
JSON Feed. The feed itself says so, which is why no address is ever guessed."""

from __future__ import annotations

import json
from typing import Final

from lxml import etree

from newsletter.collect.entries.jsonfeed import is_json
from newsletter.collect.read.page import absolute, decode
from newsletter.model import Page

ATOM = "{http://www.w3.org/2005/Atom}"
RELATIONS: Final = (
    "prev-archive",
    "next",
)  # an archived feed may be paged too: its archives hold more, and never change


def page_before(page: Page) -> str | None:
    """The address of the document with the entries before those of `page`, None where the feed names none."""
    named = _of_json(page) if is_json(page) else _of_xml(page)
    return next((url for url in (absolute(href, page.url) for href in named) if url), None)


def _of_json(page: Page) -> list[str]:
    try:
        feed = json.loads(decode(page.body, page.charset))
    except (ValueError, RecursionError):
        return []
    url = feed.get("next_url") if isinstance(feed, dict) else None
    return [url] if isinstance(url, str) else []


def _of_xml(page: Page) -> list[str]:
    """The links of the feed itself, and of no entry, the archive first."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(page.body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return []
    if root is None:
        return []
    links = [*root.findall(f"{ATOM}link"), *root.findall(f"{{*}}channel/{ATOM}link")]
    return [link.get("href", "") for relation in RELATIONS for link in links if link.get("rel") == relation]
