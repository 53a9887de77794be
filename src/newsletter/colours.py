"""Colours as people see them: contrast (WCAG 2.2), and the nearest colour that has enough of it (OKLCH)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import lru_cache

Colour = tuple[int, int, int]
HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
STEP = 0.0025  # of lightness: finer than an eye tells apart


def colour(text: str) -> Colour:
    """`#0b4f8a` or `#05a`. Raises ValueError for anything else."""
    if not HEX.fullmatch(text):
        raise ValueError('a colour is written as "#0b4f8a"')
    digits = text[1:] if len(text) == 7 else "".join(2 * digit for digit in text[1:])
    red, green, blue = bytes.fromhex(digits)
    return red, green, blue


def written(one: Colour) -> str:
    """A colour as CSS has it."""
    return f"#{bytes(one).hex()}"


@lru_cache(maxsize=1024)
def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of two colours (WCAG 2.2, "contrast ratio")."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def inverted(one: Colour) -> Colour:
    """The colour as clients show it that turn light mails dark by inversion."""
    return (255 - one[0], 255 - one[1], 255 - one[2])


def nearest(one: Colour, fits: Callable[[Colour], bool]) -> Colour | None:
    """The colour nearest in lightness that fits, of the same hue and no more chroma; None where none does."""
    lightness, chroma, hue = _oklch(one)
    for n in range(round(1 / STEP) + 1):
        for other in (lightness - n * STEP, lightness + n * STEP):
            if 0 <= other <= 1 and fits(found := _in_gamut(other, chroma, hue)):
                return found
    return next((end for end in ((0, 0, 0), (255, 255, 255)) if fits(end)), None)


@lru_cache(maxsize=1024)
def _luminance(one: Colour) -> float:
    red, green, blue = map(_linear, one)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: int) -> float:
    part = channel / 255
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _oklch(one: Colour) -> tuple[float, float, float]:
    """Lightness, chroma and hue (CSS Color 4, 10.2 and 10.4)."""
    red, green, blue = map(_linear, one)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _in_gamut(lightness: float, chroma: float, hue: float) -> Colour:
    """The colour in sRGB, with as much of its chroma as a screen can show at that lightness."""
    least, most = 0.0, chroma
    found = _srgb(lightness, chroma, hue)
    if found is None:
        for _ in range(12):
            middle = (least + most) / 2
            least, most = (middle, most) if _srgb(lightness, middle, hue) else (least, middle)
        found = _srgb(lightness, least, hue)
    return found or ((0, 0, 0) if lightness < 0.5 else (255, 255, 255))


def _srgb(lightness: float, chroma: float, hue: float) -> Colour | None:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    parts = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    if not all(-0.0005 <= part <= 1.0005 for part in parts):
        return None
    red, green, blue = (round(255 * _curved(min(max(part, 0.0), 1.0))) for part in parts)
    return red, green, blue


def _curved(part: float) -> float:
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055
