"""The rules on anybody's mail: each finds its defect, none finds anything in the clean twin."""

from __future__ import annotations

import pytest

from newsletter.edition.foreign import read_html, read_message
from newsletter.edition.rules import findings, rules
from tests.unit.edition.foreign_mails import (
    DEFECTS,
    HTML,
    NEED_RELEASES,
    TEXT,
    WORDS,
    WRAPPED,
    found,
    found_in_html,
    headers,
    html,
    message,
)

CASES = [(id, defect) for id, defects in DEFECTS.items() for defect in defects]


def test_the_clean_twin_is_clean() -> None:
    assert found(message()) == ()
    assert found_in_html(HTML) == ()


def test_every_rule_that_needs_no_release_has_a_defect() -> None:
    assert DEFECTS.keys() | NEED_RELEASES == {rule.id for rule in rules()}


@pytest.mark.parametrize(("id", "defect"), CASES, ids=[f"{id}-{n}" for n, (id, _) in enumerate(CASES)])
def test_a_rule_finds_its_defect(id: str, defect: bytes) -> None:
    caught = [finding for finding in found(defect) if finding.rule == id]
    assert caught
    assert all(finding.message and finding.remedy and finding.criterion for finding in caught)


@pytest.mark.parametrize(
    "twin",
    [
        html(
            "<!DOCTYPE html>", '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/x">'
        ),
        html("<!DOCTYPE html>", '<!-- of a tool -->\n<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN">'),
        html('alt="Kinder an einem runden Brunnen"', 'alt=""'),  # whether it is decorative, no program can tell
        html('style="display:none">', 'style="max-height:0; overflow:hidden; font-size:1px; color:#fff; opacity:0">'),
        html("Ein neuer Brunnen</div>", "Ein neuer Brunnen</div><div style='display:none'>&zwnj;&nbsp;&#847;</div>"),
        html(
            '<a href="https://verein.example/brunnen">',
            '<a style="text-decoration:none" href="https://verein.example/brunnen"><u>',
        ),
        headers("<mailto:weg@verein.example>, ", ""),
        headers(
            "List-Unsubscribe: <mailto:weg@verein.example>, <https://verein.example/weg/1>\n"
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click\n",
            "Auto-Submitted: auto-replied\n",
        ),
        message(text=f"{TEXT}\n{WRAPPED}", params="format=flowed"),
        message(html="", text=TEXT).replace(b"Content-Type: text/html", b"Content-Type: text/calendar"),
    ],
)
def test_what_is_right_is_left_alone(twin: bytes) -> None:
    assert found(twin) == ()


def test_a_finding_names_the_line() -> None:
    (finding,) = found_in_html(HTML.replace(' alt="Kinder an einem runden Brunnen"', ""))
    assert (finding.where, finding.line) == ("line 10: <img> https://bilder.verein.example/brunnen.jpg", 10)
    (finding,) = found(html(' alt="Kinder an einem runden Brunnen"', ""))
    assert finding.where == "HTML part, line 10: <img> https://bilder.verein.example/brunnen.jpg"
    assert finding.line is None  # the message's own lines are others


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\xff\xfe",
        b"<!-- nothing -->",
        b'<?xml version="1.0" encoding="utf-8"?><html><body>x',
        b"<style>@media{{{}}} a{color:rgb(} :::x{}</style><p style='color:;font-size:max(,);;:x'>x",
        b"<img src='http://[bad' width=1%><link href='http://[' rel=stylesheet><a href='http://[x'>x</a>",
        b"<table>" * 400 + b"x",
        "<p>ümläut".encode("utf-16"),
        b'<meta charset="no-such"><p>x',
    ],
)
def test_bad_input_is_judged_all_the_same(data: bytes) -> None:
    assert "LANG-1" in {finding.rule for finding in findings(read_html(data, WORDS))}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no headers at all",
        b"Subject: =?utf-8?q?=ff?=\nFrom: <<>>,;@\nList-Unsubscribe: \n\nx",
        b"Content-Type: text/html; charset=no-such\n\n<p>\xff</p>",
        b"Content-Type: multipart/alternative\n\n--x\n",
    ],
)
def test_a_broken_message_is_judged_all_the_same(data: bytes) -> None:
    assert findings(read_message(data, WORDS))
