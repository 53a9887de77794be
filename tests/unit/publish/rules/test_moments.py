"""Dates as feeds write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newsletter.publish.rules.moments import rfc822, rfc3339, w3cdtf

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "odd"),
    [
        ("Fri, 20 Nov 2026 09:00:00 GMT", False),
        ("20 Nov 2026 10:00 +0100", False),
        ("Fri, 20 Nov 2026 04:00:00 EST", False),
        ("Fri, 20 Nov 2026 14:30:00 +0530", False),
        ("Fri,20 Nov 2026 09:00:00 GMT", True),
        ("Fri (a day), 20 Nov 2026 09:00:00 GMT", True),
        ("20 Nov 26 09:00:00 GMT", True),
        ("20 Nov 2026 09:00:00 A", True),
        ("20 Nov 2026 09:07:00 +0007", True),
    ],
)
def test_dates_of_rss(text: str, odd: bool) -> None:
    moment = rfc822(text)
    assert moment is not None
    assert (moment.at, moment.odd, moment.weekday) == (AT, odd, True)


@pytest.mark.parametrize(
    "text",
    ["", "2026-11-20", "Fri, 20 Nov 2026", "20 Nov 2026 25:00 GMT", "20 Nov 2026 09:00 XYZ", "20 Nov 2026 09:00 +9999"],
)
def test_what_is_no_date_of_rss(text: str) -> None:
    assert rfc822(text) is None


def test_a_wrong_weekday_is_seen() -> None:
    moment = rfc822("Mon, 20 Nov 2026 09:00:00 GMT")
    assert moment is not None
    assert not moment.weekday


@pytest.mark.parametrize("text", ["2026-11-20T09:00:00Z", "2026-11-20T10:00:00+01:00", "2026-11-20T09:00:00.000Z"])
def test_dates_of_atom(text: str) -> None:
    for read in (rfc3339, w3cdtf):
        moment = read(text)
        assert moment is not None
        assert moment.at == AT


@pytest.mark.parametrize(
    "text", ["2026-11-20T09:00Z", "2026-11-20 09:00:00Z", "2026-02-30T09:00:00Z", "2026-11-20T09:00:00"]
)
def test_what_is_no_date_of_atom(text: str) -> None:
    assert rfc3339(text) is None


@pytest.mark.parametrize("text", ["2026", "2026-11", "2026-11-20", "2026-11-20T09:00Z"])
def test_dates_of_modules_may_be_less(text: str) -> None:
    assert w3cdtf(text) is not None
