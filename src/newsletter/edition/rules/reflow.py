"""What a narrow screen, larger text and wider spacing do to a mail, as far as its code tells: `make audit` looks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from newsletter.edition.rules.css import narrow_rules, rules_of
from newsletter.edition.rules.mail import Mail
from newsletter.edition.rules.page import Page
from newsletter.edition.rules.paints import NARROW, ROOT, length
from newsletter.rules.markup import Element, said
from newsletter.rules.rule import BLOCK, WARN, Defect, _, rule

_PIXELS = re.compile(r"(\d+(?:\.\d+)?)(px|pt)?\Z")
_FIXED = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:px|pt|cm|mm|in|pc|vw|vh)\Z")
_FITS = re.compile(r"(?:100|\d\d?(?:\.\d+)?)(?:%|vw)\Z")
_WIDE_TAGS = ("table", "td", "th", "img", "pre")  # whose own attribute says how wide they are
_LONG = 30  # characters: what may stand on one line in 320 px
_CLIPPING = frozenset({"hidden", "clip"})
SMALLEST_TARGET = 24  # CSS pixels (WCAG 2.5.8)


@lru_cache(maxsize=4096)
def properties(style: str) -> dict[str, str]:
    """All properties of a style attribute in small letters, the last of each."""
    pairs = (part.partition(":") for part in style.lower().split(";"))
    return {name.strip(): value.replace("!important", "").strip() for name, colon, value in pairs if colon}


@rule("REFLOW-1", BLOCK, "WCAG 1.4.10")
def fits_narrow(mail: Mail) -> Iterator[Defect]:
    """Nothing is wider than a screen of 320 px, where readers would have to scroll sideways for each line."""
    page = mail.page
    if page is None:
        return
    told = ((element, element.get("style") or "", element.get("width") or "") for element in page.all(*_WIDE_TAGS))
    for element, style, attribute in (*told, *((element, style, "") for element, style in page.styled)):
        width = _least_width(element.tag, style, attribute)
        if width > NARROW and not _relaxed(element, page):
            yield Defect(
                element,
                _("An element is %(width)s px wide whatever the screen; readers who enlarge scroll sideways."),
                _("Give it a width, or max-width, in per cent."),
                {"width": round(width)},
            )
    for text in _kept_on_one_line(page):
        yield Defect(text, _("A text may not break into lines."), _("Take white-space: nowrap off it."))


@rule("SPACE-1", BLOCK, "WCAG 1.4.12")
def room_for_text(mail: Mail) -> Iterator[Defect]:
    """Text has room to grow: no fixed height cuts it off, and no letters or lines are pushed together."""
    page = mail.page
    for element, style in page.styled if page else ():
        cuts_off, is_tight = _squeezes(style)
        if cuts_off and said(element) and page and not page.looks[element].light.hidden:
            yield Defect(
                element,
                _("A text is cut off where it needs more room than planned."),
                _("Take the fixed height off, or overflow: hidden."),
            )
        elif is_tight and said(element):
            yield Defect(
                element,
                _("Letters or lines are pushed together."),
                _("Let line-height be 1.2 at least, and letter-spacing and word-spacing normal."),
            )


@rule("SCALE-1", WARN, "WCAG 1.4.4")
def grows_with_the_reader(mail: Mail) -> Iterator[Defect]:
    """Text grows with the size that a reader has set, so none is measured by the window's width."""
    page = mail.page
    if page is None:
        return
    sizes = [(style, size) for style in page.style_attributes for size in _sizes_in(style)]
    sizes += [("<style>", size) for style in page.styles for size in _sizes_in(style)]
    for place, size in sizes:
        if re.search(r"\d(?:vw|vh|vmin|vmax)\b", size) and not re.search(r"\d(?:rem|em|px|%)", size):
            yield Defect(
                place,
                _("The size of a text follows the window and not the reader."),
                _("Measure it in rem, em or per cent."),
            )


@rule("TARGET-1", WARN, "WCAG 2.5.8")
def large_enough_to_hit(mail: Mail) -> Iterator[Defect]:
    """What stands by itself to be pressed measures 24 by 24 px at least."""
    page = mail.page
    if page is None:
        return
    for link in page.links:
        if not len(link) and "display" not in (link.get("style") or ""):
            continue
        found = properties(link.get("style") or "")
        inside = [one for one in link.iter("img") if len(link) == 1 and not (link.text or "").strip()]
        boxes = [found] if found.get("display") in ("block", "inline-block") else []
        boxes += [properties(one.get("style") or "") | _told(one) for one in inside]
        if any(_is_small(box) for box in boxes):
            yield Defect(link, _("A link is too small to be hit."), _("Let it measure 24 by 24 px, with its padding."))


