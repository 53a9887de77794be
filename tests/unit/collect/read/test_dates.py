# mypy: disable-error-code="union-attr"
from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newsletter.collect.read.dates import date_in_address, read_date, read_machine_date
from newsletter.model import Precision

DAY, MINUTE, SECOND = Precision.DAY, Precision.MINUTE, Precision.SECOND


@pytest.mark.parametrize(
    ("written", "when", "precision"),
    [
        ("22. November 2026", datetime(2026, 11, 22, tzinfo=UTC), DAY),
        ("Musterstadt, den 22.11.2026", datetime(2026, 11, 22, tzinfo=UTC), DAY),
        ("22.11.2026, 14:30 Uhr", datetime(2026, 11, 22, 13, 30, tzinfo=UTC), MINUTE),
        ("22.07.2026, 14.30 Uhr", datetime(2026, 7, 22, 12, 30, tzinfo=UTC), MINUTE),
        ("5. Jänner 2026", datetime(2026, 1, 5, tzinfo=UTC), DAY),
        ("1.3.26", datetime(2026, 3, 1, tzinfo=UTC), DAY),
        ("November 22, 2026 5:04 PM", datetime(2026, 11, 22, 16, 4, tzinfo=UTC), MINUTE),
        ("3rd March 2026", datetime(2026, 3, 3, tzinfo=UTC), DAY),
        ("le 22 novembre 2026", datetime(2026, 11, 22, tzinfo=UTC), DAY),
        ("2026-11-22T14:30:05+01:00", datetime(2026, 11, 22, 13, 30, 5, tzinfo=UTC), SECOND),
        ("Nov. 22, 2026, 9:15 a.m. EST", datetime(2026, 11, 22, 14, 15, tzinfo=UTC), MINUTE),
        ("22.11.2026 14:30 (MEZ)", datetime(2026, 11, 22, 13, 30, tzinfo=UTC), MINUTE),
        ("22 July 2026 10:00 BST", datetime(2026, 7, 22, 9, 0, tzinfo=UTC), MINUTE),
        ("2026-11-22 14:30:05 +0800", datetime(2026, 11, 22, 6, 30, 5, tzinfo=UTC), SECOND),
        ("2026-11-22T14:30Z", datetime(2026, 11, 22, 14, 30, tzinfo=UTC), MINUTE),
    ],
)
def test_a_date_is_read_with_its_precision(written, when, precision):
    stamp = read_date(written)
    assert stamp is not None
    assert (stamp.when, stamp.precision) == (when, precision)


@pytest.mark.parametrize(
    "written", ["2026-11-22T00:00:00+01:00", "2026-11-21T23:00:00Z", "2026-11-22 00:00", "20261122"]
)
def test_midnight_is_a_day_without_a_time(written):
    stamp = read_machine_date(written)
    assert stamp is not None
    assert (stamp.when.date().isoformat(), stamp.precision) == ("2026-11-22", DAY)


@pytest.mark.parametrize(
    "written", [None, "", "vor 3 Tagen", "heute, 14:30 Uhr", "yesterday", "99.99.2026", "Artikel 22", "1.1.1066"]
)
def test_what_is_no_date_is_none(written):
    assert read_date(written) is None


def test_a_feeds_date_and_seconds_since_1970_are_read():
    assert read_machine_date("Sun, 22 Nov 2026 10:00:00 +0000").when == datetime(2026, 11, 22, 10, tzinfo=UTC)
    assert read_machine_date("Mon Aug 03 12:45:00 EDT 2026").when == datetime(2026, 8, 3, 16, 45, tzinfo=UTC)
    assert read_machine_date("1762513252000").when == datetime(2025, 11, 7, 11, 0, 52, tzinfo=UTC)


def test_the_order_of_day_and_month_is_the_languages():
    assert read_date("3/4/2026").when.month == 4
    assert read_date("3/4/2026", month_first=True).when.month == 3


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://a.example/2026/11/22/radweg", "2026-11-22"),
        ("https://a.example/presse/22-11-2026-radweg", "2026-11-22"),
        ("https://a.example/2026/11/132377/radweg", None),
        ("https://a.example/artikel/1234567", None),
    ],
)
def test_a_day_in_an_address(url, day):
    stamp = date_in_address(url)
    assert (stamp.when.date().isoformat() if stamp else None) == day
