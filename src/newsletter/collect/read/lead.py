"""The picture that stands for a release: the one that its page's data name, or the first of its article.

A picture at the head of the article comes before one that the data name and that stands deep in the text, and that
before one that the data name and the page does not show: only what stands in the page has its alt text and caption.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from selectolax.lexbor import LexborNode

from newsletter.collect.read.data import Thing, image_addresses, is_article, known_things, names, text_value
from newsletter.collect.read.images import (
    IMAGE_FILE,
    MAX_PICTURES,
    Picture,
    is_picture,
    leads_away,
    pictures_of,
    read_picture,
)
from newsletter.collect.read.page import PageTree, ancestors, inside
from newsletter.collect.read.pictures import (
    inner_address,
    is_no_picture,
    is_pixel,
    is_shared,
    picture_keys,
    written_source,
)
from newsletter.model import AltFrom, Image

_MENUS: Final = frozenset({"nav", "footer"})
_NO_TEXT: Final = "figure, figcaption, button, script, time"
_MOST: Final = 50  # pictures that a page's data name
_LARGE: Final = 300  # pixels
_STAND_IN: Final = 3  # pictures of one address: it stands in for others until they are scrolled to
_OPENING: Final = 1_500  # characters: one that is told about stands for the release if it comes before they have passed
_HEAD: Final = 500  # characters after the headline: a picture before they have passed is at the head of the article


@dataclass(frozen=True, slots=True)
class Told:
    """A picture that the page's data name, by which step, and what they say of it."""

    step: str
    address: str
    alt: str | None = None
    caption: str | None = None
    credit: str | None = None


def told_pictures(page: PageTree, things: Sequence[Thing]) -> list[Told]:
    """The pictures that the page's data name as the release's, surest first."""
    known = known_things(things)
    found = [told for thing in things if is_article(thing) for told in _of_article(thing, known)]
    alt = page.first_meta("og:image:alt", "twitter:image:alt")
    metas = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src")
    found += [Told("opengraph", address, alt) for name in metas for address in page.meta.get(name, [])]
    absolute = [replace(told, address=url) for told in found if (url := page.absolute(told.address))]
    return [told for told in absolute if not is_no_picture(told.address)][:_MOST]


def _of_article(thing: Thing, known: Mapping[str, Thing]) -> Iterator[Told]:
    value = thing.get("image") or thing.get("thumbnailUrl")
    for raw in value if isinstance(value, list) else [value]:
        said: Any = known.get(str(raw.get("@id") if isinstance(raw, dict) else raw), raw)
        for address in image_addresses(said):
            if isinstance(said, dict):
                credit = text_value(said.get("creditText")) or ", ".join(names(said.get("copyrightHolder")))
                yield Told("json-ld", address, None, text_value(said.get("caption")) or None, credit or None)
            else:
                yield Told("json-ld", address)


def find_lead(
    page: PageTree, told: Sequence[Told], headline: LexborNode | None, body: LexborNode | None
) -> tuple[Picture, str] | None:
    """The picture that stands for the release, and the step that found it."""
    placed = list(_placed(_scope(headline, body, page), headline))
    often = Counter(written_source(img) for img, _ in placed)
    own = [(img, at) for img, at in placed if often[written_source(img)] < _STAND_IN and _is_own(img, page)]
    head = [img for img, at in own if at <= _HEAD]
    shown = told_picture(page, told)
    if shown is not None and (not head or shown[0].mem_id in {img.mem_id for img in head}):
        return _as_told(read_picture(shown[0], page, lead=True), shown[1])
    first = read_picture(own[0][0], page, lead=True) if own else None
    if first and (not told or _stands_for_it(first.image, own[0][1])):
        return first, "structure"
    unseen = next((one for one in told if not is_shared(one.address)), None)
    return _as_told(Picture(Image(src=unseen.address, lead=True), ()), unseen) if unseen else None


