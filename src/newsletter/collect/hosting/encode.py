"""A scaled picture becomes bytes: JPEG, or PNG for what was drawn with few colours; small enough for a mail."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image

TARGET = 150_000  # bytes
QUALITIES = (80, 72, 64, 56)
NARROWEST = 480  # pixels: below that nothing is gained


@dataclass(frozen=True, slots=True)
class Encoded:
    """The bytes of a copy, what they are, and its pixels."""

    data: bytes
    type: str
    ending: str
    width: int
    height: int


def encode(picture: Image.Image, *, lossless: bool) -> Encoded:
    """A picture in grey or RGB as bytes; `lossless`: it came without loss, and may stay so where that is no heavier."""
    jpeg = _jpeg(picture)
    if lossless:
        png = _written(picture, "PNG", optimize=True)
        if len(png) <= min(TARGET, 2 * len(jpeg.data)):
            return Encoded(png, "image/png", "png", *picture.size)
    return jpeg


def _jpeg(picture: Image.Image) -> Encoded:
    """The best JPEG within the target; a picture too rich for all qualities becomes smaller."""
    data = b""
    for quality in QUALITIES:
        data = _written(picture, "JPEG", quality=quality, progressive=True, optimize=True)
        if len(data) <= TARGET:
            break
    if len(data) > TARGET and picture.width > NARROWEST:
        smaller = (picture.width * 3 // 4, max(1, picture.height * 3 // 4))
        return _jpeg(picture.resize(smaller, Image.Resampling.LANCZOS))
    return Encoded(data, "image/jpeg", "jpg", *picture.size)


def _written(picture: Image.Image, kind: str, **options: int) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()