@lru_cache(maxsize=4096)
def _least_width(tag: str, style: str, told: str) -> float:
    """CSS pixels that an element takes at least, 0 where it gives way; `told` is its own attribute."""
    if not told and "width" not in style.lower():
        return 0.0
    found = properties(style)
    if _FIXED.match(found.get("min-width", "")) and not found["min-width"].endswith(("vw", "vh")):
        return length(found["min-width"], ROOT)
    if _gives_way(found):
        return 0.0
    number = _PIXELS.match(found.get("width", told).strip())
    if not number or (tag == "img" and "width" not in found):
        return 0.0
    return float(number[1]) * (4 / 3 if number[2] == "pt" else 1)


def _gives_way(found: dict[str, str]) -> bool:
    width = found.get("width", "")
    return width == "auto" or any(_FITS.match(one) for one in (found.get("max-width", ""), width))


def _relaxed(element: Element, page: Page) -> bool:
    """Whether a style element makes an element narrower on narrow screens."""
    names = frozenset((element.get("class") or "").split())
    for style in page.styles:
        for one in (*rules_of(style), *narrow_rules(style)):
            if {"max-width", "width", "min-width"}.isdisjoint(one.declared) or one.dark:
                continue
            fits = any(
                _FITS.match(value) or value in ("auto", "0", "none", "inherit") or length(value, ROOT) <= NARROW
                for name, (value, _important) in one.declared.items()
                if name in ("max-width", "width", "min-width")
            )
            if fits and one.plain is not None and one.plain.matches(element.tag, names, element.get("id")):
                return True
            if fits and one.plain is None and element in one.find(page.root):
                return True
    return False


def _kept_on_one_line(page: Page) -> Iterator[Element]:
    for element, style in page.styled:
        if _keeps_lines(style) and len(said(element)) > _LONG and not page.looks[element].light.hidden:
            yield element
    for element in page.all("nobr"):
        if len(said(element)) > _LONG:
            yield element
    for element in page.all("td", "th"):
        if element.get("nowrap") is not None and len(said(element)) > _LONG:
            yield element


@lru_cache(maxsize=4096)
def _keeps_lines(style: str) -> bool:
    return properties(style).get("white-space") in ("nowrap", "pre")


@lru_cache(maxsize=4096)
def _squeezes(style: str) -> tuple[bool, bool]:
    """Whether a style cuts text off, and whether it pushes it together."""
    found = properties(style)
    return _cuts_off(found), _is_tight(found)


def _cuts_off(found: dict[str, str]) -> bool:
    clips = found.get("overflow", "") in _CLIPPING or found.get("overflow-y", "") in _CLIPPING
    tall = [found.get(name, "") for name in ("height", "max-height")]
    clamped = found.get("-webkit-line-clamp", "none") not in ("none", "")
    cut = found.get("text-overflow") == "ellipsis" and (clips or found.get("white-space") == "nowrap")
    return clamped or cut or (clips and any(_FIXED.match(one) and length(one, ROOT) > 1 for one in tall))


def _is_tight(found: dict[str, str]) -> bool:
    line = found.get("line-height", "")
    number = re.fullmatch(r"(\d*\.?\d+)(%|em)?", line)
    tight = number is not None and 0 < float(number[1]) / (100 if number[2] == "%" else 1) < 1
    size = found.get("font-size", "")
    if _FIXED.match(line) and _FIXED.match(size):
        tight = tight or 0 < length(line, ROOT) < length(size, ROOT)
    return tight or any(found.get(name, "").startswith("-") for name in ("letter-spacing", "word-spacing"))


@lru_cache(maxsize=256)
def _sizes_in(style: str) -> tuple[str, ...]:
    return tuple(value.strip() for value in re.findall(r"font-size\s*:\s*([^;}]+)", style.lower()))


def _told(image: Element) -> dict[str, str]:
    return {name: f"{image.get(name)}px" for name in ("width", "height") if (image.get(name) or "").isdecimal()}


def _is_small(box: dict[str, str]) -> bool:
    if any(name.startswith("padding") for name in box):
        return False
    told = [box[name] for name in ("width", "height") if _FIXED.match(box.get(name, ""))]
    return any(2 < length(one, ROOT) < SMALLEST_TARGET for one in told)
