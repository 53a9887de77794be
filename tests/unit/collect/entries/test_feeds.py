"""Feeds of every vintage, and hostile ones."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from newsletter.collect.entries import read_feed
from newsletter.errors import UnreadablePage
from newsletter.model import Candidate, Page, Precision
from tests.unit.collect.entries.variants import TEASER, TEASERS, WHOLE, written

SITE = "https://portal.example"
AT = datetime(2026, 11, 21, 8, 20, tzinfo=UTC)


def read(body: bytes | str, content_type: str = "", charset: str | None = None) -> list[Candidate]:
    raw = body.encode() if isinstance(body, str) else body
    return list(read_feed(Page(f"{SITE}/feed", raw, content_type=content_type, charset=charset))[0])


def rss(*items: str, head: str = "") -> str:
    names = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/"'
    listed = "".join(f"<item>{item}</item>" for item in items)
    return f'<rss version="2.0" {names}><channel><title>Presse</title>{head}{listed}</channel></rss>'


@pytest.mark.parametrize("name", WHOLE)
def test_an_entry_with_its_whole_text(name: str) -> None:
    (found,) = read(written(WHOLE[name], SITE))
    assert (found.url, found.headline, found.teaser) == (f"{SITE}/brunnen", "Trinkbrunnen für alle", TEASER)
    assert found.guid in ("urn:x:17", "tag:x,2026:17", "17", f"{SITE}/brunnen", None)
    entry = found.entry
    assert entry is not None
    assert "<h2>Sauber</h2>" in entry.body_html
    assert "<li>Ohne Chemie</li>" in entry.body_html
    assert "neunzehn weitere folgen" in entry.body_text
    assert (entry.language or "de")[:2] == "de"
    assert entry.published == AT
    assert entry.published_precision in (Precision.SECOND, Precision.MINUTE)
    assert entry.author == "Pressestelle"
    assert {entry.origin[field] for field in ("headline", "body", "teaser", "published", "author")} == {"feed"}
    if name != "Atom 0.3":
        assert (found.kicker, entry.topics) == ("Umwelt", ("Umwelt",))


@pytest.mark.parametrize("name", TEASERS)
def test_an_entry_with_a_teaser_only(name: str) -> None:
    (found,) = read(written(TEASERS[name], SITE))
    assert (found.url, found.headline, found.teaser) == (f"{SITE}/brunnen", "Trinkbrunnen für alle", TEASER)
    assert found.entry is not None
    assert (found.entry.body_html, found.entry.published) == ("", None)


def test_a_picture_comes_with_its_alt_and_credit_and_the_teaser_stays() -> None:
    (found,) = read(written(WHOLE["RSS 2.0"], SITE))
    assert found.image is not None
    assert (found.image.src, found.image.alt, found.image.credit) == (
        f"{SITE}/brunnen.jpg",
        "Ein Brunnen aus Stahl",
        "Lena Vogt",
    )
    assert found.image.lead


def test_a_picture_in_the_text_has_the_base_of_its_entry() -> None:
    (found,) = read(written(WHOLE["Atom 1.0"], SITE))
    assert found.entry is not None
    assert [(image.src, image.alt) for image in found.entry.images] == [
        (f"{SITE}/brunnen.jpg", "Ein Brunnen aus Stahl")
    ]


@pytest.mark.parametrize("name", ["Atom 1.0", "JSON 1.1"])
def test_documents_are_attached(name: str) -> None:
    (found,) = read(written(WHOLE[name], SITE))
    assert found.entry is not None
    (document,) = found.entry.documents
    assert (document.url, document.title, document.type) == (f"{SITE}/plan.pdf", "Der Plan", "application/pdf")


MEDIA = '<media:content url="/a.jpg" type="image/jpeg"><media:description>Alt</media:description></media:content>'


@pytest.mark.parametrize("order", ["before", "after"])
def test_the_description_of_a_picture_is_not_that_of_its_entry(order: str) -> None:
    parts = [MEDIA, f"<description>{TEASER}</description>"]
    (found,) = read(rss("<title>T</title><link>/a</link>" + "".join(parts if order == "before" else parts[::-1])))
    assert found.teaser == TEASER
    assert found.image is not None
    assert found.image.alt == "Alt"


def test_pictures_stay_with_their_entries() -> None:
    items = [f"<title>{n}</title><link>/{n}</link>" + (MEDIA.replace("/a", f"/{n}") if n % 2 else "") for n in range(6)]
    assert [c.image.src if c.image else None for c in read(rss(*items))] == [
        None, f"{SITE}/1.jpg", None, f"{SITE}/3.jpg", None, f"{SITE}/5.jpg"
    ]  # fmt: skip


LONG = "Ein ganzer Satz mit vielen Wörtern darin. " * 20


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (f"<content:encoded>{LONG}</content:encoded>", True),
        (f"<content:encoded>{LONG}…</content:encoded>", False),
        (f"<content:encoded>{LONG} [...]</content:encoded>", False),
        (f"<content:encoded>{LONG} &lt;a href='/1'&gt;Weiterlesen&lt;/a&gt;</content:encoded>", False),
        ("<content:encoded>Kurz.</content:encoded>", False),
        (f"<description>{LONG}</description>", False),
        (f"<description>{LONG * 2}</description>", True),
    ],
)
def test_which_entry_counts_as_whole(parts: str, whole: bool) -> None:
    (found,) = read(rss(f"<title>T</title><link>/1</link>{parts}"))
    assert found.entry is not None
    assert bool(found.entry.body_html) is whole


def test_a_summary_that_only_repeats_the_beginning_is_no_teaser() -> None:
    (found,) = read(
        rss(
            f"<title>T</title><link>/1</link><description>{LONG[:90]}[…]</description><content:encoded>{LONG}</content:encoded>"
        )
    )
    assert found.teaser is None


def test_an_entry_without_a_link_makes_a_release_by_itself() -> None:
    one, other = read(
        rss("<title>T</title><description>Kurz.</description>", "<title>U</title><description>Kurz.</description>")
    )
    assert one.entry is not None
    assert one.entry.body_html == "<p>Kurz.</p>"
    assert one.url.startswith(f"{SITE}/feed#entry-")
    assert one.url != other.url


def test_ids_that_several_entries_share_are_none() -> None:
    items = [
        f"<title>{n}</title><link>/{n}</link><guid isPermaLink='false'>{'same' if n else 'own'}</guid>"
        for n in range(3)
    ]
    assert [c.guid for c in read(rss(*items))] == ["own", None, None]


@pytest.mark.parametrize(
    ("written_as", "said"),
    [
        ("Bund &amp; Länder", "Bund & Länder"),
        ("Bund &amp;amp; Länder", "Bund & Länder"),
        ("Bund &amp;#38; L&amp;auml;nder", "Bund & Länder"),
        ("&lt;b&gt;Bund&lt;/b&gt; &amp;amp; Länder", "Bund & Länder"),
        ("<![CDATA[<em>Bund</em> &amp; Länder]]>", "Bund & Länder"),
        ("Werte &lt; 5", "Werte < 5"),
    ],
)
def test_headlines_are_text(written_as: str, said: str) -> None:
    assert read(rss(f"<title>{written_as}</title><link>/1</link>"))[0].headline == said


HOSTILE = {
    "script": '<![CDATA[<script>alert(1)</script><p onclick="x()">Text</p><a href="javascript:x()">Hier</a>]]>',
    "frame": '<![CDATA[<iframe src="/x"></iframe><p>Text</p><object data="/x"><embed src="/x"></object>]]>',
    "style": '<![CDATA[<div style="position:fixed"><style>p{}</style><p class="x">Text</p></div>]]>',
    "form": '<![CDATA[<form action="/x"><input name="a"><button>Los</button></form><p>Text</p>]]>',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_hostile_comes_through(name: str) -> None:
    (found,) = read(rss(f"<title>T</title><link>/1</link><content:encoded>{HOSTILE[name]}{LONG}</content:encoded>"))
    assert found.entry is not None
    assert "Text" in found.entry.body_html
    for bait in ("script", "onclick", "style", "iframe", "<form", "<input", "class=", "alert"):
        assert bait not in found.entry.body_html


def test_a_hostile_headline_is_plain_text() -> None:
    title = "=?utf-8?q?x=0D=0ABcc:a@b.example?=\n&lt;/mj-text&gt; " + "x" * 10_000
    headline = read(rss(f"<title>{title}</title><link>/1</link>"))[0].headline
    assert headline is not None
    assert "\n" not in headline
    assert len(headline) <= 300
    assert headline.startswith("=?utf-8?q?x=0D=0ABcc:a@b.example?=")


def test_links_that_are_none_are_not_followed() -> None:
    for link in ("javascript:alert(1)", "file:///etc/passwd", "mailto:a@b.example", "http://"):
        (found,) = read(rss(f"<title>T</title><link>{link}</link><description>Kurz.</description>"))
        assert found.url.startswith(f"{SITE}/feed#entry-")


BOMB = "<!DOCTYPE rss [" + '<!ENTITY a0 "ha">' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)
) + "]>"  # fmt: skip


@pytest.mark.parametrize("prolog", [BOMB, '<!DOCTYPE rss [<!ENTITY a11 SYSTEM "file:///etc/passwd">]>'])
def test_entities_are_not_expanded(prolog: str) -> None:
    body = prolog + rss("<title>T &a11;</title><link>/1</link>" + MEDIA)
    try:
        found = read(body)
    except UnreadablePage:
        return
    assert all(len(c.headline or "") < 400 and "root:" not in (c.headline or "") for c in found)


@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY a "ha"><!ENTITY b "&a;&a;">',
        "<!ENTITY a 'ha'> <!ENTITY b\n'x &a; y'>",
        f'<!ENTITY a "{"x" * 1_001}">',
        "<!ENTITY % a '<!ENTITY b \"c\">'> %a;",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_that_grow_are_refused(declared: str, encoding: str) -> None:
    body = f"<?xml version='1.0'?><!DOCTYPE rss [{declared}]>" + rss("<title>T &b;</title><link>/1</link>")
    with pytest.raises(UnreadablePage, match="entities that grow"):
        read(body.encode(encoding))


def test_entities_that_stand_for_a_letter_are_read() -> None:
    head = '<!DOCTYPE rss [<!ENTITY nbsp "&#160;"><!ENTITY auml "&#228;">]>'
    (found,) = read(head + rss("<title>Die Bl&auml;tter fallen</title><link>/1</link>"))
    assert found.headline == "Die Blätter fallen"


@pytest.mark.parametrize(
    ("body", "content_type", "said"),
    [
        (b"", "", "cannot be read"),
        (b"<!doctype html><html><body><p>Presse</p></body></html>", "text/html", 'kind = "html"'),
        (b"\x00\xff\xfe\x00" * 50, "", "cannot be read"),
        (b"{", "application/json", "no JSON"),
        (b"[1, 2]", "application/json", "no items"),
        (b'{"items": 5}', "", "no items"),
        (b"[" * 90_000, "application/json", "no JSON"),
        (b"just words", "text/plain", "cannot be read"),
    ],
)
def test_what_is_no_feed_says_so(body: bytes, content_type: str, said: str) -> None:
    with pytest.raises(UnreadablePage, match=said):
        read(body, content_type)


def test_a_feed_that_holds_nothing_is_a_feed() -> None:
    assert read(rss()) == []
    assert read('{"version": "https://jsonfeed.org/version/1.1", "items": []}') == []


def test_one_entry_without_anything_leaves_the_others() -> None:
    candidates, problems = read_feed(Page(f"{SITE}/feed", rss("", "<title>T</title><link>/1</link>").encode()))
    assert [c.headline for c in candidates] == ["T"]
    assert "entry 1" in problems[0]


def test_json_with_values_of_the_wrong_kind() -> None:
    items = [
        None,
        5,
        {"id": {}, "title": [], "url": 7},
        {"title": "T", "url": "/1", "tags": "x", "authors": {}, "attachments": [3]},
    ]
    assert [c.headline for c in read(json.dumps({"items": items}))] == ["T"]


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "windows-1252", "utf-16"])
@pytest.mark.parametrize("says", ["declaration", "header"])
def test_encodings(encoding: str, says: str) -> None:
    declared = f'<?xml version="1.0" encoding="{encoding}"?>' if says == "declaration" else ""
    body = (declared + rss("<title>Müllabfuhr „früher“</title><link>/1</link>".replace("„früher“", "für alle"))).encode(
        encoding
    )
    (found,) = read(body, "application/rss+xml", encoding if says == "header" else None)
    assert found.headline == "Müllabfuhr für alle"


GREEDY = {
    "tags": rss("<title>T</title><description>" + "<b>" * 300_000),
    "attributes": rss("<title>T</title>").replace(
        "<item>", "<item " + " ".join(f'a{n}="x"' for n in range(9_000)) + ">"
    ),
    "entities": rss("<title>T</title><description>" + "&amp;" * 1_000_001 + "</description>"),
    "entries": rss(*["<title>T</title>"] * 5_001),
    "entries of another kind": json.dumps({"items": [{"title": "T"}] * 5_001}),
    "things": '{"items": [{"title": "T"}], "x": [' + "{}," * 100_001 + "0]}",
    "bytes": rss("<title>T</title><description>" + "x" * 5_000_000 + "</description>"),
    "namespaces": "<rss " + " ".join(f'xmlns:a{n}="http://search.yahoo.com/mrss/"' for n in range(9_000)) + ">" + rss(),
}


@pytest.mark.parametrize("name", GREEDY)
def test_what_would_eat_the_machine_is_refused(name: str) -> None:
    with pytest.raises(UnreadablePage, match="more than"):
        read(GREEDY[name])


def test_a_large_picture_in_the_text_is_no_harm() -> None:
    content = f'&lt;img src="data:image/png;base64,{"A" * 200_000}=="&gt;{LONG}'
    (found,) = read(rss(f"<title>T</title><link>/1</link><content:encoded>{content}</content:encoded>"))
    assert found.headline == "T"


def test_a_feed_that_breaks_off_gives_what_came_before() -> None:
    whole = rss("<title>T</title><link>/1</link>", "<title>U</title><link>/2</link>")
    assert [c.headline for c in read(whole[: whole.index("<title>U") + 8])][:1] == ["T"]
