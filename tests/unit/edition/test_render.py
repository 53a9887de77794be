"""Sheets: what is rendered, how it is cut, and what a hostile release can do (nothing)."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html as lxml_html

from newsletter.edition.render import render_sheet, render_sheets
from newsletter.edition.rules import check
from newsletter.edition.variants import fill
from newsletter.errors import RenderError
from newsletter.model import Alternate, AlternateKind, AltFrom, Blank, Change, Format, Precision, Release, Sheet
from newsletter.resources import folder
from tests.unit.edition.samples import (
    BRIDGE,
    DESK,
    FOREST,
    RELEASES,
    SITE,
    edition,
    filled,
    newsletter,
    picture,
    release,
    variant,
)

HOSTILE = [
    '</mj-text></mj-raw><mj-button href="https://evil.example">x</mj-button>',
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "=?utf-8?q?x=0D=0ABcc:opfer@a.example?=",
    "{{ 7*7 }}{% include 'x' %} %(title)s {0} [[TOKEN]]",
    "<!--[if mso]> --> ]]> <![CDATA[ &amp; &nbsp; &#0; \x00\x1b\u202e\ud800\ufffe",
    "Wort " * 2000,
    "x" * 10_000,
    '"><a href="https://evil.example">',
]


def kinds(sheet: Sheet) -> list[tuple[str, str | None, str | None]]:
    return [(part.kind, part.topic, part.release) for part in sheet.parts]


def html_of(*releases: Release, language: str = "de", format: Format = Format.STANDARD) -> str:
    return filled(variant(releases or RELEASES, language, format).html)


def text_of(*releases: Release, language: str = "de") -> str:
    return filled(variant(releases or RELEASES, language).text)


def test_a_sheet_is_cut_into_shell_topics_rules_and_cards() -> None:
    assert kinds(render_sheet(edition(), "de", Format.STANDARD)) == [
        ("shell", None, None),
        ("topic", "verkehr", None),
        ("card", "verkehr", BRIDGE.id),
        ("topic", "umwelt", None),
        ("card", "umwelt", FOREST.id),
        ("rule", "umwelt", None),
        ("card", "umwelt", DESK.id),
        ("shell", None, None),
    ]


@pytest.mark.parametrize("format", list(Format))
@pytest.mark.parametrize("language", ["de", "en"])
def test_parts_end_with_a_line_and_no_blank_begins_one(language: str, format: Format) -> None:
    sheet = render_sheet(edition(), language, format)
    assert sheet.has_html == (format is not Format.TEXT)
    for part in sheet.parts:
        for pieces in (part.html, part.text):
            assert not pieces or str(pieces[-1]).endswith("\n")
            for before, piece in zip(("\n", *pieces), pieces, strict=False):
                assert not isinstance(piece, Blank) or (isinstance(before, str) and not before.endswith("\n"))


def test_the_same_content_gives_the_same_sheet() -> None:
    assert render_sheet(edition(), "de", Format.LARGE) == render_sheet(edition(), "de", Format.LARGE)


def test_a_card_has_its_headline_as_its_only_link_and_all_that_is_known() -> None:
    root = lxml_html.document_fromstring(html_of(BRIDGE))
    (headline,) = root.xpath("//h3/a")
    assert (headline.text, headline.get("href")) == (BRIDGE.headline, BRIDGE.url)
    (image,) = root.xpath("//img")
    assert (image.get("alt"), image.get("width"), image.get("height")) == (BRIDGE.images[0].alt, "600", "338")
    said = root.text_content()
    assert "20. November 2026. Lesezeit: 3 Minuten" in said
    assert "Die Brücke ist 210 Meter lang. Bild: Stadt Musterstadt" in said
    assert str(BRIDGE.teaser) in said


def test_meta_says_update_language_and_that_a_date_is_missing() -> None:
    updated = release(4, change=Change.UPDATE)
    undated = release(5, published=None)
    timed = release(6, published_precision=Precision.MINUTE)
    text = text_of(updated, undated, timed, DESK)
    assert "Aktualisiert am 20. November 2026" in text
    assert "Ohne Datum, gesehen am 20. November 2026" in text
    assert "20. November 2026, 06:00 Uhr. Lesezeit" in text
    assert "Meldung auf Englisch" in text
    assert "Release in German" in text_of(BRIDGE, language="en")


def test_foreign_releases_are_marked_where_they_speak() -> None:
    arabic = release(7, "افتتاح الجسر", language="ar", teaser="نص قصير", images=(picture(alt="جسر"),))
    root = lxml_html.document_fromstring(html_of(BRIDGE, arabic))
    marked = root.xpath("//*[@lang='ar']")
    assert [(element.tag, element.get("dir")) for element in marked] == [("h3", "rtl"), ("img", "rtl"), ("p", "rtl")]
    assert "Meldung auf Arabisch" in root.text_content()
    english = lxml_html.document_fromstring(html_of(BRIDGE, language="en"))
    assert [element.text for element in english.xpath("//h2[@lang='de']")] == ["Verkehr"]


def test_a_language_tag_that_is_none_is_not_printed() -> None:
    odd = release(8, language='x"><script>')
    assert "x&quot;" not in html_of(odd)
    assert "<script" not in html_of(odd)


def test_a_symbolic_picture_says_so_and_decorative_ones_are_silent() -> None:
    decorative = release(9, images=(picture(alt="", alt_from=AltFrom.DECORATIVE),))
    root = lxml_html.document_fromstring(html_of(FOREST, decorative))
    assert [image.get("alt") for image in root.xpath("//img")] == [FOREST.images[0].alt, ""]
    assert "Symbolbild. Bild: dpa" in root.text_content()
    assert text_of(FOREST, decorative).count("Bild: Junger") == 1


def test_a_caption_that_repeats_the_alt_text_is_read_once() -> None:
    twice = release(9, images=(picture(alt="Kinder pflanzen", caption="Kinder pflanzen.", credit="Foto: Muster"),))
    root = lxml_html.document_fromstring(html_of(twice))
    assert root.xpath("//img/@alt") == ["Kinder pflanzen"]
    assert [span.text for span in root.xpath("//span[@aria-hidden='true']")] == ["Kinder pflanzen."]
    assert "Foto: Muster" in root.text_content()
    assert text_of(twice).count("Kinder pflanzen") == 1


def test_a_picture_without_an_alt_text_is_left_out_with_its_caption() -> None:
    bare = release(9, images=(picture(alt=None, caption="Niemand weiß, was zu sehen ist"),))
    assert "<img" not in html_of(bare)
    assert "Niemand weiß" not in html_of(bare) + text_of(bare)


def test_a_picture_of_unknown_size_claims_none() -> None:
    (image,) = lxml_html.document_fromstring(html_of(release(9, images=(picture(width=None, height=None),)))).xpath(
        "//img"
    )
    assert image.get("height") is None
    assert "width:auto" in image.get("style")


def test_without_pictures_their_alt_texts_are_read() -> None:
    html = html_of(BRIDGE, format=Format.NO_IMAGES)
    assert "<img" not in html
    assert str(BRIDGE.images[0].alt) in html


def test_large_print_is_24_px_and_all_else_follows_it() -> None:
    html = html_of(BRIDGE, format=Format.LARGE)
    assert "font-size:24px" in html
    assert set(re.findall(r"font-size:([^;\"'}]+)", html.split("<body", 1)[1])) <= {
        *("24px", "1.765em", "0.941em", "1.294em", "0.882em", "1em")
    }


def test_headlines_that_do_not_tell_links_apart_get_their_date_and_number() -> None:
    twins = [release(n, "Terminhinweis") for n in (1, 2)]
    html = html_of(
        *twins, release(3, "Mehr"), release(4, "Impressum"), release(5, "https://a.example/x"), release(6, "Fest")
    )
    assert lxml_html.document_fromstring(html).xpath("//h3/a/text()") == [
        "Terminhinweis (20. November 2026)",
        "Terminhinweis (20. November 2026) (2)",
        "Mehr (20. November 2026)",
        "Impressum (20. November 2026)",
        "https://a.example/x (20. November 2026)",
        "Fest",
    ]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:20])
def test_hostile_texts_are_only_text(text: str) -> None:
    image = picture(alt=text, caption=text, credit=text)
    hostile = release(1, text, teaser=text, images=(image,), topics=(FOREST.topics[0],))
    found = variant([hostile, BRIDGE])
    root = lxml_html.document_fromstring(filled(found.html))
    assert not root.xpath("//script | //*[@onerror] | //*[starts-with(name(), 'mj-')]")
    assert not [href for href in root.xpath("//@href") if "evil" in href]
    assert len(root.xpath("//h3")) == 2
    assert "\r" not in found.subject
    assert "\n" not in found.subject
    assert "=?" not in found.subject
    assert max(len(line.encode()) for line in filled(found.html).splitlines()) < 4000


@pytest.mark.parametrize("fields", [{"url": "javascript:alert(1)"}, {"headline": " \x07"}], ids=["address", "headline"])
def test_one_poisoned_release_never_stops_the_others(fields: dict[str, str]) -> None:
    poisoned = release(8, **fields)
    with pytest.raises(RenderError) as caught:
        render_sheet(edition([BRIDGE, poisoned]), "de", Format.STANDARD)
    assert caught.value.release == poisoned.id
    wanted = [("de", Format.STANDARD), ("en", Format.TEXT)]
    content, sheets, left_out = render_sheets(edition([BRIDGE, poisoned, DESK]), wanted)
    assert content.releases == (BRIDGE, DESK)
    assert list(sheets) == wanted
    assert list(left_out) == [poisoned.id]
    assert all(poisoned.id not in {part.release for part in sheet.parts} for sheet in sheets.values())


def own_templates(path: Path, name: str, old: str, new: str) -> Path:
    """A user's folder with one of our templates changed."""
    source = (folder("templates") / name).read_text("utf-8")
    assert old in source
    (path / name).parent.mkdir(exist_ok=True)
    (path / name).write_text(source.replace(old, new), "utf-8")
    return path


