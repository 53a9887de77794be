"""What a page says of itself for machines: JSON-LD of schema.org, and microdata. Meta tags are PageTree.meta."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from newsletter.collect.read.page import PageTree
from newsletter.collect.read.text import clean

Thing = Mapping[str, Any]

ARTICLES: Final = frozenset({
    "newsarticle", "article", "pressrelease", "report", "blogposting", "reportagenewsarticle",
    "analysisnewsarticle", "opinionnewsarticle", "backgroundnewsarticle", "reviewnewsarticle",
    "liveblogposting", "techarticle", "scholarlyarticle", "socialmediaposting"
})  # fmt: skip
_MAX_THINGS: Final = 2_000
_LETTERS: Final = re.compile(r"[^\W\d_]{2}")
_NO_NAME: Final = re.compile(
    r"://|^[/#.]|^www\.|[{}<>$]|^(?:admin(?:istrator)?|root|editor|redakteur|webmaster|user|null)$", re.IGNORECASE
)


def things(page: PageTree) -> tuple[Thing, ...]:
    """Every schema.org object of the page's JSON-LD, articles first; broken blocks are passed over."""
    found: list[Thing] = []
    for script in page.tree.css('script[type*="ld+json" i]'):
        try:
            found.extend(_flatten(json.loads(_json(script.text()), strict=False)))
        except (ValueError, RecursionError):
            continue
    return tuple(sorted(found, key=lambda thing: not is_article(thing)))


def is_article(thing: Thing) -> bool:
    """Whether a schema.org object is a piece of writing that is published."""
    kinds = thing.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return any(str(name).rsplit("/", 1)[-1].lower() in ARTICLES for name in names)


def text_value(value: object) -> str:
    """A schema.org text, whatever it is wrapped in."""
    for _ in range(4):
        if isinstance(value, list) and value:
            value = value[0]
        elif isinstance(value, dict):
            value = value.get("@value") or value.get("name") or value.get("url") or value.get("@id")
        else:
            break
    return clean(html.unescape(value)) if isinstance(value, str) else ""


def known_things(things: Sequence[Thing]) -> dict[str, Thing]:
    """The objects of a page by what others of it call them (`@id`)."""
    return {str(thing["@id"]): thing for thing in things if "@id" in thing}


def names(value: object, known: Mapping[str, Thing] = MappingProxyType({})) -> list[str]:
    """The names of one or several persons or organisations, of which `known` are told elsewhere in the page."""
    values = value if isinstance(value, list) else [value]
    named = (
        known.get(str(v["@id"]), v) if isinstance(v, dict) and "name" not in v and "@id" in v else v for v in values
    )
    return list(dict.fromkeys(name for name in map(text_value, named) if is_name(name)))


def is_name(text: str) -> bool:
    """Whether a text can name somebody: no address, no place in a page, no blank that a template left open."""
    return bool(_LETTERS.search(text)) and not _NO_NAME.search(text)


def image_addresses(value: object) -> list[str]:
    """The addresses of one or several ImageObjects, or bare addresses."""
    found = []
    for image in value if isinstance(value, list) else [value]:
        address = (
            (image.get("url") or image.get("contentUrl") or image.get("@id")) if isinstance(image, dict) else image
        )
        if isinstance(address, list):
            address = address[0] if address else None
        if isinstance(address, str) and address.strip():
            found.append(address.strip())
    return found


def microdata(page: PageTree, name: str) -> list[str]:
    """The values of an `itemprop` of the page's article."""
    kinds = ("Article", "BlogPosting", "Report", "VideoObject")
    query = ", ".join(f'[itemtype*="{kind}" i] [itemprop~="{name}"]' for kind in kinds)
    found: list[str] = []
    for node in page.tree.css(query)[:20] if _has_property(page, name) else ():
        attributes = node.attributes
        value = attributes.get("content") or attributes.get("datetime") or clean(node.text())
        if value and value not in found:
            found.append(clean(value))
    return found


def _has_property(page: PageTree, name: str) -> bool:
    return any(name in (node.attributes.get("itemprop") or "").split() for node in page.all("[itemprop]"))


def _json(text: str) -> str:
    text = text.strip()
    for opening, closing in (("<!--", "-->"), ("//<![CDATA[", "//]]>"), ("<![CDATA[", "]]>")):
        text = text.removeprefix(opening).removesuffix(closing).strip()
    return text.rstrip(";")


def _flatten(data: object) -> Iterator[Thing]:
    waiting = [data]
    for _ in range(_MAX_THINGS):
        if not waiting:
            return
        thing = waiting.pop(0)
        if isinstance(thing, list):
            waiting = thing[:_MAX_THINGS] + waiting
        elif isinstance(thing, dict):
            if "@type" in thing:
                yield thing
            waiting += [
                thing[key]
                for key in ("@graph", "mainEntity", "mainEntityOfPage")
                if isinstance(thing.get(key), (list, dict))
            ]
