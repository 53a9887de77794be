# ruff: noqa: E501 - pages stand here as their systems write them
"""The lead paragraph, and what only looks like one."""

from __future__ import annotations

import pytest

from tests.unit.collect.read.pages import BODY, FIRST, SECOND, release

HEAD = "<h1>Neuer Radweg am Nordufer</h1>"
LEAD = "Vier Kilometer zwischen Bahnhof und Hafen werden sicherer."
THIRD = "Der Radweg ist Teil des Verkehrsplans, den der Rat im vergangenen Jahr beschlossen hat."
TOLD = f'<meta name="description" content="{LEAD}">'


def test_a_short_line_marked_as_one_counts_right_with_the_headline():
    assert release(f'<main>{HEAD}<p class="subtitle">Ein Weg für alle.</p>{BODY}</main>').teaser == "Ein Weg für alle."


@pytest.mark.parametrize("more", ["", "A ", "Am ", "Auch ", "Gestern "])  # wherever a long text is cut
def test_a_whole_release_in_one_block_is_no_teaser(more):
    text = "".join(f"<p>{more}{one}</p>" for one in (FIRST, SECOND, THIRD, FIRST, THIRD, SECOND))
    draft = release(f'<main>{HEAD}<div class="field-intro">{text}</div></main>')
    assert draft.teaser is None
    assert draft.body_text.startswith(f"{more}{FIRST}")
    assert draft.body_text.endswith(SECOND)


@pytest.mark.parametrize("notice", [
    "<div>Mit der Anmeldung stimmen Sie zu, dass wir Ihre Angaben speichern und auswerten dürfen.</div>",
    '<div class="teaser__shorttext">Bereits im vergangenen Jahr war der Hafen umstritten, hieß es damals oft.</div>',
])  # fmt: skip
def test_far_from_the_headline_it_has_to_say_what_the_data_say(notice):
    head = f"<main>{HEAD}<div><span>{'Wort ' * 150}</span></div>{notice}<div class='text'>{BODY}<p>{SECOND}</p></div></main>"
    assert release(head, TOLD).teaser == LEAD


def test_right_with_the_headline_it_need_not():
    other = "Ein Weg, auf den die ganze Stadt seit zwanzig Jahren wartet."
    draft = release(f"<main><div>{HEAD}<div>{other}</div></div><section>{BODY}<p>{SECOND}</p></section></main>", TOLD)
    assert draft.teaser == other


def test_a_caption_is_no_teaser():
    line = "<p>Der Weg am Ufer an einem Tag im Herbst. © Stadt Musterstadt</p>"
    assert release(f"<main><div>{HEAD}{line}</div><section>{BODY}<p>{SECOND}</p></section></main>", TOLD).teaser == LEAD


def test_what_the_data_quote_is_the_releases_wherever_it_stands():
    long = f"{LEAD} {THIRD}"
    head = f'<meta name="description" content="{long}">'
    draft = release(
        f'<main><article>{HEAD}<div class="sidebar"><p class="teaser">{long}</p></div><section>{BODY}</section></article></main>',
        head,
    )
    assert draft.teaser == long
    assert draft.origin["teaser"] == "structure"
