"""Contrast, and the nearest colour that has enough of it."""

from __future__ import annotations

import pytest

from newsletter.colours import Colour, colour, contrast, inverted, nearest, written

WHITE, BLACK = (255, 255, 255), (0, 0, 0)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000", "#ffffff", 21.0), ("#767676", "#fff", 4.54), ("#0b4f8a", "#ffffff", 8.4), ("#ABCDEF", "#abcdef", 1.0)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert round(contrast(colour(one), colour(other)), 2) == ratio
    assert contrast(colour(one), colour(other)) == contrast(colour(other), colour(one))


@pytest.mark.parametrize("text", ["red", "#12345", "#1234567", "rgb(1,2,3)", ""])
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="#0b4f8a"):
        colour(text)


def test_a_colour_is_written_and_inverted() -> None:
    assert written(colour("#0B4")) == "#00bb44"
    assert inverted((255, 0, 10)) == (0, 255, 245)


@pytest.mark.parametrize(
    "text", ["#0b4f8a", "#ff0000", "#00ff00", "#ffff00", "#808080", "#000000", "#ffffff", "#9bccff"]
)
@pytest.mark.parametrize("ground", [WHITE, BLACK, (242, 245, 247)])
@pytest.mark.parametrize("needed", [4.5, 7.0])
def test_the_nearest_fits_and_one_step_less_does_not(text: str, ground: Colour, needed: float) -> None:
    def fits(one: Colour) -> bool:
        return contrast(one, ground) >= needed

    start = colour(text)
    found = nearest(start, fits)
    assert found is not None
    assert fits(found)
    if fits(start):
        assert max(abs(one - other) for one, other in zip(found, start, strict=True)) <= 1
    else:
        assert contrast(found, ground) < needed * 1.05  # not simply black or white


def test_the_nearest_keeps_its_hue() -> None:
    found = nearest(colour("#e8a33d"), lambda one: contrast(one, WHITE) >= 4.5)
    assert found is not None
    red, green, blue = found
    assert red > green > blue


def test_where_nothing_fits_none_is_found() -> None:
    assert nearest(colour("#336699"), lambda one: contrast(one, (119, 119, 119)) >= 7) is None
