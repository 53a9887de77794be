"""In which language a release is written: what its element or its page says, else what its words are."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from selectolax.lexbor import LexborNode

from newsletter.collect.read.page import PageTree, ancestors

_TAG = re.compile(r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|\d{3}))?(?:$|[-_,; ])", re.IGNORECASE)
_COMMON: Final = {  # words that only one of these languages uses often
    "de": frozenset({
        "der", "die", "das", "und", "ist", "nicht", "mit", "für", "auf", "ein", "eine", "den", "dem", "des",
        "von", "wird", "werden", "sich", "auch", "bei", "nach", "über", "sind", "zur", "zum"
    }),
    "en": frozenset({
        "the", "and", "of", "to", "is", "was", "for", "that", "with", "this", "have", "are", "from", "by", "they",
        "which", "has", "been", "will", "their", "its"
    }),
    "fr": frozenset({
        "les", "des", "est", "dans", "pour", "une", "sur", "avec", "qui", "par", "sont", "aux", "cette", "leur",
        "mais", "nous", "été", "ces", "ont"
    }),
    "it": frozenset({
        "che", "della", "per", "sono", "con", "una", "del", "gli", "nel", "alla", "anche", "più", "dei", "delle",
        "questo", "come", "dal", "nella"
    }),
    "es": frozenset({
        "los", "las", "una", "por", "con", "para", "que", "del", "como", "más", "sus", "este", "esta", "también",
        "fue", "han", "pero", "entre"
    }),
    "nl": frozenset({
        "het", "een", "van", "voor", "niet", "zijn", "met", "dat", "deze", "ook", "worden", "bij", "naar",
        "wordt", "aan", "hebben", "uit"
    }),
}  # fmt: skip


def language_tag(text: str | None) -> str | None:
    """A BCP 47 tag out of what a page writes (`de_DE`, `de-de`, `DE`), or None."""
    match = _TAG.match((text or "").strip())
    if not match:
        return None
    language, script, region = match.groups()
    parts = [language.lower(), script.title() if script else None, region.upper() if region else None]
    return "-".join(part for part in parts if part)


def find_language(page: PageTree, body: LexborNode | None, text: str) -> tuple[str, str] | None:
    """The release's language and the step that found it. What the words show beats what the page's frame says."""
    own = next(
        (
            tag
            for n in ((body, *ancestors(body)) if body is not None else ())
            if (tag := language_tag(n.attributes.get("lang")))
        ),
        None,
    )
    if own:
        return own, "structure"
    html = page.root.parent
    said = language_tag(html.attributes.get("lang") or html.attributes.get("xml:lang")) if html is not None else None
    said = said or language_tag(
        page.first_meta("content-language", "dc.language", "dcterms.language", "og:locale", "language")
    )
    heard = hear_language(text)
    if heard and (not said or said[:2] != heard):
        return heard, "text"
    return (said, "meta") if said else None


def hear_language(text: str) -> str | None:
    """The language whose common words `text` uses clearly most; None where it is too short or none is sure."""
    words = Counter(re.findall(r"\w+", text[:6_000].lower()))
    if words.total() < 25:
        return None
    counts = sorted(
        ((sum(words[word] for word in common), language) for language, common in _COMMON.items()), reverse=True
    )
    (most, language), (second, _) = counts[:2]
    return language if most >= words.total() * 0.08 and most >= 2 * second else None
