"""Rendered mails in a real browser: axe, reflow and large text, in every format, language and size of edition."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from newsletter.edition.notices import render_confirmation
from newsletter.edition.rules import check
from newsletter.model import Cadence, Format
from tests.integration.edition.looks import MODES, looked_at, not_doubled, open_mail, wrong
from tests.integration.edition.mails import in_full, long_words, many, variant
from tests.servers.chromium import Chromium
from tests.unit.edition.samples import NEWSLETTER, SITE, filled, subscription

Case = tuple[int, str, Format, str]
CASES: list[Case] = [
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
    (120, "de", Format.STANDARD, "standard"),  # more than a mail has room for
    (12, "he", Format.STANDARD, "standard"),  # no catalogue is needed to see it mirrored
    (50, "en", Format.STANDARD, "compact"),
]
CHOICE = [
    (case, list(MODES)[(n + 4 * k) % len(MODES)], (n + k) % 2 == 0) for n, case in enumerate(CASES) for k in (0, 1)
]
"""A case, a mode, and whether pictures are shown: of two of these values almost every pair."""


def mail(count: int, language: str, format: Format, layout: str = "standard") -> str:
    return filled(variant(count, language, format, layout).html)


@pytest.mark.parametrize(("case", "mode", "pictures"), CHOICE)
def test_nothing_is_wrong(chromium: Chromium, case: Case, mode: str, pictures: bool) -> None:
    assert chromium.run(looked_at(mail(*case), {mode: MODES[mode]}, pictures=pictures)) == []


def test_every_layout_and_format_is_looked_at_in_every_mode_and_without_pictures() -> None:
    chosen = {(kind, mode) for case, mode, _ in CHOICE for kind in case[2:]}
    blind = {kind for case, _, pictures in CHOICE if not pictures for kind in case[2:]}
    kinds = {kind for case in CASES for kind in case[2:]}
    assert chosen == {(kind, mode) for kind in kinds for mode in MODES}
    assert blind == kinds


@pytest.mark.parametrize("layout", ["standard", "compact", "single"])
@pytest.mark.parametrize("format", [Format.STANDARD, Format.LARGE])
def test_a_mail_without_its_styles_is_still_whole(chromium: Chromium, format: Format, layout: str) -> None:
    found = chromium.run(looked_at(mail(12, "de", format, layout), {"stripped": MODES["stripped"]}))
    assert found == []


@pytest.mark.parametrize("layout", ["standard", "compact", "single"])
def test_all_text_follows_the_readers_size(chromium: Chromium, layout: str) -> None:
    def look(page: Page) -> tuple[float, list[str]]:
        open_mail(page, mail(12, "de", Format.STANDARD, layout), MODES["light"])
        running = ".body p" if layout == "single" else ".teaser"
        size = page.evaluate("one => parseFloat(getComputedStyle(document.querySelector(one)).fontSize)", running)
        return float(size), not_doubled(page)

    assert chromium.run(look) == (17, [])


@pytest.mark.parametrize("layout", ["standard", "compact", "single"])
def test_long_words_break_where_a_window_is_narrow(chromium: Chromium, layout: str) -> None:
    html = filled(long_words(layout).html)
    assert chromium.run(looked_at(html, {name: MODES[name] for name in ("narrow", "stripped")})) == []


@pytest.mark.parametrize(("language", "format"), [("de", Format.STANDARD), ("en", Format.LARGE)])
def test_the_confirmation(chromium: Chromium, language: str, format: Format) -> None:
    asked = subscription(format=format, cadence=Cadence.WEEKLY, topics=("verkehr",))
    html = filled(render_confirmation(SITE, NEWSLETTER, asked, language, topics={"verkehr": "Verkehr"}).html)
    assert chromium.run(looked_at(html)) == []


@pytest.mark.parametrize("case", CASES)
def test_the_gate_agrees_with_the_browser(case: Case) -> None:
    releases = [in_full()] if case[3] == "single" else many(case[0])
    findings = check(variant(*case), releases, SITE, NEWSLETTER)
    assert [finding for finding in findings if finding.blocks] == []


def test_an_arabic_release_in_a_german_mail_reads_from_right_to_left(chromium: Chromium) -> None:
    def look(page: Page) -> tuple[list[str], list[str]]:
        open_mail(page, filled(variant(1, "de", Format.STANDARD, "single", rtl=True).html), MODES["narrow"])
        aligned = page.eval_on_selector_all(
            "h1, .body p, .body li, .footer li", "found => found.map(one => getComputedStyle(one).direction)"
        )
        return wrong(page), aligned

    found, directions = chromium.run(look)
    assert found == []
    assert directions[:4] == ["rtl"] * 4
    assert set(directions[-3:]) == {"ltr"}


def test_an_edition_of_50_stays_small() -> None:
    one, fifty = (len(mail(count, "de", Format.STANDARD).encode()) for count in (1, 50))
    assert (fifty - one) / 49 < 1100  # bytes a release
