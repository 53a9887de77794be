"""The ways in which mails are looked at in a browser, and what is asked of each.

The choice of `make test` and the whole matrix of `make audit` share them.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from PIL import Image as Drawing
from playwright.sync_api import Page, Route

from newsletter.colours import Colour, inverted
from tests.servers.chromium import axe

EXEMPT = ("region", "landmark-one-main")  # webmail has them already (Good Email Code)
HEIGHT = 900
SPACING = """
* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-bottom: 2em !important }
"""  # WCAG 1.4.12
_DRAWN = io.BytesIO()
Drawing.new("RGB", (1200, 675), "#7a9a8a").save(_DRAWN, "PNG")

_SIZES = """() => [...document.querySelectorAll('body *')]
    .filter(one => [...one.childNodes].some(node => node.nodeType == 3 && node.data.trim()) && one.checkVisibility())
    .map(one => [one.textContent.trim().slice(0, 40), parseFloat(getComputedStyle(one).fontSize)])"""
_CLIPPED = """() => [...document.querySelectorAll('body *')]
    .filter(one => one.checkVisibility({opacityProperty: true}) && one.textContent.trim())
    .filter(one => /hidden|clip/.test(getComputedStyle(one).overflow) && one.clientHeight > 1)
    .filter(one => one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1)
    .map(one => one.tagName + ' ' + one.textContent.trim().slice(0, 40))"""
_COLOURS = """() => [...document.querySelectorAll('body, body *')].map(one => {
    const look = getComputedStyle(one)
    return [look.color, look.backgroundColor].map(colour => colour.match(/[\\d.]+/g).map(Number))
})"""
_PAINT = """looks => [...document.querySelectorAll('body, body *')].forEach((one, n) => {
    one.style.setProperty('color', looks[n][0], 'important')
    one.style.setProperty('background-color', looks[n][1], 'important')
})"""


@dataclass(frozen=True)
class Mode:
    """How a mail is shown: the reader's settings, and what is done to the page once it is there."""

    scheme: Literal["light", "dark"] = "light"
    forced: Literal["active", "none"] = "none"
    width: int = 640
    change: Callable[[Page], object] = lambda page: None


def _invert(page: Page) -> None:
    """What a mail program does that turns light mails dark: each colour is worked out and turned into its opposite.

    A filter over the page would not do: axe reads the colours beneath it.
    """
    page.evaluate(_PAINT, [[_opposite(*one) for one in pair] for pair in page.evaluate(_COLOURS)])
    page.add_style_tag(content=f"html {{ background: {_opposite(255, 255, 255)} }}")


def _opposite(red: float, green: float, blue: float, alpha: float = 1) -> str:
    colour: Colour = (round(red), round(green), round(blue))
    return f"rgb({', '.join(map(str, inverted(colour)))}, {alpha})" if alpha else "transparent"


def enlarge(page: Page, root: str = "200%") -> None:
    """The reader's own size of text."""
    page.evaluate("size => { document.documentElement.style.fontSize = size }", root)


def strip(page: Page) -> None:
    """What webmail does that takes style elements out."""
    page.evaluate("document.querySelectorAll('style').forEach(style => style.remove())")


MODES: Mapping[str, Mode] = {
    "light": Mode(),
    "dark": Mode("dark"),
    "narrow": Mode(width=320),
    "forced colours": Mode("dark", "active", width=320),
    "inverted": Mode(change=_invert),
    "200 %": Mode(change=enlarge),
    "spaced": Mode(width=320, change=lambda page: page.add_style_tag(content=SPACING)),
    "stripped": Mode(width=320, change=strip),
}


def open_mail(page: Page, html: str, mode: Mode, *, pictures: bool = True) -> None:
    """Show a mail; its pictures are drawn here, or not loaded at all."""

    def answer(route: Route) -> None:
        route.fulfill(body=_DRAWN.getvalue(), content_type="image/png") if pictures else route.abort()

    page.unroute_all()
    page.route("**/bilder/**", answer)
    page.emulate_media(color_scheme=mode.scheme, forced_colors=mode.forced)
    page.set_viewport_size({"width": mode.width, "height": HEIGHT})
    page.set_content(html, wait_until="load")
    mode.change(page)


def wrong(page: Page) -> list[str]:
    """What is wrong with an open mail: what axe finds, a way to scroll sideways, text that is cut off."""
    found = axe(page, exempt=EXEMPT)
    if over := overflow(page):
        found.append(f"has to be scrolled sideways by {over} px (WCAG 1.4.10)")
    return found + [f"text is cut off (WCAG 1.4.12): {one}" for one in page.evaluate(_CLIPPED)]


def overflow(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def not_doubled(page: Page) -> list[str]:
    """Texts of an open mail that do not grow to twice their size with the reader's (WCAG 1.4.4)."""
    before: list[tuple[str, float]] = page.evaluate(_SIZES)
    enlarge(page)
    after: list[tuple[str, float]] = page.evaluate(_SIZES)
    assert before
    return [
        f"{text}: {size:.1f} px, then {larger:.1f}"
        for (text, size), (_, larger) in zip(before, after, strict=True)
        if larger < 1.99 * size
    ]


def looked_at(html: str, modes: Mapping[str, Mode] = MODES, *, pictures: bool = True) -> Callable[[Page], list[str]]:
    """What is wrong with a mail in each of these modes, as a look for `Chromium.run`."""

    def look(page: Page) -> list[str]:
        found: list[str] = []
        for name, mode in modes.items():
            open_mail(page, html, mode, pictures=pictures)
            found += [f"{name}: {line}" for line in wrong(page)]
        return found

    return look
