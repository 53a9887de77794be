"""What stands about a picture: its caption and who it belongs to, in figures, classes, neighbours and attributes."""

from __future__ import annotations

import re
from typing import Final

from selectolax.lexbor import LexborNode

from newsletter.collect.read.credits import bare_credit, may_credit, split_credit
from newsletter.collect.read.page import marks, nearest, says, text_of
from newsletter.collect.read.pictures import is_icon, is_pixel
from newsletter.collect.read.text import clean
from newsletter.collect.read.tree import once

_WRAPPER: Final = re.compile(
    r"(?:^|[\s_-])(?:image|img|bild|picture|photo|foto|media|figure|visual|gallery|hero|asset|illustration|"
    r"wp-caption|thumbnail)",
    re.IGNORECASE,
)
_CAPTION: Final = re.compile(  # in a class
    r"caption|bildunterschrift|bilduntertitel|legend|img-text|image-text|bildtext|subtitle|image__desc|image-desc"
)
_CAPTION_MARK: Final = re.compile(r"caption|legend|bildunter|bildtext|image-?text|img-?text|bild-?info", re.IGNORECASE)
_CREDIT: Final = re.compile(  # in a class
    r"credit|copyright|source|quelle|photographer|bildnachweis|license|attribution|byline|author"
)
_CREDIT_PROPERTIES: Final = frozenset({"copyrightHolder", "creditText", "author"})
_TOOLS: Final = re.compile(r"icon|images?$|vergrößern|enlarge|zoom|gallery|galerie|^view |확대", re.IGNORECASE)
_CALLED: Final = re.compile(
    r"^(?:Legende|Bildunterschrift|Bildtext|Bildbeschreibung|Image caption|Caption|Légende)\s*[:,]?\s+", re.IGNORECASE
)
_BUTTONS: Final = re.compile(
    r"\s*\b(?:toggle|hide|show) caption\b|(?:\s*(?:(?:bild |foto )?vergrößern|"
    r"(?:click to )?enlarge(?: this)? image|vis mer))+$",
    re.IGNORECASE,
)
_SAYS: Final = 4  # words: shorter ones name somebody, and say nothing of a picture
_TOOL: Final = 25  # characters: a longer line is no button
_MANY: Final = 50  # pictures: so many are no one's own, whatever they show
_PLAIN_MAX: Final = 250  # characters of a caption that nothing marks as one
CAPTION_MAX: Final = 900  # characters


def find_caption(img: LexborNode) -> tuple[tuple[LexborNode, ...], str | None, str | None]:
    """The elements that are a picture and its caption, the caption, and the credit where it stands apart."""
    around = _alone(img)
    credit: str | None = None
    marked = any(_is_named_caption(n) or _is_named_credit(n) for n in around[-1].traverse())
    for node in around:
        caption, beside = _said_in(node, marked=marked)
        credit = credit or beside
        if caption:
            return (node,), caption, credit
    for node in around:
        after = _next_element(node)
        if after is not None and _is_caption(after):
            caption, beside = _said_in(after, whole=True)
            if caption or beside:
                return (node, after), caption, credit or beside
    if plain := _beside_credit(around):
        return plain
    told = img.attributes.get("data-caption")
    outer = around[-1] if credit or around[-1].tag in ("figure", "picture", "a") else img
    return (outer,), clean(told, CAPTION_MAX) or None, credit or _credit_attribute(img)


def _beside_credit(around: list[LexborNode]) -> tuple[tuple[LexborNode, ...], str | None, str | None] | None:
    """The few words that stand with a picture and a line that is its credit, where no name says what they are."""
    near = [node for node in around[1:] if len(node.text()) <= _PLAIN_MAX * 2]
    for node in near if near and may_credit(near[-1].text()) else ():
        lines = [text_of(n) for n in node.css("*") if _is_line(n)]
        found = [credit for rest, credit in map(split_credit, lines) if credit and not rest]
        words = " ".join(line for line in lines if split_credit(line)[0] and not _TOOLS.search(line[:_TOOL]))
        if found and 2 < len(words) <= _PLAIN_MAX:
            return (node,), words, found[0]
    return None


def _is_credit(node: LexborNode) -> bool:
    rest, credit = split_credit(text_of(node, CAPTION_MAX))
    return bool(credit) and not rest


