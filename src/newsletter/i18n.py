"""Words, dates and numbers in the reader's language: gettext catalogues from `locales/<language>/*.po`, dates by Babel.

Catalogues are read as they are written (`.po`), so there is no compile step. A language exists because its folder does.
Every `.po` file of a folder is merged; message ids are the English wording.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import PurePosixPath
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

from newsletter.model import Alternate, AlternateKind, Document, Precision
from newsletter.resources import folder
from newsletter.said import Said

KINDS = {  # MIME subtypes whose name people would not know
    "msword": "Word",
    "vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
    "vnd.ms-excel": "Excel",
    "vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
    "vnd.openxmlformats-officedocument.presentationml.presentation": "PowerPoint",
    "vnd.oasis.opendocument.text": "OpenDocument",
    "mpeg": "MP3",
}


class Catalogue(Translations):
    """One language's messages, held in memory."""

    def __init__(self, language: str) -> None:
        super().__init__(None, domain="newsletter")
        self.language = language
        self._catalog: dict[str | tuple[str, int], str] = {}
        self.plural = lambda n: int(n != 1)
        for path in sorted((folder("locales") / language).glob("*.po")):
            with path.open("rb") as file:
                catalogue = read_po(file, locale=language)
            for message in catalogue:
                if not message.id or message.fuzzy:
                    continue
                if isinstance(message.id, tuple | list):
                    forms = enumerate(message.string or ())
                    self._catalog.update({(message.id[0], n): text for n, text in forms if text})
                elif message.string:
                    key = f"{message.context}\x04{message.id}" if message.context else message.id
                    self._catalog[key] = str(message.string)


@lru_cache
def languages() -> tuple[str, ...]:
    """The languages that people can be written to: the folders of `locales/`."""
    return tuple(sorted(path.name for path in folder("locales").iterdir() if path.is_dir()))


@lru_cache
def translations(language: str) -> NullTranslations:
    """The catalogue of a language (`de-CH` falls back on `de`, an unknown one on the English message ids)."""
    short = language.split("-")[0].lower()
    return Catalogue(short) if short in languages() else NullTranslations()


class Words:
    """The words of one language. Messages are English and hold their values as `%(name)s`."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._translations = translations(language)

    def say(self, message: str, **values: object) -> str:
        """The translated message with its values."""
        return self._translations.gettext(message) % values

    def said(self, message: str, **values: object) -> Said:
        """The same, as a sentence that can be told in other languages later."""
        return Said.told(self.say(message, **values), message, values)

    def tell(self, text: str) -> str:
        """A sentence that was kept, in this language; what is only a text, and no message of ours, as it is."""
        if not isinstance(text, Said):
            return self._translations.gettext(text) if text else ""
        values = {name: self.tell(one) if isinstance(one, Said) else one for name, one in text.values.items()}
        said = self._translations.gettext(text.message) if text.message else ""
        return said % values if values else said

    def count(self, one: str, many: str, n: int, **values: object) -> str:
        """The translated message for `n` things; `%(n)s` is written as the language writes numbers."""
        return self._translations.ngettext(one, many, n) % {"n": number(n, self.language), **values}


def nearest(language: str, default: str) -> str:
    """The language we can write that comes closest to the wish."""
    short = language.split("-")[0].lower()
    return short if short in languages() else default


@lru_cache(maxsize=256)
def locale(language: str) -> Locale:
    """Babel's locale of a language tag."""
    return Locale.parse(language.replace("-", "_"))


@lru_cache(maxsize=512)
def long_date(day: date, language: str) -> str:
    """`22. November 2026` / `22 November 2026`."""
    pattern = "d. MMMM y" if language.startswith("de") else "d MMMM y"
    return format_date(day, pattern, locale=locale(language))


def day_and_date(day: date, language: str) -> str:
    """`Sonntag, 22. November 2026` / `Sunday, 22 November 2026`."""
    return f"{format_date(day, 'EEEE', locale=locale(language))}, {long_date(day, language)}"


def month(name: str, language: str) -> str:
    """`2026-11` as people say it: `November 2026`."""
    return format_skeleton("yMMMM", date.fromisoformat(f"{name}-01"), locale=locale(language))


def moment(at: datetime, precision: Precision | None, zone: ZoneInfo, language: str) -> str:
    """A date in local time, with the time of day only where the source gave one."""
    local = at.astimezone(zone)
    day = long_date(local.date(), language)
    if precision in (None, Precision.DAY):
        return day
    clock = format_time(local, "HH:mm", locale=locale(language))
    return f"{day}, {clock} Uhr" if language.startswith("de") else f"{day}, {clock}"


def clock(at: datetime, zone: ZoneInfo, language: str) -> str:
    """`14:05 Uhr` / `14:05`, in local time; the minute that has begun by then."""
    later = at.astimezone(zone) + timedelta(seconds=59)
    said = format_time(later, "HH:mm", locale=locale(language))
    return f"{said} Uhr" if language.startswith("de") else said


@lru_cache(maxsize=1024)
def number(value: float, language: str) -> str:
    """`4.812` / `4,812`."""
    return format_decimal(value, locale=locale(language))


def language_name(of: str, language: str) -> str:
    """How `of` is called in `language`: `Englisch`, `German`."""
    return locale(of.split("-")[0]).get_display_name(locale(language)) or of


def kind_and_size(document: Document, language: str) -> str:
    """`PDF, 1,2 MB`, as far as it is known."""
    subtype = (document.type or "").partition(";")[0].rpartition("/")[2].lower()
    ending = PurePosixPath(urlsplit(document.url).path).suffix.lstrip(".")
    kind = KINDS.get(subtype) or (subtype if subtype.isalnum() else ending).upper()[:8]
    return ", ".join(filter(None, (kind, size(document.size, language) if document.size else "")))


WAYS = {
    AlternateKind.EASY: "In easy language",
    AlternateKind.SIGN: "Film in sign language",
    AlternateKind.AUDIO: "To listen to",
}


def way_to_read(alternate: Alternate, language: str) -> str:
    """How another way to read a release is called: `Film in Gebärdensprache (3 Minuten, MP4, 24 MB)`."""
    said = translations(language)
    minutes = max(1, round((alternate.seconds or 0) / 60))
    long = said.ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": number(minutes, language)}
    subtype = (alternate.type or "").rpartition("/")[2]
    kind = "" if alternate.kind is AlternateKind.EASY else KINDS.get(subtype) or subtype.upper()[:8]
    heavy = size(alternate.size, language) if alternate.size else ""
    details = ", ".join(filter(None, (long if alternate.seconds else "", kind, heavy)))
    return said.gettext(WAYS[alternate.kind]) + (f" ({details})" if details else "")


def size(count: int, language: str) -> str:
    """A number of bytes as people read it: `340 KB`, `1,2 MB`."""
    if count < 1_000_000:
        return f"{number(max(1, round(count / 1000)), language)} KB"
    return f"{number(round(count / 1_000_000, 1), language)} MB"
