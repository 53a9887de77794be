"""A release's text in a mail: what becomes of what portals write."""

from __future__ import annotations

import pytest

from newsletter.edition.body import Block, blocks, link_name, shortened


def naming(said: str, url: str) -> str:
    return link_name(said, url)


def html_of(body: str) -> str:
    return "".join(str(block.html) for block in blocks(body, naming))


def text_of(body: str) -> str:
    return "\n\n".join(block.text for block in blocks(body, naming))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>Ein <b>fetter</b> Satz.</p>", "<p>Ein <b>fetter</b> Satz.</p>"),
        ("lose <em>Worte</em><p>Absatz</p>danach", "<p>lose <em>Worte</em></p><p>Absatz</p><p>danach</p>"),
        ("<div><p>innen</p><div>tief</div></div>", "<p>innen</p><p>tief</p>"),
        ("<h4>Eins</h4><h4>Zwei</h4>", "<h2>Eins</h2><h2>Zwei</h2>"),
        ("<h2>Eins</h2><h4>Zwei</h4><h2>Drei</h2>", "<h2>Eins</h2><h3>Zwei</h3><h2>Drei</h2>"),
        ("<h2><a href='https://a.example/'>Titel</a></h2>", "<h2>Titel</h2>"),
        ("<p><mark>bunt</mark> <u>unten</u> <small>klein</small></p>", "<p>bunt unten klein</p>"),
        ("<p> </p><ul><li></li></ul><h2></h2>", ""),
        (
            "<figure><img src='a.jpg' alt='x'><figcaption>Bildtext</figcaption></figure><p>a<img src='b'></p>",
            "<p>a</p>",
        ),
        ("<p lang='ar' onclick='x'>نص</p>", '<p lang="ar" dir="rtl">نص</p>'),
        ("<p>A &amp; B &lt;c&gt; \x07</p>", "<p>A &amp; B &lt;c&gt; </p>"),
        ("<p><a href='javascript:x'>nein</a> <a>leer</a></p>", "<p>nein leer</p>"),
        ("<ol start='3'><li>drei</li></ol>", '<ol start="3"><li>drei</li></ol>'),
    ],
)
def test_a_body_becomes_plain_blocks(body: str, expected: str) -> None:
    assert html_of(body) == expected


def test_a_table_becomes_a_list_that_says_its_heads() -> None:
    table = "<table><caption>Kosten</caption><tr><th>Posten</th><th>Euro</th></tr><tr><td>Steg</td><td>12</td></tr>"
    expected = "<p>Kosten:</p><ul><li>Posten: Steg; Euro: 12</li></ul>"
    assert html_of(f"{table}</table>") == expected
    assert html_of(f"<figure>{table}</table></figure>") == expected
    rows = "<table><tr><th>Mo</th><td>9 bis 12 Uhr</td></tr><tr><th>Di</th><td></td></tr></table>"
    assert html_of(rows) == "<ul><li>Mo; 9 bis 12 Uhr</li><li>Di</li></ul>"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Der Lageplan", "Der Lageplan"),
        ("hier", "hier (a.example)"),
        ("https://www.a.example/x/y", "a.example"),
        ("<b>mehr</b>", "mehr (a.example)"),
    ],
)
def test_a_link_says_where_it_leads(said: str, expected: str) -> None:
    assert f">{expected}</a>" in html_of(f"<p>Siehe <a href='https://www.a.example/x/y'>{said}</a>!</p>")


def test_addresses_stand_on_lines_of_their_own() -> None:
    one = "<p>Siehe <a href='https://a.example/plan'>den Plan</a>.</p>"
    two = "<p><a href='https://a.example/1'>Eins</a>, <a href='https://a.example/2'>Zwei</a></p>"
    assert text_of(one) == "Siehe den Plan.\nhttps://a.example/plan"
    assert text_of(two) == "Eins, Zwei\nEins:\nhttps://a.example/1\nZwei:\nhttps://a.example/2"
    assert text_of("<p><a href='mailto:a@b.example'>a@b.example</a></p>") == "a@b.example"


def test_lists_and_breaks_stay_in_the_text() -> None:
    assert text_of("<ul><li>Eins</li><li>Zwei<ol><li>innen</li></ol></li></ul>") == "- Eins\n- Zwei\n  1. innen"
    assert text_of("<p>Rathaus<br>Marktplatz   1</p>") == "Rathaus\nMarktplatz 1"
    assert text_of("<blockquote><p>Erst.</p><p>Dann.</p></blockquote>") == "Erst.\n\nDann."
    assert text_of("<dl><dt>Wann</dt><dd>Freitag</dd></dl>") == "Wann:\nFreitag"


def test_a_long_text_ends_at_a_heading() -> None:
    made = blocks("<p>aaaaaaaaaa</p><h2>Eins</h2><p>bbbbbbbbbb</p><h2>Zwei</h2><p>cccccccccc</p>", naming)
    assert shortened(made, 1000) == tuple(made)
    assert shortened(made, 55) == tuple(made[:3])  # before the second heading
    assert shortened(made, 40) == tuple(made[:1])
    plain = blocks("<p>aaaaaaaaaa</p><p>bbbbbbbbbb</p><p>cccccccccc</p>", naming)
    assert shortened(plain, 40) == tuple(plain[:2])  # without one, at the end of a paragraph
    assert shortened([Block(made[0].html * 9, "")], 40) == ()


def test_what_was_planted_in_the_store_does_not_come_out() -> None:
    planted = (
        "<p>Davor.</p><script>alert(1)</script><p style='x' onclick='alert(1)'>Dabei.</p><svg onload=alert(1)></svg>"
        "<math><mi><mglyph><style><img title='</style><img src=x onerror=alert(1)>'></mglyph></mi></math><p>Danach.</p>"
    )
    html = html_of(planted)
    assert "Davor." in html
    assert "Danach." in html
    assert not any(word in html.lower() for word in ("<script", "<style", "<svg", "<img", "<p ", "<math"))
