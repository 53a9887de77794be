"""JSON Feed 1.1 (jsonfeed.org/version/1.1) as values and flaws."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from newsletter.publish.rules.feed import JSON, Broken, Feed, Flaw, Value
from newsletter.rules.rule import Spot, _

AUTHOR = {"name": "strict", "url": "url", "avatar": "url"}
ATTACHMENT = {"url": "web", "mime_type": "mime", "title": "strict", "size_in_bytes": int, "duration_in_seconds": float}
ITEM = {
    "id": "id",
    "url": "url",
    "external_url": "url",
    "title": "strict",
    "content_html": "html",
    "content_text": "any",
    "summary": "strict",
    "image": "url",
    "banner_image": "url",
    "date_published": "date3339",
    "date_modified": "date3339",
    "author": AUTHOR,
    "authors": [AUTHOR],
    "tags": ["strict"],
    "language": "language",
    "attachments": [ATTACHMENT],
}
FEED = {
    "version": "jsonversion",
    "title": "strict",
    "home_page_url": "url",
    "feed_url": "url",
    "description": "strict",
    "user_comment": "any",
    "next_url": "url",
    "icon": "url",
    "favicon": "url",
    "author": AUTHOR,
    "authors": [AUTHOR],
    "language": "language",
    "expired": bool,
    "hubs": [{"type": "any", "url": "url"}],
    "items": [ITEM],
}
NEEDED = {id(FEED): ("version", "title", "items"), id(ITEM): ("id",), id(ATTACHMENT): ("url", "mime_type")}
NAMES = {
    bool: _("true or false"),
    int: _("a whole number"),
    float: _("a number"),
    str: _("a text"),
    list: _("a list"),
    dict: _("an object"),
}
Shape = Mapping[str, Any]


def read_json(data: bytes, feed: Feed) -> None:
    """Fill a feed from JSON."""
    feed.form, feed.encoding = JSON, "utf-8"
    try:
        root = json.loads(data.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        feed.broken.append(Broken("json", error.msg, error.lineno))
        return
    except (UnicodeDecodeError, RecursionError) as error:
        feed.broken.append(Broken("json", str(error), None))
        return
    if not isinstance(root, dict) or ("items" not in root and "version" not in root):
        feed.form = ""
        return
    feed.root, feed.version = root, str(root.get("version", ""))
    _Reader(feed).object(root, FEED, "")


class _Reader:
    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.entry: int | None = None

    def object(self, given: Mapping[str, Any], shape: Shape, path: str) -> None:
        """An object, key by key. Keys that begin with _ are extensions, others nobody knows are left alone."""
        for key in NEEDED.get(id(shape), ()):
            if given.get(key) in (None, ""):
                self._flaw("missing", key, path)
        for key, kind in shape.items():
            if given.get(key) is not None:
                self._value(given[key], kind, key, f"{path}.{key}".lstrip("."))

    def _value(self, given: Any, kind: Any, key: str, path: str) -> None:
        wanted = _type(kind)
        number = isinstance(given, int | float) and not isinstance(given, bool)
        if not (isinstance(given, wanted) or (wanted is float and number)) or (wanted is int and not number):
            self._flaw("type", NAMES[wanted], path)
        elif isinstance(kind, list):
            self._list(given, kind[0], key, path)
        elif isinstance(kind, Mapping):
            self.object(given, kind, path)
        elif isinstance(kind, str):
            text = given.encode("utf-8", "replace").decode()  # JSON can say half a character: "\\ud800"
            self.feed.values.append(Value(kind, text, key, Spot(path), self.entry, text))

    def _list(self, given: list[Any], kind: Any, key: str, path: str) -> None:
        for number, one in enumerate(given):
            at = f"{path}[{number}]"
            if kind is ITEM:
                self.entry = number
                self.feed.entries.append((one if isinstance(one, dict) else {}, Spot(at)))
            self._value(one, kind, key, at)
            if kind is ITEM:
                self.entry = None

    def _flaw(self, kind: str, name: str, path: str) -> None:
        self.feed.flaws.append(Flaw(kind, name, path, Spot(path)))


def _type(kind: Any) -> type:
    if isinstance(kind, type):
        return kind
    if isinstance(kind, list):
        return list
    return dict if isinstance(kind, Mapping) else str
