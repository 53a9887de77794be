"""Dates as pages write them, with the precision they give.

A `DAY` is kept as 00:00 UTC of that day, whatever the zone, so that its date never slips: read only its date.
A time of exactly midnight is what systems print that know no time; it counts as a day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from newsletter.collect.read.months import MONTHS
from newsletter.model import Precision

BERLIN: Final = ZoneInfo("Europe/Berlin")
EARLIEST: Final = 1990

_ISO = re.compile(
    r"\b((?:19|20)\d\d)-?(0[1-9]|1[0-2])-?([0-2]\d|3[01])"
    r"(?:[T ]+([01]?\d|2[0-4]):?([0-5]\d)(?::?([0-5]\d)(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-][01]\d:?\d\d)?)?(?!\d)"
)
_ZONES: Final = {  # names that pages write after a time
    **dict.fromkeys(("UTC", "GMT", "WET", "Z"), UTC),
    **dict.fromkeys(("CET", "MEZ", "CEST", "MESZ"), ZoneInfo("Europe/Berlin")),
    **dict.fromkeys(("ET", "EST", "EDT"), ZoneInfo("America/New_York")),
    **dict.fromkeys(("CT", "CST", "CDT"), ZoneInfo("America/Chicago")),
    **dict.fromkeys(("PT", "PST", "PDT"), ZoneInfo("America/Los_Angeles")),
    "BST": ZoneInfo("Europe/London"),
    "JST": ZoneInfo("Asia/Tokyo"),
    "IST": ZoneInfo("Asia/Kolkata"),
}
_ZONE = rf"(?:\s*\(?(?-i:({'|'.join(_ZONES)}))\b)?"
_TIME = rf"(?:\D{{0,12}}?\b([01]?\d|2[0-3])[:.]([0-5]\d)(?::([0-5]\d))?(?:\s*([ap])\.?m\b\.?)?(?![.\d]){_ZONE})?"
_CTIME = re.compile(  # what C and Java print: Mon Aug 03 12:45:00 EDT 2015
    rf"\b([A-Z][a-z]{{2}}) ([ 0-3]\d) (\d\d:\d\d:\d\d) ({'|'.join(_ZONES)}) ((?:19|20)\d\d)\b"
)
_NUMBERS = re.compile(r"(?<![\d.])(\d{1,2})(\s?[./-]\s?)(\d{1,2})\2((?:19|20)?\d\d)(?!\d)" + _TIME, re.IGNORECASE)
_BACKWARDS = re.compile(r"(?<!\d)((?:19|20)\d\d)[./年]\s?(\d{1,2})[./月]\s?(\d{1,2})日?(?!\d)" + _TIME, re.IGNORECASE)
_IN_ADDRESS = re.compile(
    r"(?<!\d)(?:((?:19|20)\d\d)([/_-]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])|(\d\d)-(\d\d)-((?:19|20)\d\d))(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A moment in UTC, and how exactly it was given."""

    when: datetime
    precision: Precision


def read_date(text: str | None, zone: tzinfo = BERLIN, *, month_first: bool = False) -> Stamp | None:
    """The first date written in `text`; times without an offset are local to `zone`.

    `month_first` reads 3/4/2026 as the fourth of March. Relative dates ("vor 3 Tagen") are none.
    """
    return next(read_dates(text, zone, month_first=month_first), None)


def read_dates(text: str | None, zone: tzinfo = BERLIN, *, month_first: bool = False) -> Iterator[Stamp]:
    """Every date written in the first 500 characters of `text`, in order."""
    text = (text or "")[:500]
    if not any(character.isdigit() for character in text):
        return
    found: dict[int, Stamp | None] = {}
    for match in _ISO.finditer(text):
        found[match.start()] = _iso(match, zone)
    for match in _named_date().finditer(text):
        found.setdefault(match.start(), _named(match, zone))
    for match in _NUMBERS.finditer(text):
        found.setdefault(match.start(), _numbers(match, zone, month_first))
    for match in _BACKWARDS.finditer(text):
        year, month, day, *clock = match.groups()
        found.setdefault(match.start(), _stamp(int(year), int(month), int(day), clock, zone))
    yield from (stamp for _, stamp in sorted(found.items(), key=lambda item: item[0]) if stamp)


