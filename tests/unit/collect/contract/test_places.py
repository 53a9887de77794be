"""Dates and their places in a list."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newsletter.collect.contract.places import out_of_place

TOP = datetime(2026, 11, 22, tzinfo=UTC)
ORDER = [f"/{n}" for n in range(10)]
DATES = {f"/{n}": TOP - timedelta(days=10 * n) for n in range(10)}


@pytest.mark.parametrize(
    ("place", "days_old", "says"),
    [
        (0, 0, None),
        (0, 40, None),
        (0, 400, "older than what the list has below it, of 2026-11-12"),
        (5, 50, None),
        (5, 20, None),
        (9, -300, "newer than what the list has above it, of 2026-09-03"),
        (9, 400, None),
    ],
)
def test_a_date_and_its_neighbours(place: int, days_old: int, says: str | None) -> None:
    assert out_of_place(f"/{place}", TOP - timedelta(days=days_old), ORDER, DATES) == says


def test_a_pinned_one_says_nothing() -> None:
    pinned = {**DATES, "/0": TOP - timedelta(days=900)}
    assert out_of_place("/1", TOP - timedelta(days=5), ORDER, pinned) is None


@pytest.mark.parametrize("dates", [{}, {"/1": TOP}, {f"/{n}": TOP + timedelta(days=n * n % 7) for n in range(10)}])
def test_a_list_without_order_says_nothing(dates: dict[str, datetime]) -> None:
    assert out_of_place("/0", TOP - timedelta(days=999), ORDER, dates) is None


def test_what_is_not_on_the_list_has_no_place() -> None:
    assert out_of_place("/x", TOP - timedelta(days=999), ORDER, DATES) is None
