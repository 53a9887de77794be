"""The rules of a mail's style elements: which elements each applies to, on a wide screen, in light or dark mode."""

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
from PIL import ImageColor

from newsletter.colours import Colour
from newsletter.edition.inline import CSS_LOCK, parse_css

Declared = dict[str, tuple[str, bool]]
"""Values by property, with whether they are `!important`."""

LOOKED_AT = frozenset(
    {
        *("background", "background-color", "color", "display", "font", "font-size", "font-weight", "text-align"),
        *("text-decoration", "text-decoration-line", "text-transform", "visibility"),
        *("height", "max-height", "max-width", "opacity", "overflow", "width"),  # ways of hiding
    }
)
WIDE = 1280  # CSS pixels: conditions on width are judged for a screen like that


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
def rules_of(style: str) -> tuple[CssRule, ...]:
    """The rules of a style element that may apply, weaker ones first."""
    with CSS_LOCK:
        found = _rules(parse_css(style).cssRules, "")
    return tuple(sorted(found, key=lambda rule: rule.specificity))


@lru_cache(maxsize=4096)
def declarations(style: str) -> Declared:
    """The declarations of a style attribute that rules look at; of several for a property the last one."""
    found: Declared = {}
    for part in style.split(";"):
        name, colon, value = part.partition(":")
        if colon and (name := name.strip().lower()) in LOOKED_AT:
            value, _, important = value.partition("!")
            found[_longhand(name)] = (_value(name, value), important.strip().lower() == "important")
    return found


@lru_cache(maxsize=1024)
def colour_of(value: str) -> Colour | None:
    """A CSS colour; None where it is none, transparent or inherited."""
    try:
        red, green, blue, *alpha = ImageColor.getrgb(value)
    except ValueError:
        return None
    return None if alpha == [0] else (red, green, blue)


def is_dark(media: str) -> bool:
    """Whether a media query asks for dark mode."""
    return bool(re.search(r"prefers-color-scheme\s*:\s*dark", media))


def _longhand(name: str) -> str:
    return "background-color" if name == "background" else name


def _value(name: str, value: str) -> str:
    value = value.strip().lower()
    if name != "background":
        return value
    return next((word for word in value.split() if colour_of(word)), "transparent")


def _rules(rules: Any, media: str) -> list[CssRule]:
    found = []
    for rule in rules:
        if rule.type == cssutils.css.CSSRule.MEDIA_RULE and _may_apply(rule.media.mediaText.lower()):
            found += _rules(rule.cssRules, rule.media.mediaText.lower())
        elif rule.type == cssutils.css.CSSRule.STYLE_RULE:
            found += _selectors(rule, media)
    return found


def _selectors(rule: Any, media: str) -> list[CssRule]:
    declared = {
        _longhand(one.name): (_value(one.name, one.value), one.priority == "important")
        for one in rule.style.getProperties(all=False)
        if one.name in LOOKED_AT
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


def _may_apply(media: str) -> bool:
    return any(_query_may_apply(query) for query in media.split(","))


def _query_may_apply(query: str) -> bool:
    if re.search(r"\bprint\b|\bspeech\b|\bnot\b|forced-colors|prefers-contrast|device-pixel-ratio", query):
        return False
    widths = re.findall(r"(min|max)-(?:device-)?width\s*:\s*([\d.]+)", query)
    return all((float(width) <= WIDE) == (side == "min") for side, width in widths)
