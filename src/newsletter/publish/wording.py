"""How pages and feed contents say things: dates, credits, languages."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from babel.core import UnknownLocaleError
from markupsafe import Markup, escape

from newsletter import i18n
from newsletter.model import Change, Image, Precision, Release
from newsletter.publish import dates

HEADLINE = 250  # characters
RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
SENTENCE_ENDS = (".", "!", "?", "…", ":", "“", "”", '"', ")")


def when(release: Release, zone: ZoneInfo, language: str) -> Markup:
    """The release's date as a `<time>`, as exactly as its source gave it; undated ones say so."""
    precision = release.published_precision if release.published else Precision.DAY
    moment = release.published or release.first_seen
    local = moment.astimezone(zone)
    exact = precision in (Precision.SECOND, Precision.MINUTE)
    machine = local.isoformat(timespec="minutes") if exact else local.date().isoformat()
    words = i18n.moment(moment, precision, zone, language)
    time = Markup('<time datetime="{}">{}</time>').format(machine, words)
    if release.published:
        return time
    return escape(i18n.translations(language).gettext("No date given, seen on %(date)s")) % {"date": time}


def update_note(release: Release, zone: ZoneInfo, language: str) -> Markup | None:
    """`Updated on …` where people were told of an update, a withdrawal or a return, else None.

    Only an editor calls it a correction.
    """
    at = dates.told_update(release)
    if at is None:
        return None
    said = i18n.translations(language).gettext
    wording = {
        Change.CORRECTION: said("Corrected on %(date)s"),
        Change.RETURN: said("Published again on %(date)s"),
        Change.WITHDRAWAL: said("Withdrawn on %(date)s"),
    }.get(release.change or Change.UPDATE, said("Updated on %(date)s"))
    day = at.astimezone(zone).date()
    time = Markup('<time datetime="{}">{}</time>').format(day.isoformat(), i18n.long_date(day, language))
    return escape(wording) % {"date": time}


def brief(headline: str) -> str:
    """The headline as lists and titles show it: cut where it is far too long."""
    return headline if len(headline) <= HEADLINE else f"{headline[: HEADLINE - 2].rstrip()} …"


def caption(image: Image) -> str:
    """The caption as a sentence, for the credit comes after it."""
    text = (image.caption or "").strip()
    return text if text.endswith(SENTENCE_ENDS) else text and f"{text}."


def credit(image: Image, language: str) -> str | None:
    """The credit with a word that says what it is, unless it begins with one."""
    text = (image.credit or "").strip()
    if not text or text.startswith(("©", "(c)")) or ":" in text[:24]:
        return text or None
    return i18n.translations(language).gettext("Picture: %(credit)s") % {"credit": text}


def written_in(of: str, language: str) -> str:
    """What `of` is called in `language`; the tag itself where nobody knows."""
    try:
        return i18n.language_name(of, language)
    except (UnknownLocaleError, ValueError):
        return of


def lang(of: str, around: str) -> Markup:
    """The attributes that say that an element is in `of`, where what is around it is in `around` (WCAG 3.1.2)."""
    if of.lower() == around.lower():
        return Markup()
    short = of.split("-")[0].lower()
    return Markup(' lang="{}"').format(of) + (Markup(' dir="rtl"') if short in RIGHT_TO_LEFT else Markup())
