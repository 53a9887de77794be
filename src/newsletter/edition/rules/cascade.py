"""How every element of a mail looks, in light and in dark: the cascade walked once down the tree.

Mails repeat themselves, and so do the variants of an edition: a look follows from the look around an element and from
what is said of the element itself, and is worked out once for all that are the same in both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from lxml.etree import XPath

from newsletter.edition.rules.css import WIDE, CssRule, Declared, declarations, rules_of
from newsletter.edition.rules.paints import ROOT
from newsletter.edition.rules.styles import (
    BLACK,
    DARK_CANVAS,
    PRESENTED,
    WHITE,
    Element,
    Look,
    declared,
    look,
    presented,
)

MOST = 20_000  # kinds of elements that a cascade remembers


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """How an element looks; the same object for all that look alike and stand in what looks alike."""

    light: Look
    dark: Look


@lru_cache(maxsize=16)
def cascade(styles: tuple[str, ...], *, dark_canvas: bool, width: int = WIDE) -> Cascade:
    """The cascade of these style elements; the variants of an edition share one."""
    return Cascade(styles, dark_canvas, width)


class Cascade:
    """The rules of a mail's style elements, and the looks that came of them so far.

    `dark_canvas` says that the mail asks the browser for a dark page in dark mode.
    """

    def __init__(self, styles: tuple[str, ...], dark_canvas: bool, width: int) -> None:
        rules = [rule for style in styles for rule in rules_of(style, width)]
        self._rules = sorted(rules, key=lambda rule: rule.specificity)
        self._plain = [(n, rule.plain) for n, rule in enumerate(self._rules) if rule.plain]
        self._others = [(n, rule) for n, rule in enumerate(self._rules) if not rule.plain]
        light = Look(BLACK, WHITE, ROOT, False, False, False, "start", "none")
        self._start = Shown(light, replace(light, colour=WHITE, ground=DARK_CANVAS) if dark_canvas else light)
        self._within = {rule.within: XPath(f"boolean({rule.within})") for _, rule in self._others if rule.within}
        self._matched: dict[tuple[Any, ...], tuple[int, ...]] = {}
        self._known: dict[tuple[Any, ...], Shown] = {}

    def apply(self, root: Element, body: Element) -> dict[Element, Shown]:
        """How each element of the body looks."""
        if len(self._known) > MOST:
            self._known.clear()
        found: dict[Element, Shown] = {}
        others = self._apply_others(root)
        for element in body.iter("*"):
            around = found.get(element.getparent(), self._start)
            found[element] = self._shown(element, around, others.get(element, ()))
        return found

    def _shown(self, element: Element, around: Shown, others: tuple[int, ...]) -> Shown:
        tag, style, keys = element.tag, element.get("style"), element.keys()
        attributes = () if PRESENTED.isdisjoint(keys) else tuple(sorted(presented(element).items()))
        linked = tag == "a" and "href" in keys
        key = (around, tag, element.get("class"), element.get("id"), style, attributes, linked, others)
        known = self._known.get(key)
        if known is None:
            self._known[key] = known = self._work_out(element, around, others)
        return known

    def _work_out(self, element: Element, around: Shown, others: tuple[int, ...]) -> Shown:
        matched = sorted((*self._matching(element.tag, element.get("class"), element.get("id")), *others))
        rules = [self._rules[n] for n in matched]
        own = declarations(element.get("style") or "")
        light = look(element, around.light, declared(element, [*_of(rules, dark=False), own]))
        dark = look(element, around.dark, declared(element, [*_of(rules, dark=True), own]))
        return around if (light, dark) == (around.light, around.dark) else Shown(light, dark)

    def _matching(self, tag: str, classes: str | None, id: str | None) -> tuple[int, ...]:
        """The rules that ask for nothing but a name, classes and an id."""
        key = (tag, classes, id)
        if key not in self._matched:
            names = frozenset((classes or "").split())
            self._matched[key] = tuple(n for n, plain in self._plain if plain.matches(tag, names, id))
        return self._matched[key]

    def _apply_others(self, root: Element) -> dict[Element, tuple[int, ...]]:
        """The rules that ask for more, by the elements they match."""
        found: dict[Element, tuple[int, ...]] = {}
        there: dict[str | None, bool] = {within: found_in(root) for within, found_in in self._within.items()}
        for n, rule in self._others:
            for element in rule.find(root) if there.get(rule.within, True) else ():
                found[element] = (*found.get(element, ()), n)
        return found


def _of(rules: list[CssRule], *, dark: bool) -> Iterator[Declared]:
    """What rules declare that hold in a mode."""
    return (rule.declared for rule in rules if not (rule.light if dark else rule.dark))
