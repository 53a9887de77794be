"""Where a feed says that its older entries lie (RFC 5005)."""

from __future__ import annotations

import json

import pytest

from newsletter.collect.entries import page_before
from newsletter.model import Page

URL = "https://portal.example/feed/"
ATOM = 'xmlns="http://www.w3.org/2005/Atom"'
INNER = '<entry><title>x</title><link rel="next" href="/kein"/></entry>'


def page(body: str, kind: str = "application/xml") -> Page:
    return Page(url=URL, body=body.encode(), content_type=kind)


def rss(links: str) -> str:
    item = '<item><title>x</title><a:link rel="next" href="/kein"/></item>'
    return f'<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel>{links}{item}</channel></rss>'


@pytest.mark.parametrize(
    ("body", "before"),
    [
        (f'<feed {ATOM}><link rel="prev-archive" href="../2026-10"/>{INNER}</feed>', "https://portal.example/2026-10"),
        (f'<feed {ATOM}><link rel="next" href="?page=2"/>{INNER}</feed>', f"{URL}?page=2"),
        (
            f'<feed {ATOM}><link rel="next" href="?page=2"/><link rel="prev-archive" href="/a"/></feed>',
            "https://portal.example/a",
        ),
        (f'<feed {ATOM}><link rel="next-archive" href="/newer"/><link rel="self" href="/"/>{INNER}</feed>', None),
        (f'<feed {ATOM}><link rel="next" href="javascript:alert(1)"/>{INNER}</feed>', None),
        (f'<feed {ATOM}><link rel="next"/>{INNER}</feed>', None),
        (rss('<a:link rel="next" href="/feed/2"/>'), "https://portal.example/feed/2"),
        (rss("<link>https://portal.example/</link>"), None),
        (json.dumps({"items": [], "next_url": "/feed.json?p=2"}), "https://portal.example/feed.json?p=2"),
        (json.dumps({"items": [], "next_url": 7}), None),
        (json.dumps({"items": []}), None),
        ("", None),
        ("<", None),
        ("{", None),
    ],
)
def test_the_feed_names_it_and_no_entry_does(body: str, before: str | None) -> None:
    assert page_before(page(body)) == before
