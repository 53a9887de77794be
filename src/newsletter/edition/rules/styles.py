"""How text looks, worked out without a browser: what its properties come to in colours, sizes and underlines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from newsletter.colours import Colour
from newsletter.edition.rules.css import Declared, declarations, rules_of
from newsletter.edition.rules.paints import ROOT, length, over, paint_of

Element = Any

BLACK, WHITE, BLUE, DARK_CANVAS = (0, 0, 0), (255, 255, 255), (0, 0, 238), (18, 18, 18)
BROWSER: dict[str, dict[str, str]] = {
    "a": {"text-decoration-line": "underline"},
    "b": {"font-weight": "bold"},
    "ins": {"text-decoration-line": "underline"},
    "u": {"text-decoration-line": "underline"},
    "h1": {"font-size": "2em", "font-weight": "bold"},
    "h2": {"font-size": "1.5em", "font-weight": "bold"},
    "h3": {"font-size": "1.17em", "font-weight": "bold"},
    "h4": {"font-weight": "bold"},
    "h5": {"font-size": ".83em", "font-weight": "bold"},
    "h6": {"font-size": ".67em", "font-weight": "bold"},
    "small": {"font-size": ".83em"},
    "strong": {"font-weight": "bold"},
    "th": {"font-weight": "bold"},
    "sub": {"font-size": "smaller"},
    "sup": {"font-size": "smaller"},
}
_NOTHING = re.compile(r"0(?:\.0*)?(?:px|em|pt|%)?")
_AWAY = re.compile(r"-\d{3,}(?:\.\d+)?(?:px|pt|em|rem|vw|%)|-\d{2,}(?:em|rem)")
_CUT = re.compile(r"rect\(\s*(?:[01](?:px)?[\s,]*){4}\)|inset\(\s*(?:50|100)%|circle\(\s*0")
_SCALED = re.compile(r"(?:.*\bscale(?:3d|x|y)?\(\s*)?([\d.]+)(%?).*")
TINY = 2  # CSS pixels: what is no larger shows nothing
FONT_SIZES = {"1": 10, "2": 13, "3": 16, "4": 18, "5": 24, "6": 32, "7": 48}  # HTML 15.3.4: <font size>
PRESENTED = frozenset({"align", "bgcolor", "color", "hidden", "size", "text"})
LIST_OF_SIZES = (10, 10, 13, 16, 18, 24, 32, 48)  # for sizes told from the usual 3


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
    tiny: bool = False  # the element's own box, if its size is told


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
    if element.tag == "font" and (size := _font_size((element.get("size") or "").strip())):
        found["font-size"] = f"{size}px"
    if (element.get("align") or "").strip().lower() == "justify":
        found["text-align"] = "justify"
    if element.get("hidden") is not None:
        found["display"] = "none"
    return found


def _font_size(value: str) -> int | None:
    if re.fullmatch(r"[+-]\d", value):
        return LIST_OF_SIZES[max(1, min(7, 3 + int(value)))]
    return FONT_SIZES.get(value)


def _legacy_colour(value: str) -> str:
    value = value.strip().lower()
    return f"#{value}" if re.fullmatch(r"[0-9a-f]{6}", value) else value


def _hides(declared: dict[str, str]) -> bool:
    """Whether an element is shown to nobody; preheaders are hidden in all these ways at once."""
    if declared.get("display") == "none" or declared.get("visibility") in ("hidden", "collapse"):
        return True
    if re.fullmatch(r"0?\.?0+%?", declared.get("opacity", "1")) or _AWAY.fullmatch(declared.get("text-indent", "")):
        return True
    if declared.get("position") in ("absolute", "fixed") and (
        any(_AWAY.fullmatch(declared.get(side, "")) for side in ("left", "top")) or _CUT.match(declared.get("clip", ""))
    ):
        return True
    if _CUT.match(declared.get("clip-path", "")) or re.search(r"scale\(\s*0*\.?0+\s*\)", declared.get("transform", "")):
        return True
    sizes = (declared.get(name, "") for name in ("height", "max-height", "width", "max-width"))
    return declared.get("overflow") == "hidden" and any(_NOTHING.fullmatch(size) for size in sizes)


def look(element: Element, around: Look, declared: dict[str, str]) -> Look:
    """How an element looks whose properties are `declared`, in what looks as `around`."""
    if not declared and element.tag != "a":
        return around
    linked = element.tag == "a" and element.get("href") is not None
    lying = paint_of(declared.get("background-color", ""))
    ground = over(lying, around.ground) if lying else around.ground
    paint = paint_of(declared.get("color", "")) or (BLUE if linked and "color" not in declared else around.colour, 1.0)
    return Look(
        colour=over((over(paint, ground), _opacity(declared.get("opacity", ""))), ground),
        ground=ground,
        size=length(declared.get("font-size", ""), around.size) * _scale(declared.get("transform", "")),
        bold=_bold(declared.get("font-weight", ""), around.bold),
        hidden=around.hidden or _hides(declared),
        underlined=_underlined(declared) or (around.underlined and not linked),
        align=declared.get("text-align", around.align),
        transform=declared.get("text-transform", around.transform),
        tiny=_tiny(declared),
    )


def _opacity(value: str) -> float:
    found = re.fullmatch(r"([\d.]+)(%?)", value)
    if not found or found[1].count(".") > 1 or found[1] == ".":
        return 1.0
    return min(1.0, float(found[1]) / (100 if found[2] else 1))


def _scale(value: str) -> float:
    """How much of its size `transform: scale()`, or `zoom`, leaves to a text; it makes nothing larger here."""
    found = _SCALED.fullmatch(value) if value and "translate" not in value and "rotate" not in value else None
    if not found or found[1].count(".") > 1 or found[1] == ".":
        return 1.0
    return min(1.0, float(found[1]) / (100 if found[2] else 1)) or 1.0


def _underlined(declared: dict[str, str]) -> bool:
    line = declared.get("text-decoration-line", "")
    colour, thickness = (declared.get(f"text-decoration-{name}", "") for name in ("color", "thickness"))
    seen = "transparent" not in (*line.split(), colour) and not _NOTHING.fullmatch(thickness)
    return "underline" in line and seen


def _tiny(declared: dict[str, str]) -> bool:
    """Whether an element is told to be a dot: in both directions, or in the one that is told."""
    told = [declared[name] for name in ("width", "height", "max-width", "max-height") if name in declared]
    return bool(told) and all(_NOTHING.fullmatch(one) or _is_dot(one) for one in told)


def _is_dot(size: str) -> bool:
    return bool(re.match(r"[\d.]", size)) and not size.endswith("%") and 0 <= length(size, ROOT) <= TINY


def _bold(value: str, around: bool) -> bool:
    if value.isdigit():
        return int(value) >= 700
    return {"bold": True, "bolder": True, "normal": False, "lighter": False}.get(value, around)
