"""A foreign picture becomes a copy of ours: turned upright, in sRGB, scaled down, without a word of metadata.

Equal bytes in, equal bytes out. Every decoder is handed what it can take within bounds of memory and time alone.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageCms, ImageStat

from newsletter.collect.hosting.encode import Encoded, encode
from newsletter.collect.hosting.probe import MOST_PIXELS, check_size
from newsletter.errors import UnfitImage

KINDS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
LOSSLESS = ("PNG", "GIF")
MOST_WHOLE = {"PNG": 16_000_000, "GIF": 16_000_000, "WEBP": 8_000_000, "AVIF": 8_000_000}
"""Pixels of a kind that is decoded whole; the newer ones' decoders keep several frames. Measured: below 200 MB."""

MOST_SAMPLES = 60_000_000  # pixels times channels of a progressive JPEG, of which libjpeg keeps all coefficients
MOST_SCANS = 100  # of a progressive JPEG; each goes over all of it, and an honest one has about ten
ORIENTATION = 0x0112  # EXIF's tag of how the camera was held, and what that asks for
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
ASIDE = (5, 6, 7, 8)
TALLEST = 4 / 3  # of the width: a poster fits, a ribbon becomes narrower
WHITE, DARK = (255, 255, 255), (28, 33, 38)  # what a transparent picture is put on
PALE = 200  # of 255: what is lighter would vanish on white


@dataclass(frozen=True, slots=True)
class Scaled:
    """A copy, and the pixels of the picture that it was made of (upright)."""

    copy: Encoded
    width: int
    height: int


def scaled(body: bytes, width: int) -> Scaled:
    """The copy of a picture, at most `width` pixels wide and never larger than it; of several frames the first.

    Raises UnfitImage where it is damaged, of another kind, or more than is decoded.
    """
    try:
        with Image.open(io.BytesIO(body), formats=KINDS) as picture:
            _check(picture, body)
            lossless, size = picture.format in LOSSLESS, picture.size
            decoded = _decoded(picture, width)
            if picture.getexif().get(ORIENTATION, 1) in ASIDE:
                size = size[1], size[0]
            copy = _fitted(decoded, width, picture.info.get("icc_profile"))
        return Scaled(encode(copy, lossless=lossless), *size)
    except UnfitImage:
        raise
    except Exception as error:  # six libraries' decoders over foreign bytes raise many kinds
        raise UnfitImage(f"it is damaged or of a kind that cannot be read ({type(error).__name__}: {error})") from error


def _check(picture: Image.Image, body: bytes) -> None:
    most = MOST_WHOLE.get(picture.format or "", MOST_PIXELS)
    if picture.format in ("JPEG", "MPO"):
        most = MOST_SAMPLES // len(picture.getbands()) if picture.info.get("progressive") else MOST_PIXELS
        if body.count(b"\xff\xda") > MOST_SCANS:
            raise UnfitImage(f"it is a JPEG of more than {MOST_SCANS} scans, which would take hours to decode")
    check_size(*picture.size, most)


def _decoded(picture: Image.Image, width: int) -> Image.Image:
    """The picture in a mode that can be scaled, turned as its camera says, still at least twice as large as wanted.

    It is made smaller at once: each further copy of the whole would cost the memory of the whole.
    """
    longest = round(width * TALLEST)
    picture.draft(None, (longest, longest))  # only JPEG can; it never goes below what is asked for
    picture.load()
    whole = _resizable(picture)
    factor = max(whole.size) // (2 * longest)
    small = whole.reduce(factor) if factor > 1 else whole
    turn = TURNS.get(picture.getexif().get(ORIENTATION, 1))
    return small.transpose(turn) if turn is not None else small


def _fitted(picture: Image.Image, width: int, profile: bytes | None) -> Image.Image:
    """The picture in grey or sRGB, scaled in its place, on an opaque ground, with nothing attached."""
    picture.thumbnail((width, round(width * TALLEST)), Image.Resampling.LANCZOS)
    opaque = _grounded(picture) if picture.mode == "RGBA" else picture
    fitted = _in_srgb(opaque, profile)
    fitted.info.clear()
    return fitted


def _resizable(picture: Image.Image) -> Image.Image:
    """In a mode that can be scaled without loss: grey, RGB, RGBA or CMYK."""
    if picture.mode.startswith("I"):  # 16 bits a pixel
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    if picture.mode == "RGBA" or (picture.mode in ("L", "RGB", "CMYK") and not picture.has_transparency_data):
        return picture
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    return picture.convert("L" if picture.mode == "1" else "RGB")


def _grounded(picture: Image.Image) -> Image.Image:
    """A transparent picture on white, or on dark where it is pale itself.

    It must be seen in a mail's light and dark mode alike (WCAG 1.4.11), and whoever drew it had one ground in mind.
    """
    alpha = picture.getchannel("A")
    flat = picture.convert("RGB")
    drawn = ImageStat.Stat(flat.convert("L"), mask=alpha.point(lambda value: 255 if value >= 64 else 0))
    pale = drawn.count[0] > 0 and drawn.mean[0] > PALE
    ground = Image.new("RGB", picture.size, DARK if pale else WHITE)
    ground.paste(flat, mask=alpha)
    return ground


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, source, _srgb(), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # a broken profile, or one of another colour model: what it would have changed is not known
        else:
            if converted is not None:
                return converted
    return picture if picture.mode in ("L", "RGB") else picture.convert("RGB")


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
