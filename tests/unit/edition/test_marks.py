"""Cut marks and blanks."""

from __future__ import annotations

import re

import pytest
from markupsafe import Markup

from newsletter.edition.marks import Cut, Marks, nonce_absent_from
from newsletter.errors import RenderError
from newsletter.model import Blank


def test_a_text_is_cut_apart_and_its_blanks_become_values() -> None:
    marks = Marks("n0nce")
    text = f"Kopf: {marks.blank('counts')}.\n{marks.cut('card', 'umwelt', 'r1')}\nMeldung"
    assert list(marks.parts(text)) == [
        (Cut("shell"), ("Kopf: ", Blank("counts"), ".\n")),
        (Cut("card", "umwelt", "r1"), ("Meldung\n",)),
    ]


def test_what_is_for_outlook_comes_back_as_a_conditional_comment() -> None:
    marks = Marks("n0nce")
    text = f"{marks.outlook(Markup('<table>'))}<p>x</p>\n"
    assert list(marks.parts(text)) == [(Cut("shell"), ("<!--[if mso]><table><![endif]--><p>x</p>\n",))]


@pytest.mark.parametrize("text", ["{b}\n", "Zeile\n{b}\n", "Link: {b}{b}\n"])
def test_a_blank_must_not_begin_a_line(text: str) -> None:
    marks = Marks("n0nce")
    with pytest.raises(RenderError, match="begins a line"):
        list(marks.parts(text.format(b=marks.blank("unsubscribe_url"))))


def test_a_lost_mark_is_an_error() -> None:
    marks = Marks("n0nce")
    marks.cut("card")
    with pytest.raises(RenderError, match="did not come through"):
        list(marks.parts("ohne Marke\n"))


def test_the_nonce_is_not_in_the_content(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["aaaa", "bbbb", "cccc"])
    monkeypatch.setattr("newsletter.edition.marks.secrets.token_hex", lambda size: next(drawn))
    assert nonce_absent_from("ein Text mit aaaa und bbbb") == "cccc"


def test_the_nonce_cannot_be_guessed() -> None:
    assert re.fullmatch(r"[0-9a-f]{16}", nonce_absent_from(""))
    assert nonce_absent_from("") != nonce_absent_from("")
