"""Values of a kind: languages, media types, people, numbers and fixed lists."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from babel import Locale

from newsletter.publish.rules.feed import ATOM, RSS, Feed
from newsletter.rules.rule import BLOCK, WARN, Defect, _, rule

DAYS = frozenset({"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"})
PERIODS = frozenset({"hourly", "daily", "weekly", "monthly", "yearly"})
RANGES: dict[str, tuple[int, int | None]] = {
    "count": (0, None),
    "height": (1, 400),
    "hour": (0, 24),
    "number": (0, None),
    "positive": (1, None),
    "width": (1, 144),
}
_MIME = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(?:\s*;\s*[\w-]+=(?:[^;\"\s]+|\"[^\"]*\"))*\s*", re.ASCII)
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_CONTACT = re.compile(rf"({_EMAIL.pattern})\s*\((.+)\)", re.DOTALL)
_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_NAME = re.compile(r"[A-Za-z_][\w.:-]*", re.ASCII)
_LISTS = {
    "day": DAYS,
    "truth": frozenset({"true", "false"}),
    "period": PERIODS,
    "texttype": frozenset({"text", "html", "xhtml"}),
    "version": frozenset({"0.91", "0.92", "0.93", "0.94", "2.0"}),
    "jsonversion": frozenset({"https://jsonfeed.org/version/1", "https://jsonfeed.org/version/1.1"}),
}
NAMING, PLAIN = ("title", "name", "description"), ("title", "strict", "plain", "plaintext")
_PADDED = ("uri", "ref", "href", "iri", "date3339", "email")


@rule("VALUE-1", WARN, "WCAG 2.4.2")
def not_blank(feed: Feed) -> Iterator[Defect]:
    """A title or name says something."""
    for value in feed.values:
        if value.name in NAMING and value.kind in PLAIN and not value.text.strip():
            yield Defect(value.spot, _("It is empty."), _("Give it words, or take it out."))


@rule("VALUE-2", BLOCK, "RFC 4287 2")
def not_padded(feed: Feed) -> Iterator[Defect]:
    """No white space stands around dates and addresses in Atom."""
    for value in feed.of_kind(*_PADDED):
        if feed.form == ATOM and value.text != value.text.strip():
            yield Defect(
                value.spot, _("White space stands around it."), _("Take it out: readers compare letter by letter.")
            )


@rule("VALUE-3", BLOCK, "RSS 2.0")
def numbers(feed: Feed) -> Iterator[Defect]:
    """A number is one, and within its bounds."""
    for value in (value for value in feed.values if value.kind in RANGES):
        least, most = RANGES[value.kind]
        text = value.text.strip()
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", text) or int(text) < least or (most is not None and int(text) > most):
            yield Defect(
                value.spot,
                _("“%(text)s” is no whole number from %(least)s to %(most)s.")
                if most
                else _("“%(text)s” is no whole number of at least %(least)s."),
                _("Write one in digits, without commas."),
                {"text": text[:40], "least": least, "most": most},
            )


@rule("VALUE-4", BLOCK, "WCAG 3.1.1")
def languages(feed: Feed) -> Iterator[Defect]:
    """A language is named as BCP 47 says, so that screen readers find its voice."""
    for value in (value for value in feed.values if value.kind == "language"):
        if not is_language(value.text.strip()):
            yield Defect(
                value.spot,
                _("“%(text)s” names no language."),
                _("Write de, en-GB or whatever it is."),
                {"text": value.text.strip()[:40]},
            )


@rule("VALUE-5", BLOCK, "RFC 2045 5.1")
def media_types(feed: Feed) -> Iterator[Defect]:
    """A media type has the form type/subtype; the type of a content in Atom may be text, html or xhtml, too."""
    for value in feed.values:
        text = value.text.strip()
        named = value.kind == "contenttype" and text in _LISTS["texttype"]
        multipart = value.kind == "contenttype" and text.lower().startswith(("multipart/", "message/"))
        if value.kind in ("mime", "contenttype") and not named and (multipart or not _MIME.fullmatch(text)):
            yield Defect(
                value.spot,
                _("“%(text)s” is no media type."),
                _("Write text/html, audio/mpeg or whatever it is."),
                {"text": text[:60]},
            )


@rule("VALUE-6", BLOCK, "RSS 2.0")
def mail_addresses(feed: Feed) -> Iterator[Defect]:
    """Where a mail address is asked for, there is one."""
    for value in (value for value in feed.values if value.kind in ("contact", "email")):
        found = _EMAIL.search(value.text) if value.kind == "contact" else _EMAIL.fullmatch(value.text.strip())
        if not found:
            yield Defect(
                value.spot,
                _("There is no mail address in it."),
                _("Write one, or name the person in dc:creator."),
            )


@rule("VALUE-7", WARN, "RSS Best Practices")
def people(feed: Feed) -> Iterator[Defect]:
    """A person is named after the address, in parentheses: press@example.org (Press office)."""
    for value in feed.of_kind("contact"):
        if feed.form == RSS and _EMAIL.search(value.text) and not _CONTACT.fullmatch(value.text.strip()):
            yield Defect(
                value.spot,
                _("The person is not named as readers expect."),
                _("Write press@example.org (Press office)."),
            )


@rule("VALUE-8", BLOCK, "RSS 2.0")
def fixed_lists(feed: Feed) -> Iterator[Defect]:
    """Where only certain words may stand, one of them stands."""
    for value in (value for value in feed.values if value.kind in _LISTS):
        if value.text.strip() not in _LISTS[value.kind]:
            yield Defect(
                value.spot,
                _("“%(text)s” may not stand here."),
                _("Write one of %(words)s."),
                {"text": value.text.strip()[:60], "words": ", ".join(sorted(_LISTS[value.kind]))},
            )


@rule("VALUE-9", WARN, "RSS Best Practices")
def midnight(feed: Feed) -> Iterator[Defect]:
    """Midnight is the hour 0."""
    for value in feed.of_kind("hour"):
        if value.text.strip() == "24":
            yield Defect(value.spot, _("Midnight is written as 24."), _("Write 0."))


@rule("VALUE-10", BLOCK, "RSS 2.0")
def not_twice(feed: Feed) -> Iterator[Defect]:
    """No hour or day is named twice among those to skip."""
    for kind in ("hour", "day"):
        seen: Counter[str] = Counter()
        for value in feed.of_kind(kind):
            text = value.text.strip()
            text = str(int(text) % 24) if kind == "hour" and text.isascii() and text.isdigit() else text
            seen[text] += 1
            if seen[text] == 2:
                yield Defect(
                    value.spot,
                    _("“%(text)s” stands there twice."),
                    _("Take one out."),
                    {"text": value.text.strip()[:40]},
                )


@rule("VALUE-11", BLOCK, "RSS 2.0")
def form_names(feed: Feed) -> Iterator[Defect]:
    """The name of an input field can be one of a form."""
    for value in (value for value in feed.values if value.kind == "name"):
        if not _NAME.fullmatch(value.text.strip()):
            yield Defect(
                value.spot,
                _("“%(text)s” cannot be the name of an input field."),
                _("Begin it with a letter."),
                {"text": value.text.strip()[:40]},
            )


@rule("VALUE-12", BLOCK, "RSS 2.0")
def not_too_many(feed: Feed) -> Iterator[Defect]:
    """No more than 24 hours and 7 days are to be skipped."""
    for kind, most in (("hour", 24), ("day", 7)):
        found = [value for value in feed.values if value.kind == kind]
        if len(found) > most:
            yield Defect(
                found[most].spot, _("There are more than %(most)s."), _("Take the others out."), {"most": most}
            )


def is_language(text: str) -> bool:
    """Whether a text is a language tag (BCP 47) with a language and a region that exist."""
    if not _TAG.fullmatch(text):
        return False
    language, *rest = text.split("-")
    known, regions = _known()
    region = next((part for part in rest if len(part) == 2), None)
    if len(language) == 2 and language.lower() not in known:
        return False
    if language.lower() in ("x", "i"):
        return bool(rest)
    return len(language) in (2, 3) and (region is None or "x" in rest or region.upper() in regions)


@lru_cache
def _known() -> tuple[frozenset[str], frozenset[str]]:
    english = Locale("en")
    return frozenset(english.languages), frozenset(english.territories)
