"""Every kind of mail there is: layouts × formats × languages × numbers of releases, and what is in none of these."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from newsletter.edition.notices import render_confirmation
from newsletter.i18n import languages
from newsletter.model import Cadence, Format
from tests.integration.edition.mails import long_words, variant
from tests.unit.edition.samples import NEWSLETTER, SITE, filled, subscription

LAYOUTS = ("standard", "compact", "single")
FORMATS = (Format.STANDARD, Format.LARGE, Format.NO_IMAGES)
COUNTS = (1, 12, 50)


def _mail(count: int, language: str, format: Format, layout: str) -> str:
    return filled(variant(count, language, format, layout).html)


def _arabic(language: str, format: Format) -> str:
    return filled(variant(1, language, format, "single", rtl=True).html)


def _confirmation(language: str, format: Format) -> str:
    asked = subscription(format=format, cadence=Cadence.WEEKLY, topics=("verkehr",))
    return filled(render_confirmation(SITE, NEWSLETTER, asked, language, topics={"verkehr": "Verkehr"}).html)


def _long_words(layout: str) -> str:
    return filled(long_words(layout).html)


def _mails() -> dict[str, Callable[[], str]]:
    found: dict[str, Callable[[], str]] = {}
    for format in FORMATS:
        for language in languages():
            for layout in LAYOUTS:
                for count in COUNTS if layout != "single" else (1,):
                    name = f"{layout}, {format}, {language}, {count}"
                    found[name] = partial(_mail, count, language, format, layout)
            found[f"confirmation, {format}, {language}"] = partial(_confirmation, language, format)
        found[f"single, {format}, Arabic in German"] = partial(_arabic, "de", format)
        found[f"standard, {format}, mirrored, 12"] = partial(_mail, 12, "he", format, "standard")
    found["standard, standard, de, 120"] = partial(_mail, 120, "de", Format.STANDARD, "standard")
    return found | {f"{layout}, words of 45 letters": partial(_long_words, layout) for layout in LAYOUTS}


MAILS: Mapping[str, Callable[[], str]] = _mails()
"""By name, what makes the HTML of each."""
