"""Releases made fit to be shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from newsletter.errors import RenderError
from newsletter.model import Document, Image, Topic
from newsletter.publish.content import fit, printable
from tests.unit.publish.sample import NASTY, make


@given(st.text(st.characters(exclude_categories=()), max_size=40))
def test_whatever_comes_in_can_be_written_as_xml_and_utf8(text: str) -> None:
    element = etree.Element("x")
    element.text = printable(text)
    (element.text or "").encode()


def test_what_is_printable_stays() -> None:
    text = "Größe – „Ä“ 🎉 שלום جسر 漢字 \u200d\u200e\n\t&<>"
    assert printable(text) == text


def test_strings_are_cleaned_wherever_they_lie() -> None:
    topic = Topic("a", "b\x00")
    release = printable(make(1, headline="a\x0bb", topics=(topic,), images=(Image("x", alt="\x1bc"),)))
    assert (release.headline, release.topics[0].title, release.images[0].alt) == ("ab", "b", "c")
    assert release.published_precision is make(1).published_precision


def test_a_headline_is_one_line() -> None:
    assert fit(make(1, headline=" a\r\n\tb  c "), "de").headline == "a b c"
    assert fit(make(1, headline=" \x00 "), "de").headline == "https://musterstadt.example/presse/1"


@pytest.mark.parametrize(
    ("given", "shown"), [("de", "de"), ("de_CH", "de-CH"), ("", "en"), ("deutsch!", "en"), ("x\n", "en")]
)
def test_a_language_that_is_no_tag_is_the_sites(given: str, shown: str) -> None:
    assert fit(make(1, language=given), "en").language == shown


def test_only_web_addresses_are_kept() -> None:
    release = make(
        1,
        documents=(Document("javascript:x", "a"), Document("https://a.example/b", "b")),
        images=(Image("data:x", alt="Ein Reh"), Image("https://a.example/c.jpg", alt="Ein Reh")),
    )
    shown = fit(release, "de")
    assert [document.title for document in shown.documents] == ["b"]
    assert [image.src for image in shown.images] == ["https://a.example/c.jpg"]


def test_a_release_without_a_web_address_is_refused() -> None:
    with pytest.raises(RenderError, match="is no web address"):
        fit(make(1, url="javascript:alert(1)"), "de")


@pytest.mark.parametrize("alt", [None, "", "  ", "IMG_2291.jpg", "Bild 3"])
def test_a_picture_without_a_real_alt_text_is_left_out(alt: str | None) -> None:
    assert fit(make(1, images=(Image("https://a.example/c.jpg", alt=alt, lead=True),)), "de").lead is None


def test_hostile_strings_survive_as_text() -> None:
    shown = fit(NASTY, "de")
    assert shown.headline.startswith(
        "</mj-text><script>alert(1)</script> =?utf-8?q?x=0D=0ABcc:a@b.example?= ]]> & abc 🎉"
    )
    assert len(shown.headline) > 10_000
