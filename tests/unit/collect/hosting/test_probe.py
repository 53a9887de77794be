"""What a picture is, by its first bytes."""

from __future__ import annotations

import pytest
from PIL import Image

from newsletter.collect.hosting.probe import HEAD, Glance, Probe, probe
from newsletter.errors import UnfitImage
from tests.unit.collect.hosting.pictures import data, exif, photo, png_of


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_kind_and_size_are_told_by_the_first_bytes(kind: str) -> None:
    body = data(photo(1600, 900), kind)
    assert probe(body[:4_000]) == Probe(f"image/{kind.lower()}", 1600, 900)


def test_a_picture_that_lies_on_its_side_has_the_size_it_is_seen_in() -> None:
    assert probe(data(photo(1600, 900), "JPEG", exif=exif(6))) == Probe("image/jpeg", 900, 1600)


def test_a_size_that_stands_further_down_is_not_known() -> None:
    assert probe(data(photo(), "JPEG", exif=exif())[:60]) == Probe("image/jpeg")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<!DOCTYPE html><html><title>Nicht gefunden</title>", "web page"),
        (b"\xef\xbb\xbf \n<html><body>", "web page"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="10"/>', "SVG"),
        (b"%PDF-1.7 nichts zu sehen", "none of JPEG"),
        (b"BM" + bytes(60), "none of JPEG"),
        (b"", "empty"),
        (png_of(30_000, 30_000), "30000 × 30000 pixels, more than the 50 million"),
    ],
)
def test_what_cannot_be_shown_is_named(body: bytes, said: str) -> None:
    with pytest.raises(UnfitImage, match=said) as refused:
        probe(body)
    assert not refused.value.stand_in


def test_a_counter_is_no_picture() -> None:
    with pytest.raises(UnfitImage, match="1 × 1") as refused:
        probe(data(Image.new("L", (1, 1)), "GIF"))
    assert refused.value.stand_in


def read(glance: Glance, body: bytes, step: int = 1_000) -> int:
    """How many bytes were read before it was enough."""
    for end in range(step, len(body) + step, step):
        if glance(bytearray(body[:end])):
            return min(end, len(body))
    return len(body)


def test_a_glance_needs_but_the_head() -> None:
    body = data(photo(), "JPEG", quality=95)
    assert len(body) > 50_000
    glance = Glance(whole=False)
    assert read(glance, body) <= 2_000
    assert glance.found == Probe("image/jpeg", 1600, 900)


def test_a_glance_ends_where_metadata_never_do() -> None:
    body = data(photo(), "JPEG", quality=95, comment=b"x" * 65_000)
    stuffed = body[:2] + (b"\xff\xed" + (65_000).to_bytes(2, "big") + bytes(64_998)) * 3 + body[2:]
    glance = Glance(whole=False)
    assert HEAD <= read(glance, stuffed) <= HEAD + 1_000
    assert glance.found == Probe("image/jpeg")


def test_who_wants_the_whole_reads_all_of_a_picture_and_nothing_of_what_is_none() -> None:
    body = data(photo(), "JPEG")
    assert read(Glance(whole=True), body) == len(body)
    with pytest.raises(UnfitImage, match="web page"):
        read(Glance(whole=True), b"<!doctype html>" + bytes(100_000))
