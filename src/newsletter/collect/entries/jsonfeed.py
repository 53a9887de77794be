"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), and what comes near it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from newsletter.collect.entries.entry import Entry, check_number, check_size
from newsletter.collect.entries.media import attachment
from newsletter.collect.read.page import absolute, decode
from newsletter.errors import UnreadablePage
from newsletter.model import Alternate, Document, Image, Page

MOST_THINGS = 100_000  # { and [, each of which may cost a hundred bytes and more


def is_json(page: Page) -> bool:
    """Whether a page is JSON, whatever its server says."""
    return "json" in page.content_type or page.body[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def read_json(page: Page) -> list[Entry]:
    """The entries of a JSON Feed. Raises UnreadablePage where it is none."""
    check_size(len(page.body))
    if (things := page.body.count(b"{") + page.body.count(b"[")) > MOST_THINGS:
        raise UnreadablePage("the feed has %(n)s objects and lists, more than %(most)s", n=things, most=MOST_THINGS)
    try:
        feed = json.loads(decode(page.body, page.charset))
    except (ValueError, RecursionError) as error:
        raise UnreadablePage("the feed is no JSON: %(why)s", why=str(error)) from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise UnreadablePage("the JSON is no JSON Feed: it has no items")
    check_number(len(feed["items"]))
    language, author = _text(feed.get("language")), _authors(feed)
    return [_entry(item, page, language, author) for item in feed["items"] if isinstance(item, dict)]


def _entry(item: dict[str, Any], page: Page, language: str | None, author: str | None) -> Entry:
    content = _text(item.get("content_html")) or _paragraphs(_text(item.get("content_text")))
    attached = list(_attachments(item, page))
    return Entry(
        link=_text(item.get("url")) or _text(item.get("external_url")),
        guid=_id(item.get("id")),
        title=_text(item.get("title")) or "",
        summary=_paragraphs(_text(item.get("summary"))),
        content=content,
        published=_text(item.get("date_published")),
        modified=_text(item.get("date_modified")),
        author=_authors(item) or author,
        language=_text(item.get("language")) or language,
        tags=tuple(tag for tag in _list(item.get("tags")) if isinstance(tag, str)),
        images=tuple(one for one in attached if isinstance(one, Image)),
        documents=tuple(one for one in attached if isinstance(one, Document)),
        alternates=tuple(one for one in attached if isinstance(one, Alternate)),
    )


def _attachments(item: dict[str, Any], page: Page) -> Iterator[Image | Document | Alternate]:
    for name in ("image", "banner_image"):
        if url := absolute(_text(item.get(name)), page.url):
            yield Image(src=url)
    for one in _list(item.get("attachments")):
        if isinstance(one, dict):
            found = attachment(_text(one.get("url")), _text(one.get("mime_type")), page.url, _text(one.get("title")))
            if found is not None:
                yield found


def _authors(thing: dict[str, Any]) -> str | None:
    people: Iterable[Any] = [*_list(thing.get("authors")), thing.get("author")]  # 1.0 had but one
    names = [name for one in people if isinstance(one, dict) and (name := _text(one.get("name")))]
    return ", ".join(dict.fromkeys(names)) or None


def _paragraphs(text: str | None) -> str:
    blocks = (" ".join(block.split()) for block in (text or "").replace("\r\n", "\n").split("\n\n"))
    return "".join(f"<p>{escape(block)}</p>" for block in blocks if block)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _id(value: object) -> str | None:
    """The id; some feeds write a number."""
    return str(value) if type(value) in (int, float) else _text(value)
