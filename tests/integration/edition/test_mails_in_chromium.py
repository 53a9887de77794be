"""Rendered mails in a real browser: axe, reflow and large text, in every format, language and size of edition."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image as Drawing
from playwright.sync_api import Page

from newsletter.edition.notices import render_confirmation
from newsletter.edition.rules import check
from newsletter.model import Cadence, Format
from tests.integration.edition.mails import in_full, many, variant
from tests.servers.chromium import Chromium, axe
from tests.unit.edition.samples import NEWSLETTER, SITE, filled, subscription

EXEMPT = ("region", "landmark-one-main")  # webmail has them already (Good Email Code)
MODES = (
    {"color_scheme": "light", "viewport": {"width": 600, "height": 900}},
    {"color_scheme": "dark", "viewport": {"width": 600, "height": 900}},
    {"color_scheme": "light", "viewport": {"width": 320, "height": 900}},
    {"color_scheme": "dark", "viewport": {"width": 320, "height": 900}, "forced_colors": "active"},
)
CASES = [
    *((1, "de", format, "standard") for format in (Format.STANDARD, Format.LARGE)),
    *(
        (12, language, format, layout)
        for language, layout in (("de", "standard"), ("en", "standard"), ("de", "compact"))
        for format in (Format.STANDARD, Format.LARGE, Format.NO_IMAGES)
    ),
    *((1, "de", format, "single") for format in (Format.STANDARD, Format.LARGE, Format.NO_IMAGES)),
    (1, "en", Format.STANDARD, "single"),
    (50, "de", Format.STANDARD, "standard"),
    (50, "en", Format.LARGE, "standard"),
    (50, "en", Format.STANDARD, "compact"),
    (120, "de", Format.STANDARD, "standard"),  # more than a mail has room for
    (12, "he", Format.STANDARD, "standard"),  # no catalogue is needed to see it mirrored
]
PAIRWISE = [(case, MODES[(n + k) % len(MODES)]) for n, case in enumerate(CASES) for k in (0, 1)]
TEXT_SPACING = """
* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-bottom: 2em !important }
"""  # WCAG 1.4.12


def mail(count: int, language: str, format: Format, layout: str = "standard") -> str:
    return filled(variant(count, language, format, layout).html)


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
    chromium: Chromium, case: tuple[int, str, Format, str], mode: dict[str, Any]
) -> None:
    def look(page: Page) -> tuple[list[str], int]:
        show(page, mail(*case))
        return axe(page, exempt=EXEMPT), overflow(page)

    assert chromium.run(look, **mode) == ([], 0)


@pytest.mark.parametrize("layout", ["standard", "compact", "single"])
@pytest.mark.parametrize("format", [Format.STANDARD, Format.LARGE])
def test_a_mail_without_its_styles_is_still_whole(chromium: Chromium, format: Format, layout: str) -> None:
    def look(page: Page) -> tuple[list[str], int]:
        show(page, mail(12, "de", format, layout))
        page.evaluate("document.querySelectorAll('style').forEach(style => style.remove())")
        return axe(page, exempt=EXEMPT), overflow(page)

    assert chromium.run(look, viewport={"width": 320, "height": 900}) == ([], 0)


@pytest.mark.parametrize(
    ("layout", "running"), [("standard", ".teaser"), ("compact", ".teaser"), ("single", ".body p")]
)
def test_text_follows_the_readers_size_and_spacing(chromium: Chromium, layout: str, running: str) -> None:
    def look(page: Page) -> tuple[list[float], int]:
        show(page, mail(12, "de", Format.STANDARD, layout))
        sizes = []
        for root in ("100%", "200%"):
            page.evaluate(f"document.documentElement.style.fontSize = '{root}'")
            sizes.append(
                float(
                    page.evaluate("one => parseFloat(getComputedStyle(document.querySelector(one)).fontSize)", running)
                )
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


@pytest.mark.parametrize("case", CASES)
def test_the_gate_agrees_with_the_browser(case: tuple[int, str, Format, str]) -> None:
    releases = [in_full()] if case[3] == "single" else many(case[0])
    findings = check(variant(*case), releases, SITE, NEWSLETTER)
    assert [finding for finding in findings if finding.blocks] == []


def test_an_arabic_release_in_a_german_mail_reads_from_right_to_left(chromium: Chromium) -> None:
    def look(page: Page) -> tuple[list[str], int, list[str]]:
        show(page, filled(variant(1, "de", Format.STANDARD, "single", rtl=True).html))
        aligned = page.eval_on_selector_all(
            "h1, .body p, .body li, .footer li", "found => found.map(one => getComputedStyle(one).direction)"
        )
        return axe(page, exempt=EXEMPT), overflow(page), aligned

    found, wider, directions = chromium.run(look, viewport={"width": 320, "height": 900})
    assert (found, wider) == ([], 0)
    assert directions[:4] == ["rtl"] * 4
    assert set(directions[-3:]) == {"ltr"}


def test_an_edition_of_50_stays_small() -> None:
    one, fifty = (len(mail(count, "de", Format.STANDARD).encode()) for count in (1, 50))
    assert (fifty - one) / 49 < 1100  # bytes a release