def _turned(text: str) -> str:
    """A time as C and Java print it, with the year beside its day."""
    return _CTIME.sub(r"\1 \2, \5 \3 \4", text)


def read_machine_date(text: str | None, zone: tzinfo = BERLIN) -> Stamp | None:
    """A date written for machines (ISO 8601, RFC 5322, seconds since 1970), else as people write them."""
    text = _turned((text or "").strip()[:100])
    if re.fullmatch(r"1\d{9}(\d{3})?", text):
        return _moment(datetime.fromtimestamp(int(text[:10]), UTC), Precision.SECOND, zone)
    if re.match(r"[A-Z][a-z]{2}, \d", text):
        try:
            return _moment(parsedate_to_datetime(text), Precision.SECOND, zone)
        except ValueError:
            pass
    return read_date(text, zone, month_first=True)


def date_in_address(url: str) -> Stamp | None:
    """The day that stands in an address, as in /2026/11/22/."""
    match = _IN_ADDRESS.search(url)
    if not match:
        return None
    year, _, month, day, *backwards = match.groups()
    day, month, year = (day, month, year) if year else backwards
    return _stamp(int(year), int(month), int(day), (), UTC)


def _iso(match: re.Match[str], zone: tzinfo) -> Stamp | None:
    year, month, day, hour, minute, second, offset = match.groups()
    if offset and hour:
        sign = "+00:00" if offset in ("Z", "UTC", "GMT") else f"{offset[:3]}:{offset[-2:]}"
        try:
            moment = datetime.fromisoformat(f"{year}-{month}-{day}T{hour:0>2}:{minute}:{second or '00'}{sign}")
        except ValueError:
            return None
        return _moment(moment, Precision.SECOND if second else Precision.MINUTE, zone)
    return _stamp(int(year), int(month), int(day), (hour, minute, second, None), zone)


def _named(match: re.Match[str], zone: tzinfo) -> Stamp | None:
    day, month, year, other_month, other_day, other_year, *clock = match.groups()
    number = MONTHS[(month or other_month).casefold()]
    return _stamp(int(year or other_year), number, int(day or other_day), clock, zone)


def _numbers(match: re.Match[str], zone: tzinfo, month_first: bool) -> Stamp | None:
    first, mark, second, year, *clock = match.groups()
    day, month = int(first), int(second)
    if month > 12 or (month_first and "/" in mark and day <= 12):
        day, month = month, day
    return _stamp(int(year) + (2000 if len(year) == 2 else 0), month, day, clock, zone)


def _stamp(
    year: int, month: int, day: int, clock: list[str | None] | tuple[str | None, ...], zone: tzinfo
) -> Stamp | None:
    hour, minute, second, half, named = [*clock, None, None, None, None, None][:5]
    try:
        on = date(year, month, day)
        if year < EARLIEST or year > 2100:
            return None
        if hour is None or minute is None:
            return Stamp(datetime.combine(on, time(), UTC), Precision.DAY)
        hours = int(hour) % 12 + 12 * (half.lower() == "p") if half else int(hour) % 24
        moment = datetime.combine(on, time(hours, int(minute), int(second or 0)), _ZONES.get(named or "", zone))
    except ValueError:
        return None
    return _moment(moment, Precision.SECOND if second else Precision.MINUTE, zone)


def _moment(moment: datetime, precision: Precision, zone: tzinfo) -> Stamp | None:
    if not EARLIEST <= moment.year <= 2100:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    if moment.time() == time() or moment.astimezone(zone).time() == time():
        local = moment if moment.time() == time() else moment.astimezone(zone)
        return Stamp(datetime.combine(local.date(), time(), UTC), Precision.DAY)
    return Stamp(moment.astimezone(UTC), precision)


@cache
def _named_date() -> re.Pattern[str]:
    month = "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True))
    day, year = r"([0-3]?\d)", r"((?:19|20)\d\d)"
    day_first = rf"(?<!\d){day}(?:\.|st|nd|rd|th|º|er)?(?:\s+(?:of|de))?[\s-]*({month})\b\.?,?(?:\s+de)?[\s-]*{year}"
    month_first = rf"\b({month})\b\.?\s*{day}(?:st|nd|rd|th)?,?\s+{year}"
    return re.compile(rf"(?:{day_first}|{month_first})(?!\d)" + _TIME, re.IGNORECASE)
