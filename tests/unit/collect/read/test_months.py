"""The names of months that stand in the code are those of Babel's data."""

from __future__ import annotations

from babel import Locale

from newsletter.collect.read.months import MONTHS

LANGUAGES = ("de", "en", "fr", "it", "es", "nl", "pt", "pl", "da", "sv", "nb", "cs", "tr")
OUR_OWN = {"jänner": 1, "feber": 2, "sept": 9, "mrz": 3}


def test_the_names_are_those_of_cldr() -> None:
    names: dict[str, int] = dict(OUR_OWN)
    for locale in map(Locale.parse, LANGUAGES):
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in locale.months[context][width].items():
                    if len(name) >= 3 and not name[0].isdigit():
                        names.setdefault(name.rstrip(".").casefold(), number)
    assert names == MONTHS
