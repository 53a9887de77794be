"""The address of a picture, however a page hides it until it is scrolled to."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborNode

from newsletter.collect.read.page import absolute

WIDTH: Final = 1_200  # pixels: twice a mail's column, so that it is sharp on any screen

_LAZY: Final = (
    "data-src", "data-original", "data-lazy-src", "data-lazy", "data-image", "data-img-src", "data-full-src",
    "data-hi-res-src",
    "data-url", "data-fallback-src",
)  # fmt: skip
_SETS: Final = ("srcset", "data-srcset", "data-lazy-srcset", "data-original-set")
_PLACEHOLDER = re.compile(
    r"(?:placeholder|blank|spacer|transparent|pixel|lazy|loading|grey|dummy)[\w-]*\.(?:gif|png|svg|jpe?g)|1x1",
    re.IGNORECASE,
)
_CANDIDATE = re.compile(r"(\S*[^\s,])(?:\s+([\d.]+)([wx]))?\s*(?:,|$)")


_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{20,}|[0-9a-f]{16,}")
_NUMBERS = re.compile(r"\d{6,}")
_DAY = re.compile(r"(?:19|20)\d{6}")
_SIZES = re.compile(r"^csm_|_[0-9a-f]{10}$|[-_]{0,2}\d{2,4}x\d{0,4}.*$|[-_][wh]?\d{3,4}$")


def best_source(img: LexborNode, base: str) -> str | None:
    """The address to show an `img` by: of its srcset (or its picture's) the first that is wide enough, else its src."""
    attributes = img.attributes
    src = attributes.get("src")
    if src and (src.startswith("data:") or _PLACEHOLDER.search(src)):
        src = None
    for hidden in (attributes.get(name) for name in _LAZY) if not src else ():
        if hidden and not hidden.startswith(("data:", "{")):
            src = hidden
            break
    found = absolute(src, base)
    sets = [attributes.get(name) for name in _SETS] + _picture_sets(img)
    wide = next((s for s in map(_from_set, sets) if s), None)
    return (absolute(wide, base) if wide else None) or found


def is_pixel(img: LexborNode) -> bool:
    """Whether an image is there to count readers or to fill space."""
    attributes = img.attributes
    sizes = [size for name in ("width", "height") if (size := number(attributes.get(name))) is not None]
    return bool(sizes) and min(sizes) <= 3


def number(text: str | None) -> int | None:
    """The whole number at the start of `text`, as in `600` or `600px`."""
    match = re.match(r"\s*(\d{1,5})(?:\.\d+)?(?:px)?\s*$", text or "")
    return int(match.group(1)) if match else None


def picture_keys(address: str) -> frozenset[str]:
    """What the sizes of one picture share: ids and long numbers in its path, its name without size and hash."""
    path = unquote(urlsplit(address).path).lower().rstrip("/")
    folder, _, name = path.rpartition("/")
    keys = set(_IDS.findall(path)) | {number for number in _NUMBERS.findall(name) if not _DAY.match(number)}
    stem = _SIZES.sub("", re.sub(r"\.\w{2,5}$|=[ws]\d+.*$", "", name))
    if len(stem) >= 6:
        keys.add(stem)
    elif len(last := folder.rpartition("/")[2]) >= 12:
        keys.add(last)
    return frozenset(keys)


def _picture_sets(img: LexborNode) -> list[str | None]:
    parent = img.parent
    if parent is None or parent.tag != "picture":
        return []
    sources = [source.attributes for source in parent.css("source")]
    return [s.get(name) for s in sources for name in _SETS if (s.get("type") or "") not in ("image/webp", "image/avif")]


def _from_set(srcset: str | None) -> str | None:
    if not srcset or len(srcset) > 20_000:
        return None
    sized: list[tuple[float, str]] = []
    for address, size, unit in _CANDIDATE.findall(srcset):
        if address and not address.startswith("data:") and not _PLACEHOLDER.search(address):
            sized.append((float(size or 1) * (600 if unit != "w" else 1), address))
    if not sized:
        return None
    wide = [(width, address) for width, address in sized if width >= WIDTH]
    return min(wide)[1] if wide else max(sized)[1]
