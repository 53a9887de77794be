"""What becomes of a release's body."""

from __future__ import annotations

import re

import pytest

from newsletter.model import AltFrom, Image
from newsletter.publish.body import fit_body, is_web, wrap_tables
from tests.unit.publish.sample import make


def body(html: str, *images: Image) -> str:
    return fit_body(make(1, body_html=html, images=images))


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([2, 3, 2], [2, 3, 2]),
        ([3, 4, 3], [2, 3, 2]),
        ([4, 4], [2, 2]),
        ([2, 4, 3], [2, 3, 3]),
        ([3, 2, 3], [2, 2, 3]),
        ([1, 2], [2, 3]),
        ([2, 3, 4, 5, 6, 6], [2, 3, 4, 5, 6, 6]),
        ([1, 2, 3, 4, 5, 6], [2, 3, 4, 5, 6, 6]),
    ],
)
def test_headings_begin_at_h2_and_skip_no_level(levels: list[int], expected: list[int]) -> None:
    fitted = body("".join(f"<h{level}>x</h{level}><p>y</p>" for level in levels))
    assert [int(level) for level in re.findall(r"<h(\d)", fitted)] == expected


def test_relative_addresses_become_absolute_and_foreign_schemes_lose_their_link() -> None:
    fitted = body(
        '<p><a href="/a?x=1&amp;y=2">A</a> <a href="javascript:x()">B</a> <a href="mailto:a@b.example">C</a></p>'
    )
    assert '<a href="https://musterstadt.example/a?x=1&amp;y=2">A</a>' in fitted
    assert "<a>B</a>" in fitted
    assert '<a href="mailto:a@b.example">C</a>' in fitted


def test_a_picture_without_alt_text_goes_with_its_figure() -> None:
    fitted = body(
        '<p>Text</p><figure><img src="/x.jpg"><figcaption>Ohne</figcaption></figure><p><img src="/y.jpg" alt=""></p>'
    )
    assert fitted == "<p>Text</p>"


def test_an_editors_alt_text_takes_the_place_of_the_pages() -> None:
    known = Image("https://musterstadt.example/x.jpg", alt="Ein Reh", alt_from=AltFrom.EDITOR)
    assert 'alt="Ein Reh"' in body('<p><img src="/x.jpg" srcset="/x2.jpg 2x"></p>', known)
    assert "srcset" not in body('<p><img src="/x.jpg" srcset="/x2.jpg 2x"></p>', known)


def test_a_decorative_picture_stays_with_an_empty_alt() -> None:
    known = Image("https://musterstadt.example/x.jpg", alt="", alt_from=AltFrom.DECORATIVE)
    assert 'alt=""' in body('<p>A <img src="/x.jpg" alt="IMG_1.jpg"></p>', known)


def test_the_lead_picture_is_not_shown_twice() -> None:
    lead = Image("https://musterstadt.example/x.jpg", alt="Ein Reh", lead=True)
    html = '<figure><img src="/x.jpg" alt="Ein Reh"><figcaption>Reh</figcaption></figure><p>Text</p>'
    assert body(html, lead) == "<p>Text</p>"


def test_empty_headings_links_and_paragraphs_go() -> None:
    assert body("<h2> </h2><p><a href='/x'></a></p><ul><li></li></ul><p>Text</p>") == "<p>Text</p>"


def test_text_outside_of_elements_stays_escaped() -> None:
    assert body("a &lt;b&gt; &amp; c<p>d</p>") == "a &lt;b&gt; &amp; c<p>d</p>"


def test_tables_scroll_in_a_region_of_their_own() -> None:
    wrapped = wrap_tables("<p>a</p><table><tbody><tr><td>1</td></tr></tbody></table>b<p>c</p>", "Tabelle")
    assert 'class="scroll" role="group" aria-label="Tabelle" tabindex="0"><table>' in wrapped
    assert wrapped.endswith("</table></div>b<p>c</p>")


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "//x", "/x", "data:text/html,x", "http://", "https://a b", "http://[x"]
)
def test_what_is_no_web_address(address: str) -> None:
    assert not is_web(address)


@pytest.mark.parametrize(
    "planted",
    [
        "<script>alert(1)</script>",
        '<img src="https://musterstadt.example/a.jpg" alt="Ein Brunnen" onerror="alert(1)">',
        '<p style="position:fixed" onclick="alert(1)">x</p>',
        '<iframe src="https://evil.example/"></iframe>',
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<math><mi><mglyph><style><img title='</style><img src=x onerror=alert(1)>'></mglyph></mi></math>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
        '<form action="https://evil.example/"><input name=x></form>',
        '<a href="https://musterstadt.example/" ping="https://evil.example/">x</a>',
        '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
    ],
)
def test_what_was_planted_in_the_store_does_not_come_out(planted: str) -> None:
    fitted = body(f"<p>Davor.</p>{planted}<p>Danach.</p>")
    assert re.search(r"<p>Davor\.</p>", fitted)
    live = r"<\s*(?:script|style|iframe|svg|math|form|input|meta|noscript)\b|<[^>]*\s(?:on\w+|style|ping)\s*="
    assert not re.search(live, fitted)
