"""What the sample portal has to say: its releases as they stand on a given day and at a given look."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date

HERE = Path(__file__).parent
TIMEZONE = ZoneInfo("Europe/Berlin")

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = re.compile(r"\{([+-]\d+)(?: (" + "|".join(_WEEKDAYS) + r"))?\}")

DateStyle = Literal["time", "relative", "text", "none"]


class Stage(IntEnum):
    """How often the portal has changed since it was first looked at."""

    FIRST_LOOK = 0
    UPDATED = 1  # one release has a new text
    WITHDRAWN = 2  # another is gone


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as the portal's editors entered it; `alt` None writes no attribute at all."""

    file: str
    alt: str | None = None
    caption: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A PDF that belongs to a release."""

    file: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class SampleRelease:
    """A release as its page shows it; `date` says what the page tells of `published` (aware, Europe/Berlin)."""

    slug: str
    kicker: str
    headline: str
    teaser: str
    body: str
    published: datetime
    language: str = "de"
    date: DateStyle = "time"
    image: Picture | None = None
    documents: tuple[Document, ...] = ()
    updated: datetime | None = None
    withdrawn: bool = False


@cache
def releases(today: date, stage: Stage) -> tuple[SampleRelease, ...]:
    """Return all releases as they stand at `stage`, newest first; `today` is the day after the newest of them."""
    found = (_release(slug, entry, today, stage) for slug, entry in _entries().items())
    return tuple(sorted(found, key=lambda release: release.published, reverse=True))


@cache
def plain_pages() -> Mapping[str, Mapping[str, Any]]:
    """Return the pages around the press office (imprint, town hall …) by their path."""
    return tomllib.loads((HERE / "plain.toml").read_text("utf-8"))


@cache
def _entries() -> Mapping[str, Mapping[str, Any]]:
    return {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted((HERE / "releases").glob("*.toml"))}


def _release(slug: str, entry: Mapping[str, Any], today: date, stage: Stage) -> SampleRelease:
    fields: dict[str, Any] = dict(entry)
    published = _moment(fields, today)
    update = fields.pop("update", None)
    if update and stage >= Stage.UPDATED:
        changes = dict(update)
        fields |= {"updated": _moment(changes, today)} | changes
    fields["withdrawn"] = fields.get("withdrawn", False) and stage >= Stage.WITHDRAWN
    fields["image"] = Picture(**fields["image"]) if "image" in fields else None
    fields["documents"] = tuple(Document(**document) for document in fields.get("documents", ()))
    for name in ("headline", "teaser", "body"):
        fields[name] = _write_days(fields[name], today, fields.get("language", "de"))
    return SampleRelease(slug=slug, published=published, **fields)


def _moment(fields: dict[str, Any], today: date) -> datetime:
    day = today - timedelta(days=fields.pop("days_ago"))
    return datetime.combine(day, fields.pop("time"), TIMEZONE)


def _write_days(text: str, today: date, language: str) -> str:
    """Write `{+10}` as the day ten days from `today`, `{+10 sat}` as the first Saturday from then on."""

    def written(found: re.Match[str]) -> str:
        day = today + timedelta(days=int(found[1]))
        comma, dot = (",", ".") if language == "de" else ("", "")
        if found[2]:
            day += timedelta(days=(_WEEKDAYS.index(found[2]) - day.weekday()) % 7)
            return format_date(day, f"EEEE{comma} d{dot} MMMM", locale=language)
        return format_date(day, f"d{dot} MMMM", locale=language)

    return _DAY.sub(written, text)
