"""Which changes of a text a reader would notice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    "a hyphen that does not break": TEXT.replace(" - ", " \u2011 "),
    "narrow spaces": TEXT.replace("5. Dezember", "5.\u202fDezember"),
    "how many read it": TEXT + "\n1.234 Aufrufe",
    "how many shared it": "Geteilt: 17 mal\n" + TEXT,
    "a counter": TEXT + "\nGelesen: 12 345",
    "a button to share": TEXT + "\nTeilen (3)",
    "a link to print": TEXT + "\nSeite drucken",
    "an offer to send": TEXT + "\nPer E-Mail teilen",
    "umlauts that were broken": TEXT.encode().decode("cp1252"),
    "ligatures": TEXT.replace("öffnet", "ö\ufb00net"),
}
OTHER = {
    "a day": TEXT.replace("5. Dezember", "6. Dezember"),
    "a word": TEXT.replace("lacht", "schweigt"),
    "a word less": TEXT.replace("Endlich", ""),
    "a number": TEXT + " Es kostet 5 Euro.",
    "a not": TEXT.replace("das Bad", "das Bad nicht"),
    "a name": TEXT.replace("Leiterin", "Leiterin Berg"),
    "a paragraph": TEXT + "\nDas Bad hat ein neues Dach.",
    "a number of readers that is news": TEXT + "\nDas Bad hatte im Netz 1.234 Aufrufe, mehr als je.",
    "a letter": TEXT.replace("das Bad", "das Rad"),
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


LINK = '<p>Der <a href="{}">Plan</a> gilt.</p>'


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            LINK.format("https://p.example/plan"),
            LINK.format("https://p.example/plan?utm_source=rss&amp;mtm_campaign=x"),
        ),
        (LINK.format("https://p.example/plan;jsessionid=0A"), LINK.format("https://p.example/plan;jsessionid=0B")),
        (LINK.format("http://p.example/plan"), LINK.format("https://p.example/plan/")),
        ('<p><a href="/a" title="x">Plan</a></p>', '<p><a title="x" href="/a">Plan</a></p>'),
        ('<img src="/a.jpg" alt="Bad" width="3">', '<img width="3" alt="Bad" src="/a.jpg?v=2">'),
    ],
)
def test_markup_that_systems_make_up(one: str, other: str) -> None:
    assert settled(one) == settled(other)


def test_another_link_is_another() -> None:
    assert settled(LINK.format("https://p.example/a")) != settled(LINK.format("https://p.example/b"))
    assert settled('<p><a href="/a" title="x">P</a></p>') != settled('<p><a href="/a" title="y">P</a></p>')


LETTERS = "abcdefghijklmnopqrstuvwxyzäöüß0123456789"
WORDS = st.lists(st.text(LETTERS, min_size=1, max_size=12), min_size=3, max_size=30)
GAPS = st.sampled_from([" ", "  ", "\u00a0", "\t", " \u00ad", "\u200b "])


@given(WORDS, st.data())
def test_no_setting_of_the_text_is_a_change(words: list[str], data: st.DataObject) -> None:
    set_otherwise = "".join(word + data.draw(GAPS) for word in words)
    assert normalised(set_otherwise) == normalised(" ".join(words))


@given(WORDS)
def test_no_broken_encoding_is_a_change(words: list[str]) -> None:
    text = " ".join(words)
    assert normalised(text.replace("ß", "").encode().decode("cp1252")) == normalised(text.replace("ß", ""))


@given(WORDS, st.integers(0, 29), st.sampled_from(["nicht", "siebzehn", "berlin"]))
def test_every_word_that_comes_in_is_a_change(words: list[str], place: int, word: str) -> None:
    changed = [*words[:place], word, *words[place:]]
    assert normalised(" ".join(changed)) != normalised(" ".join(words))