def _is_line(node: LexborNode) -> bool:
    """Whether an element holds nothing but words."""
    children = list(node.iter(include_text=True))
    return node.tag not in ("a", "button", "script") and bool(children) and all(c.is_text_node for c in children)


def _credit_attribute(img: LexborNode) -> str | None:
    attributes = img.attributes
    said = (attributes.get(f"data-{name}") for name in ("copyright", "credit", "credits", "source", "photographer"))
    return next((bare_credit(text) for text in said if text and "/" not in text[:1] and "://" not in text), None)


def _is_caption(node: LexborNode) -> bool:
    if not 0 < len(node.text().strip()) <= CAPTION_MAX or node.css_first("img, h1, h2") is not None:
        return False
    return says(_CAPTION_MARK, marks(node)) or any(map(_is_named_caption, node.traverse()))


@once
def _is_named_caption(node: LexborNode) -> bool:
    said = node.attributes.get
    named = node.tag == "figcaption" or "caption" in (said("itemprop") or "").split()
    return named or _CAPTION.search((said("class") or "").lower()) is not None


@once
def _is_named_credit(node: LexborNode) -> bool:
    said = node.attributes.get
    named = node.tag == "small" or not _CREDIT_PROPERTIES.isdisjoint((said("itemprop") or "").split())
    return named or _CREDIT.search((said("class") or "").lower()) is not None


def _alone(img: LexborNode) -> list[LexborNode]:
    """The picture and the elements around it that hold nothing but it and a few words."""
    nodes = [img]
    for around in nearest(img, 7):
        if around.tag in ("article", "main", "section", "td", "li") or len(around.text()) > CAPTION_MAX:
            break
        if around.css_first("h1, h2, h3, time") is not None or _pictures_in(around) > 1:
            break
        nodes.append(around)
    return nodes


def _pictures_in(node: LexborNode) -> int:
    pictures = node.css("img")
    if len(pictures) > _MANY:
        return len(pictures)
    shown = (i for i in pictures if not is_pixel(i) and not is_icon(i))
    return len({i.attributes.get("alt") or i.attributes.get("src") for i in shown})


def _said_in(node: LexborNode, *, whole: bool = False, marked: bool = True) -> tuple[str | None, str | None]:
    """The caption and the credit that an element around a picture holds, by its marks if some in it are `marked`."""
    if not node.text().strip():
        return None, None
    givers, captions = _givers(node) if marked else [], _captions(node) if marked else []
    caption = max((text_of(n, CAPTION_MAX) for n in captions), key=len, default="")
    if not caption and (whole or node.tag in ("figure", "dl") or says(_WRAPPER, marks(node))):
        caption = text_of(node, CAPTION_MAX)
    givers = givers or [n for one in captions for n in one.css("*") if _is_line(n) and _is_credit(n)]
    told, credit = split_credit(_plain(text_of(givers[0]))) if givers else (None, None)
    if (
        told and credit and len(told.split()) >= _SAYS and caption in ("", text_of(givers[0]))
    ):  # an element that holds both, by the name of one of them
        return told, credit
    for n in givers:
        caption = clean(caption.replace(text_of(n), " ")).strip(" |–-") if text_of(n) != caption else ""
    credit = bare_credit(_plain(text_of(givers[0]))) if givers else ""
    caption = _plain(caption)
    if len(caption) < 3 or (len(caption) < _TOOL and _TOOLS.search(caption)):
        caption = ""
    return caption or None, credit or None


def _plain(text: str) -> str:
    """A caption without what calls it one, and without the buttons beside it."""
    return _BUTTONS.sub("", _CALLED.sub("", text)).strip()


def _givers(node: LexborNode) -> list[LexborNode]:
    return [
        n for n in node.traverse() if _is_named_credit(n) and 2 < len(text_of(n)) <= 200 and n.css_first("img") is None
    ]


def _captions(node: LexborNode) -> list[LexborNode]:
    return [n for n in node.traverse() if _is_named_caption(n) and n.css_first("img") is None]


def _next_element(node: LexborNode) -> LexborNode | None:
    after = node.next
    while after is not None and not after.is_element_node:
        if after.is_text_node and (after.text_content or "").strip():
            return None
        after = after.next
    return after
