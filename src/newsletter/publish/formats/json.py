"""JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

from __future__ import annotations

import json
from typing import Any

from newsletter.i18n import nearest, way_to_read
from newsletter.model import Alternate, Image
from newsletter.publish.content import Entry, FeedContent

NAME = "JSON Feed"
MEDIA_TYPE = "application/feed+json"


def build(feed: FeedContent) -> bytes:
    """The feed as JSON."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.description,
        "home_page_url": feed.page,
        "feed_url": f"{feed.address}.json",
        "language": feed.language,
        "authors": [{"name": feed.publisher}],
        **({"hubs": [{"type": "WebSub", "url": feed.hub}]} if feed.hub else {}),
        "items": [_item(entry) for entry in feed.items],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def _item(entry: Entry) -> dict[str, Any]:
    release = entry.release
    item = {
        "id": entry.id,
        "url": release.url,
        "title": release.headline,
        "summary": entry.summary,
        "content_html": entry.content,
        "date_published": entry.published and entry.published.isoformat(),
        "date_modified": entry.updated.isoformat(),
        "language": release.language,
        "authors": entry.author and [{"name": entry.author}],
        "tags": [topic.title for topic in release.topics],
        "image": release.lead and release.lead.src,
        "_image": release.lead and _image(release.lead),
        # An attachment needs a type; a document without one is named in the content all the same.
        "attachments": [
            {"url": document.url, "mime_type": document.type, "title": document.title}
            | ({"size_in_bytes": document.size} if document.size else {})
            for document in release.documents
            if document.type
        ]
        + [
            _heard_or_seen(one, release.language)
            for one in release.alternates
            if (one.type or "").startswith(("audio/", "video/"))
        ],
    }
    return {key: value for key, value in item.items() if value}


def _heard_or_seen(alternate: Alternate, language: str) -> dict[str, Any]:
    told = {"size_in_bytes": alternate.size, "duration_in_seconds": alternate.seconds}
    file = {"url": alternate.url, "mime_type": alternate.type, "title": way_to_read(alternate, nearest(language, "en"))}
    return file | {key: value for key, value in told.items() if value}


def _image(image: Image) -> dict[str, Any]:
    """Our extension: what there is to say of the picture, which the format itself cannot."""
    said = {"alt": image.alt, "caption": image.caption, "credit": image.credit, "symbolic": image.symbolic}
    return {key: value for key, value in said.items() if value}
