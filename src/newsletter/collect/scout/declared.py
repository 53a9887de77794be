"""What a web page declares of its site: its feeds, its sitemaps, its title."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

from protego import Protego
from selectolax.lexbor import LexborNode

from newsletter.collect.read import clean
from newsletter.collect.read.page import PageTree, text_of

_TYPES = re.compile(r"(?:application|text)/(?:rss|atom|rdf|feed)(?:\+(?:xml|json))?")
_ADDRESS = re.compile(  # how systems call their feeds; `type=9818` is that of TYPO3's news
    r"\.(?:rss|atom|rdf)$|(?:^|[/_-])(?:rss|atom|feed)s?(?:[_-]?\d)?(?:\.(?:xml|json|php|aspx))?/?$|"
    r"(?:rss|atom|feed)[\w-]*\.xml$|[?&](?:type=9818|(?:format|feed|type|output|view)=(?:rss|atom|feed)\d?)(?:&|$)|"
    r"/rss[\w-]*/[^?]*\.xml(?:\?|$)",
    re.IGNORECASE,
)
_COMMENTS = re.compile(r"comment|kommentar", re.IGNORECASE)
_OVERLONG = 2_000


@dataclass(frozen=True, slots=True)
class DeclaredFeed:
    """An address that a page declares as a feed (`sure`), or links to as if it were one."""

    url: str
    title: str
    sure: bool


def declared_feeds(page: PageTree) -> list[DeclaredFeed]:
    """The feeds of a page, those declared first, without those of comments; the nearest to the page first."""
    found: dict[str, DeclaredFeed] = {}
    for node in page.tree.css("link[rel~=alternate i][href], link[rel~=feed i][href]"):
        kind = (node.attributes.get("type") or "").strip().lower()
        if _TYPES.fullmatch(kind) or (not kind and "feed" in (node.attributes.get("rel") or "").lower()):
            _take(found, page, node, clean(node.attributes.get("title"), 200), sure=True)
    for node in page.tree.css("a[href]"):
        href = (node.attributes.get("href") or "")[:_OVERLONG]
        if _ADDRESS.search(urldefrag(href)[0]):
            _take(found, page, node, text_of(node, 200), sure=False)
    return sorted(found.values(), key=lambda feed: (not feed.sure, -_common(feed.url, page.url)))


def declared_sitemaps(page: PageTree, robots: bytes) -> list[str]:
    """The sitemaps that robots.txt and the page name, those that speak of news first."""
    told = Protego.parse(robots[:500_000].decode("utf-8", "replace").removeprefix("\ufeff")).sitemaps
    links = [node.attributes.get("href") for node in page.tree.css("link[rel=sitemap i][href]")]
    found = dict.fromkeys(url for href in (*told, *links) if (url := page.absolute(href)))
    return sorted(found, key=lambda url: not re.search(r"news|press", urlsplit(url).path, re.IGNORECASE))


def likely_sitemap(url: str) -> str:
    """Where a site has its sitemap, when it does not say."""
    return urljoin(url, "/sitemap.xml")


def title_of(page: PageTree) -> str:
    """What a page calls itself: its title, else its first heading, else its host."""
    for query in ("head title", "h1"):
        if text := text_of(page.tree.css_first(query), 200):
            return text
    return page.host_name


def _take(found: dict[str, DeclaredFeed], page: PageTree, node: LexborNode, title: str, *, sure: bool) -> None:
    url = page.absolute(node.attributes.get("href"))
    if url and not _COMMENTS.search(f"{urlsplit(url).path} {title}"):
        found.setdefault(url, DeclaredFeed(url, title, sure))


def _common(one: str, other: str) -> int:
    """How many folders two addresses of one host share, from its root."""
    a, b = urlsplit(one), urlsplit(other)
    if a.hostname != b.hostname:
        return -1
    pairs = zip(a.path.split("/"), b.path.split("/"), strict=False)
    return next((number for number, (x, y) in enumerate(pairs) if x != y), len(a.path.split("/")))
