"""The one allow-list for HTML from outside: first put into plain blocks, then cleaned by nh3 (ammonia)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import nh3
from selectolax.lexbor import LexborNode

from newsletter.collect.read.blocks import tidy
from newsletter.collect.read.page import absolute, link
from newsletter.collect.read.text import legal
from newsletter.collect.read.tree import parse

TAGS: Final = frozenset({
    "p", "h2", "h3", "h4", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "hr", "br", "a", "strong",
    "b", "em", "i", "u", "s", "sub", "sup", "code", "q", "cite", "abbr", "mark", "small", "span", "table",
    "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "figure", "figcaption", "img", "bdi", "time"
})  # fmt: skip
ATTRIBUTES: Final = {
    "*": {"lang", "dir"},
    "a": {"href", "hreflang"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "abbr": {"title"},
    "time": {"datetime"},
}


def sanitise(html: str, base_url: str) -> str:
    """`html` with nothing but the tags and attributes above, every address absolute (http, https, mailto, tel).

    Its own output comes out unchanged. Divisions become paragraphs, h1 becomes h2, h5 and h6 become h4, accordions
    become headings with their content. Raises UnreadablePage for what is too large or too deep to be parsed.
    """
    body = parse(legal(html)).body
    return clean_html(tidy(body, base_url) if body else "", base_url)


def sanitise_node(node: LexborNode, base_url: str) -> str:
    """The same of an element of a parsed page."""
    return clean_html(legal(tidy(node, base_url, whole=True)), base_url)


def clean_html(html: str, base_url: str) -> str:
    """The same cleaning, for what is in plain blocks already."""
    cleaned = nh3.clean(
        html,
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        attribute_filter=_addresses(base_url),
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
    return legal(cleaned).strip()


def _addresses(base_url: str) -> Callable[[str, str, str], str | None]:
    def keep(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "src":
            return absolute(value, base_url)
        if attribute == "href":
            return link(value, base_url)
        return value

    return keep
