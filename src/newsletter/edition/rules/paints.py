"""What CSS writes for a colour or a length, as numbers: the forms of CSS Color 4 and CSS Values 4 that mails have."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from PIL import ImageColor

from newsletter.colours import Colour
from newsletter.edition.rules.spaces import SYSTEM, modern

Paint = tuple[Colour, float]
"""A colour, and how much of it covers what is beneath: 1 all, 0 nothing."""

ROOT = 16.0  # CSS pixels of 1rem
NARROW = 320.0  # CSS pixels: of what follows the window's width the least is meant
KEYWORDS = dict(
    zip(
        ("xx-small", "x-small", "small", "medium", "large", "x-large", "xx-large", "xxx-large"),
        (9.0, 10.0, 13.0, 16.0, 18.0, 24.0, 32.0, 48.0),
        strict=True,
    )
)
INCH = 96.0
UNITS = {
    "px": 1.0,
    "pt": INCH / 72,
    "pc": INCH / 6,
    "in": INCH,
    "cm": INCH / 2.54,
    "mm": INCH / 25.4,
    "q": INCH / 101.6,
}
UNITS |= {"rem": ROOT, "vw": NARROW / 100, "vmin": NARROW / 100, "vi": NARROW / 100}
_FUNCTION = re.compile(r"(rgb|hsl)a?\(([^()]*)\)|(hwb|oklab|oklch|lab|lch|color)\(([^()]*)\)")
_MIX = re.compile(
    r"color-mix\(\s*in [\w-]+(?: \w+ hue)?\s*,\s*(.+?)(?:\s+([\d.]+)%)?\s*,\s*(.+?)(?:\s+([\d.]+)%)?\s*\)"
)
_NAMES = r"(?:rgb|hsl)a?|hwb|oklab|oklch|lab|lch|color"
_VARIABLE = re.compile(r"var\(\s*--[\w-]+\s*(?:,\s*([^()]*(?:\([^()]*\))?))?\)")
_TURNS = {"turn": 360.0, "rad": 57.29578, "grad": 0.9, "deg": 1.0}
_LENGTH = re.compile(r"(\d+\.?\d*|\.\d+)([a-z]+|%)?")
_CHOICES: dict[str, Callable[[list[float]], float]] = {
    "max": max,
    "min": min,
    "clamp": lambda parts: max(parts[0], min(parts[1:])) if len(parts) > 1 else parts[0],
}


@lru_cache(maxsize=1024)
def paint_of(value: str) -> Paint | None:
    """A CSS colour in small letters; None where it is none that can be worked out, or inherited."""
    value = _VARIABLE.sub(lambda found: found[1] or "", value).strip()
    if value == "transparent":
        return (0, 0, 0), 0.0
    try:
        if function := _FUNCTION.fullmatch(value):
            name, inside = function[1] or function[3], function[2] or function[4]
            parts = re.split(r"[\s,/]+", inside.strip())
            return _function(name, parts) if function[1] else modern(name, parts)
        if mixed := _MIX.fullmatch(value):
            return _mixed(*mixed.groups())
        value = SYSTEM.get(value, value)
        red, green, blue, *alpha = ImageColor.getrgb(value)
    except (ValueError, IndexError, OverflowError):
        return None
    return (red, green, blue), alpha[0] / 255 if alpha else 1.0


def _mixed(one: str, share: str | None, other: str, rest: str | None) -> Paint | None:
    """Two colours mixed as if in sRGB: near enough to tell light from dark."""
    first, second = paint_of(one), paint_of(other)
    if first is None or second is None:
        return None
    part = float(share) / 100 if share else 1 - float(rest) / 100 if rest else 0.5
    return over((first[0], part), second[0]), first[1] * part + second[1] * (1 - part)


def over(paint: Paint, ground: Colour) -> Colour:
    """How a colour looks on a ground that it may let through."""
    (red, green, blue), part = paint
    under = 1 - part
    return (
        round(red * part + ground[0] * under),
        round(green * part + ground[1] * under),
        round(blue * part + ground[2] * under),
    )


def first_of(value: str) -> str | None:
    """The first colour in a value that may hold more, as a gradient or a shorthand."""
    for word in re.findall(rf"(?:{_NAMES})\([^()]*\)|#[0-9a-f]+|var\([^()]*\)|[a-z]+(?![a-z]*\()", value):
        if paint_of(word):
            return str(word)
    return None


def length(value: str, around: float) -> float:
    """A font size in CSS pixels, where `around` is the one that it is in; `around` where it cannot be worked out."""
    value = value.strip()
    if value in KEYWORDS:
        return KEYWORDS[value]
    if value in ("smaller", "larger"):
        return around / 1.2 if value == "smaller" else around * 1.2
    if function := re.fullmatch(r"(max|min|clamp|calc)\((.*)\)", value):
        return _worked_out(function[1], function[2], around)
    found = _LENGTH.fullmatch(value)
    if not found or (not found[2] and float(found[1])):
        return around
    return _in_pixels(float(found[1]), found[2] or "px", around)


def _in_pixels(number: float, unit: str, around: float) -> float:
    if unit in UNITS:
        return number * UNITS[unit]
    return number * around * {"%": 0.01, "em": 1.0, "ex": 0.5, "ch": 0.5}.get(unit, 1 / number if number else 1.0)


def _worked_out(function: str, inside: str, around: float) -> float:
    if function == "calc":
        parts = re.split(r"\s+([+-])\s+", inside)
        signs = [1, *(1 if sign == "+" else -1 for sign in parts[1::2])]
        return sum(sign * length(part, around) for sign, part in zip(signs, parts[::2], strict=True))
    return _CHOICES[function]([length(part, around) for part in inside.split(",")])


def _function(name: str, parts: list[str]) -> Paint:
    alpha = _part(parts[3]) if len(parts) > 3 else 1.0
    if name == "rgb":
        red, green, blue = (_channel(part) for part in parts[:3])
        return (red, green, blue), alpha
    turn = re.fullmatch(r"(-?[\d.]+)(turn|rad|grad|deg)?", parts[0])
    if not turn:
        raise ValueError(parts[0])
    hue = float(turn[1]) * _TURNS[turn[2] or "deg"] % 360
    red, green, blue, *_ = ImageColor.getrgb(f"hsl({hue:.2f}, {parts[1].rstrip('%')}%, {parts[2].rstrip('%')}%)")
    return (red, green, blue), alpha


def _channel(part: str) -> int:
    number = float(part[:-1]) * 2.55 if part.endswith("%") else float(part)
    return max(0, min(255, round(number)))


def _part(part: str) -> float:
    return max(0.0, min(1.0, float(part[:-1]) / 100 if part.endswith("%") else float(part)))
