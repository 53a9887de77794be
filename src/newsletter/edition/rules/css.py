"""The rules of a mail's style elements: which elements each applies to, on a wide or a narrow screen, light or dark."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cssutils
from cssselect import HTMLTranslator, Selector, SelectorError
from cssselect import parse as parse_selector
from cssselect.parser import Class, CombinedSelector, Hash
from cssselect.parser import Element as SelectorElement
from lxml import etree

from newsletter.edition.inline import CSS_LOCK, parse_css
from newsletter.edition.rules.paints import KEYWORDS, first_of

Declared = dict[str, tuple[str, bool]]
"""Values by property, with whether they are `!important`."""

LOOKED_AT = frozenset(
    {
        *("all", "background", "background-color", "background-image", "color", "display", "font", "font-size"),
        *("font-variant", "font-variant-caps", "font-weight", "text-align", "text-transform", "visibility", "zoom"),
        *("text-decoration", "text-decoration-color", "text-decoration-line", "text-decoration-thickness"),
        *("clip", "clip-path", "height", "left", "max-height", "max-width", "min-width", "opacity", "overflow"),
        *("position", "text-indent", "top", "transform", "white-space", "width"),  # ways of hiding, and of being wide
    }
)
_COLOURS = frozenset({"background-color", "color", "opacity"})
WIDE, SMALL = 1280, 320  # CSS pixels: conditions on width are judged for screens like these


@dataclass(frozen=True, slots=True)
class Plain:
    """A selector that asks for nothing but an element's name, classes and id."""

    tag: str | None
    classes: frozenset[str]
    id: str | None

    def matches(self, tag: str, classes: frozenset[str], id: str | None) -> bool:
        """Whether it selects such an element."""
        return self.tag in (None, tag) and self.classes <= classes and self.id in (None, id)


@dataclass(frozen=True, slots=True)
class CssRule:
    """A rule with one selector. `dark` says that it is for dark mode only, `light` that it is not for it."""

    find: Any  # an XPath over the document
    plain: Plain | None  # the same, where the element alone decides
    within: (
        str | None
    )  # an XPath of the outermost of several: without that none of them is there, as in `[data-ogsc] a`
    specificity: tuple[int, int, int]
    declared: Declared
    dark: bool
    light: bool


@lru_cache(maxsize=64)
def rules_of(style: str, width: int = WIDE) -> tuple[CssRule, ...]:
    """The rules of a style element that may apply on a screen of that width, weaker ones first."""
    with CSS_LOCK:
        found = _rules(parse_css(style).cssRules, "", width)
    return tuple(sorted(found, key=lambda rule: rule.specificity))


def narrow_rules(style: str) -> tuple[CssRule, ...]:
    """The rules that apply on a narrow screen, where a style element makes a difference of it."""
    return rules_of(style, SMALL) if "width" in style and "@media" in style else ()


@lru_cache(maxsize=64)
def recolours_narrow(style: str) -> bool:
    """Whether a style element has colours of its own for narrow screens."""
    told = [rule.declared for rule in rules_of(style)]
    other = (rule.declared for rule in narrow_rules(style) if rule.declared not in told)
    return any(not _COLOURS.isdisjoint(declared) for declared in other)


@lru_cache(maxsize=4096)
def declarations(style: str) -> Declared:
    """The declarations of a style attribute that rules look at; of several for a property the last one."""
    found: Declared = {}
    for part in style.split(";"):
        name, colon, value = part.partition(":")
        if colon and (name := name.strip().lower()) in LOOKED_AT:
            value, _, important = value.partition("!")
            for longhand, said in longhands(name, value.strip().lower()):
                found[longhand] = (said, important.strip().lower() == "important")
    return found


def is_dark(media: str) -> bool:
    """Whether a media query asks for dark mode."""
    return bool(re.search(r"prefers-color-scheme\s*:\s*dark", media))


def longhands(name: str, value: str) -> list[tuple[str, str]]:
    """What a declaration says property by property, so that a shorthand and what it stands for replace each other."""
    if name == "background":
        return [("background-color", first_of(value) or "transparent")]
    if name == "background-image":  # text on a gradient stands on its colours, the first as good as any
        return [("background-color", first_of(value) or "transparent")] if "gradient(" in value else []
    if name == "font":
        return _font(value)
    if name == "text-decoration":
        return [("text-decoration-line", value)]
    if name == "all":
        return [("text-decoration-line", "none"), ("font-weight", "normal")]
    return [("transform", value)] if name == "zoom" else [(name, value)]


def _font(value: str) -> list[tuple[str, str]]:
    found = []
    for word in value.split(",")[0].split():
        size = word.partition("/")[0]
        if size in KEYWORDS or re.fullmatch(r"[\d.]+(?:[a-z]+|%)", size):
            found.append(("font-size", size))
        elif word in ("bold", "bolder") or (word.isdigit() and len(word) == 3):
            found.append(("font-weight", word))
    return found if any(name == "font-weight" for name, _ in found) else [*found, ("font-weight", "normal")]


def _rules(rules: Any, media: str, width: int) -> list[CssRule]:
    found = []
    for rule in rules:
        if rule.type == cssutils.css.CSSRule.MEDIA_RULE and _may_apply(rule.media.mediaText.lower(), width):
            found += _rules(rule.cssRules, rule.media.mediaText.lower(), width)
        elif rule.type == cssutils.css.CSSRule.STYLE_RULE:
            found += _selectors(rule, media)
    return found


def _selectors(rule: Any, media: str) -> list[CssRule]:
    declared = {
        longhand: (said, one.priority == "important")
        for one in rule.style.getProperties(all=False)
        if one.name in LOOKED_AT
        for longhand, said in longhands(one.name, one.value.strip().lower())
    }
    if not declared:
        return []
    try:
        selectors = parse_selector(rule.selectorText)
        paths = [HTMLTranslator().selector_to_xpath(selector) for selector in selectors]
    except SelectorError:  # :hover, :focus and the like never apply to what lies still
        return []
    light = bool(re.search(r"prefers-color-scheme\s*:\s*light", media))
    return [
        CssRule(etree.XPath(path), _plain(one), _within(one), one.specificity(), declared, is_dark(media), light)
        for one, path in zip(selectors, paths, strict=True)
    ]


def _plain(selector: Selector) -> Plain | None:
    classes, id, tree = set(), None, selector.parsed_tree
    while isinstance(tree, Class | Hash):
        if isinstance(tree, Class):
            classes.add(tree.class_name)
        elif id in (None, tree.id):
            id = tree.id
        else:
            return None
        tree = tree.selector
    if selector.pseudo_element or not isinstance(tree, SelectorElement) or tree.namespace:
        return None
    return Plain(tree.element and tree.element.lower(), frozenset(classes), id)


def _within(selector: Selector) -> str | None:
    tree = selector.parsed_tree
    if not isinstance(tree, CombinedSelector):
        return None
    while isinstance(tree, CombinedSelector):
        tree = tree.selector
    return HTMLTranslator().selector_to_xpath(Selector(tree))


def _may_apply(media: str, width: int) -> bool:
    return any(_query_may_apply(query, width) for query in media.split(","))


def _query_may_apply(query: str, width: int) -> bool:
    if re.search(r"\bprint\b|\bspeech\b|\bnot\b|forced-colors|prefers-contrast|device-pixel-ratio", query):
        return False
    widths = re.findall(r"(min|max)-(?:device-)?width\s*:\s*([\d.]+)", query)
    return all(float(told) <= width if side == "min" else float(told) >= width for side, told in widths)
