"""What a link leads to: read as browsers read it."""

from __future__ import annotations

import pytest

from newsletter.collect.read.page import absolute

BASE = "https://stadt.example/presse/liste/"


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("/presse/1", "https://stadt.example/presse/1"),
        ("meldung.html?id=1&x=ä#a", "https://stadt.example/presse/liste/meldung.html?id=1&x=%C3%A4#a"),
        ("../1", "https://stadt.example/presse/1"),
        ("https://stadt.example/a/./b/../c", "https://stadt.example/a/c"),
        ("https://stadt.example:443/x", "https://stadt.example/x"),
        ("HTTPS://Stadt.Example", "https://stadt.example/"),
        ("//andere.example/x", "https://andere.example/x"),
        ("\\\\andere.example\\x", "https://andere.example/x"),
        ("https:/x/y", "https://stadt.example/x/y"),
        (" \n/pres\tse/1 ", "https://stadt.example/presse/1"),
        ("https://münchen.example/x", "https://xn--mnchen-3ya.example/x"),
        ("/a|b{c}^d", "https://stadt.example/a%7Cb%7Bc%7D%5Ed"),
        ("/x?", "https://stadt.example/x"),
        ("/x#", "https://stadt.example/x"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://[::ffff:10.0.0.1]/", "http://[::ffff:a00:1]/"),
        ("/\ud83d", "https://stadt.example/%EF%BF%BD"),
    ],
)
def test_an_address_is_read_as_browsers_do(href: str, address: str) -> None:
    assert absolute(href, BASE) == address


@pytest.mark.parametrize(
    "href",
    [None, "", " \n", "javascript:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://",
     "http://a b/", "http://a\x00b/", "http://portal.example:99999/", "http://[::1/", "http://256.0.0.1/", "tel:115"],
)  # fmt: skip
def test_what_leads_to_no_web_page(href: str | None) -> None:
    assert absolute(href, BASE) is None


def test_a_base_that_is_none() -> None:
    assert absolute("https://stadt.example/x", "") == "https://stadt.example/x"
    assert absolute("/x", "") is None
