"""The confirmation mail."""

from __future__ import annotations

import pytest

from newsletter.config.settings import Texts
from newsletter.edition.letters import LETTERS, render_notice
from newsletter.edition.notices import render_confirmation
from newsletter.edition.rules import check
from newsletter.model import Blank, Cadence, Format, NoticeKind, Variant
from tests.unit.edition.samples import NEWSLETTER, SITE, filled, newsletter, subscription

TOPICS = {"verkehr": "Verkehr", "umwelt": "Umwelt & Natur"}


def confirmation(language: str = "de", format: Format = Format.STANDARD, **fields: object) -> Variant:
    chosen = subscription(format=format, **fields)
    return render_confirmation(SITE, NEWSLETTER, chosen, language, topics=TOPICS)


@pytest.mark.parametrize("format", list(Format))
@pytest.mark.parametrize("language", ["de", "en"])
def test_it_says_what_for_how_often_and_has_one_link(language: str, format: Format) -> None:
    found = confirmation(language, format, topics=("umwelt", "verkehr"), cadence=Cadence.WEEKLY)
    assert check(found, (), SITE, NEWSLETTER) == ()
    for pieces in (found.text, found.html or found.text):
        assert [piece for piece in pieces if isinstance(piece, Blank)] == [Blank("confirm_url")]
    text = filled(found.text)
    often = {"de": "Wie oft: wöchentlich", "en": "How often: weekly"}
    assert often[language] in text
    assert "Umwelt & Natur, Verkehr" in text
    assert (found.html is None) == (format is Format.TEXT)


def test_it_says_how_to_take_it_back_and_what_to_do_if_it_was_not_you() -> None:
    text = filled(confirmation().text)
    assert "jederzeit widerrufen" in text
    assert "Wenn Sie das nicht waren" in text
    assert "Themen: alle" in text
    assert confirmation().subject == "Bitte bestätigen: Pressemitteilungen"


def test_its_key_tells_wishes_apart() -> None:
    assert confirmation().key == confirmation().key
    assert confirmation().key != confirmation(cadence=Cadence.WEEKLY).key
    assert confirmation().key.startswith("confirmation-de-standard-")


def test_settings_are_escaped() -> None:
    odd = newsletter(title='Presse "A & B" <script>')
    found = render_confirmation(SITE, odd, subscription(), "de")
    assert "<script" not in filled(found.html)
    assert 'Newsletter: Presse "A & B" <script>' in filled(found.text)


def test_an_editors_own_words_take_the_place_of_ours() -> None:
    asking = "Sie wollen den Newsletter?\n\nDann klicken Sie auf den Link."
    letter = newsletter(texts=Texts(sign_up="a", consent="b", confirmation=asking))
    found = render_confirmation(SITE, letter, subscription(), "de", topics=TOPICS)
    assert check(found, (), SITE, letter) == ()
    for part in (filled(found.html), filled(found.text)):
        assert "Sie wollen den Newsletter?" in part
        assert "Somebody" not in part
        assert "Jemand" not in part
    assert "Sie wollen den Newsletter?\n\nDann klicken Sie auf den Link.\n\n- Newsletter" in filled(found.text)


def test_there_is_a_letter_for_every_other_notice() -> None:
    assert {*LETTERS, NoticeKind.CONFIRMATION} == set(NoticeKind)


@pytest.mark.parametrize("kind", LETTERS)
@pytest.mark.parametrize("format", list(Format))
@pytest.mark.parametrize("language", ["de", "en"])
def test_a_letter_passes_the_rules_and_has_its_link(kind: NoticeKind, format: Format, language: str) -> None:
    found = render_notice(kind, SITE, NEWSLETTER, subscription(format=format), language)
    assert check(found, (), SITE, NEWSLETTER) == ()
    links = [Blank(LETTERS[kind].blank)] if LETTERS[kind].blank else []
    for pieces in (found.text, found.html or found.text):
        assert [piece for piece in pieces if isinstance(piece, Blank)] == links
    assert found.key.startswith(f"{kind}-{language}-{format}-")
    assert (found.html is None) == (format is Format.TEXT)
