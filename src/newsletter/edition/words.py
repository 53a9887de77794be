"""What a language tag means for a reader, and dates as an edition's subject has them."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from newsletter.i18n import language_name, locale

_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")


def day_and_month(day: date, language: str) -> str:
    """`20. November` / `20 November`."""
    return format_date(day, "d. MMMM" if primary(language) == "de" else "d MMMM", locale=locale(language))


def is_foreign(language: str, here: str) -> bool:
    """Whether a text in `language` must be marked in a mail in `here`: regional variants need not be (WCAG 3.1.2)."""
    return primary(language) != primary(here)


def is_tag(language: str) -> bool:
    """Whether a language tag is well-formed (BCP 47) and says something (`und` does not)."""
    return bool(_TAG.fullmatch(language)) and primary(language) != "und"


def primary(language: str) -> str:
    """The first subtag of a BCP 47 tag, in small letters."""
    return language.replace("_", "-").split("-")[0].lower()


@lru_cache(maxsize=256)
def direction(language: str) -> str:
    """`ltr`, `rtl`, or `auto` where the language is not known."""
    known = _locale(language)
    return str(known.text_direction) if known else "auto"


@lru_cache(maxsize=256)
def name_of(language: str, here: str) -> str:
    """What `language` is called in `here`, or its tag where nobody knows it."""
    return language_name(language, here) if _locale(language) else language


def _locale(language: str) -> Locale | None:
    try:
        return locale(primary(language))
    except (UnknownLocaleError, ValueError):
        return None
