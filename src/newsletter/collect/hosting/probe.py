"""What a picture is, by the first of its bytes: its kind and its size. Names and content types are not believed."""

from __future__ import annotations

import io
from dataclasses import dataclass

import imagesize

from newsletter.errors import UnfitImage
from newsletter.model.image import is_stand_in

HEAD = 65_536  # bytes; a photograph's metadata may fill most of them
MOST_PIXELS = 50_000_000  # of any picture; which kinds may have fewer is said where they are decoded
_SNIFFED = 1_024  # bytes, in which a drawing or a page says what it is


@dataclass(frozen=True, slots=True)
class Probe:
    """MIME type and pixels, as the picture is seen (turned as its metadata says); None where the bytes do not tell."""

    type: str
    width: int | None = None
    height: int | None = None


def probe(head: bytes) -> Probe:
    """What the first bytes of a picture tell. Raises UnfitImage for what no mail and no page can show."""
    kind = _kind(head)
    if kind is None:
        raise UnfitImage(_what_else(head))
    try:
        width, height = imagesize.get(io.BytesIO(head))
    except Exception:  # of a foreign parser over foreign bytes: whatever it is, the size is not known
        return Probe(kind)
    if width <= 0 or height <= 0:
        return Probe(kind)
    check_size(width, height)
    return Probe(kind, width, height)


def check_size(width: int, height: int, most: int = MOST_PIXELS) -> None:
    """Raises UnfitImage for a picture of nothing, and for one of more pixels than are decoded."""
    if is_stand_in(width, height):
        raise UnfitImage(f"it is {width} × {height} pixels: a stand-in or an icon, no picture", stand_in=True)
    if width * height > most:
        raise UnfitImage(
            f"it is {width} × {height} pixels, more than the {most / 1_000_000:g} million that are decoded"
        )


class Glance:
    """Looks at the bytes of a picture as they come in, and says whether they are enough.

    Raises UnfitImage as soon as they show that they are no picture. `whole`: all of them are wanted, if it is one.
    """

    def __init__(self, *, whole: bool) -> None:
        self._whole = whole
        self.found: Probe | None = None

    def __call__(self, body: bytes | bytearray | memoryview) -> bool:
        """Whether no more bytes are needed."""
        if self.found is None or (self.found.width is None and len(body) <= HEAD):
            if len(body) < 16:  # no kind can be told yet
                return False
            self.found = probe(bytes(body[:HEAD]))
        return not self._whole and (self.found.width is not None or len(body) >= HEAD)


def _kind(head: bytes) -> str | None:
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp" and b"avif" in head[8:64]:
        return "image/avif"
    return None


def _what_else(head: bytes) -> str:
    text = head[:_SNIFFED].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in text:
        return "it is an SVG drawing, which mail programs do not show"
    if text.startswith(b"<"):
        return "it is a web page, not a picture"
    return "it is none of JPEG, PNG, GIF, WebP and AVIF" if head else "it is empty"
