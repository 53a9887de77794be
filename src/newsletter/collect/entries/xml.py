"""RSS, RDF and Atom, read by feedparser from bytes that we fetched: it gets no address that it could open.

Its sanitiser is off, since everything goes through ours; relative addresses it resolves, as it alone sees `xml:base`.
"""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any
from urllib.parse import urljoin

import feedparser

from newsletter.collect.entries.entry import Entry, check_number, check_size
from newsletter.collect.entries.media import attachment, hide_descriptions, media_of
from newsletter.collect.read.blocks import plain
from newsletter.errors import UnreadablePage
from newsletter.model import Alternate, Document, Image, Page
from newsletter.said import Said

_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]{2,8});")
_ENTRIES = re.compile(rb"<(?:[\w-]{1,20}:)?(?:item|entry)[\s>]")
_LONG_TAG = re.compile(rb"<[a-zA-Z][^<>]{2000,}")
_DECLARED = re.compile(
    rb"""<!ENTITY\s+(?P<parameter>%\s+)?[^\s"'>]+\s+(?P<quote>["'])(?P<value>.*?)(?P=quote)""", re.DOTALL
)
_NESTED = re.compile(rb"&(?!#)|%")
MOST_OF_ENTITY = 1_000  # bytes of its text
MOST_TAGS = 100_000  # feedparser takes up to 25 µs for each, and longer than linearly for attributes
MOST_ATTRIBUTES = 100
MOST_ENTITIES = 300_000
_HTML = re.compile(rb"<!doctype html|<html[\s>]", re.IGNORECASE)


def read_xml(page: Page) -> list[Entry]:
    """The entries of a feed. Raises UnreadablePage where it is none, or one that would eat the machine."""
    _check(page.body)
    feed = _parsed(page)
    if not feed.get("version") and not feed.entries:
        if _HTML.search(page.body[:2_000]):
            raise UnreadablePage(
                'the address answers with a web page, not a feed; for a list of releases set kind = "html"'
            )
        broken = feed.get("bozo_exception")
        why = str(broken) if broken else Said("nothing in it is an entry")
        raise UnreadablePage("the feed cannot be read: %(why)s", why=why)
    media = media_of(page.body, page.url)
    if len(media) != len(feed.entries):
        media = [()] * len(feed.entries)
    language = feed.feed.get("language")
    return [_entry(one, page, language, pictures) for one, pictures in zip(feed.entries, media, strict=True)]


def _check(body: bytes) -> None:
    check_size(len(body))
    check_number(sum(1 for _ in _ENTRIES.finditer(body)))
    if (tags := body.count(b"<")) > MOST_TAGS:
        raise UnreadablePage("the feed has %(n)s tags, more than %(most)s", n=tags, most=MOST_TAGS)
    if (entities := body.count(b"&")) > MOST_ENTITIES:
        raise UnreadablePage("the feed has %(n)s entities, more than %(most)s", n=entities, most=MOST_ENTITIES)
    declared = list(_DECLARED.finditer(body.replace(b"\0", b"") if b"\0" in body[:1_000] else body))  # UTF-16, too
    if any(one["parameter"] or len(one["value"]) > MOST_OF_ENTITY or _NESTED.search(one["value"]) for one in declared):
        raise UnreadablePage("the feed declares entities that grow: made of others, or of a long text")
    if any(tag[0].count(b"=") > MOST_ATTRIBUTES for tag in _LONG_TAG.finditer(body)):
        raise UnreadablePage("the feed has a tag with more than %(most)s attributes", most=MOST_ATTRIBUTES)


def _parsed(page: Page) -> Any:
    kind = page.content_type or "application/xml"
    headers = {
        "content-type": f"{kind}; charset={page.charset}" if page.charset else kind,
        "content-location": page.url,
    }
    body = io.BytesIO(hide_descriptions(page.body))  # not bytes: feedparser would first look for a file of that name
    try:
        return feedparser.parse(body, response_headers=headers, sanitize_html=False, resolve_relative_uris=True)
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError, AssertionError) as error:
        raise UnreadablePage("the feed cannot be read: %(why)s", why=f"{type(error).__name__}: {error}") from error


def _entry(one: Any, page: Page, language: str | None, pictures: tuple[Image, ...]) -> Entry:
    content = max((_html(part) for part in one.get("content", ())), key=len, default="")
    summary = _html(one.get("summary_detail") or {}) or one.get("summary", "")
    attached = [_enclosure(link, page.url) for link in one.get("enclosures", ())]
    known = {image.src for image in pictures}
    return Entry(
        link=_link(one),
        guid=one.get("id") or None,
        title=_title(one),
        summary="" if summary == content else summary,
        content=content,
        published=dict.get(one, "published"),  # its own `get` takes one date for the other
        modified=dict.get(one, "updated"),
        author=_author(one),
        language=_language(one) or language,
        tags=tuple(tag.get("label") or tag.get("term") or "" for tag in one.get("tags", ())),
        images=(*pictures, *(a for a in attached if isinstance(a, Image) and a.src not in known)),
        documents=tuple(a for a in attached if isinstance(a, Document)),
        alternates=tuple(a for a in attached if isinstance(a, Alternate)),
    )


def _html(detail: Any) -> str:
    """A piece of text as HTML. RSS does not say which it is; feedparser guesses by its tags."""
    value = str(detail.get("value") or "")
    if detail.get("type") in ("text/html", "application/xhtml+xml") or "<" not in value:
        return value
    return value if re.search(r"</?[a-zA-Z][^<>]*>", value) else value.replace("<", "&lt;")


def _title(one: Any) -> str:
    detail = one.get("title_detail") or {}
    value = str(detail.get("value") or "")
    if detail.get("type") in ("text/html", "application/xhtml+xml"):
        return plain(value)
    return unescape(value) if _ENTITY.search(value) else value


def _link(one: Any) -> str | None:
    if link := one.get("link"):
        return str(link)
    links = (link.get("href") for link in one.get("links", ()) if link.get("rel") in ("alternate", "via", None))
    return next((str(link) for link in links if link), None)


def _author(one: Any) -> str | None:
    names = [str(person.get("name")) for person in one.get("authors", ()) if person.get("name")]
    author = ", ".join(dict.fromkeys(names)) or one.get("author") or None
    return None if author and ("@" in author or "://" in author) else author


def _language(one: Any) -> str | None:
    details = (*one.get("content", ()), one.get("summary_detail") or {}, one.get("title_detail") or {})
    return next((detail.get("language") for detail in details if detail.get("language")), None)


def _enclosure(link: Any, base: str) -> Image | Document | Alternate | None:
    href = link.get("href")
    return attachment(
        urljoin(base, href) if href else None, link.get("type"), base, link.get("title"), link.get("length")
    )
