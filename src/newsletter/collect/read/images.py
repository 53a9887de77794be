"""The pictures of a release, found where they stand in the page; alt, caption, credit and Symbolbild kept apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import Final

from selectolax.lexbor import LexborNode

from newsletter.collect.read.captions import CAPTION_MAX, find_caption
from newsletter.collect.read.credits import is_symbolic, split_credit, without_symbolic
from newsletter.collect.read.page import PageTree, inside, marks, nearest, says, select
from newsletter.collect.read.pictures import NO_PICTURE, best_source, is_no_picture, is_pixel, number
from newsletter.collect.read.text import clean
from newsletter.collect.read.tree import parse
from newsletter.model import AltFrom, Image

_NOT_IN = re.compile(
    r"(?:^|[\s_-])(?:logos?|branding|icons?|author|autor|autorin|profile|profil|contact|kontakt|ansprechpartner|"
    r"avatar|portrait-?small|byline|vcard|person)(?:$|[\s_-])"
)
IMAGE_FILE: Final = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)\b|attachment|eID=tx_cms_showpic|lightbox", re.IGNORECASE)
_KICKER: Final = 25  # characters
_SMALL: Final = 100  # pixels: what is neither wider nor higher is an icon
MAX_PICTURES: Final = 200  # of a page, in its order


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of the page, and the elements that are it and its caption."""

    image: Image
    nodes: tuple[LexborNode, ...]


def read_picture(img: LexborNode, page: PageTree, *, lead: bool = False, caption: str | None = None) -> Picture | None:
    """One picture with what stands about it (its `caption`, if that is known); None where it has no address."""
    source = best_source(img, page.base)
    if source is None:
        return None
    attributes = img.attributes
    alt = clean(attributes["alt"], CAPTION_MAX) if "alt" in attributes else None
    nodes, said, credit = find_caption(img)
    said = caption or said
    text = said
    if said and not credit:
        text, credit = split_credit(said)
    for other in (alt, attributes.get("data-copyright"), attributes.get("title")):
        credit = credit or split_credit(other)[1]
    image = Image(
        src=source,
        alt=alt,
        caption=without_symbolic(text),
        credit=credit,
        symbolic=is_symbolic(alt, said, credit),
        lead=lead,
        alt_from=AltFrom.SOURCE if alt is not None else None,
        width=number(attributes.get("width")),
        height=number(attributes.get("height")),
    )
    return Picture(image, nodes)


def _put_figure(picture: Picture) -> None:
    """Puts a picture of the text back as a figure, the way all of them look after reading."""
    image = picture.image
    said = " ".join(escape(text) for text in (image.caption, f"({image.credit})" if image.credit else None) if text)
    alt = "" if image.alt is None else f' alt="{escape(image.alt)}"'
    caption = f"<figcaption>{said}</figcaption>" if said else ""
    figure = parse(f'<figure><img src="{escape(image.src)}"{alt}>{caption}</figure>').css_first("figure")
    if figure is not None:
        picture.nodes[0].replace_with(figure)


def with_inner(
    lead: Picture | None, body: LexborNode | None, page: PageTree
) -> tuple[tuple[Image, ...], list[LexborNode]]:
    """The lead picture and those of the text, and what is to go from the text: the lead, captions, what is no picture.

    The pictures of the text stay there, as figures of one form.
    """
    found = [lead.image] if lead else []
    gone = list(lead.nodes) if lead else []
    seen = {image.src for image in found}
    taken = {inner.mem_id for node in gone for inner in node.traverse()}
    for place, img in enumerate(select(body, "img") if body is not None else []):
        if img.mem_id in taken:
            continue
        wanted = place < MAX_PICTURES and is_picture(img, page)
        picture = read_picture(img, page) if wanted else None
        if picture is None or picture.image.src in seen or _is_card(picture.image, img, page):
            gone.append(img)
            continue
        seen.add(picture.image.src)
        found.append(picture.image)
        gone += picture.nodes[1:]
        _put_figure(picture)
    return tuple(found), gone


def is_picture(img: LexborNode, page: PageTree) -> bool:
    """Whether an `img` can be a picture of the release: no logo, icon, portrait of a contact or counting pixel."""
    source = best_source(img, page.base)
    if source is None or is_pixel(img) or source.split("?")[0].lower().endswith(".svg"):
        return False
    attributes = img.attributes
    sizes = [size for name in ("width", "height") if (size := number(attributes.get(name)))]
    if sizes and max(sizes) < _SMALL:
        return False
    named = marks(img).replace("banner", "")  # as many heads of articles are called, too
    if is_no_picture(source) or NO_PICTURE.search(f"{named} {attributes.get('alt') or ''}"[:60]):
        return _is_described(img)
    return not any(says(_NOT_IN, marks(around)) for around in nearest(img, 4))


def _is_described(img: LexborNode) -> bool:
    """Whether a picture whose name is a logo's is told about as only a picture of something is."""
    return len((img.attributes.get("alt") or "").split()) >= 4 and inside(img, frozenset({"figure"}))


def pictures_of(node: LexborNode) -> list[LexborNode]:
    """The first pictures below `node`."""
    return select(node, "img")[:MAX_PICTURES]


def _is_card(image: Image, img: LexborNode, page: PageTree) -> bool:
    """Whether a picture of the text only leads to another page, with no caption but perhaps a kicker."""
    return len(image.caption or "") < _KICKER and leads_away(img, page)


def leads_away(img: LexborNode, page: PageTree) -> bool:
    """Whether a picture is a link to another page, as in cards, and not to its own larger self."""
    link = next((around for around in nearest(img, 6) if around.tag == "a"), None)
    url = page.absolute(link.attributes.get("href")) if link is not None else None
    if not url or IMAGE_FILE.search(url) or url.split("#")[0] == page.url.split("#")[0]:
        return False
    return link is not None and not re.search(
        r"lightbox|zoom|enlarge|fancybox|gallery|swipe", marks(link) + str(link.attributes.get("rel"))
    )
