"""The pictures of a release, found where they stand in the page; alt, caption, credit and Symbolbild kept apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from newsletter.collect.read.credits import bare_credit, is_symbolic, split_credit, without_symbolic
from newsletter.collect.read.data import Thing, image_addresses, is_article
from newsletter.collect.read.page import PageTree, ancestors, inside, marks, parse, select, text_of
from newsletter.collect.read.pictures import best_source, is_pixel, number, picture_keys
from newsletter.collect.read.text import clean
from newsletter.model import AltFrom, Image

_NO_PICTURE = re.compile(
    r"(?:^|[\s/_.-])\w{0,8}logos?(?:$|[\s/_.\d-])|(?:^|[\s/_.-])(?:icon|icons|favicon|sprite|avatar|gravatar|badge|"
    r"button|spinner|loader|arrow|pfeil|symbol|signet|wappen|"
    r"placeholder|platzhalter|fallback|default|banner|pixel|emoji|"
    r"flag|rating|stars?|print|drucken|teaser-?default|social-?(?:media|share)?)(?:$|[\s/_.\d-])",
    re.IGNORECASE,
)
_NETWORK = re.compile(
    r"(?:icon|share|btn|button)?[-_]?(?:facebook|twitter|instagram|youtube|whatsapp|linkedin|xing|mastodon|bluesky|"
    r"rss)[-_\dx]*(?:icon|logo|share|white|black)?",
    re.IGNORECASE,
)
_NOT_IN = re.compile(
    r"(?:^|[\s_-])(?:logos?|branding|icons?|author|autor|autorin|profile|profil|contact|kontakt|ansprechpartner|"
    r"avatar|portrait-?small|byline|vcard|person)(?:$|[\s_-])"
)
_WRAPPER = re.compile(
    r"(?:^|[\s_-])(?:image|img|bild|picture|photo|foto|media|figure|visual|gallery|hero|asset|illustration|"
    r"wp-caption|thumbnail)",
    re.IGNORECASE,
)
_CAPTION: Final = (
    "figcaption, [itemprop~=caption], [class*=caption i], [class*=bildunterschrift i], [class*=legend i], "
    "[class*=img-text i], "
    "[class*=image-text i], [class*=bildtext i], [class*=subtitle i], [class*=image__desc i], [class*=image-desc i]"
)
_CAPTION_MARK: Final = re.compile(r"caption|legend|bildunter|bildtext|image-?text|img-?text|bild-?info", re.IGNORECASE)
_CREDIT: Final = (
    "[class*=credit i], [class*=copyright i], [class*=source i], [class*=quelle i], [class*=photographer i], "
    "[class*=bildnachweis i], "
    "[class*=license i], [itemprop~=copyrightHolder], [itemprop~=creditText], [class*=attribution i], "
    "[class*=byline i], [class*=author i], [itemprop~=author], small"
)
_MENUS: Final = frozenset({"nav", "footer", "aside"})
_TOOLS: Final = re.compile(r"icon|images?$|vergrößern|enlarge|zoom|gallery|galerie|^view |확대", re.IGNORECASE)
_SMALL: Final = 100  # pixels: what is neither wider nor higher is an icon
_IMAGE_FILE: Final = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif)\b|attachment|eID=tx_cms_showpic|lightbox", re.IGNORECASE
)
MAX_PICTURES: Final = 200  # of a page, in its order
CAPTION_MAX: Final = 900  # characters


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
        if picture is None or picture.image.src in seen:
            gone.append(img)
            continue
        seen.add(picture.image.src)
        found.append(picture.image)
        gone += picture.nodes[1:]
        _put_figure(picture)
    return tuple(found), gone


def told_images(page: PageTree, things: Sequence[Thing]) -> list[tuple[str, str]]:
    """The addresses the page's data give as the release's picture, with the step."""
    known = {str(t["@id"]): t for t in things if "@id" in t and (t.get("url") or t.get("contentUrl"))}
    found = []
    for thing in things:
        if is_article(thing):
            addresses = image_addresses(thing.get("image") or thing.get("thumbnailUrl"))
            found += [("json-ld", image_addresses(known[a])[0] if a in known else a) for a in addresses]
    names = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src")
    found += [("opengraph", address) for name in names for address in page.meta.get(name, [])]
    return [(step, address) for step, raw in found if (address := page.absolute(raw)) and not is_no_picture(address)]


def find_lead(
    page: PageTree, told: Sequence[tuple[str, str]], headline: LexborNode | None, body: LexborNode | None
) -> tuple[LexborNode, str] | None:
    """The picture that stands for the release, and the step: the one its data name, else the first of its article."""
    shown = told_picture(page, told)
    if shown is not None:
        return shown[0], shown[1]
    inner = [img for img in pictures_of(_scope(headline, body, page)) if is_picture(img, page)]
    first = next((img for img in inner if not _leads_away(img, page)), None)
    return (first, "structure") if first is not None else None


def is_picture(img: LexborNode, page: PageTree) -> bool:
    """Whether an `img` can be a picture of the release: no logo, icon, portrait of a contact or counting pixel."""
    source = best_source(img, page.base)
    if source is None or is_pixel(img) or source.split("?")[0].lower().endswith(".svg"):
        return False
    attributes = img.attributes
    sizes = [size for name in ("width", "height") if (size := number(attributes.get(name)))]
    if sizes and max(sizes) < _SMALL:
        return False
    if is_no_picture(source) or _NO_PICTURE.search(f"{marks(img)} {attributes.get('alt') or ''}"[:60]):
        return _is_described(img)
    return not any(_NOT_IN.search(marks(around)) for around in list(ancestors(img))[:4])


def _is_described(img: LexborNode) -> bool:
    """Whether a picture whose name is a logo's is told about as only a picture of something is."""
    return len((img.attributes.get("alt") or "").split()) >= 4 and inside(img, frozenset({"figure"}))


