# ruff: noqa: E501 - pages stand here as their systems write them
"""Whom journalists ask, and who issued a release: told apart from its text."""

from __future__ import annotations

import pytest

from newsletter.collect.read.contact import split_contact
from newsletter.collect.read.issuer import split_issuer
from tests.unit.collect.read.pages import BODY, FIRST, SECOND, release

HEAD = "<h1>Neuer Radweg am Nordufer</h1>"
WHOLE = f"{FIRST}\n\nZwei Millionen vom Land\n\n{SECOND}"
LINES = "Erika Beispiel\nTel. 0123 456789\npresse@musterstadt.example"

CONTACTS = (
    "<h2>Pressekontakt</h2><p>Erika Beispiel<br>Tel. 0123 456789<br>presse@musterstadt.example</p>",
    "<h3>Ansprechpartnerin für die Presse</h3><p>Erika Beispiel</p><p>Tel. 0123 456789</p><p><a href='mailto:presse@musterstadt.example'>presse@musterstadt.example</a></p>",
    "<p><strong>Kontakt:</strong><br>Erika Beispiel<br>Tel. 0123 456789<br>presse@musterstadt.example</p>",
    "<p><b>Rückfragen an:</b></p><p>Erika Beispiel<br>Tel. 0123 456789<br>presse@musterstadt.example</p>",
    "<h2>Press contact</h2><ul><li>Erika Beispiel</li><li>Tel. 0123 456789</li><li>presse@musterstadt.example</li></ul>",
    "<p>Media enquiries</p><p>Erika Beispiel<br>Tel. 0123 456789<br>presse@musterstadt.example</p>",
    "<p>Erika Beispiel</p><p>Tel. 0123 456789</p><p>presse@musterstadt.example</p>",
    "<p>Erika Beispiel<br>Tel. 0123 456789<br>presse@musterstadt.example</p>",
)


@pytest.mark.parametrize("contact", CONTACTS)
def test_a_press_contact_is_kept_apart(contact):
    draft = release(f"<main>{HEAD}<div class='text'>{BODY}{contact}</div></main>")
    assert (draft.contact, draft.body_text) == (LINES, WHOLE)


def test_names_under_a_heading_are_a_contact_at_the_end_of_a_text_alone():
    names = "<h2>Contacts:</h2><h3>Erika Beispiel</h3><p>Press officer</p>"
    draft = release(f"<main>{HEAD}<div class='text'>{BODY}{names}</div></main>")
    assert (draft.contact, draft.body_text) == ("Erika Beispiel\nPress officer", WHOLE)
    draft = release(f"<main>{HEAD}<div class='text'>{BODY}{names}<p>{FIRST}</p></div></main>")
    assert "Press officer" in draft.body_text


def test_what_follows_a_contact_stays():
    about = "<h2>Über die Stadt</h2><p>Musterstadt hat hunderttausend Einwohner und liegt am Fluss.</p>"
    for contact in CONTACTS[:6]:
        draft = release(f"<main>{HEAD}<div class='text'>{BODY}{contact}{about}</div></main>")
        assert draft.contact == LINES
        assert draft.body_text.endswith("liegt am Fluss.")


@pytest.mark.parametrize("text", [
    "<h2>Kontakt</h2><p>Die Stadt sucht den Kontakt zu allen, die mit dem Rad fahren.</p>",
    "<p>Bei Rückfragen stehen wir gern zur Verfügung.</p>",
    "<p>Wer mitmachen will, meldet sich unter Tel. 0123 456789.</p>",
    "<h2>Kontakte knüpfen</h2><p>Am Abend gibt es Musik und Tanz.</p>",
])  # fmt: skip
def test_a_text_about_contacts_is_none(text):
    draft = release(f"<main>{HEAD}<div class='text'>{BODY}{text}</div></main>")
    assert draft.contact is None
    assert len(draft.body_text) > len(WHOLE)


def test_a_contact_beside_the_text_is_found_where_it_is_marked():
    box = '<div class="press-contact"><h3>Pressekontakt</h3><p>Erika Beispiel<br>Tel. 0123 456789<br>presse@musterstadt.example</p></div>'
    draft = release(f"<main><article>{HEAD}<div class='text'>{BODY}</div>{box}</article></main>")
    assert (draft.contact, draft.body_text) == (LINES, WHOLE)


def test_a_release_that_is_all_contact_keeps_its_text():
    html = "<h2>Pressekontakt</h2>\n<p>Tel. 0123 456789</p>"
    assert split_contact(html) == (html, None)


@pytest.mark.parametrize("line", [
    "<p>Herausgeber: Ministerium für Verkehr Musterland</p>",
    "<p><strong>Herausgeber</strong></p><p>Ministerium für Verkehr Musterland</p>",
    "<p>Issued by: Ministerium für Verkehr Musterland</p>",
])  # fmt: skip
def test_the_office_that_a_line_names_comes_before_the_portal(line):
    head = '<meta property="og:site_name" content="Musterland.example">'
    draft = release(f"<main>{HEAD}<div class='text'>{BODY}{line}</div></main>", head)
    assert (draft.issuer, draft.origin["issuer"], draft.body_text) == (
        "Ministerium für Verkehr Musterland",
        "structure",
        WHOLE,
    )


@pytest.mark.parametrize("text", ["<p>Der Herausgeber des Buches ist unbekannt.</p>", "<p>Herausgeber:</p>"])
def test_a_text_about_publishers_names_none(text):
    html = f"<p>{FIRST}</p>\n{text}"
    assert split_issuer(html) == (html, None)


def test_names_are_found_where_the_data_point_to_them():
    head = """<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "headline": "Neuer Radweg am Nordufer",
      "publisher": {"@id": "/#organization"}, "author": {"@id": "/#person"}}, {"@type": "Organization", "@id": "/#organization",
      "name": "Stadt Musterstadt"}, {"@type": "Person", "@id": "/#person", "name": "Erika Beispiel"}]}</script>"""
    draft = release(f"<main>{HEAD}{BODY}</main>", head)
    assert (draft.issuer, draft.author) == ("Stadt Musterstadt", "Erika Beispiel")


@pytest.mark.parametrize(
    "name", ["/#organization", "{$plugin.site_name}", "www.musterstadt.example", "admin", "https://m.example"]
)
def test_what_a_system_left_open_is_no_name(name):
    head = f'<meta property="og:site_name" content="{name}"><meta name="author" content="{name}">'
    draft = release(f"<main>{HEAD}{BODY}</main>", head)
    assert (draft.issuer, draft.author) == (None, None)
