"""Rendered mails in a real browser: axe, reflow and large text, in every format, language and size of edition."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from typing import Any

import pytest
from PIL import Image as Drawing
from playwright.sync_api import Page

from newsletter.edition.notices import render_confirmation
from newsletter.edition.rules import check
from newsletter.model import AltFrom, Cadence, Change, Format, Precision, Release
from tests.servers.chromium import Chromium, axe
from tests.unit.edition.samples import (
    NATURE,
    NEWSLETTER,
    SITE,
    TRAFFIC,
    filled,
    picture,
    release,
    subscription,
    variant,
)

EXEMPT = ("region", "landmark-one-main")  # webmail has them already (Good Email Code)
MODES = (
    {"color_scheme": "light", "viewport": {"width": 600, "height": 900}},
    {"color_scheme": "dark", "viewport": {"width": 600, "height": 900}},
    {"color_scheme": "light", "viewport": {"width": 320, "height": 900}},
    {"color_scheme": "dark", "viewport": {"width": 320, "height": 900}, "forced_colors": "active"},
)
CASES = [
    *((1, "de", format) for format in (Format.STANDARD, Format.LARGE)),
    *(
        (12, language, format)
        for language in ("de", "en")
        for format in (Format.STANDARD, Format.LARGE, Format.NO_IMAGES)
    ),
    (50, "de", Format.STANDARD),
    (50, "en", Format.LARGE),
]
PAIRWISE = [(case, MODES[(n + k) % len(MODES)]) for n, case in enumerate(CASES) for k in (0, 1)]
TEXT_SPACING = """
* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-bottom: 2em !important }
"""  # WCAG 1.4.12


def many(count: int) -> list[Release]:
    """Releases of every kind that a portal has."""
    return [replace(each, id=f"{n:08d}-{each.id[9:]}") for n, each in zip(range(count), _kinds(), strict=False)]


def _kinds() -> Iterator[Release]:
    words = cycle(("Donaudampfschifffahrtsgesellschaftskapitän", "„Grüne Wege“ & mehr", "Rathaus"))
    topics = cycle(((TRAFFIC,), (NATURE,), ()))
    for n in range(1, 1000):
        head = f"{next(words)}: Meldung {n}"
        shown = picture(f"bild{n}", f"Blick von Turm {n} über die Stadt", caption=f"Der Turm {n}.", credit="Muster")
        kind = n % 5
        yield (
            release(n, head, topics=next(topics), images=(shown,))
            if kind == 0
            else release(
                n,
                f"City news {n}" if kind == 1 else head,
                topics=next(topics),
                language="en" if kind == 1 else "ar" if kind == 2 else "de",
                published=None if kind == 3 else release(n).published,
                published_precision=Precision.MINUTE,
                change=Change.UPDATE if kind == 4 else None,
                images=(replace(shown, alt="", alt_from=AltFrom.DECORATIVE, symbolic=True, width=None, height=None),),
            )
        )


def mail(count: int, language: str, format: Format) -> str:
    return filled(variant(many(count), language, format).html)


def show(page: Page, html: str, *, pictures: bool = True) -> None:
    """Open a mail; its pictures are drawn here, or not loaded at all."""
    drawn = io.BytesIO()
    Drawing.new("RGB", (1200, 675), "#7a9a8a").save(drawn, "PNG")
    body = base64.b64encode(drawn.getvalue())
    page.route("**/bilder/**", lambda route: route.fulfill(body=base64.b64decode(body)) if pictures else route.abort())
    page.set_content(html, wait_until="load")


def overflow(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@pytest.mark.parametrize(("case", "mode"), PAIRWISE)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    chromium: Chromium, case: tuple[int, str, Format], mode: dict[str, Any]
) -> None:
    def look(page: Page) -> tuple[list[str], int]:
        show(page, mail(*case))
        return axe(page, exempt=EXEMPT), overflow(page)

    assert chromium.run(look, **mode) == ([], 0)


@pytest.mark.parametrize("format", [Format.STANDARD, Format.LARGE])
def test_a_mail_without_its_styles_is_still_whole(chromium: Chromium, format: Format) -> None:
    def look(page: Page) -> tuple[list[str], int]:
        show(page, mail(12, "de", format))
        page.evaluate("document.querySelectorAll('style').forEach(style => style.remove())")
        return axe(page, exempt=EXEMPT), overflow(page)

    assert chromium.run(look, viewport={"width": 320, "height": 900}) == ([], 0)


def test_text_follows_the_readers_size_and_spacing(chromium: Chromium) -> None:
    def look(page: Page) -> tuple[list[float], int]:
        show(page, mail(12, "de", Format.STANDARD))
        sizes = []
        for root in ("100%", "200%"):
            page.evaluate(f"document.documentElement.style.fontSize = '{root}'")
            sizes.append(
                float(page.evaluate("parseFloat(getComputedStyle(document.querySelector('.teaser')).fontSize)"))
            )
        page.add_style_tag(content=TEXT_SPACING)
        return sizes, overflow(page)

    assert chromium.run(look, viewport={"width": 640, "height": 900}) == ([17, 34], 0)


def test_alt_texts_can_be_read_where_pictures_are_off(chromium: Chromium) -> None:
    def look(page: Page) -> list[str]:
        show(page, mail(12, "de", Format.STANDARD), pictures=False)
        return axe(page, exempt=EXEMPT)

    assert chromium.run(look) == []


@pytest.mark.parametrize(("language", "format"), [("de", Format.STANDARD), ("en", Format.LARGE)])
def test_the_confirmation(chromium: Chromium, language: str, format: Format) -> None:
    asked = subscription(format=format, cadence=Cadence.WEEKLY, topics=("verkehr",))
    html = filled(render_confirmation(SITE, NEWSLETTER, asked, language, topics={"verkehr": "Verkehr"}).html)
    for mode in MODES:

        def look(page: Page) -> tuple[list[str], int]:
            show(page, html)
            return axe(page, exempt=EXEMPT), overflow(page)

        assert chromium.run(look, **mode) == ([], 0), mode


@pytest.mark.parametrize(("count", "language", "format"), CASES)
def test_the_gate_agrees_with_the_browser(count: int, language: str, format: Format) -> None:
    releases = many(count)
    findings = check(variant(releases, language, format), releases, SITE, NEWSLETTER)
    assert [finding for finding in findings if finding.blocks] == []


def test_an_edition_of_50_stays_small() -> None:
    one, fifty = (len(mail(count, "de", Format.STANDARD).encode()) for count in (1, 50))
    assert (fifty - one) / 49 < 1100  # bytes a release
