# ruff: noqa: E501 - pages stand here as their systems write them
"""No page makes more than UnreadablePage, and none eats the machine."""

from __future__ import annotations

import pytest

from newsletter.collect.read import read_list, read_release, reading_minutes
from newsletter.collect.read.text import HEADLINE_LIMIT
from newsletter.errors import UnreadablePage
from tests.unit.collect.read.pages import BODY, URL, page

HEAD = "<h1>Neuer Radweg am Nordufer</h1>"


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        (b"", "empty"), (b" \n ", "empty"), (b"\0" * 99, "empty"), ("<p>Nur Text.</p>", "no headline"),
        ("<h1>Nur ein Kopf</h1>", "no text"), ("<div>" * 10_000 + "x", "levels"), ("<b>" * 400_000, "tags"),
        ("<p><q>" * 5_000, "levels"), ("<h1>a</h1>" + "x" * 6_000_000, "characters"), ("<div>" * 2_000_000, "bytes"),
        ("<h1>a</h1><p>" + "Wort " * 250_000, "characters of text"), ("<img src=a>" * 6_001, "pictures"),
        ("<h1>a</h1><p " + " ".join(f'a{n}="<>"' for n in range(40_001)) + ">", "attributes"),
        ("<h1>a</h1>" + ("<p " + "a " * 60 + ">") * 5_000, "attributes"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_a_plain_reason(html, reason):
    with pytest.raises(UnreadablePage, match=reason):
        read_release(page(html))
    with pytest.raises(UnreadablePage):
        read_list(page(html))


@pytest.mark.parametrize("html", [
    "<p>a</p>" * 20_000, "<p><a href=/x>Ein Link auf etwas</a></p>" * 10_000, '<div class="share">' * 200 + "</div>" * 200,
    "<figure><img src=/a.jpg><figcaption>x. Foto: y</figcaption></figure>" * 5_000, "<time>1.1.2020</time>" * 10_000,
    "<h1>Noch ein Kopf</h1>" * 5_000, "<div><h2><a href=/x>Karte</a></h2></div>" * 5_000, "<span>" * 200 + "1.1." * 20_000,
    '<img srcset="' + "a.jpg 1w," * 5_000 + '">', "<figure><img src=a><figcaption>" + "Foto: ( " * 9_000 + "</figcaption></figure>",
    "<div>" * 100 + "<h2><a href=/x>Karte</a></h2>" * 9_000 + "</div>" * 100, "<meta property=og:image content=/a.jpg>" * 9_000 + "<img src=/b.jpg>" * 300,
    "<p><small>x</small></p>" * 9_000, '<div class="box"><a href=/x><img src=/c.jpg></a></div>' * 5_000,
    "<noscript><img src=/a.jpg></noscript>" * 2_900 + "<img src=/b.jpg>" * 2_900, '<img src="/a.jpg" srcset="' + "a" * 19_000 + ' b c">',
    '<img src="/a.jpg" srcset="/b.jpg 1.2.3w, /c.jpg .x">', "<span>Wort </span>" * 20_000, "<div>" * 200 + "<a href=/x.pdf>Anhang</a>" * 5_000,
    "<table>" + ("<tr>" + "<td>Zelle</td>" * 10 + "</tr>") * 2_000 + "</table>", "<p>" + "a" * 900_000 + "</p>", "<p>" + "1." * 400_000 + "</p>",
    "<p class='" + "teaser " * 200_000 + "'>x</p>", "<p>" + "Foto: (" * 100_000 + "</p>",
    "<!DOCTYPE x [<!ENTITY a 'aa'><!ENTITY b '&a;&a;'>]>&b;", "<p title='" + " " * 99_999 + "'>",
])  # fmt: skip
def test_masses_of_anything_are_read_in_the_end(html):
    draft = read_release(page(HEAD + BODY + html))
    assert draft.headline
    assert "Die Stadt Musterstadt baut" in draft.body_text


def test_a_page_whose_scripts_are_long_is_read():
    script = f"<script>var daten = [{'1, ' * 400_000}];</script>"
    assert read_release(page(HEAD + BODY + script)).headline == "Neuer Radweg am Nordufer"


def test_headlines_are_plain_text_of_bounded_length():
    evil = "=?utf-8?q?x=0D=0ABcc:a@b.example?=\r\n\x00\x1b &lt;/mj-text&gt; \u202eabc &#1;"
    headline = read_release(page(f"<h1>{evil}</h1>{BODY}")).headline
    assert headline == "=?utf-8?q?x=0D=0ABcc:a@b.example?= </mj-text> abc"
    for long in ("Wort " * 2_000, "W" * 10_000):
        headline = read_release(page(f"<h1>{long}</h1>{BODY}")).headline
        assert len(headline) <= HEADLINE_LIMIT
        assert headline.endswith("…")


def test_nothing_illegal_in_xml_comes_out():
    draft = read_release(
        page(f"<h1>Kopf &#x1f;der &#xFFFF;Sache</h1><p>&#8;{BODY}\x0b</p><img src=a.jpg alt='a&#2;b'>")
    )
    everything = draft.headline + draft.body_html + draft.body_text + str([(i.alt, i.caption) for i in draft.images])
    assert everything.isprintable() or not {c for c in everything if ord(c) < 32 and c not in "\t\n\r"} | (
        set(everything) & {"\uffff"}
    )


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        ("<h1>Köpfe</h1>".encode(), "iso-8859-1"), ("<h1>Köpfe</h1>".encode("latin-1"), None), ("<h1>Köpfe</h1>".encode("latin-1"), "utf-8"),
        ("<h1>Köpfe</h1>".encode("utf-16"), None), ("\ufeff<h1>Köpfe</h1>".encode(), "ascii"),
        ("<meta charset=idna><h1>Köpfe</h1>".encode("latin-1"), "punycode"),
        ("<meta charset=iso-8859-2><h1>Köpfe</h1>".encode("iso-8859-2"), None),
    ],
)  # fmt: skip
def test_wrong_and_missing_charsets(body, charset):
    tail = BODY.encode("utf-16-le") if body[:2] == b"\xff\xfe" else BODY.encode("ascii", "xmlcharrefreplace")
    assert read_release(page(body + tail, charset=charset)).headline == "Köpfe"


def test_a_base_that_is_no_address_is_passed_over():
    draft = read_release(
        page(
            f'<base href="javascript:x"><h1>Kopf der Sache</h1>{BODY}<p>Mehr steht im <a href="/plan">Plan</a> der Stadt.</p>'
        )
    )
    assert 'href="https://musterstadt.example/plan"' in draft.body_html
    assert draft.url == URL


def test_reading_takes_at_least_a_minute():
    assert reading_minutes("") == 1
    assert reading_minutes("Wort " * 900) in (4, 5)
