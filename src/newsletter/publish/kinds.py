"""What kind of file is published: its media type, and for how long who has it may keep it."""

from __future__ import annotations

from pathlib import PurePath

TYPES = {
    ".atom": "application/atom+xml; charset=utf-8",
    ".rss": "application/rss+xml; charset=utf-8",
    ".json": "application/feed+json",  # JSON is UTF-8 by definition (RFC 8259, 8.1)
    ".jsonld": "application/ld+json",
    ".opml": "text/x-opml; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".pdf": "application/pdf",
    ".ico": "image/x-icon",
}
FRESH = (
    {".html": 60, ".css": 86_400, ".js": 86_400}
    | dict.fromkeys((".atom", ".rss", ".json", ".opml"), 300)
    | dict.fromkeys((".ico", ".svg"), 604_800)
)
"""Seconds; an hour for what is not among them."""
FOREVER = "public, max-age=31536000, immutable"  # a year (RFC 8246)


def type_of(name: str | PurePath) -> str:
    """The media type of a published file, with its charset where it has one."""
    return TYPES.get(PurePath(name).suffix, "application/octet-stream")


def kept_for(name: str | PurePath) -> str:
    """`Cache-Control` of a published file that may change."""
    return f"public, max-age={FRESH.get(PurePath(name).suffix, 3600)}"
