from __future__ import annotations

import pytest

from newsletter.collect.read.credits import bare_credit, is_symbolic, split_credit, without_credit, without_symbolic
from newsletter.model import Image


@pytest.mark.parametrize(
    ("text", "rest", "credit"),
    [
        ("Ein Biber am Fluss (Quelle: dpa).", "Ein Biber am Fluss", "dpa"),
        ("Ein Biber am Fluss (Foto: Erika Beispiel/Stadt)", "Ein Biber am Fluss", "Erika Beispiel/Stadt"),
        ("Ein Biber am Fluss. Foto: Erika Beispiel", "Ein Biber am Fluss.", "Erika Beispiel"),
        ("Ein Biber am Fluss. Bild: Stadt Musterstadt", "Ein Biber am Fluss.", "Stadt Musterstadt"),
        ("Ein Biber am Fluss © Stadt Musterstadt", "Ein Biber am Fluss", "Stadt Musterstadt"),
        ("Ein Biber am Fluss | picture alliance / dpa", "Ein Biber am Fluss", "picture alliance / dpa"),
        ("© Max Muster", None, "Max Muster"),
        ("Foto: Max Muster", None, "Max Muster"),
        ("A beaver by the river. Photo by Jane Doe: Jane", "A beaver by the river. Photo by Jane Doe: Jane", None),
        ("Das Foto zeigt einen Biber am Fluss", "Das Foto zeigt einen Biber am Fluss", None),
        ("Der Biber im Bild rechts ist drei Jahre alt", "Der Biber im Bild rechts ist drei Jahre alt", None),
        ("", None, None),
        ("A bridge at dawn. Photograph: Jane Doe/The Paper", "A bridge at dawn.", "Jane Doe/The Paper"),
        ("A bridge at dawn (AP Photo/Jane Doe)", "A bridge at dawn", "AP Photo/Jane Doe"),
        ("A bridge at dawn. Photo courtesy of City Hall", "A bridge at dawn.", "City Hall"),
        ("Photo by Jane Doe on Unsplash", None, "Jane Doe on Unsplash"),
        ("Die Brücke am Morgen© Max Muster /AFP", "Die Brücke am Morgen", "Max Muster /AFP"),
        ("Die Brücke am Morgen. Bild © Max Muster (hr)", "Die Brücke am Morgen.", "Max Muster (hr)"),
        ("© Stadtwerke GmbH / Fotograf: Max Muster", None, "Stadtwerke GmbH / Fotograf: Max Muster"),
        ("Foto: Max Muster (Copyright)", None, "Max Muster"),
        ("Menschen am Tisch (Symbolbild: dpa)", "Menschen am Tisch", "dpa"),
        (
            "Foto: junge Frau auf dem Rad am überfluteten Ufer",
            "Foto: junge Frau auf dem Rad am überfluteten Ufer",
            None,
        ),
        ("Foto: Büro des Ministers", None, "Büro des Ministers"),
        ("A map of the old town", "A map of the old town", None),
    ],
)
def test_a_credit_is_told_from_what_the_picture_shows(text, rest, credit):
    assert split_credit(text) == (rest, credit)


def test_a_credit_is_kept_without_its_label():
    assert bare_credit("(Foto: © Erika Beispiel)") == "Erika Beispiel"


def test_symbolbild_is_a_fact_and_no_caption():
    assert is_symbolic(None, "Symbolbild")
    assert is_symbolic("Menschen am Tisch (Symbolfoto)")
    assert is_symbolic("Ein Weg (Beispielbild)")
    assert is_symbolic("A road (stock photo)")
    assert not is_symbolic("Ein Symbol der Stadt", "Ein Bild")
    assert not is_symbolic("A symbolic handover of the keys", "iStock photo")
    assert without_symbolic("A road (stock photo)") == "A road"
    assert without_symbolic("Symbolbild") is None
    assert without_symbolic("Menschen am Tisch (Symbolbild)") == "Menschen am Tisch"
    assert without_symbolic("Ein Radweg") == "Ein Radweg"


def test_an_alt_text_is_read_aloud_without_its_credit():
    image = without_credit(Image("https://a.example/b.jpg", alt="Ein Biber am Fluss (Quelle: dpa)"))
    assert (image.alt, image.credit) == ("Ein Biber am Fluss", "dpa")


@pytest.mark.parametrize("alt", [None, "", "Ein Biber", "Foto: Max Muster"])
def test_an_alt_text_never_gets_lost_with_its_credit(alt):
    assert without_credit(Image("https://a.example/b.jpg", alt=alt)).alt == alt
