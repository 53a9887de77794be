"""The press contact of a release: whom journalists ask. It is kept apart from the text, which readers get without it.

A contact is what is called one and says how somebody is reached, or the lines under a text that say nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from selectolax.lexbor import LexborNode

from newsletter.collect.read.blocks import words
from newsletter.collect.read.page import PageTree, inside
from newsletter.collect.read.text import clean

_NAMES: Final = (
    r"(?:"
    r"(?:ihre? |unsere? )?(?:(?:presse|medien)[ -]?)?(?:kontakte?|kontaktdaten|kontaktpersone?n?|"
    r"ansprech(?:partner\w*|person(?:en)?)|anfragen|stelle|sprecher\w*)(?:[:*/]in(?:nen)?)?(?: für .{0,40})?|"
    r"(?:bei|für) (?:\w+ )?(?:rück)?fragen\b.{0,60}|rückfragen\b.{0,40}|(?:weitere )?(?:auskünfte?|auskunft)\b.{0,40}|"
    r"(?:(?:press|media|news|communications?) )?contacts?(?: information| details)?(?: for .{0,40})?|"
    r"(?:press|media) (?:office|officer|relations|queries|en?quir(?:y|ies)|inquir(?:y|ies))|"
    r"for (?:more|further) information\b.{0,40}|(?:for )?(?:press|media) (?:information|questions)\b.{0,30}|"
    r"contacts? presse|contatt[oi](?: stampa)?|contacto(?: de prensa)?|perscontact"
    r")"
)
_LABEL: Final = re.compile(rf"\W*{_NAMES}\W*", re.IGNORECASE)
_INLINE: Final = re.compile(rf"\W*{_NAMES}\s*[:\n]\s*", re.IGNORECASE)
_REACH: Final = re.compile(
    r"[\w.+-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w-]+\.\w|\b(?:tel(?:efon|ephone)?|fon|phone|mobile?|fax)\b\W{0,4}\d|"
    r"(?<![\d.,])(?!\d\d?\.\d\d?\.)(?:\+\d{1,3}|\(?\b0\d{1,5})[\d /().–-]{4,}\d",
    re.IGNORECASE,
)
_OF_PRESS: Final = "[class*=pressekontakt i], [class*=press-contact i], [class*=presscontact i]"
_PERHAPS: Final = "[class*=press i]"  # less dear, and asked first
_MARKED: Final = (  # of a release only where they stand in its own article
    f"{_OF_PRESS}, [class*=kontakt i], [class*=contact i], [class*=ansprechpartner i], [class~=vcard], "
    "[itemtype*='ContactPoint' i]"
)
_ELSEWHERE: Final = frozenset({"nav", "footer", "header", "form"})
_BLOCK: Final = re.compile(r"<(?:h[2-4]|p|ul|ol|dl)\b")
_NO_LEVEL: Final = 4
_NAME: Final = 60  # characters
_LABEL_MAX: Final = 80  # characters
_LINE: Final = 110  # characters: a line of an address is no longer
_PART: Final = 500  # characters: one paragraph of a contact holds no more
_MARKUP: Final = 3 * _PART  # characters, with tags
_MOST: Final = 12  # blocks
CONTACT_MAX: Final = 1_000  # characters


def find_contact(page: PageTree, headline: LexborNode | None) -> str | None:
    """The contact that the page marks as one beside or under its release; to be asked before the page is pruned."""
    around = headline.parent if headline is not None else None
    while around is not None and around.tag not in ("article", "main", "body"):
        around = around.parent
    if around is None:
        return None
    if around.tag != "article" and around.css_first(_PERHAPS) is None:
        return None
    for node in around.css(_MARKED if around.tag == "article" else _OF_PRESS):
        text = node.text()
        if len(text) <= 2 * CONTACT_MAX and _REACH.search(text) and not inside(node, _ELSEWHERE):
            said = _said(node.text(separator="\n").split("\n"))
            if said and any(len(line.split()) > 1 and not _REACH.search(line) for line in said.split("\n")):
                return said
    return None


def split_contact(html: str) -> tuple[str, str | None]:
    """Plain blocks without the press contact, and its lines without what it is called; a text never gets lost whole."""
    blocks = html.split("\n")
    for begin, block in enumerate(blocks):
        if len(block) <= _MARKUP and len(text := words(block)) <= _PART and _is_called_so(text):
            end = _end(blocks, begin)
            if end is not None and (begin or end < len(blocks)):
                return _without(blocks, begin, end)
    begin = _signature(blocks)
    return _without(blocks, begin, len(blocks)) if 0 < begin < len(blocks) else (html, None)


def _is_called_so(text: str) -> bool:
    if len(text) <= _LABEL_MAX and _LABEL.fullmatch(text):
        return True
    return bool(_INLINE.match(text)) and bool(_REACH.search(text))


def _end(blocks: Sequence[str], begin: int) -> int | None:
    """Behind which block a contact ends that begins at `begin`.

    None where nobody is reached by it, unless names of few words under a heading end the text.
    """
    end, reached, short = begin + 1, bool(_REACH.search(words(blocks[begin]))), True
    level = min(_level(blocks[begin]), _NO_LEVEL - 1)
    while end < min(len(blocks), begin + _MOST):
        text = words(blocks[end])
        reaches = bool(_REACH.search(text[:_PART]))
        if not _BLOCK.match(blocks[end]) or _level(blocks[end]) <= level:
            break
        if len(text) > (_PART if reaches else _LINE) or (_is_sentence(text) and not reaches):
            break
        end, reached, short = end + 1, reached or reaches, short and len(text) <= _NAME
    named = blocks[begin].startswith("<h") and short and begin + 1 < end == len(blocks)
    return end if reached or named else None


def _level(block: str) -> int:
    """The rank of a heading; 4 for what is none."""
    return int(block[2]) if re.match("<h[23]>", block) else _NO_LEVEL


def _signature(blocks: Sequence[str]) -> int:
    """Where the lines begin, two at least, that stand at the end and only say who is reached, where and how."""
    begin, lines = len(blocks), list[str]()
    while begin and len(lines) < _MOST:
        said = words(blocks[begin - 1]).split("\n\n")
        if not blocks[begin - 1].startswith("<p") or any(len(x) > _LINE or not x or _is_sentence(x) for x in said):
            break
        lines = [*said, *lines]
        begin -= 1
    return begin if len(lines) > 1 and any(map(_REACH.search, lines)) else len(blocks)


def _is_sentence(text: str) -> bool:
    return text.rstrip('”“"»)')[-1:] in ".!?…" and len(text.split()) > 5


def _without(blocks: Sequence[str], begin: int, end: int) -> tuple[str, str | None]:
    lines = "\n".join(map(words, blocks[begin:end])).split("\n")
    return "\n".join((*blocks[:begin], *blocks[end:])), _said(lines)


def _said(lines: Iterable[str]) -> str | None:
    """The lines, each once, without that beginning which only says that this is a contact."""
    told = list(dict.fromkeys(line for line in map(clean, lines) if line))
    while told and _LABEL.fullmatch(told[0]):
        del told[0]
    text = "\n".join(told)[:CONTACT_MAX]
    return _INLINE.sub("", text, count=1).strip() if _INLINE.match(text) else text or None
