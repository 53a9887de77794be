"""Dates: so written that every reader understands them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from newsletter.publish.rules.feed import JSON, RSS, Feed, Value
from newsletter.publish.rules.moments import Moment, rfc822, rfc3339, w3cdtf
from newsletter.rules.rule import BLOCK, WARN, Defect, _, rule

READ: dict[str, Callable[[str], Moment | None]] = {"date822": rfc822, "date3339": rfc3339, "w3cdtf": w3cdtf}
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


@rule("DATE-1", BLOCK, "RSS 2.0")
def rss_dates(feed: Feed) -> Iterator[Defect]:
    """A date in RSS is one of RFC 822, in English."""
    for value, moment in _dates(feed, "date822"):
        if moment is None:
            yield Defect(
                value.spot,
                _("“%(text)s” is no date of RSS."),
                _("Write Sat, 07 Sep 2002 09:42:31 +0200, with English names."),
                {"text": value.text.strip()[:60]},
            )


@rule("DATE-2", BLOCK, "RFC 2822 3.3")
def weekday(feed: Feed) -> Iterator[Defect]:
    """The weekday is that of the date."""
    for value, moment in _dates(feed, "date822"):
        if moment and not moment.weekday:
            yield Defect(
                value.spot,
                _("The weekday in “%(text)s” is another."),
                _("Correct it, or leave it out."),
                {"text": value.text.strip()[:60]},
            )


@rule("DATE-3", BLOCK, "RFC 3339 5.6")
def iso_dates(feed: Feed) -> Iterator[Defect]:
    """A date in Atom or JSON Feed is one of RFC 3339, with seconds and offset; in dc:date it may be less."""
    for value, moment in _dates(feed, "date3339", "w3cdtf"):
        if moment is None:
            yield Defect(
                value.spot,
                _("“%(text)s” is no date as it is asked for here."),
                _("Write 2002-09-07T09:42:31+02:00."),
                {"text": value.text.strip()[:60]},
            )


@rule("DATE-4", WARN, "RSS Best Practices")
def plain_dates(feed: Feed) -> Iterator[Defect]:
    """A date in RSS is written without what only some readers understand: comments, short years, lettered zones."""
    for value, moment in _dates(feed, "date822"):
        if moment and moment.odd:
            yield Defect(
                value.spot,
                _("Some readers do not understand “%(text)s”."),
                _("Write Sat, 07 Sep 2002 09:42:31 +0200, with English names."),
                {"text": value.text.strip()[:60]},
            )


@rule("DATE-5", WARN, "RFC 4287 3.3")
def plausible(feed: Feed) -> Iterator[Defect]:
    """A date lies neither in the future nor before there were computers to write it."""
    for value, moment in _dates(feed, *READ):
        if moment and not EARLIEST <= moment.at <= feed.now + timedelta(days=1):
            yield Defect(
                value.spot,
                _("“%(text)s” cannot be right."),
                _("Set the moment at which it was published."),
                {"text": value.text.strip()[:60]},
            )


@rule("DATE-6", WARN, "RSS Best Practices")
def dated(feed: Feed) -> Iterator[Defect]:
    """Every entry has a date: else readers invent one at every visit."""
    there = {value.entry for value in feed.of_kind(*READ)}
    if feed.form == JSON or (feed.form == RSS and feed.version == "2.0"):
        for number, (_entry, spot) in enumerate(feed.entries):
            if number not in there:
                yield Defect(spot, _("The entry has no date."), _("Add when it was published."))


def _dates(feed: Feed, *kinds: str) -> Iterator[tuple[Value, Moment | None]]:
    for value in feed.values:
        if value.kind in kinds:
            yield value, READ[value.kind](value.text.strip())
