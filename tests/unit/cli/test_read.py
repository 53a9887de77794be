"""`read` shows times as a clock on the wall shows them, and no midnight that nobody wrote."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from newsletter.cli import cli

PAGE = "<main><h1>Neuer Radweg am Nordufer</h1><p>{}</p><p>{}</p></main>"
TEXT = "Die Stadt Musterstadt baut am Nordufer einen neuen Radweg. Er ist vier Kilometer lang und führt zum Hafen. " * 2


@pytest.mark.parametrize(
    ("line", "published", "precision"),
    [
        ("22.11.2026, 23:30 Uhr", "2026-11-22T23:30:00+01:00", "minute"),
        ("22. November 2026", "2026-11-22", "day"),
        ("ohne Datum", None, None),
    ],
)
def test_published_is_local_and_a_day_is_a_date(tmp_path, line, published, precision):
    file = tmp_path / "page.html"
    file.write_text(PAGE.format(line, TEXT), "utf-8")
    done = CliRunner().invoke(cli, ["read", str(file), "--json"])
    assert done.exit_code == 0
    (page,) = json.loads(done.output)
    assert (page["published"], page["published_precision"]) == (published, precision)


def test_a_page_without_a_text_shows_what_was_found_and_why_it_is_withheld(tmp_path):
    file = tmp_path / "page.html"
    head = '<meta property="og:title" content="Rede"><meta property="article:published_time" content="2026-11-22">'
    file.write_text(f"<html><head>{head}</head><body><div id=app></div></body></html>", "utf-8")
    done = CliRunner().invoke(cli, ["read", str(file), "--json"])
    (page,) = json.loads(done.output)
    assert page["headline"] == "Rede"
    assert page["published"] == "2026-11-22"
    assert page["problems"] == ["the page has no text that could be a release"]
