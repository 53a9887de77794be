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
    ],
)
def test_a_credit_is_told_from_what_the_picture_shows(text, rest, credit):
    assert split_credit(text) == (rest, credit)


def test_a_credit_is_kept_without_its_label():
    assert bare_credit("(Foto: © Erika Beispiel)") == "Erika Beispiel"


def test_symbolbild_is_a_fact_and_no_caption():
    assert is_symbolic(None, "Symbolbild")
    assert is_symbolic("Menschen am Tisch (Symbolfoto)")
    assert not is_symbolic("Ein Symbol der Stadt", "Ein Bild")
    assert without_symbolic("Symbolbild") is None
    assert without_symbolic("Menschen am Tisch (Symbolbild)") == "Menschen am Tisch"
    assert without_symbolic("Ein Radweg") == "Ein Radweg"


def test_an_alt_text_is_read_aloud_without_its_credit():
    image = without_credit(Image("https://a.example/b.jpg", alt="Ein Biber am Fluss (Quelle: dpa)"))
    assert (image.alt, image.credit) == ("Ein Biber am Fluss", "dpa")


@pytest.mark.parametrize("alt", [None, "", "Ein Biber", "Foto: Max Muster"])
def test_an_alt_text_never_gets_lost_with_its_credit(alt):
    assert without_credit(Image("https://a.example/b.jpg", alt=alt)).alt == alt
