"""Who a picture belongs to, and whether it shows the thing itself: read from alt texts and captions.

Of a caption the credit is taken away. An alt text stays as it was read; `without_credit` gives what is to be read
aloud.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from newsletter.collect.read.text import clean, either
from newsletter.model import Image

_LABELS: Final = (  # what a credit is called, in an address of words: each may end a word of its own only
    "bild", "bildquelle", "bildnachweis", "bildrechte", "bildmaterial", "bildcredit", "bildcredits", "bildautor",
    "bildautorin", "symbolbild", "symbolfoto", "archivbild", "archivfoto", "foto", "fotos", "fotograf", "fotografin",
    "fotocredit", "fotocredits", "fotonachweis", "fotoquelle", "fotorechte", "photo", "photos", "photograph",
    "photographer", "quelle", "copyright", "credit", "credits", "image", "images", "picture", "pictures", "grafik",
    "graphic", "illustration", "abbildung", "abb.", "source", "crédit", "crédits", "crédit photo", "image credit",
    "image credits", "photo credit", "picture credit", "file photo", "foto di", "fotografía", "fonte", "fuente",
)  # fmt: skip
_AGENCIES: Final = (  # and the libraries and licences that stand in a credit without a label
    "picture alliance", "picture-alliance", "dpa", "imago", "getty images", "getty", "gettyimages", "istock",
    "istockphoto", "adobe stock", "adobestock", "stock.adobe.com", "stock.adobe", "shutterstock", "fotolia", "unsplash",
    "pixabay", "pexels", "reuters", "afp", "keystone", "epa", "apa", "mauritius", "alamy", "colourbox", "ddp", "epd",
    "ap photo", "pa media", "pa wire", "pa images", "xinhua", "ansa", "belga", "anadolu", "nurphoto", "zuma", "sipa",
    "bloomberg", "flickr", "wikimedia", "wikimedia commons", "depositphotos", "freepik", "photocase", "plainpicture",
    "laif", "ullstein bild", "akg-images", "blickwinkel", "ntb", "ritzau", "usa today", "instagram", "cc by",
    "cc by-sa", "cc0", "via ap",
)  # fmt: skip


def _any_of(words: tuple[str, ...]) -> str:
    longest_first = sorted(words, key=len, reverse=True)
    return either(re.escape(word).replace(r"\ ", r"\s?") for word in longest_first)


_LABEL: Final = _any_of(_LABELS)
_AGENCY: Final = _any_of(_AGENCIES)
_HINTED: Final = {"©", "(c)", "&copy;", "courtesy", *_LABELS, *_AGENCIES}
_HINT: Final = re.compile(  # no credit is without one of these; looking for them first is ten times as fast
    either(re.escape(word) for word in sorted(_HINTED) if not any(other in word for other in _HINTED if other != word))
)
_BRACKETED = re.compile(
    rf"\s*[(\[]\s*(?:{_LABEL}\s*(?:[:©]|\bby\b)\s*|©\s*|"
    rf"\(c\)\s*)([^()\[\]]{{2,120}}(?:\([^()]*\))?)[)\]]\s*\.?\s*$",
    re.IGNORECASE,
)
_AGENCY_IN_BRACKETS = re.compile(
    rf"\s*[(\[]\s*([^()\[\]]{{0,60}}(?:\b{_AGENCY}\b|(?-i:\bAP\b))[^()\[\]]{{0,60}})[)\]]\s*\.?\s*$", re.IGNORECASE
)
_LABELLED = re.compile(
    rf"(?:^|[\s|/–—.,;)\]-]){_LABEL}\s*(?::|©|/\s?©|\bby\b|\bcourtesy(?: of)?\b)\s*([^:]{{2,120}}?)\s*\.?$",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(
    r"(?:(?:^|[\s|/–—.,;(\[-])(?:\(c\)|&copy;|Copyright\b:?|courtesy of\b)|©)\s*(?:©\s*)?([^©]{2,120}?)\s*\.?$",
    re.IGNORECASE,
)
_AGENCY_TAIL = re.compile(
    rf"(?:^|[\s|–—.(])\s*((?:[^\s.|()]+\s){{0,3}}?[^\s.|()]*(?:{_AGENCY}|(?-i:\bAP))\b\s*(?:[/|]\s*[^.|()]{{2,60}}?)?"
    rf"(?:/[^\s.|()]+)*)\)?\s*\.?$",
    re.IGNORECASE,
)
_PATTERNS: Final = (  # each with what no match of it is without
    (_BRACKETED, (")", "]")),
    (_AGENCY_IN_BRACKETS, (")", "]")),
    (_LABELLED, (":", "©", "by", "courtesy")),
    (_COPYRIGHT, ("©", "(c)", "&copy;", "copyright", "courtesy")),
    (_AGENCY_TAIL, tuple({"ap", *(word.split()[0] for word in _AGENCIES)})),
)
_SYMBOLIC = re.compile(
    r"[(\[]?\s*\b(?:Symbol|Archiv|Beispiel|Themen)-?(?:bild|foto|grafik|aufnahme|motiv)(?:er|s)?\b\s*[)\]]?\.?|"
    r"[(\[]?\s*\b(?:stock|symbolic|symbol|illustrative|representative|representational|file|archive) "
    r"(?:image|photo|picture|photograph)\b\s*[)\]]?\.?|\b(?:photo|image) d['’]illustration\b",
    re.IGNORECASE,
)
_SYMBOL_ONLY = re.compile(
    r"\b(?:Symbol|Beispiel|Themen)-?(?:bild|foto|grafik|aufnahme|motiv)|"
    r"\b(?<!adobe )(?:stock|symbolic|symbol|illustrative|representative|representational) "
    r"(?:image|photo|picture)|\b(?:photo|image) d['’]illustration",
    re.IGNORECASE,
)
_SYMBOL_END: Final = re.compile(r"(?:bild|foto|grafik|photo|image|picture|illustration)[).\] ]*$", re.IGNORECASE)
_PREFIX = re.compile(
    rf"^(?:{_LABEL}\s*(?::|©|\bby\b|\bcourtesy(?: of)?\b)|(?:Foto|Quelle|Copyright|Bildnachweis|Bildquelle|Credits?|"
    rf"Courtesy of)\b|©|\(c\))\s*(?:©\s*)?",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"\s*[(\[]?\s*(?:Copyright|©|Symbol(?:bild|foto)|Archiv(?:bild|foto)?)\s*[)\]]?$", re.IGNORECASE)
_NAMELIKE: Final = frozenset({  # words in small letters that stand in credits
    "alliance", "archiv", "archive", "courtesy", "eigene", "images", "license", "lizenz", "picture", "privat", "stock",
    "unter", "under", "screenshot", "bearbeitet", "press", "presse", "photo", "photos", "foto", "fotos", "der", "des",
})  # fmt: skip
_SMALL: Final = re.compile(r"(?<![\w.@/_-])[a-zäöüß]{4,}(?![\w@/_]|\.\w)")
_EDGES: Final = " \t|–—-/,;:"
MAX_CREDIT: Final = 160
_ONLY_LABEL: Final = re.compile(rf"(?:{_LABEL}|©)?\W*", re.IGNORECASE)


def split_credit(text: str | None) -> tuple[str | None, str | None]:
    """A caption or alt text without its credit, and the credit without its label; either may be None."""
    text = clean(text)
    if not may_credit(text):
        return text or None, None
    lower = text.lower()
    for pattern, signs in _PATTERNS:
        match = pattern.search(text) if any(sign in lower for sign in signs) else None
        if (
            match
            and len(credit := bare_credit(match.group(1))) > 1
            and (pattern is _BRACKETED or not _is_sentence(credit))
        ):
            rest = text[: match.start()].rstrip(_EDGES).strip()
            if pattern is _LABELLED and not rest and _describes(credit):
                continue
            return (None, bare_credit(text)) if _PREFIX.match(rest) and _is_name(rest) else (rest or None, credit)
    return text or None, None


def may_credit(text: str) -> bool:
    """Whether there may be a credit in `text`; costs little."""
    return "AP" in text or _HINT.search(text.lower()) is not None


def bare_credit(text: str | None) -> str:
    """A credit without "Foto:", "©" and brackets around it."""
    text = _unbracketed(clean(text, MAX_CREDIT))
    while (bare := _unbracketed(_SUFFIX.sub("", _PREFIX.sub("", text)).strip(_EDGES))) != text and bare:
        text = bare
    return "" if _ONLY_LABEL.fullmatch(text) else text


def _unbracketed(text: str) -> str:
    """A text without the brackets around it, and without one that has lost its other half."""
    text = text.strip()
    for opening, closing in ("()", "[]"):
        if text[:1] == opening and text[-1:] == closing and opening not in text[1:]:
            text = text[1:-1].strip()
        if text.count(closing) > text.count(opening):
            text = text.rstrip(closing + " ")
        if text.count(opening) > text.count(closing):
            text = text.lstrip(opening + " ") if text[:1] == opening else f"{text}{closing}"
    return text


def is_symbolic(*texts: str | None) -> bool:
    """Whether one of the texts calls its picture a Symbolbild."""
    return any(_SYMBOL_ONLY.search(text) for text in texts if text)


def without_symbolic(caption: str | None) -> str | None:
    """A caption without the word Symbolbild, where that is all it says or is set apart in it."""
    if not caption or not _SYMBOL_ONLY.search(caption):
        return caption
    rest = _SYMBOLIC.sub("", caption).strip(_EDGES + ".")
    return rest or None if len(rest) < 3 or _SYMBOL_END.search(caption) else caption


def without_credit(image: Image) -> Image:
    """`image` with an alt text as it is to be read aloud: without its credit, and without what only says Symbolbild."""
    if not image.alt:
        return image
    rest, credit = split_credit(image.alt)
    return replace(image, alt=rest or image.alt, credit=image.credit or credit) if credit else image


def _describes(text: str) -> bool:
    """Whether words behind "Foto:" say what a picture shows, as in many alt texts, and not whose it is."""
    return sum(word not in _NAMELIKE for word in _SMALL.findall(text)) > 1


def _is_name(text: str) -> bool:
    return len(text) <= MAX_CREDIT and not _describes(text) and not _is_sentence(text)


def _is_sentence(credit: str) -> bool:
    return len(credit.split()) > 14 or bool(re.search(r"[a-zäöüß]{3,}\.\s+[A-ZÄÖÜ]", credit))
