"""What was to be replaced and was not: marks of templates, words of patterns, values that programs print of nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from newsletter.edition.rules.mail import Mail
from newsletter.rules.rule import BLOCK, Defect, _, rule

_MARK = re.compile(
    r"\{\{[-~]?\s*[#/^>&!]?\s*[a-z_][^{}]{0,200}\}\}|\{%-?\s*[a-z][^%]{0,200}%\}|\[\[\s*[a-z][\w .:-]{0,60}\]\]|"
    r"\*\|[a-z][\w:]{0,60}\|\*|%%[a-z][\w. -]{0,60}%%|<%[=-]?\s*[a-z][^%]{0,200}%>|[$#]\{[a-z][\w.]{0,60}\}|"
    r"%recipient[\w.]*%|%(?:first|last|user|full)_?name%|\{(?:first|last)?_?name\}|"
    r"\[(?:(?:vor|nach)?name|first ?name|last ?name|datum|date|titel|title|link|url|text|headline|überschrift|"
    r"insert[^\]]*|bitte [^\]]*|unsubscribe|abmelden)\]|\[object Object\]|\bInvalid Date\b|\bNaN\b",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"\blorem ipsum\b|\bdolor sit amet\b|\bblindtext\b|\bplatzhalter(?:text)?\b|\bplaceholder(?: text)?\b|"
    r"\b(?:text|beschreibung|bild) folgt\b(?=\s*(?:[.…!)]|in kürze|noch|später|$))|"
    r"\b(?:headline|title|text|content) goes here\b|"
    r"\b(?:überschrift|text|titel) hier (?:einfügen|eingeben)\b|"
    r"\b(?:your|ihr) (?:text|title|titel|headline) (?:here|hier)\b|"
    r"\binsert (?:text|title|image|link)\b|\bmustertext\b",
    re.IGNORECASE,
)
_NOTES = re.compile(r"\b(?:TODO|TBD|FIXME|XXX+)\b")
_NOTHINGS = re.compile(
    r"\s*(?:null|none|undefined|nil|n/?a|1\.\s?(?:januar|1\.)\s?1970|january 1,? 1970)\s*", re.IGNORECASE
)


@rule("LEFT-1", BLOCK, "Good Email Code")
def no_placeholder(mail: Mail) -> Iterator[Defect]:
    """Nothing that was to be replaced is left: no mark of a template, no “Lorem ipsum”, no “undefined”."""
    for place, text in _texts(mail):
        if (found := _left(text)) and not any(found in one for one in _own(mail)):
            yield Defect(
                place,
                _("“%(left)s” was to be replaced."),
                _("Put in what belongs there, or take it out."),
                {"left": found[:80]},
            )


@lru_cache(maxsize=8192)  # the variants of an edition say the same
def _left(text: str) -> str | None:
    if _NOTHINGS.fullmatch(text):
        return text.strip()
    found = _MARK.search(text) or _FILLER.search(text) or _NOTES.search(text)
    return found[0] if found else None


def _own(mail: Mail) -> list[str]:
    """What the releases say themselves: a text about templates may show their marks."""
    found = []
    for release in mail.releases:
        found += [release.headline, release.teaser or "", release.body_text, release.kicker or ""]
        found += [topic.title for topic in release.topics]
        found += [text or "" for image in release.images for text in (image.alt, image.caption, image.credit)]
    return found


def _texts(mail: Mail) -> Iterator[tuple[Any, str]]:
    """Everything that people read or follow, with its place."""
    yield from mail.texts
    if mail.page is not None:
        yield from ((link, link.get("href")) for link in mail.page.links)
    yield from (("text/plain", line) for line in (mail.text or "").splitlines())
