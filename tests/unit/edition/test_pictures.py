"""Which picture is shown, with which alt text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from newsletter.edition.pictures import lead_without_alt, shown
from newsletter.edition.rules import check
from newsletter.model import AltFrom
from newsletter.model.alt import alt_text, says_nothing
from tests.unit.edition.samples import NEWSLETTER, SITE, filled, picture, release, variant


@pytest.mark.parametrize(
    "alt",
    [
        "bruecke-01.jpg",
        "DSC_0042",
        "IMG 1234",
        "Bild 3",
        "Foto",
        "Symbolbild",
        "logo",
        "image_2.png",
        "Grafik: 4",
        "Alt-Text",
    ],
)
def test_a_name_for_the_file_says_nothing(alt: str) -> None:
    assert says_nothing(alt)


@pytest.mark.parametrize(
    "alt", ["Bild der Mona Lisa", "Logo der Stadt Musterstadt", "Brücke", "Foto 51 von Rosalind Franklin"]
)
def test_what_is_shown_says_something(alt: str) -> None:
    assert not says_nothing(alt)


@pytest.mark.parametrize("alt", [None, "", "   ", "\x07", "bruecke.jpg"])
def test_a_missing_alt_is_never_invented(alt: str | None) -> None:
    image = picture(alt=alt)
    assert alt_text(image) is None
    assert shown(release(1, images=(image,))) is None
    assert lead_without_alt(release(1, images=(image,))) is image


def test_an_editor_may_decide_that_a_picture_is_decorative() -> None:
    image = picture(alt="", alt_from=AltFrom.DECORATIVE)
    assert alt_text(image) == ""
    assert shown(release(1, images=(image,))) is image
    assert lead_without_alt(release(1, images=(image,))) is None


def test_only_the_lead_is_shown_and_no_pixel() -> None:
    assert shown(release(1, images=(picture(lead=False),))) is None
    assert shown(release(1, images=(picture(width=1, height=1),))) is None
    assert shown(release(1)) is None


def test_one_that_cannot_be_loaded_is_told_of_in_words() -> None:
    lost = replace(picture(), src="", original="https://musterstadt.example/bilder/bruecke.jpg")
    made = variant([release(1, images=(lost,))])
    assert made.html is not None
    html, text = filled(made.html), filled(made.text)
    assert "<img" not in html
    assert "Bild: <span>Schrägseilbrücke mit zwei Pylonen</span>" in html
    assert "Schrägseilbrücke mit zwei Pylonen" in text
    assert [finding for finding in check(made, [release(1, images=(lost,))], SITE, NEWSLETTER) if finding.blocks] == []

    decorative = replace(lost, alt="", alt_from=AltFrom.DECORATIVE)
    assert shown(release(1, images=(decorative,))) is None
