"""What a release is about, in its portal's own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from selectolax.lexbor import LexborNode

from newsletter.collect.read.data import Thing, is_article
from newsletter.collect.read.page import PageTree, inside, text_of
from newsletter.collect.read.text import clean

_TAG: Final = "a[rel~=tag]"
_PARTS: Final = ("news-list-category", "field--name-field-tags", "field-name-field-tags")  # of the class of a holder
_WORDS: Final = ("tags", "tag-list", "taglist", "article-tags", "topics", "keywords")
_TAGS: Final = ", ".join(  # dear: asked where there is one
    (_TAG, *(f"[class*={part}] a" for part in _PARTS), *(f"[class~={word}] a" for word in _WORDS))
)
_PERHAPS: Final = "[class*=tag], [class*=category], [class*=topics], [class*=keywords]"
_MENUS: Final = frozenset({"nav", "footer", "aside"})
_CODE: Final = re.compile(r"\w+:\S")  # how systems file things: productType:PRESS_RELEASE
_MAX: Final = 12


def find_topics(page: PageTree, things: Sequence[Thing]) -> tuple[str, ...]:
    """At most 12 topics of the page: its tags, else its article:tag, its section and keywords."""
    perhaps = page.root.css(f"{_TAG}, {_PERHAPS}")
    links = page.root.css(_TAGS) if any(map(_holds_tags, perhaps)) else filter(_is_tag, perhaps)
    tags = [text_of(a, 80) for a in links if not inside(a, _MENUS)]
    tags += page.meta.get("article:tag", [])
    for thing in things:
        if is_article(thing):
            tags += _listed(thing.get("articleSection")) + _listed(thing.get("keywords"))
    if not tags:
        tags = page.meta.get("article:section", []) + _listed(
            page.first_meta("keywords", "news_keywords", "dc.subject")
        )
    named = (clean(raw, 80).lstrip("#").strip() for raw in reversed(tags) if not _CODE.match(raw.strip()))
    unique = {tag.casefold(): tag for tag in named if 1 < len(tag) <= 60}
    return tuple(reversed(unique.values()))[:_MAX]


def _is_tag(node: LexborNode) -> bool:
    return node.tag == "a" and "tag" in (node.attributes.get("rel") or "").split()


def _holds_tags(node: LexborNode) -> bool:
    said = node.attributes.get("class") or ""
    return any(part in said for part in _PARTS) or not set(_WORDS).isdisjoint(said.split())


def _listed(value: object) -> list[str]:
    if isinstance(value, str):
        return value.split(",")
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
