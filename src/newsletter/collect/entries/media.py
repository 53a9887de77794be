"""Pictures and files that hang on an entry: enclosures and Media RSS, with alt text and credit.

feedparser takes `media:description` for the entry's own description (its issue 53), so it does not get to see it, and
it does not tell which picture a description or credit belongs to. So they are read here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from lxml import etree

from newsletter.collect.read import clean
from newsletter.collect.read.alternates import sound
from newsletter.collect.read.credits import bare_credit, is_symbolic
from newsletter.collect.read.documents import TYPES
from newsletter.collect.read.page import absolute
from newsletter.model import Alternate, AltFrom, Document, Image

MEDIA = "{http://search.yahoo.com/mrss/}"
_PREFIX = re.compile(rb"""xmlns:([\w.-]{1,40})\s*=\s*["']https?://search\.yahoo\.com/mrss/?["']""")
_HIDDEN = (b"description", b"title", b"text", b"credit", b"copyright")
_PICTURE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)$", re.IGNORECASE)


def hide_descriptions(body: bytes) -> bytes:
    """A feed in which Media RSS's own descriptions, titles and credits are called otherwise than the entry's."""
    for prefix in dict.fromkeys(_PREFIX.findall(body)):
        names = b"|".join(_HIDDEN)
        body = re.sub(rb"<(/?)" + re.escape(prefix) + rb":(" + names + rb")\b", rb"<\1" + prefix + rb":of-\2", body)
    return body


def media_of(body: bytes, base: str) -> list[tuple[Image, ...]]:
    """For each entry of a feed, in its order, the pictures that Media RSS gives it; empty where the feed has none."""
    if b"search.yahoo.com/mrss" not in body:
        return []
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body.replace(b"https://search.yahoo.com/mrss", b"http://search.yahoo.com/mrss"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return []
    if root is None:
        return []
    return [tuple(_pictures(item, base)) for item in root.iter("{*}item", "{*}entry")]


def attachment(
    url: str | None, mime: str | None, base: str, title: str | None = None, size: str | None = None
) -> Image | Document | Alternate | None:
    """An enclosure as the picture, document or audio version it is; None for film and what has no address."""
    address = absolute(url, base)
    if address is None:
        return None
    kind = (mime or "").partition(";")[0].strip().lower()
    path = unquote(urlsplit(address).path)
    if kind.startswith("image/") or (not kind and _PICTURE.search(path)):
        return Image(src=address)
    ending = path.rpartition(".")[2].lower()
    number = int(size) if size and size.isascii() and size.isdigit() and len(size) < 13 else None
    if (heard := sound(address, kind, title, number or None)) is not None:
        return heard
    if kind in TYPES.values() or ending in TYPES:
        name = clean(title, 300) or path.rpartition("/")[2]
        return Document(address, name, kind or TYPES[ending], number or None)
    return None


def _pictures(item: etree._Element, base: str) -> Iterator[Image]:
    seen = set()
    for element in item.iter(f"{MEDIA}content", f"{MEDIA}thumbnail"):
        address = absolute(element.get("url"), base)
        if address is None or address in seen or not _is_picture(element, address):
            continue
        seen.add(address)
        yield _picture(element, address)


def _is_picture(element: etree._Element, address: str) -> bool:
    kind = element.get("medium") or (element.get("type") or "").partition("/")[0]
    return (
        kind == "image"
        or element.tag == f"{MEDIA}thumbnail"
        or (not kind and bool(_PICTURE.search(urlsplit(address).path)))
    )


def _picture(element: etree._Element, address: str) -> Image:
    alt, credit = _said(element, "description"), _said(element, "credit") or _said(element, "copyright")
    return Image(
        src=address,
        alt=alt,
        alt_from=AltFrom.SOURCE if alt is not None else None,
        credit=bare_credit(credit) or None,
        symbolic=is_symbolic(alt, credit),
    )


def _said(element: etree._Element, name: str) -> str | None:
    """What the picture, or the group around it, says of itself."""
    places = [element]
    parent = element.getparent()
    if parent is not None and parent.tag in (f"{MEDIA}group", f"{MEDIA}content"):
        places.append(parent)
    for place in places:
        found = place.find(f"{MEDIA}{name}")
        if found is not None and (text := clean("".join(found.itertext()), 1_000)):
            return text
    return None
