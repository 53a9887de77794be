"""What stands at the edges of a text and is not of it."""

from __future__ import annotations

import pytest

from newsletter.collect.read.lines import without_edges, without_lead, without_repeated
from tests.unit.collect.read.pages import BODY, FIRST, SECOND, release

HEAD = "<h1>Neuer Radweg am Nordufer</h1>"
WHOLE = f"{FIRST}\n\nZwei Millionen vom Land\n\n{SECOND}"
LEAD = "Vier Kilometer zwischen Bahnhof und Hafen werden sicherer."

EDGES = (
    "Von Erika Beispiel",
    "Ein Artikel von Erika Beispiel | 22.11.2026 - 12:45",
    "By Jane Doe - Nov 22, 2026 at 10:05AM",
    "Text: Erika Beispiel und Max Muster",
    "Musterstadt, 22. November 2026",
    "Köln, 22. November 2026",
    "22.11.2026 11:35",
    "Published Nov 22, 2026",
    "Aktualisiert: 22.11.2026, 14:05 Uhr",
    "Rubrik: Verkehr",
    "Kategorien: Verkehr, Umwelt",
    "Filed under: Traffic",
    "Bild vergrößern",
    "Zum Inhalt springen",
    "Skip to main content",
    "Vollbild",
    "Teilen:",
    "Bild 3 von 10",
    "3 Min.",
    "© Stadt Musterstadt",
    "Autor",
    "Erschienen am: Herausgeber:",
    "Quelle: https://musterstadt.example/presse/radweg",
    "Dieser Artikel wurde ausgedruckt unter der Adresse: https://musterstadt.example/radweg",
    "* * *",
)


@pytest.mark.parametrize("line", EDGES)
@pytest.mark.parametrize("form", ["{line}{body}", "{body}{line}"])
def test_it_is_no_text(line, form):
    main = form.format(line=f"<p>{line}</p>", body=BODY)
    assert release(f"<main>{HEAD}<div class='text'>{main}</div></main>").body_text == WHOLE


@pytest.mark.parametrize("line", [
    "Von Musterstadt aus fährt man nun sicher zum Hafen.",
    "Der Weg ist vier Kilometer lang.",
    "Hintergrund:",
    "Weitere Auskünfte gibt es im Rathaus.",
    "* Name geändert",
])  # fmt: skip
def test_what_only_looks_like_it_stays(line):
    text = release(f"<main>{HEAD}<div class='text'>{BODY}<p>{line}</p><p>{FIRST}</p></div></main>").body_text
    assert line in text


def test_the_middle_of_a_text_is_left_alone():
    blocks = [f"<p>Satz Nummer {n} in einem langen Text.</p>" for n in range(20)]
    blocks[10] = "<p>Von Erika Beispiel</p>"
    assert without_edges("\n".join(blocks), ())[0] == "\n".join(blocks)


def test_a_name_told_elsewhere_is_not_told_again():
    assert (
        without_edges("<p>Erika Beispiel</p>\n<p>Der Weg wird gebaut.</p>", ["Erika Beispiel"])[0]
        == "<p>Der Weg wird gebaut.</p>"
    )


def test_a_text_never_gets_lost_whole():
    assert without_edges("<p>Von Erika Beispiel</p>", ())[0] == "<p>Von Erika Beispiel</p>"


def test_what_a_byline_sets_apart_is_the_lead():
    draft = release(f"<main>{HEAD}<div class='text'><p>{LEAD}</p><p>Von Erika Beispiel</p>{BODY}</div></main>")
    assert (draft.teaser, draft.body_text, draft.origin["teaser"]) == (LEAD, WHOLE, "structure")


def test_it_does_not_come_before_a_teaser_that_says_something_else():
    told = '<meta name="description" content="Die Stadt hat heute ganz andere Dinge beschlossen und verkündet.">'
    draft = release(f"<main>{HEAD}<div class='text'><p>{LEAD}</p><p>Von Erika Beispiel</p>{BODY}</div></main>", told)
    assert draft.teaser == "Die Stadt hat heute ganz andere Dinge beschlossen und verkündet."
    assert draft.body_text.startswith(LEAD)


def test_a_teaser_in_the_data_is_not_read_twice():
    told = '<meta name="description" content="' + FIRST.replace("Er ist", "Er wird") + '">'
    draft = release(f"<main>{HEAD}<div class='text'>{BODY}</div></main>", told)
    assert (draft.teaser, draft.body_text.startswith(FIRST)) == (FIRST, False)


def test_blocks_are_taken_by_their_words():
    assert without_lead("<p>Eins.</p>\n<p>Zwei.</p>\n<p>Drei.</p>", "Eins. Zwei.") == "<p>Drei.</p>"
    assert without_repeated("<p>Ganz anderes.</p>\n<p>Text.</p>", "Ein Anreißer.")[1] == "Ein Anreißer."
