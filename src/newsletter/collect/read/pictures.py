"""The address of a picture, however a page hides it until it is scrolled to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborNode

from newsletter.collect.read.page import absolute
from newsletter.collect.read.tree import once

WIDTH: Final = 1_200  # pixels: twice a mail's column, so that it is sharp on any screen

NO_PICTURE = re.compile(
    r"(?:^|[\s/_.-])\w{0,16}logos?(?:$|[\s/_.\d-])|(?:^|[\s/_.-])(?:icon|icons|favicon|sprite|avatar|gravatar|badge|"
    r"button|spinner|loader|arrow|pfeil|symbol|signet|wappen|"
    r"placeholder|platzhalter|fallback|default|banner|pixel|emoji|"
    r"flag|rating|stars?|print|drucken|teaser-?default|social-?(?:media|share)?)(?:$|[\s/_.\d-])",
    re.IGNORECASE,
)
_OF_THEME = re.compile(  # where systems keep what a site looks like, beside what its editors put in
    r"/(?:SiteGlobals|typo3conf/ext|_assets/[0-9a-f]{32}|Resources/Public|wp-content/(?:themes|plugins)|"
    r"(?:sites/[^/]+|profiles/[^/]+|core|portal)/themes|\+\+theme\+\+[^/]+|_layouts)/",
    re.IGNORECASE,
)
_SHARED = re.compile(  # a picture made for links to any page of a site: its name tells of nothing else
    r"(?:[a-z]{1,3}[-_ ])?(?:og|open-?graph|facebook|fb|twitter|linkedin|social(?:-?media)?|link|share|sharing|shared|"
    r"meta|seo|site|default|standard)[-_ ]?(?:(?:image|img|bild|card|link|share|sharing|preview|vorschau|"
    r"thumb(?:nail)?|facebook|twitter|default|cover|logo|banner)[-_ ]?)+[\dx_.-]*",
    re.IGNORECASE,
)
_NETWORK = re.compile(
    r"(?:icon|share|btn|button)?[-_]?(?:facebook|twitter|instagram|youtube|whatsapp|linkedin|xing|mastodon|bluesky|"
    r"rss)[-_\dx]*(?:icon|logo|share|white|black)?",
    re.IGNORECASE,
)
_LAZY: Final = re.compile(  # in an attribute's name: the address comes when the reader scrolls there
    r"data-(?!srcset|sizes)(?:[a-z]+-)*(?:src|original|lazy(?:load)?|img|image|url|full|large|hi-?res)(?:-src|-url)?"
)
_SETS: Final = ("srcset", "data-srcset", "data-lazy-srcset", "data-original-set")
_PLACEHOLDER = re.compile(
    r"(?:placeholder|blank|spacer|transparent|pixel|lazy|loading|grey|dummy)[\w-]*\.(?:gif|png|svg|jpe?g)|1x1"
)
_CANDIDATE = re.compile(r"(?<![^\s,])(\S*[^\s,])(?:\s+(\d+(?:\.\d*)?|\.\d+)([wx]))?\s*(?:,|$)")


_INNER = re.compile(r"[?&][a-z]{1,5}=(https?(?:%3A|:)(?:%2F|/){2}[^&\s]+)", re.IGNORECASE)
_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{20,}|[0-9a-f]{16,}")
_NUMBERS = re.compile(r"\d{6,}")
_DAY = re.compile(r"(?:19|20)\d{6}")
_FILE = re.compile(r"([^/]{6,})\.(?:jpe?g|png|gif|webp)(?=/|$)")
_SIZES = re.compile(r"^csm_|_[0-9a-f]{10}$|[-_]{0,2}\d{2,4}x\d{0,4}.*$|[-_][wh]?\d{3,4}$")


def best_source(img: LexborNode, base: str) -> str | None:
    """The address to show an `img` by: of its srcset (or its picture's) the first that is wide enough, else its src."""
    wide, src = _sources(img)
    return (absolute(wide, base) if wide else None) or absolute(src, base)


def written_source(img: LexborNode) -> str | None:
    """The same address as the page writes it, perhaps without its host."""
    wide, src = _sources(img)
    return wide or src


@once
def _sources(img: LexborNode) -> tuple[str | None, str | None]:
    attributes = img.attributes
    src = attributes.get("src")
    if src and (src.startswith("data:") or _is_placeholder(src)):
        src = None
    own = next((s for s in (_from_set(attributes.get(name)) for name in _SETS) if s), None)
    wide = own or next((s for s in map(_from_set, _picture_sets(img)) if s), None)
    return wide, src or _hidden_source(attributes)


def _is_placeholder(address: str) -> bool:
    return _PLACEHOLDER.search(address.lower()) is not None


def _hidden_source(attributes: Mapping[str, str | None]) -> str | None:
    hidden = (value for name, value in attributes.items() if value and _LAZY.fullmatch(name))
    return next((value for value in hidden if re.match(r"(?!data:)[^\s{}]*[./][^\s{}]+$", value)), None)


@once
def is_pixel(img: LexborNode) -> bool:
    """Whether an image is there to count readers or to fill space."""
    attributes = img.attributes
    sizes = [size for name in ("width", "height") if (size := number(attributes.get(name))) is not None]
    return bool(sizes) and min(sizes) <= 3


def is_no_picture(address: str) -> bool:
    """Whether an address looks like that of a logo, an icon or a stand-in."""
    path = urlsplit(address).path
    stem = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return bool(NO_PICTURE.search(stem) or _NETWORK.fullmatch(stem) or _OF_THEME.search(path))


def is_shared(address: str) -> bool:
    """Whether an address looks like that of the picture that a site gives to any link to it."""
    return bool(_SHARED.fullmatch(urlsplit(address).path.rsplit("/", 1)[-1].rsplit(".", 1)[0]))


@once
def is_icon(img: LexborNode) -> bool:
    """Whether an `img` is drawn, or named like a logo, an icon or a stand-in."""
    source = (img.attributes.get("src") or "").split("?")[0].lower()
    return source.endswith(".svg") or is_no_picture(source)


def number(text: str | None) -> int | None:
    """The whole number at the start of `text`, as in `600` or `600px`."""
    match = re.match(r"\s*(\d{1,5})(?:\.\d+)?(?:px)?\s*$", text or "")
    return int(match.group(1)) if match else None


@lru_cache(maxsize=1_024)
def picture_keys(address: str) -> frozenset[str]:
    """What the sizes of one picture share: ids and long numbers in its path, its name without size and hash."""
    try:
        path = unquote(urlsplit(inner_address(address)).path).lower().rstrip("/")
    except ValueError:
        return frozenset()
    folder, _, name = path.rpartition("/")
    keys = set(_IDS.findall(path)) | {number for number in _NUMBERS.findall(name) if not _DAY.match(number)}
    stem = _SIZES.sub("", re.sub(r"\.\w{2,5}$|=[ws]\d+.*$", "", name))
    keys.update(_FILE.findall(folder))
    if len(stem) >= 4:
        keys.add(f"{folder}/{stem}")
    if len(stem) >= 6:
        keys.add(stem)
    elif len(last := folder.rpartition("/")[2]) >= 12:
        keys.add(last)
    elif not keys:
        keys |= {number for number in _NUMBERS.findall(folder) if not _DAY.match(number)}
    return frozenset(keys)


def inner_address(address: str) -> str:
    """The address that a resizing service is given in the query of its own, else `address`."""
    match = _INNER.search(address)
    return unquote(match.group(1)) if match else address


def _picture_sets(img: LexborNode) -> list[str | None]:
    parent = img.parent
    if parent is None or parent.tag != "picture":
        return []
    sources = [source.attributes for source in parent.css("source")]
    return [s.get(name) for s in sources for name in _SETS if (s.get("type") or "") not in ("image/webp", "image/avif")]


def _from_set(srcset: str | None) -> str | None:
    if not srcset or len(srcset) > 20_000:
        return None
    sized = [
        (float(size or 1) * (600 if unit != "w" else 1), address)
        for address, size, unit in _CANDIDATE.findall(srcset)
        if not address.startswith("data:")
    ]
    wide = sorted(one for one in sized if one[0] >= WIDTH)
    narrow = sorted((one for one in sized if one[0] < WIDTH), reverse=True)
    return next((address for _, address in (*wide, *narrow) if not _is_placeholder(address)), None)
