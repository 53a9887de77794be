"""HTML from outside at the door: first put into plain blocks, then cleaned by the one allow-list (allowed.py)."""

from __future__ import annotations

from selectolax.lexbor import LexborNode

from newsletter.allowed import Keep, only_allowed
from newsletter.collect.read.blocks import tidy
from newsletter.collect.read.page import absolute, link
from newsletter.collect.read.text import legal
from newsletter.collect.read.tree import parse


def sanitise(html: str, base_url: str) -> str:
    """`html` with nothing but the tags and attributes of allowed.py, every address absolute (http, https, mailto, tel).

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
    return legal(only_allowed(html, _addresses(base_url))).strip()


def _addresses(base_url: str) -> Keep:
    def keep(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "src":
            return absolute(value, base_url)
        if attribute == "href":
            return link(value, base_url)
        return value

    return keep
