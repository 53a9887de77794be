"""How text looks, worked out without a browser: what its properties come to in colours, sizes and underlines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from newsletter.colours import Colour
from newsletter.edition.rules.css import Declared, colour_of, declarations, rules_of

Element = Any

ROOT = 16.0  # CSS pixels of 1rem
BLACK, WHITE, BLUE, DARK_CANVAS = (0, 0, 0), (255, 255, 255), (0, 0, 238), (18, 18, 18)
BROWSER: dict[str, dict[str, str]] = {
    "a": {"text-decoration": "underline"},
    "b": {"font-weight": "bold"},
    "ins": {"text-decoration": "underline"},
    "u": {"text-decoration": "underline"},
    "h1": {"font-size": "2em", "font-weight": "bold"},
    "h2": {"font-size": "1.5em", "font-weight": "bold"},
    "h3": {"font-size": "1.17em", "font-weight": "bold"},
    "h4": {"font-weight": "bold"},
    "h5": {"font-size": ".83em", "font-weight": "bold"},
    "h6": {"font-size": ".67em", "font-weight": "bold"},
    "small": {"font-size": ".83em"},
    "strong": {"font-weight": "bold"},
    "th": {"font-weight": "bold"},
}
_NOTHING = re.compile(r"0(?:\.0*)?(?:px|em|pt|%)?")
KEYWORDS = {"xx-small": 9, "x-small": 10, "small": 13, "medium": 16, "large": 18, "x-large": 24, "xx-large": 32}
FONT_SIZES = {"1": 10, "2": 13, "3": 16, "4": 18, "5": 24, "6": 32, "7": 48}  # HTML 15.3.4: <font size>
PRESENTED = frozenset({"align", "bgcolor", "color", "hidden", "size", "text"})
UNITS = {"px": 1.0, "pt": 4 / 3, "rem": ROOT}


@dataclass(frozen=True, slots=True)
class Look:
    """How an element's own text looks; `size` in CSS pixels."""

    colour: Colour
    ground: Colour
    size: float
    bold: bool
    hidden: bool
    underlined: bool
    align: str
    transform: str


def overridden_by_inline(root: Element, styles: Iterable[str]) -> list[tuple[Element, str]]:
    """Elements whose style attribute keeps a dark rule from applying, with the property."""
    found = []
    for rule in (rule for style in styles for rule in rules_of(style) if rule.dark):
        for name, (_, important) in rule.declared.items():
            if not important and "color" in name:
                found += [
                    (element, name) for element in rule.find(root) if name in declarations(element.get("style", ""))
                ]
    return found


def declared(element: Element, layers: Sequence[Declared]) -> dict[str, str]:
    """The winning value of each property: browser, `layers` from weak to strong; then what is important in them."""
    won = {**BROWSER.get(element.tag, {}), **presented(element)}
    for wanted in (False, True):
        for layer in layers:
            won.update({name: value for name, (value, important) in layer.items() if important is wanted})
    return won


def presented(element: Element) -> dict[str, str]:
    """What HTML's own attributes say of the look (HTML 15.3)."""
    found = {}
    if ground := element.get("bgcolor"):
        found["background-color"] = _legacy_colour(ground)
    if element.tag in ("font", "body") and (colour := element.get("color") or element.get("text")):
        found["color"] = _legacy_colour(colour)
    if element.tag == "font" and (size := FONT_SIZES.get(element.get("size") or "")):
        found["font-size"] = f"{size}px"
    if element.get("align") == "justify":
        found["text-align"] = "justify"
    if element.get("hidden") is not None:
        found["display"] = "none"
    return found


def _legacy_colour(value: str) -> str:
    value = value.strip().lower()
    return f"#{value}" if re.fullmatch(r"[0-9a-f]{6}", value) else value


def _hides(declared: dict[str, str]) -> bool:
    """Whether an element is shown to nobody; preheaders are hidden in all these ways at once."""
    if declared.get("display") == "none" or declared.get("visibility") in ("hidden", "collapse"):
        return True
    if re.fullmatch(r"0?\.?0+%?", declared.get("opacity", "1")):
        return True
    sizes = (declared.get(name, "") for name in ("height", "max-height", "width", "max-width"))
    return declared.get("overflow") == "hidden" and any(_NOTHING.fullmatch(size) for size in sizes)


def look(element: Element, around: Look, declared: dict[str, str]) -> Look:
    """How an element looks whose properties are `declared`, in what looks as `around`."""
    if not declared and element.tag != "a":
        return around
    linked = element.tag == "a" and element.get("href") is not None
    colour = colour_of(declared.get("color", "")) or (BLUE if linked and "color" not in declared else around.colour)
    decoration = f"{declared.get('text-decoration', '')} {declared.get('text-decoration-line', '')}"
    return Look(
        colour=colour,
        ground=colour_of(declared.get("background-color", "")) or around.ground,
        size=_size(declared, around.size),
        bold=_bold(declared.get("font-weight", ""), around.bold),
        hidden=around.hidden or _hides(declared),
        underlined="underline" in decoration or (around.underlined and not linked),
        align=declared.get("text-align", around.align),
        transform=declared.get("text-transform", around.transform),
    )


def _size(declared: dict[str, str], around: float) -> float:
    value = declared.get("font-size") or next(
        iter(re.findall(r"[\d.]+(?:px|em|rem|pt|%)", declared.get("font", ""))), ""
    )
    if inner := re.fullmatch(r"max\((.*)\)", value):
        return max(_length(part.strip(), around) for part in inner[1].split(","))
    return _length(value, around)


def _length(value: str, around: float) -> float:
    if value in KEYWORDS:
        return float(KEYWORDS[value])
    if value in ("smaller", "larger"):
        return around / 1.2 if value == "smaller" else around * 1.2
    match = re.fullmatch(r"([\d.]+)(px|pt|rem|em|%)?", value)
    if not match:
        return around
    number = float(match[1])
    if match[2] in UNITS:
        return number * UNITS[match[2]]
    return around * number / (100 if match[2] == "%" else 1) if match[2] or number == 0 else around


def _bold(value: str, around: bool) -> bool:
    if value.isdigit():
        return int(value) >= 700
    return {"bold": True, "bolder": True, "normal": False, "lighter": False}.get(value, around)
