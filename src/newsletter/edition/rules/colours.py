"""Colours: contrast in light, dark and inverted, and that dark mode comes through."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from newsletter.colours import contrast, inverted
from newsletter.edition.rules.cascade import Shown
from newsletter.edition.rules.css import rules_of
from newsletter.edition.rules.mail import Mail
from newsletter.edition.rules.page import Page
from newsletter.edition.rules.styles import Look, overridden_by_inline
from newsletter.rules.markup import Element
from newsletter.rules.rule import BLOCK, Defect, _, rule

_SCHEME = re.compile(r"(?<![\w-])(?:supported-)?color-schemes?\s*:[^;}]*\bdark\b", re.IGNORECASE)
BODY, LARGE = 4.5, 3.0  # WCAG 1.4.3; large is 24 px, or bold and 14 pt
Pair = tuple[tuple[int, int, int], tuple[int, int, int]]


@rule("CONTR-1", BLOCK, "WCAG 1.4.3")
def text_contrast(mail: Mail) -> Iterator[Defect]:
    """Text stands out from its ground: in light, in dark, and where a client inverts the colours."""
    if mail.page is None:
        return
    seen: set[tuple[str, Pair]] = set()
    for mode, element, (colour, ground), needed in _texts(mail.page):
        if (mode, (colour, ground)) in seen:
            continue
        if (ratio := contrast(colour, ground)) < needed:
            seen.add((mode, (colour, ground)))
            yield Defect(
                element,
                _("Text (#%(colour)s on #%(ground)s, %(mode)s) has a contrast of %(ratio)s:1; %(needed)s:1 is needed."),
                _("Choose a darker or lighter colour in your CSS."),
                {
                    "colour": bytes(colour).hex(),
                    "ground": bytes(ground).hex(),
                    "mode": mail.words.say(mode),
                    "ratio": f"{ratio:.2f}",
                    "needed": needed,
                },
            )


@rule("DARK-1", BLOCK, "WCAG 1.4.3")
def dark_rules_win(mail: Mail) -> Iterator[Defect]:
    """Dark mode's colours win over the style attributes."""
    if mail.page is None:
        return
    names = {name: element for element, name in overridden_by_inline(mail.page.root, mail.page.styles)}
    for name, element in names.items():
        yield Defect(
            element,
            _("A style attribute keeps dark mode from setting “%(name)s”."),
            _("Put !important on the rules for dark mode."),
            {"name": name},
        )


@rule("DARK-2", BLOCK, "WCAG 1.4.3")
def dark_is_meant(mail: Mail) -> Iterator[Defect]:
    """A mail that says it has a dark mode has colours for it."""
    if mail.page is None or not _says_dark(mail.page):
        return
    if not any(rule.dark for style in mail.page.styles for rule in rules_of(style)):
        yield Defect(
            "<meta name=color-scheme>",
            _("The mail says that it has a dark mode, but has no colours for it."),
            _("Add rules for prefers-color-scheme: dark, or take the meta element out."),
        )


def _says_dark(page: Page) -> bool:
    """Whether a mail says that it has a dark mode: in a meta element, or in its CSS."""
    named = (scheme for name in ("color-scheme", "supported-color-schemes") for scheme in page.metas(name))
    return any("dark" in scheme for scheme in named) or any(map(_wants_dark, page.styles))


@lru_cache(maxsize=64)
def _wants_dark(style: str) -> bool:
    return bool(_SCHEME.search(style))


def _texts(page: Page) -> Iterator[tuple[str, object, Pair, float]]:
    """The first element with text of each look, by mode: its colours and the contrast it needs."""
    yield from _texts_in(page, page.looks)
    if page.narrow_looks:
        yield from _texts_in(page, page.narrow_looks)


def _texts_in(page: Page, looks: dict[Element, Shown]) -> Iterator[tuple[str, object, Pair, float]]:
    first = {looks[element]: element for element, _text in reversed(page.own_texts)}
    for shown, element in reversed(first.items()):
        light, dark = shown.light, shown.dark
        if not light.hidden:
            needed = _needed(light)
            yield _("light mode"), element, (light.colour, light.ground), needed
            yield _("inverted colours"), element, (inverted(light.colour), inverted(light.ground)), needed
        if not dark.hidden and (light.hidden or (dark.colour, dark.ground) != (light.colour, light.ground)):
            yield _("dark mode"), element, (dark.colour, dark.ground), _needed(dark)


def _needed(look: Look) -> float:
    return LARGE if look.size >= 24 or (look.bold and look.size >= 56 / 3) else BODY
