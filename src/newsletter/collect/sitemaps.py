"""Reading sitemaps (sitemaps.org/protocol.html), plain, as an index, packed, with Google's news and image extensions.

Pure functions of bytes, read as a stream: of a file of 50 MB only one entry is in memory at a time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from urllib.parse import urldefrag, urlsplit

from lxml import etree

from newsletter.collect.body import STEP, unzipped
from newsletter.collect.read import clean, read_machine_date
from newsletter.collect.read.dates import BERLIN
from newsletter.collect.read.language import language_tag
from newsletter.collect.read.page import absolute
from newsletter.collect.read.text import HEADLINE_LIMIT
from newsletter.errors import FetchError, UnreadablePage
from newsletter.model import Candidate, Image, Page

MOST_ENTRIES = 50_000  # the protocol's own bounds
MOST_BYTES = 50_000_000
MOST_BETWEEN = 1_000_000  # bytes from one entry to the next: an entry is kept until it ends
_ROOTS = ("urlset", "sitemapindex")
_TAGS = tuple(f"{{*}}{name}" for name in (*_ROOTS, "url", "sitemap"))
_FILE = re.compile(
    r"\.(?:pdf|jpe?g|png|gif|webp|svg|mp[34]|docx?|xlsx?|pptx?|odt|zip|ics|xml|rss|json|css|js)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Part:
    """A sitemap that an index names, and when it last changed."""

    url: str
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap lists, in its order; `news`: all of it is marked as news, or would be."""

    candidates: tuple[Candidate, ...] = ()
    parts: tuple[Part, ...] = ()
    news: bool = False


def read_sitemap(page: Page, *, zone: tzinfo = BERLIN) -> Sitemap:
    """The sitemap at `page`; times without an offset are local to `zone`. Raises UnreadablePage where it is none.

    Where some entries are marked as news, only these are taken.
    """
    marked: list[Candidate] = []
    plain: list[Candidate] = []
    parts: list[Part] = []
    news = False
    for number, element in enumerate(_elements(page)):
        if number > MOST_ENTRIES:
            break
        name = etree.QName(element).localname
        if name in _ROOTS:
            news = any("sitemap-news" in space for space in element.nsmap.values())
        elif (url := _address(element, page.url)) and name == "sitemap":
            parts.append(Part(url, _moment(_text(element, "lastmod"), zone)))
        elif url and not _FILE.search(urlsplit(url).path):
            mark = element.find("{*}news")
            (plain if mark is None else marked).append(_candidate(url, element, mark, zone))
    return Sitemap(_with_true_dates(marked or plain), tuple(parts), bool(marked) or (news and not plain))


def _elements(page: Page) -> Iterator[etree._Element]:
    """The root, when it begins, then each of its entries; what was read is thrown away."""
    parser = etree.XMLPullParser(
        ("start", "end"),
        tag=_TAGS,
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    root, since = None, 0
    try:
        for chunk in _chunks(page):
            since += len(chunk)
            if since > MOST_BETWEEN:
                raise UnreadablePage("the sitemap has an entry of more than %(most)s bytes", most=MOST_BETWEEN)
            if root is None and b"<!ENTITY" in chunk:
                raise UnreadablePage("the sitemap declares entities, which none needs")
            parser.feed(chunk)
            for event, element in parser.read_events():
                since = 0
                if root is None:
                    root = element
                    yield _checked(root, page)
                elif event == "end" and element.getparent() is root:
                    yield element
                    del root[: root.index(element)]
                    element.clear()
    except (etree.XMLSyntaxError, FetchError) as error:
        raise UnreadablePage("the sitemap cannot be read: %(why)s", why=str(error)) from error
    if root is None:
        raise UnreadablePage("the address answers with something that is no sitemap")


def _chunks(page: Page) -> Iterator[bytes]:
    if page.body.startswith(b"\x1f\x8b"):
        yield from unzipped(page.body, page.url, MOST_BYTES)
        return
    for start in range(0, len(page.body), STEP):
        yield page.body[start : start + STEP]


def _checked(root: etree._Element, page: Page) -> etree._Element:
    if root.getparent() is not None or etree.QName(root).localname not in _ROOTS:
        raise UnreadablePage("%(url)s answers with something that is no sitemap", url=page.url)
    return root


def _candidate(url: str, element: etree._Element, mark: etree._Element | None, zone: tzinfo) -> Candidate:
    candidate = Candidate(
        url=url, modified=_moment(_text(element, "lastmod"), zone), image=_image(element.find("{*}image"), url)
    )
    if mark is None:
        return candidate
    stamp = read_machine_date(_text(mark, "publication_date"), zone)
    return replace(
        candidate,
        headline=clean(_text(mark, "title"), HEADLINE_LIMIT) or None,
        published=stamp.when if stamp else None,
        published_precision=stamp.precision if stamp else None,
        language=language_tag(_text(mark, "publication/{*}language")),
    )


def _with_true_dates(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The candidates without `modified` where most share one: then it only says when the file was made."""
    dates = Counter(candidate.modified for candidate in candidates if candidate.modified is not None)
    most = max(dates.values(), default=0)
    if most <= 2 or most * 2 <= dates.total():
        return tuple(candidates)
    return tuple(replace(candidate, modified=None) for candidate in candidates)


def _address(element: etree._Element, base: str) -> str | None:
    url = absolute(_text(element, "loc"), base)
    return urldefrag(url)[0] if url else None


def _image(element: etree._Element | None, base: str) -> Image | None:
    src = absolute(_text(element, "loc"), base) if element is not None else None
    return Image(src=src) if src else None


def _moment(text: str | None, zone: tzinfo) -> datetime | None:
    stamp = read_machine_date(text, zone)
    return stamp.when if stamp else None


def _text(element: etree._Element, name: str) -> str | None:
    text: str | None = element.findtext(f"{{*}}{name}")
    return text
