"""What a release is about, in its portal's own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from newsletter.collect.read.data import Thing, is_article
from newsletter.collect.read.page import PageTree, inside, text_of
from newsletter.collect.read.text import clean

_TAG: Final = "a[rel~=tag]"
_HOLDERS: Final = (
    "[class*=news-list-category], [class*=field--name-field-tags], [class*=field-name-field-tags], [class~=tags], "
    "[class~=tag-list], [class~=taglist], [class~=article-tags], [class~=topics], [class~=keywords]"
)
_TAGS: Final = ", ".join((_TAG, *(f"{holder} a" for holder in _HOLDERS.split(", "))))  # dear: asked where there is one
_MENUS: Final = frozenset({"nav", "footer", "aside"})
_CODE: Final = re.compile(r"\w+:\S")  # how systems file things: productType:PRESS_RELEASE
_MAX: Final = 12


def find_topics(page: PageTree, things: Sequence[Thing]) -> tuple[str, ...]:
    """At most 12 topics of the page: its tags, else its article:tag, its section and keywords."""
    holds = page.root.css_first(_HOLDERS) is not None
    tags = [text_of(a, 80) for a in page.root.css(_TAGS if holds else _TAG) if not inside(a, _MENUS)]
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


def _listed(value: object) -> list[str]:
    if isinstance(value, str):
        return value.split(",")
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
