"""Who a picture belongs to, and whether it shows the thing itself: read from alt texts and captions.

Of a caption the credit is taken away. An alt text stays as it was read; `without_credit` gives what is to be read
aloud.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from newsletter.collect.read.text import clean
from newsletter.model import Image

_LABEL: Final = (
    r"(?:Bild(?:quelle|nachweis|rechte|material|credits?)?|Foto(?:graf(?:in)?|credits?|nachweis|quelle|s)?|"
    r"Photo(?:graph|grapher|s)?(?:\s+by)?|"
    r"Quelle|Copyright|Credits?|Image(?:\s+credits?)?|Picture|Grafik|Illustration|Abb(?:ildung|\.)|Source|"
    r"Crédit(?:s)?(?:\s+photo)?|Fotos)"
)
_AGENCY: Final = (
    r"(?:picture[ -]alliance|dpa|imago(?:\s?images)?|getty\s?images|istock(?:photo)?|adobe\s?stock|"
    r"stock\.adobe(?:\.com)?|shutterstock|fotolia|"
    r"unsplash|pixabay|pexels|reuters|afp|keystone|epa|apa|\bAP\b|mauritius|alamy|colourbox)"
)
_HINTS: Final = (  # no credit is without one of these; looking for them first is ten times as fast
    "©", "(c)", "&copy;", "bild", "foto", "photo", "quelle", "source", "copyright", "credit", "crédit", "image",
    "picture", "grafik", "illustration", "abb", "dpa", "imago", "getty", "istock", "adobe", "shutterstock", "unsplash",
    "pixabay", "pexels", "reuters", "afp", "keystone", "epa", "apa", "mauritius", "alamy", "colourbox",
)  # fmt: skip
_BRACKETED = re.compile(
    rf"\s*[(\[]\s*(?:(?:{_LABEL})\s*(?:[:©]|\bby\b)\s*|©\s*|"
    rf"\(c\)\s*)([^()\[\]]{{2,120}}(?:\([^()]*\))?)[)\]]\s*\.?\s*$",
    re.IGNORECASE,
)
_LABELLED = re.compile(rf"(?:^|[\s|/–—.,;)\]-])(?:{_LABEL})\s*(?::|©|/\s?©)\s*([^:]{{2,120}}?)\s*\.?$", re.IGNORECASE)
_COPYRIGHT = re.compile(
    r"(?:^|[\s|/–—.,;(\[-])(?:©|\(c\)|&copy;|Copyright\b:?)\s*(?:©\s*)?([^©]{2,120}?)\s*[)\]]?\s*\.?$", re.IGNORECASE
)
_AGENCY_TAIL = re.compile(
    rf"(?:^|[\s|–—.(])\s*((?:[^\s.|()]+\s){{0,3}}?[^\s.|()]*{_AGENCY}\b\s*(?:[/|]\s*[^.|()]{{2,60}}?)?(?:/[^\s.|"
    rf"()]+)*)\)?\s*\.?$",
    re.IGNORECASE,
)
_SYMBOLIC = re.compile(
    r"[(\[]?\s*\b(?:Symbol|Archiv|Beispiel|Themen)-?(?:bild|foto|grafik|aufnahme)(?:er|s)?\b\s*[)\]]?\.?|"
    r"\bstock (?:image|photo)\b|\bsymbolic (?:image|picture)\b",
    re.IGNORECASE,
)
_SYMBOL_ONLY = re.compile(r"Symbol-?(?:bild|foto|grafik|aufnahme)|stock (?:image|photo)|symbolic", re.IGNORECASE)
_PREFIX = re.compile(
    rf"^(?:(?:{_LABEL})\s*(?::|©|\bby\b)|(?:Foto|Quelle|Copyright|Bildnachweis|Bildquelle|Credits?)\b|©|\(c\))\s*(?:©\s*)?",
    re.IGNORECASE,
)
_EDGES: Final = " \t|–—-/,;:"
MAX_CREDIT: Final = 160


def split_credit(text: str | None) -> tuple[str | None, str | None]:
    """A caption or alt text without its credit, and the credit without its label; either may be None."""
    text = clean(text)
    lower = text.lower()
    if "AP" not in text and not any(hint in lower for hint in _HINTS):
        return text or None, None
    for pattern in (_BRACKETED, _LABELLED, _COPYRIGHT, _AGENCY_TAIL):
        match = pattern.search(text)
        if match and len(credit := bare_credit(match.group(1))) > 1 and not _is_sentence(credit):
            rest = text[: match.start()].rstrip(_EDGES).strip()
            return rest or None, credit
    return text or None, None


def bare_credit(text: str | None) -> str:
    """A credit without "Foto:", "©" and brackets around it."""
    text = clean(text, MAX_CREDIT).strip("()[] ")
    while (bare := _PREFIX.sub("", text).strip(_EDGES)) != text and bare:
        text = bare
    return text


def is_symbolic(*texts: str | None) -> bool:
    """Whether one of the texts calls its picture a Symbolbild."""
    return any(_SYMBOL_ONLY.search(text) for text in texts if text)


def without_symbolic(caption: str | None) -> str | None:
    """A caption without the word Symbolbild, where that is all it says or is set apart in it."""
    if not caption or not _SYMBOL_ONLY.search(caption):
        return caption
    rest = _SYMBOLIC.sub("", caption).strip(_EDGES + ".")
    return rest or None if len(rest) < 3 or caption.rstrip(").] ").lower().endswith(("bild", "foto")) else caption


def without_credit(image: Image) -> Image:
    """`image` with an alt text as it is to be read aloud: without its credit, and without what only says Symbolbild."""
    if not image.alt:
        return image
    rest, credit = split_credit(image.alt)
    return replace(image, alt=rest or image.alt, credit=image.credit or credit) if credit else image


def _is_sentence(credit: str) -> bool:
    return len(credit.split()) > 14 or bool(re.search(r"[a-zäöüß]{3,}\.\s+[A-ZÄÖÜ]", credit))
