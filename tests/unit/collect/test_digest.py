"""Which changes of a text a reader would notice."""

from __future__ import annotations

import pytest

from newsletter.collect.digest import normalised, picture_name, settled, text_digest

TEXT = 'Die Stadt öffnet am 5. Dezember das Bad. "Endlich", sagt die Leiterin - und lacht.'

SAME = {
    "quotes": "Die Stadt öffnet am 5. Dezember das Bad. „Endlich“, sagt die Leiterin – und lacht.",
    "white space": 'Die Stadt  öffnet\nam 5.\u00a0Dezember das\tBad. "Endlich", sagt die Leiterin - und lacht. ',
    "soft hyphens": TEXT.replace("öffnet", "öff\u00adnet").replace("Dezember", "De\u00adzem\u00adber"),
    "decomposed umlauts": 'Die Stadt o\u0308ffnet am 5. Dezember das Bad. "Endlich", sagt die Leiterin - und lacht.',
    "a stamp": TEXT + " Stand: 22.11.2026, 10:15 Uhr",
    "another stamp": "Aktualisiert am 22. November 2026, 09:20 Uhr " + TEXT,
    "an English stamp": TEXT + " Last updated: 22 November 2026",
    "an age": "vor 2 Stunden " + TEXT,
    "a reading time": TEXT + " Lesezeit: 3 Minuten",
    "a stand-in": TEXT + " Berechne Lesezeit",
}
OTHER = {
    "a day": TEXT.replace("5. Dezember", "6. Dezember"),
    "a word": TEXT.replace("lacht", "schweigt"),
    "a word less": TEXT.replace("Endlich", ""),
    "a number": TEXT + " Es kostet 5 Euro.",
}


@pytest.mark.parametrize("name", SAME)
def test_no_change(name: str) -> None:
    assert normalised(SAME[name]) == normalised(TEXT)


@pytest.mark.parametrize("name", OTHER)
def test_a_change(name: str) -> None:
    assert normalised(OTHER[name]) != normalised(TEXT)


def test_two_stamps_are_the_same_stamp() -> None:
    assert normalised("Stand: 22.11.2026, 10:15 Uhr") == normalised("Stand: 23.11.2026, 08:00 Uhr") == ""


def test_a_time_of_day_in_the_text_is_no_stamp() -> None:
    assert normalised("Beginn um 18:00 Uhr") != normalised("Beginn um 19:00 Uhr")


def test_words_do_not_slip_between_fields() -> None:
    assert text_digest("a", "b", "c") != text_digest("a b", None, "c")
    assert text_digest("a", None, "c") == text_digest("A ", "", " c")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "https://p.example/_processed_/csm_bad_0123456789.jpg",
            "https://p.example/_processed_/csm_bad_abcdef0123.jpg",
        ),
        ("https://p.example/bad.jpg?itok=x", "https://p.example/bad.jpg?itok=y"),
        ("https://p.example/bad.jpg?1700000000", "https://p.example/bad.jpg"),
        ("https://p.example/bad.jpg?v=2&w=800", "https://p.example/bad.jpg?w=800"),
    ],
)
def test_names_that_systems_make_up(one: str, other: str) -> None:
    assert picture_name(one) == picture_name(other)
    html = '<p>Text</p><figure><img src="{}" alt="Bad"></figure>'
    assert settled(html.format(one)) == settled(html.format(other))


def test_another_picture_is_another() -> None:
    assert picture_name("https://p.example/bad.jpg?id=1") != picture_name("https://p.example/bad.jpg?id=2")
    assert picture_name("https://p.example/a.jpg") != picture_name("https://p.example/b.jpg")
    assert settled('<img src="/a.jpg">') != settled('<img src="/b.jpg">')