def is_no_picture(address: str) -> bool:
    """Whether an address looks like that of a logo, an icon or a stand-in."""
    stem = urlsplit(address).path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return bool(_NO_PICTURE.search(stem) or _NETWORK.fullmatch(stem))


def pictures_of(node: LexborNode) -> list[LexborNode]:
    """The first pictures below `node`."""
    return select(node, "img")[:MAX_PICTURES]


def told_picture(page: PageTree, told: Sequence[tuple[str, str]]) -> tuple[LexborNode, str] | None:
    """The picture that the page's data name, where it stands in the page outside of menus and asides, and the step."""
    if not told:
        return None
    shown = [(picture_keys(source), img) for img in pictures_of(page.root) if (source := best_source(img, page.base))]
    for step, address in told:
        keys = picture_keys(address)
        for found, img in shown:
            if found & keys and not inside(img, _MENUS) and not is_pixel(img):
                return img, step
    return None


def find_caption(img: LexborNode) -> tuple[tuple[LexborNode, ...], str | None, str | None]:
    """The elements that are a picture and its caption, the caption, and the credit where it stands apart."""
    around = _alone(img)
    credit: str | None = None
    for node in around:
        caption, beside = _said_in(node)
        credit = credit or beside
        if caption:
            return (node,), caption, credit
    for node in around:
        after = _next_element(node)
        if after is not None and _is_caption(after):
            caption, beside = _said_in(after, whole=True)
            if caption or beside:
                return (node, after), caption, credit or beside
    outer = around[-1] if credit or around[-1].tag in ("figure", "picture", "a") else img
    return (outer,), None, credit


def _is_caption(node: LexborNode) -> bool:
    if node.css_first("img, h1, h2") is not None or len(node.text()) > CAPTION_MAX:
        return False
    return node.tag == "figcaption" or bool(_CAPTION_MARK.search(marks(node))) or node.css_first(_CAPTION) is not None


def _alone(img: LexborNode) -> list[LexborNode]:
    """The picture and the elements around it that hold nothing but it and a few words."""
    nodes = [img]
    for around in list(ancestors(img))[:7]:
        if around.tag in ("article", "main", "section", "td", "li") or len(around.text()) > CAPTION_MAX:
            break
        if around.css_first("h1, h2, h3, time") is not None or _pictures_in(around) > 1:
            break
        nodes.append(around)
    return nodes


def _pictures_in(node: LexborNode) -> int:
    return len(
        {
            i.attributes.get("alt") or i.attributes.get("src")
            for i in node.css("img")
            if not is_pixel(i) and not _is_icon(i)
        }
    )


def _is_icon(img: LexborNode) -> bool:
    source = (img.attributes.get("src") or "").split("?")[0].lower()
    return source.endswith(".svg") or is_no_picture(source)


def _said_in(node: LexborNode, *, whole: bool = False) -> tuple[str | None, str | None]:
    """The caption and the credit that an element around a picture holds."""
    givers = [n for n in select(node, _CREDIT) if 2 < len(text_of(n)) <= 200 and n.css_first("img") is None]
    captions = [n for n in select(node, _CAPTION) if n.css_first("img") is None]
    caption = max((text_of(n, CAPTION_MAX) for n in captions), key=len, default="")
    if not caption and (whole or node.tag in ("figure", "dl") or _WRAPPER.search(marks(node))):
        caption = text_of(node, CAPTION_MAX)
    for n in givers:
        caption = clean(caption.replace(text_of(n), " ")).strip(" |–-") if text_of(n) != caption else ""
    credit = bare_credit(text_of(givers[0])) if givers else ""
    if len(caption) < 3 or (len(caption) < 25 and _TOOLS.search(caption)):
        caption = ""
    return caption or None, credit or None


def _next_element(node: LexborNode) -> LexborNode | None:
    after = node.next
    while after is not None and not after.is_element_node:
        if after.is_text_node and (after.text_content or "").strip():
            return None
        after = after.next
    return after


def _scope(headline: LexborNode | None, body: LexborNode | None, page: PageTree) -> LexborNode:
    """The smallest element that holds both the headline and the body."""
    if headline is None or body is None:
        return body if body is not None else page.root
    path = {node.mem_id for node in (headline, *ancestors(headline))}
    return next((node for node in (body, *ancestors(body)) if node.mem_id in path), page.root)


def _leads_away(img: LexborNode, page: PageTree) -> bool:
    """Whether a picture is a link to another page, as in cards, and not to its own larger self."""
    link = next((around for around in list(ancestors(img))[:6] if around.tag == "a"), None)
    url = page.absolute(link.attributes.get("href")) if link is not None else None
    if not url or _IMAGE_FILE.search(url) or url.split("#")[0] == page.url.split("#")[0]:
        return False
    return link is not None and not re.search(
        r"lightbox|zoom|enlarge|fancybox|gallery|swipe", marks(link) + str(link.attributes.get("rel"))
    )
