"""Dates as feeds write them: RFC 822 in RSS, RFC 3339 in Atom and JSON Feed, W3C-DTF in modules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_AMERICAN = {"E": -5, "C": -6, "M": -7, "P": -8}
ZONES = {
    **dict.fromkeys(("UT", "GMT", "Z"), 0),
    **{f"{letter}ST": hours for letter, hours in _AMERICAN.items()},
    **{f"{letter}DT": hours + 1 for letter, hours in _AMERICAN.items()},
}
_RFC822 = re.compile(
    r"(?:(?P<name>[A-Za-z]{3})\s*,(?P<space>\s*))?(?P<day>\d{1,2})\s+(?P<month>[A-Za-z]{3})\s+(?P<year>\d{2}|\d{4})\s+"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?\s+(?P<zone>[+-]\d{4}|[A-Za-z]{1,3})"
)
_RFC3339 = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:Z|([+-])(\d\d):(\d\d))")
_W3CDTF = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:Z|([+-])(\d\d):(\d\d)))?)?)?"
)
_COMMENT = re.compile(r"\([^()]*\)")


@dataclass(frozen=True, slots=True)
class Moment:
    """A date that was read. `odd` says that some readers stumble over it, `weekday` whether the one named is right."""

    at: datetime
    odd: bool = False
    weekday: bool = True


def rfc822(text: str) -> Moment | None:
    """A date of RSS; None where it is none."""
    bare = " ".join(_COMMENT.sub("", text).split())
    match = _RFC822.fullmatch(bare)
    if not match or match["month"].lower() not in MONTHS or (match["name"] and match["name"].lower() not in DAYS):
        return None
    year, zone = int(match["year"]), match["zone"]
    century = 0 if len(match["year"]) == 4 else 2000 if year < 70 else 1900
    parts = (century + year, MONTHS.index(match["month"].lower()) + 1, int(match["day"]))
    clock = (int(match["hour"]), int(match["minute"]), int(match["second"] or 0))
    at = _moment(parts, clock, _offset(zone))
    if at is None:
        return None
    named = match["name"] is None or DAYS[date(*parts).weekday()] == match["name"].lower()
    return Moment(at, _is_odd(match, bare != " ".join(text.split()), zone), named)


def rfc3339(text: str) -> Moment | None:
    """A date of Atom or JSON Feed; None where it is none."""
    match = _RFC3339.fullmatch(text)
    return _from_numbers(match.groups()) if match else None


def w3cdtf(text: str) -> Moment | None:
    """A date of dc:date, which may be but a year or a month; None where it is none."""
    match = _W3CDTF.fullmatch(text)
    return _from_numbers(match.groups()) if match else None


def _is_odd(match: re.Match[str], commented: bool, zone: str) -> bool:
    """What RFC 822 allows and some readers stumble over."""
    minutes = int(zone[3:]) if zone[1:].isdigit() else 0
    letter = len(zone) == 1 and zone.upper() != "Z"
    return commented or len(match["year"]) == 2 or letter or minutes % 15 != 0 or match["space"] == ""


def _from_numbers(found: tuple[str | None, ...]) -> Moment | None:
    year, month, day, hour, minute, second, sign, hours, minutes = found
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
    parts = (int(year or 0), int(month or 1), int(day or 1))
    at = _moment(parts, (int(hour or 0), int(minute or 0), int(second or 0)), offset)
    return Moment(at) if at else None


def _moment(day: tuple[int, int, int], clock: tuple[int, int, int], offset: timedelta | None) -> datetime | None:
    if offset is None:
        return None
    try:
        leap = clock[2] == 60
        return datetime(*day, clock[0], clock[1], 59 if leap else clock[2], tzinfo=timezone(offset)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _offset(zone: str) -> timedelta | None:
    """How far a zone is from UTC; None where nobody knows it. Military letters are read as RFC 2822 §4.3 says."""
    if zone[0] in "+-":
        return timedelta(hours=int(zone[1:3]), minutes=int(zone[3:])) * (-1 if zone[0] == "-" else 1)
    if len(zone) == 1 and zone.upper() != "J":
        return timedelta(0)
    hours = ZONES.get(zone)
    return None if hours is None else timedelta(hours=hours)
