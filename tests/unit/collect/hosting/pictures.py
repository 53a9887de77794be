"""Pictures of every kind that portals have, made by Pillow."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image

GPS = 0x8825
ORIENTATION = 0x0112


def data(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """The bytes of a picture."""
    with io.BytesIO() as file:
        picture.save(file, kind, **options)
        return file.getvalue()


def photo(width: int = 1600, height: int = 900) -> Image.Image:
    """As rich in detail as a photograph: a gradient under coarse noise; red at the left, blue at the right."""
    noise = Image.effect_noise((width // 4, height // 4), 40).resize((width, height))
    slope = Image.linear_gradient("L").rotate(90).resize((width, height))
    return Image.merge("RGB", (Image.eval(slope, lambda value: 255 - value), noise, slope))


def drawing(width: int = 800, height: int = 600) -> Image.Image:
    """A diagram of three colours."""
    picture = Image.new("RGB", (width, height), "white")
    picture.paste((11, 79, 138), (width // 8, height // 2, width // 4, height))
    picture.paste((122, 75, 0), (width // 2, height // 4, width * 3 // 4, height))
    return picture


def opened(body: bytes) -> Image.Image:
    """A picture, decoded."""
    picture = Image.open(io.BytesIO(body))
    picture.load()
    return picture


def exif(orientation: int = 1, *, gps: bool = False) -> Image.Exif:
    """What a camera writes into its pictures."""
    said = Image.Exif()
    said[ORIENTATION] = orientation
    said[0x010F] = "Kamera GmbH"
    if gps:
        said[GPS] = {1: "N", 2: (48.0, 46.0, 36.0), 3: "E", 4: (9.0, 10.0, 48.0)}
    return said


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it has so many pixels, in a few bytes."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(bytes(1_000))), (b"IEND", b"")]
    chunks = [
        struct.pack(">I", len(part)) + name + part + struct.pack(">I", zlib.crc32(name + part)) for name, part in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
