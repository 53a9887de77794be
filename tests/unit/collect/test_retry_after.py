"""Retry-After (RFC 9110 §10.2.3) as servers write it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newsletter.collect.answer import retry_at
from newsletter.collect.schedule import LONGEST_RETRY_AFTER

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("86400", 86_400),
        ("99999999999999999999", LONGEST_RETRY_AFTER.total_seconds()),
        ("Sun, 22 Nov 2026 07:10:00 GMT", 600),
        ("Sun, 22 Nov 2026 06:00:00 GMT", 0),
        ("Mon, 22 Nov 2027 07:00:00 GMT", LONGEST_RETRY_AFTER.total_seconds()),
        ("Sun, 22 Nov 2026 08:10:00 +0100", 600),
        ("Sunday, 22-Nov-26 07:10:00 GMT", 600),
    ],
)
def test_moments(value: str, seconds: float) -> None:
    assert retry_at(value, NOW) == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize("value", [None, "", "soon", "-5", "1.5", "²", "Mon, 99 Foo 2026"])
def test_what_is_none(value: str | None) -> None:
    assert retry_at(value, NOW) is None
