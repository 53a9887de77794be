"""What a mail does by itself, and what it wants from those who cannot point: motion, focus, scripts, documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from newsletter.edition.rules.mail import Mail
from newsletter.edition.rules.page import HANDLERS
from newsletter.edition.rules.reflow import properties
from newsletter.rules.markup import Element
from newsletter.rules.rule import BLOCK, WARN, Defect, _, rule

_ANIMATED = re.compile(r"(?<![\w-])animation(?:-name)?\s*:(?!\s*(?:none|unset|initial|inherit)\b)[^;}]*", re.IGNORECASE)
_PRESSED = frozenset({"a", "area", "button", "input", "label", "select", "summary", "textarea"})
_EMBEDDED = ("iframe", "frame", "object", "embed", "applet", "video", "audio", "canvas", "dialog")
_FIELDS = ("form", "input", "select", "textarea", "button")


@rule("MOVE-1", BLOCK, "WCAG 2.2.2")
def nothing_moves(mail: Mail) -> Iterator[Defect]:
    """Nothing moves, blinks or plays by itself: in a mail there is no way to stop it."""
    if mail.page is None:
        return
    for element in mail.page.all("marquee", "blink"):
        yield _moves(element)
    for element in mail.page.all("video", "audio"):
        if element.get("autoplay") is not None:
            yield _moves(element)
    for style in mail.page.style_attributes:
        if _is_animated(style):
            yield _moves(next(one for one in mail.page.elements if one.get("style") == style))
    if any(map(_is_animated, mail.page.styles)):
        yield _moves("<style>")


@rule("MOVE-2", BLOCK, "WCAG 2.2.1")
def stays(mail: Mail) -> Iterator[Defect]:
    """The mail does not load itself anew or lead away after a time."""
    for meta in mail.page.all("meta") if mail.page else ():
        if (meta.get("http-equiv") or "").strip().lower() == "refresh":
            yield Defect("<meta http-equiv=refresh>", _("The mail leads away by itself."), _("Take the element out."))


@rule("KEY-1", BLOCK, "WCAG 2.4.3")
def focus_in_order(mail: Mail) -> Iterator[Defect]:
    """The keyboard goes through the mail in its order: no tabindex above 0, no autofocus, no key of its own."""
    for element in mail.page.having("tabindex", "autofocus", "accesskey") if mail.page else ():
        number = (element.get("tabindex") or "").strip()
        if (number.isdecimal() and int(number) > 0) or element.get("autofocus") is not None or element.get("accesskey"):
            yield Defect(
                element,
                _("An element takes the keyboard's focus out of its turn."),
                _("Take tabindex, autofocus and accesskey off it."),
            )
        elif number.startswith("-") and element.tag == "a" and element.get("href"):
            yield Defect(element, _("The keyboard does not reach a link."), _("Take tabindex off it."))


@rule("KEY-2", BLOCK, "WCAG 2.1.1")
def no_mouse_needed(mail: Mail) -> Iterator[Defect]:
    """What can be pressed is a link: mail programs run no scripts, and keyboards find nothing else."""
    if mail.page is None:
        return
    for element in dict.fromkeys((*mail.page.with_role, *mail.page.having(*HANDLERS))):
        role = (element.get("role") or "").strip().lower()
        pressed = element.tag in _PRESSED and (element.tag != "a" or element.get("href") is not None)
        if (role in ("button", "link") or any(map(element.get, HANDLERS))) and not pressed:
            yield Defect(
                element,
                _("Something is to be pressed that is no link."),
                _("Make it an <a> with an address."),
            )


@rule("EMBED-1", WARN, "caniemail")
def nothing_embedded(mail: Mail) -> Iterator[Defect]:
    """No form, film, sound or other document lies in the mail: most programs leave them out, without a word."""
    for element in mail.page.all(*_EMBEDDED, *_FIELDS) if mail.page else ():
        if element.tag == "input" and (element.get("type") or "").lower() in ("hidden", "image"):
            continue
        yield Defect(
            element, _("Most mail programs do not show this element."), _("Link to a page that has it instead.")
        )


@rule("ORDER-1", WARN, "WCAG 1.3.2")
def seen_as_written(mail: Mail) -> Iterator[Defect]:
    """What is seen stands in the order in which it is read out."""
    if mail.page is None:
        return
    for element, style in mail.page.styled:
        away, turned = _moved(style)
        if turned or (away and not mail.page.looks[element].light.hidden):
            yield Defect(
                element,
                _("What is seen may stand in another order than what is read out."),
                _("Take position, order, row-reverse and float off it, and write things in their order."),
            )


@lru_cache(maxsize=4096)
def _is_animated(style: str) -> bool:
    return "animation" in style.lower() and _ANIMATED.search(style) is not None


@lru_cache(maxsize=4096)
def _moved(style: str) -> tuple[bool, bool]:
    """Whether a style takes an element out of the flow, and whether it turns the flow round."""
    found = properties(style)
    turned = found.get("flex-direction", "").endswith("-reverse") or found.get("order", "0") not in ("0", "")
    return found.get("position") in ("absolute", "fixed"), turned or found.get("float") == "right"


def _moves(place: Element | str) -> Defect:
    return Defect(place, _("Something moves by itself, and nobody can stop it."), _("Let it stand still."))