def _stands_for_it(image: Image, at: int) -> bool:
    """Whether a picture so far behind the headline is rather the release's than one that only the data name."""
    if at <= _HEAD:
        return bool(image.alt or image.caption) or max(image.width or 0, image.height or 0) >= _LARGE
    return bool(image.alt and image.caption and at <= _OPENING)


def _as_told(picture: Picture | None, told: Told) -> tuple[Picture, str] | None:
    """A picture with what only the data say of it."""
    if picture is None:
        return None
    image = picture.image
    alt, alt_from = (image.alt, image.alt_from) if image.alt is not None or not told.alt else (told.alt, AltFrom.SOURCE)
    bare = image.caption is None and image.credit is None
    image = replace(
        image,
        src=told.address if inner_address(image.src) == told.address else image.src,
        alt=alt,
        alt_from=alt_from,
        caption=told.caption if bare and told.caption != alt else image.caption,
        credit=image.credit or told.credit,
    )
    return Picture(image, picture.nodes), told.step


def told_picture(page: PageTree, told: Sequence[Told]) -> tuple[LexborNode, Told] | None:
    """The picture that the page's data name, where it stands in the page, best: in a figure of its own, not a card."""
    if not told:
        return None
    wanted = [picture_keys(one.address) for one in told]
    ends = frozenset(key.rpartition("/")[2] for keys in wanted for key in keys)
    shown = [(keys, img) for img in page.all("img")[:MAX_PICTURES] if (keys := _keys(img, ends))]
    for one, keys in zip(told, wanted, strict=True):
        found = [img for known, img in shown if known & keys and not inside(img, _MENUS) and _is_shown(img)]
        if found:
            return min(found, key=lambda img: _is_beside(img, page)), one
    return None


def _is_shown(img: LexborNode) -> bool:
    """Whether a picture is there for readers, not for machines or to count them."""
    hidden = any("display:none" in (n.attributes.get("style") or "").replace(" ", "") for n in ancestors(img))
    return not hidden and not is_pixel(img)


def _keys(img: LexborNode, ends: Collection[str]) -> frozenset[str]:
    """What a picture is known by, if it may end in one of `ends`: its own address, and the larger one's it leads to."""
    around = img.parent
    link = around.attributes.get("href") if around is not None and around.tag == "a" else None
    addresses = (written_source(img), link if link and IMAGE_FILE.search(link) else None)
    likely = [a for a in addresses if a and ("%" in a or any(end in a.lower() for end in ends))]
    return frozenset(key for address in likely for key in picture_keys(address))


def _is_beside(img: LexborNode, page: PageTree) -> bool:
    """Whether a picture stands in a card or a list of something else."""
    return leads_away(img, page) or inside(img, frozenset({"li", "aside"}))


def _is_own(img: LexborNode, page: PageTree) -> bool:
    return is_picture(img, page) and not leads_away(img, page)


def _placed(scope: LexborNode, headline: LexborNode | None) -> Iterator[tuple[LexborNode, int]]:
    """The pictures of an element in its order, and how much text stands between the headline and each."""
    begun, passed = headline is None, 0
    inner = {node.mem_id for node in headline.traverse()} if headline is not None else set()
    wanted = {img.mem_id for img in pictures_of(scope)}
    if not wanted:
        return
    silent = {inner.mem_id for one in scope.css(_NO_TEXT) for inner in one.traverse(include_text=True)}
    for node in scope.traverse(include_text=True):
        key = node.mem_id
        if key in inner:
            begun = True
        elif key in wanted:
            yield node, passed
            wanted.remove(key)
            if not wanted:
                return
        elif begun and node.is_text_node and key not in silent:
            passed += len((node.text_content or "").strip())


def _scope(headline: LexborNode | None, body: LexborNode | None, page: PageTree) -> LexborNode:
    """The smallest element that holds both the headline and the body."""
    if headline is None or body is None:
        return body if body is not None else page.root
    path = {node.mem_id for node in (headline, *ancestors(headline))}
    return next((node for node in (body, *ancestors(body)) if node.mem_id in path), page.root)
