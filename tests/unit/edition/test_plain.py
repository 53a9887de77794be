"""Text and addresses from outside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.edition.links import address, linkable
from newsletter.edition.plain import plain, same, shorten
from newsletter.rules.naming import is_address, is_vague


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, ""),
        ("  Zwei \r\n Zeilen\u2028hier ", "Zwei Zeilen hier"),
        ("Glocke\x07 und \x1b[31mrot\x00", "Glocke und [31mrot"),
        ("\u202eumgedreht\u202c \ud800halb \ufeff\uffff", "umgedreht halb"),
        ("</mj-text> & „Zitat“ =?utf-8?q?x=0D=0ABcc:?=", "</mj-text> & „Zitat“ =?utf-8?q?x=0D=0ABcc:?="),
        ("Ko\u0308ln", "Köln"),
    ],
)
def test_plain(given: str | None, expected: str) -> None:
    assert plain(given) == expected


def test_long_text_is_cut_at_a_word() -> None:
    assert shorten("kurz", 10) == "kurz"
    assert shorten("eins zwei drei vier", 15) == "eins zwei …"
    assert shorten("x" * 30, 10) == "xxxxxxxx …"


@given(st.text(), st.integers(4, 300))
def test_plain_text_is_one_printable_line_within_its_limit(text: str, limit: int) -> None:
    found = plain(text, limit)
    assert len(found) <= limit
    assert found == found.strip()
    assert not any(ord(char) < 32 for char in found)
    found.encode("utf-8")


@pytest.mark.parametrize("url", ["https://a.example/x?y=1#z", "http://127.0.0.1:8000/", "https://müller.example/ä"])
def test_what_may_be_linked(url: str) -> None:
    assert linkable(url)


@pytest.mark.parametrize(
    "url",
    [
        *("", "/presse/1", "//a.example", "javascript:alert(1)", "data:text/html,x", "ftp://a.example", "https://"),
        *("https://a.example/\r\nBcc: x", "https://a.example/ x", "https://a.example/\u202e", "http://[::1"),
    ],
)
def test_what_may_not_be_linked(url: str) -> None:
    assert not linkable(url)


def test_addresses_are_ascii() -> None:
    assert address("https://a.example/x?a=b|c") == "https://a.example/x?a=b|c"
    assert address("https://müller.example/straße?q=ä%20b") == "https://xn--mller-kva.example/stra%C3%9Fe?q=%C3%A4%20b"


def test_names_that_say_too_little() -> None:
    assert all(map(is_vague, ["Mehr …", "hier", "Read more »", "Weiterlesen"]))
    assert not any(map(is_vague, ["Mehr Radwege für die Nordstadt", "Hier entsteht ein Park", ""]))
    assert is_address("https://a.example/x")
    assert not is_address("Neues unter https://a.example/x")


def test_same_ignores_case_and_punctuation() -> None:
    assert same("Kinder pflanzen einen Baum.", "kinder pflanzen einen Baum")
    assert not same("", "")
    assert not same("Baum", None)