def test_every_text_has_its_layout() -> None:
    mails = {path.stem for path in (folder("templates") / "email").glob("*.mjml")}
    texts = {path.stem for path in (folder("templates") / "text").glob("*.txt")} - {"macros"}
    assert texts <= mails


def test_the_compact_layout_has_headlines_and_teasers_and_no_pictures() -> None:
    compact = newsletter(layout={"daily": "compact"})
    for format in Format:
        found = variant(newsletter=compact, format=format)
        assert check(found, RELEASES, SITE, compact) == ()
        for part in filter(None, (found.html, found.text)):
            told = filled(part)
            assert all(one.headline in told and str(one.teaser) in told for one in RELEASES)
            assert "Pylonen" not in told
            assert "<img" not in told


def test_a_mail_in_a_language_from_right_to_left_is_mirrored() -> None:
    """No catalogue is needed to see it: the words stay English."""
    html = html_of(language="he")
    root = lxml_html.document_fromstring(html)
    assert (root.get("dir"), root.xpath("//*[@role='article']/@dir")) == ("rtl", ["rtl"])
    assert "padding-right:20px" in html
    assert "margin-left:20px" in html
    assert "padding-left:20px" not in html
    assert html.count('<table role="presentation" dir="rtl"') == 2
    assert root.xpath("//h3[@lang='de']/@dir") == ["ltr", "ltr"]


