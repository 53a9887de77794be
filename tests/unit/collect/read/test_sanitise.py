# ruff: noqa: E501 - pages stand here as their systems write them
from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.collect.read import sanitise
from newsletter.collect.read.blocks import plain
from newsletter.errors import UnreadablePage

BASE = "https://a.example/b/c"


def test_divisions_and_loose_text_become_paragraphs():
    html = sanitise("<div>Eins<div>zwei <b>drei</b></div>vier<br><br>fünf<br>sechs</div>", BASE)
    assert html == "<p>Eins</p>\n<p>zwei <b>drei</b></p>\n<p>vier</p>\n<p>fünf<br>sechs</p>"


def test_headings_are_levelled_and_structure_stays():
    html = sanitise("<h1>A</h1><h5>B</h5><ul><li>1<ul><li>2</li></ul></li></ul><blockquote><p>Z</p></blockquote>", BASE)
    assert html == "<h2>A</h2>\n<h4>B</h4>\n<ul><li>1<ul><li>2</li></ul></li></ul>\n<blockquote><p>Z</p></blockquote>"


def test_an_accordion_becomes_a_heading_with_its_content():
    html = sanitise(
        "<details><summary>Sechs Punkte</summary><ul><li>Eins</li></ul></details>"
        '<button aria-controls="x" aria-expanded="false">Mehr dazu</button><div id="x"><p>Text</p></div>'
        '<h3><button aria-controls="y">Noch mehr</button></h3><div id="y"><ol><li>Zwei</li></ol></div>',
        BASE,
    )
    assert html.split("\n") == [
        "<h3>Sechs Punkte</h3>", "<ul><li>Eins</li></ul>", "<h3>Mehr dazu</h3>", "<p>Text</p>", "<h3>Noch mehr</h3>",
        "<ol><li>Zwei</li></ol>",
    ]  # fmt: skip


def test_addresses_become_absolute_and_only_harmless_ones_stay():
    html = sanitise(
        '<p><a href="/x?a=1&amp;b=2">x</a> <a href="mailto:a@b.example">m</a> <a href="javascript:alert(1)">j</a>'
        '<a href=" JAVA\nSCRIPT:alert(1)">k</a> <a href="#top">t</a></p><img src="d.jpg" alt="">',
        BASE,
    )
    assert 'href="https://a.example/x?a=1&amp;b=2"' in html
    assert 'href="mailto:a@b.example"' in html
    assert 'src="https://a.example/b/d.jpg" alt=""' in html
    assert "script" not in html.lower()
    assert html.count("<a ") == 2


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)><script>1</script></svg>",
        '<p style="position:fixed" onclick="x()">a</p>', "<iframe src=//evil.example></iframe>", "<math><mi xlink:href=x>",
        "<object data=x></object><embed src=x>", '<a href="data:text/html,<script>1</script>">a</a>', "<form><input></form>",
        "<style>*{x:y}</style>", "<template><script>1</script></template>", '<base href="//evil.example/">',
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "<a href='//evil.example\" onmouseover=alert(1)'>x</a>",
    ],
)  # fmt: skip
def test_nothing_that_runs_survives(attack):
    html = sanitise(attack, BASE).lower()
    for sign in (
        "<script",
        "<iframe",
        "<svg",
        "<style",
        "<form",
        "<object",
        "<base",
        " on",
        "style=",
        "data:",
        "javascript:",
    ):
        assert sign not in html.replace("&quot;", "").replace("%22", "") or sign == " on"
    assert "onerror=" not in html
    assert "onload=" not in html
    assert "onclick=" not in html


def test_the_language_of_a_part_and_of_a_quote_stay():
    html = sanitise(
        '<p lang="en">Hello</p><p>Er sagte <span lang="fr">bonjour</span>.</p><blockquote lang="en">Hi</blockquote>',
        BASE,
    )
    assert '<span lang="fr">bonjour</span>' in html
    assert '<blockquote lang="en">' in html
    assert 'lang="en">Hello' in html


def test_a_table_of_data_stays_and_one_for_layout_goes():
    data = "<table><tr><th>Jahr</th><th>Euro</th></tr><tr><td>2026</td><td>2</td></tr></table>"
    assert "<th>Jahr</th>" in sanitise(data, BASE)
    assert sanitise("<table><tr><td><p>Nur Platz</p></td></tr></table>", BASE) == "<p>Nur Platz</p>"


def test_characters_that_xml_forbids_are_gone():
    assert sanitise("<p>a\x00b&#1;c&#xFFFF;d\x0be</p>", BASE) == "<p>abcde</p>"


def test_pictures_that_count_readers_are_gone():
    assert sanitise('<p>a<img src="/t.gif" width="1" height="1"></p>', BASE) == "<p>a</p>"


def test_the_text_has_a_line_for_each_block_and_no_captions():
    html = (
        "<h2>A</h2><p>b<br>c</p><ul><li>d</li><li>e</li></ul><figure><img src='x'><figcaption>F</figcaption></figure>"
    )
    assert plain(sanitise(html, BASE)) == "A\n\nb\n\nc\n\nd\n\ne"


@given(st.recursive(st.sampled_from(["Wort ", "<br>", "<img src=a.jpg>", "&lt;b&gt;", " "]), lambda inner: st.tuples(
    st.sampled_from(["p", "div", "b", "a href=/x", "ul", "li", "h1", "h3", "td", "table", "tr", "figure", "figcaption", "span lang=en",
                     "blockquote", "details", "summary", "dl", "dd", "pre", "section"]), st.lists(inner, max_size=4)
).map(lambda t: f"<{t[0]}>{''.join(t[1])}</{t[0].split()[0]}>"), max_leaves=25))  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_its_own_output_comes_out_unchanged(html):
    once = sanitise(html, BASE)
    assert sanitise(once, BASE) == once


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<b>" * 200_000, "tags"),
        ("<div>" * 10_000 + "x", "levels"),
        ("x" * 6_000_000, "characters"),
        ("<x-y>" * 9_000, "levels"),
    ],
)
def test_what_would_eat_the_machine_is_refused_with_a_reason(html, reason):
    with pytest.raises(UnreadablePage, match=reason):
        sanitise(html, BASE)
