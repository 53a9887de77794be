"""Colours in the other spaces of CSS Color 4, as sRGB: hwb, Lab, LCH, Oklab, Oklch and the predefined ones."""

from __future__ import annotations

import colorsys
import math
import re

from newsletter.colours import Colour

SYSTEM = {
    "canvas": "#ffffff",
    "canvastext": "#000000",
    "linktext": "#0000ee",
    "graytext": "#808080",
    "buttonface": "#efefef",
}
"""What browsers show for system colours in a light scheme (CSS Color 4, 6.2)."""
_WHITE = (0.3457 / 0.3585, 1.0, (1 - 0.3457 - 0.3585) / 0.3585)  # D50


def modern(name: str, parts: list[str]) -> tuple[Colour, float]:
    """The colour of a function with these parts, and how much it covers. Raises ValueError and IndexError."""
    if name == "color":
        return _predefined(parts)
    alpha = _share(parts[3]) if len(parts) > 3 else 1.0
    return _SPACES[name](parts[:3]), alpha


def _hwb(parts: list[str]) -> Colour:
    white, black = _share(parts[1]), _share(parts[2])
    if white + black >= 1:
        grey = white / (white + black)
        return _bytes((grey, grey, grey))
    pure = colorsys.hls_to_rgb(_angle(parts[0]) % 360 / 360, 0.5, 1.0)
    return _bytes([channel * (1 - white - black) + white for channel in pure])


def _oklab(parts: list[str]) -> Colour:
    return _from_oklab(_share(parts[0]), _number(parts[1], 0.4), _number(parts[2], 0.4))


def _oklch(parts: list[str]) -> Colour:
    chroma, hue = _number(parts[1], 0.4), math.radians(_angle(parts[2]))
    return _from_oklab(_share(parts[0]), chroma * math.cos(hue), chroma * math.sin(hue))


def _lab(parts: list[str]) -> Colour:
    return _from_lab(_number(parts[0], 100), _number(parts[1], 125), _number(parts[2], 125))


def _lch(parts: list[str]) -> Colour:
    chroma, hue = _number(parts[1], 150), math.radians(_angle(parts[2]))
    return _from_lab(_number(parts[0], 100), chroma * math.cos(hue), chroma * math.sin(hue))


_SPACES = {"hwb": _hwb, "oklab": _oklab, "oklch": _oklch, "lab": _lab, "lch": _lch}


def _predefined(parts: list[str]) -> tuple[Colour, float]:
    """`color(srgb 1 0 0)`; of a wider space the nearest that is told by the same numbers."""
    channels = [_share(part) for part in parts[1:4]]
    if parts[0] == "srgb-linear":
        channels = [_companded(channel) for channel in channels]
    return _bytes(channels), _share(parts[4]) if len(parts) > 4 else 1.0


def _from_oklab(lightness: float, a: float, b: float) -> Colour:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    return _bytes(map(_companded, (red, green, blue)))


def _from_lab(lightness: float, a: float, b: float) -> Colour:
    middle = (lightness + 16) / 116
    x, y, z = (
        white * _uncubed(part) for white, part in zip(_WHITE, (middle + a / 500, middle, middle - b / 200), strict=True)
    )
    red = 3.1341359569 * x - 1.6173863321 * y - 0.4906619460 * z
    green = -0.9787955765 * x + 1.9162543774 * y + 0.0334427356 * z
    blue = 0.0719531560 * x - 0.2289768264 * y + 1.4053860351 * z
    return _bytes(map(_companded, (red, green, blue)))


def _uncubed(part: float) -> float:
    return part**3 if part**3 > 216 / 24389 else (116 * part - 16) / (24389 / 27)


def _companded(linear: float) -> float:
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055


def _bytes(channels: object) -> Colour:
    red, green, blue = (max(0, min(255, round(channel * 255))) for channel in channels)  # type: ignore[attr-defined]
    return red, green, blue


def _share(part: str) -> float:
    """A number, or a share of 1."""
    if part == "none":
        return 0.0
    number = float(part.rstrip("%")) / (100 if part.endswith("%") else 1)
    return max(0.0, min(1.0, number))


def _number(part: str, whole: float) -> float:
    if part == "none":
        return 0.0
    return float(part[:-1]) / 100 * whole if part.endswith("%") else float(part)


def _angle(part: str) -> float:
    found = re.fullmatch(r"(-?[\d.]+)(turn|rad|grad|deg)?|none", part)
    if found is None:
        raise ValueError(part)
    return float(found[1] or 0) * {"turn": 360.0, "rad": 57.29578, "grad": 0.9}.get(found[2] or "", 1.0)