def test_a_users_template_comes_first(tmp_path: Path) -> None:
    own = own_templates(tmp_path, "email/digest.mjml", "<h1>", "<h1>Unsere ")
    sheet = render_sheet(edition(), "de", Format.STANDARD, templates=own)
    assert "Unsere Pressemitteilungen" in filled(fill(sheet, [BRIDGE.id]).html)
    assert "Unsere" not in html_of()


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("email/digest.mjml", "<h1>", "<h1><p>", "cannot be compiled"),
        ("email/digest.mjml", "{{ when }}", "{{ wann }}", "standard.mjml: 'wann' is undefined"),
        ("text/digest.txt", '{{ cut("shell") }}', "", "not cut at the same places"),
        ("text/macros.txt", '{{ _("Unsubscribe") }}: {{', "{{", "begins a line"),
    ],
)
def test_a_template_at_fault_is_named_and_no_release_blamed(
    tmp_path: Path, name: str, old: str, new: str, says: str
) -> None:
    own = own_templates(tmp_path, name, old, new)
    with pytest.raises(RenderError, match=says) as caught:
        render_sheets(edition(), [("de", Format.STANDARD)], templates=own)
    assert caught.value.release is None


def test_a_release_that_breaks_a_template_is_found(tmp_path: Path) -> None:
    broken = f"{{{{ 1 // (card.id != '{FOREST.id}') }}}}"
    own = own_templates(tmp_path, "email/digest.mjml", "{{ card.headline }}", broken)
    content, _, left_out = render_sheets(edition(), [("de", Format.STANDARD)], templates=own)
    assert list(left_out) == [FOREST.id]
    assert content.releases == (BRIDGE, DESK)


@pytest.mark.parametrize("layout", ["standard", "compact"])
def test_other_ways_to_read_a_release_are_linked_and_named(layout: str) -> None:
    film = Alternate(AlternateKind.SIGN, "https://musterstadt.example/1.mp4", "gsg", "video/mp4", 192, 24_000_000)
    easy = Alternate(AlternateKind.EASY, "https://musterstadt.example/ls/1", "de-simple")
    two = release(1, alternates=(easy, film)), release(2, alternates=(replace(easy, url=f"{easy.url}2"),))
    letter = newsletter(layout={"daily": layout})
    found = variant(two, newsletter=letter)
    assert check(found, two, SITE, letter) == ()
    shown, text = filled(found.html), filled(found.text)
    named = f"Film in Gebärdensprache (3 Minuten, MP4, 24 MB): <span>{two[0].headline}</span></a></li>"
    assert f'<a href="{film.url}" hreflang="gsg"' in shown
    assert named in shown
    assert f"Film in Gebärdensprache (3 Minuten, MP4, 24 MB):\n{film.url}\n" in text
