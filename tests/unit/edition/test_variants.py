"""Variants: selections, blanks and what an inbox shows."""

from __future__ import annotations

from itertools import combinations

import pytest

from newsletter.edition.compose import compose
from newsletter.edition.render import render_sheet
from newsletter.edition.variants import fill, header_safe, selection, variant_key
from newsletter.model import PERSON_BLANKS, Blank, Cadence, Change, Format, Release, Variant
from tests.unit.edition.samples import (
    BRIDGE,
    DESK,
    FOREST,
    NEWSLETTER,
    NOON,
    RELEASES,
    SITE,
    edition,
    filled,
    release,
    variant,
)


def at_once(release: Release, language: str = "de") -> Variant:
    content = compose(SITE, NEWSLETTER, Cadence.IMMEDIATE, NOON, [release])
    return fill(render_sheet(content, language, Format.STANDARD), [release.id])


def test_a_selection_is_what_concerns_somebody() -> None:
    assert selection(RELEASES, ()) == (BRIDGE.id, FOREST.id, DESK.id)
    assert selection(RELEASES, ("verkehr",)) == (BRIDGE.id, FOREST.id)  # a second topic counts too
    assert selection(RELEASES, ("umwelt",)) == (FOREST.id, DESK.id)
    assert selection(RELEASES, ("sport",)) == ()


def test_the_key_tells_variants_apart_and_is_stable() -> None:
    key = variant_key("de", Format.STANDARD, ["a", "b"])
    assert key == "de-standard-7e18f737311b2dc3"
    others = {variant_key("en", Format.STANDARD, ["a", "b"]), variant_key("de", Format.LARGE, ["a", "b"])}
    assert key not in others | {
        variant_key("de", Format.STANDARD, ["b", "a"]),
        variant_key("de", Format.STANDARD, ["ab"]),
    }


@pytest.mark.parametrize("chosen", [ids for n in (1, 2, 3) for ids in combinations(range(3), n)])
def test_a_variant_has_its_releases_and_no_others(chosen: tuple[int, ...]) -> None:
    sheet = render_sheet(edition(), "de", Format.STANDARD)
    found = fill(sheet, [RELEASES[n].id for n in chosen])
    for n, each in enumerate(RELEASES):
        for part in (filled(found.html), filled(found.text)):
            assert (each.url in part) == (n in chosen)
            assert (each.headline in part) == (n in chosen)
    assert filled(found.html).count("<hr") == int({1, 2} <= set(chosen))
    assert filled(found.html).count('class="topic"') == len({RELEASES[n].topics[0] for n in chosen})


def test_the_order_is_the_sheets_however_it_is_asked_for() -> None:
    sheet = render_sheet(edition(), "de", Format.STANDARD)
    assert fill(sheet, [DESK.id, BRIDGE.id]) == fill(sheet, [BRIDGE.id, DESK.id])
    assert fill(sheet, [DESK.id, BRIDGE.id]).selection == (BRIDGE.id, DESK.id)


def test_only_a_persons_blanks_are_left_and_cards_stay_apart() -> None:
    sheet = render_sheet(edition(), "de", Format.STANDARD)
    found = fill(sheet, [release.id for release in RELEASES])
    assert found.html is not None
    for pieces in (found.html, found.text):
        blanks = {piece.name for piece in pieces if isinstance(piece, Blank)}
        assert blanks == {"unsubscribe_url", "preferences_url"} <= PERSON_BLANKS
    cards = [part.html[0] for part in sheet.parts if part.kind == "card"]
    assert [card for card in cards if any(card is piece for piece in found.html)] == cards


@pytest.mark.parametrize(
    ("language", "releases", "expected"),
    [
        (
            "de",
            RELEASES,
            "Pressemitteilungen vom 20. November: Neue Radbrücke über den Musterfluss wird freigegeben (und 2 weitere)",
        ),
        ("de", RELEASES[1:2], "Pressemitteilungen vom 20. November: Stadtwald: 12.000 Eichen gepflanzt"),
        ("en", RELEASES[1:], "Pressemitteilungen, 20 November: Stadtwald: 12.000 Eichen gepflanzt (and 1 more)"),
    ],
)
def test_the_subject(language: str, releases: tuple[Release, ...], expected: str) -> None:
    assert variant(releases, language).subject == expected


def test_the_subject_of_a_release_sent_at_once() -> None:
    assert at_once(BRIDGE).subject == BRIDGE.headline
    assert at_once(release(1, "Neues", change=Change.UPDATE)).subject == "Aktualisiert: Neues"


def test_title_counts_and_preheader() -> None:
    html = filled(variant().html)
    assert "<title>Pressemitteilungen, 20. November 2026: 3 Meldungen</title>" in html
    assert "Freitag, 20. November 2026: 3 Meldungen, 7 Minuten Lesezeit." in html
    assert f">{FOREST.headline} · {DESK.headline}</div>" in html
    one = filled(variant([BRIDGE], "en").html)
    assert "20 November 2026: 1 release</title>" in one
    assert "Friday, 20 November 2026: 1 release, 3 minutes to read." in one
    assert f">{BRIDGE.teaser}</div>" in one


def test_hours_of_reading_are_not_counted() -> None:
    html = filled(variant([release(1, reading_minutes=100), release(2, reading_minutes=21)]).html)
    assert "20. November 2026: 2 Meldungen.\n" in html


def test_the_preheader_stays_short() -> None:
    long = [release(n, f"{n} " + "sehr lange Überschrift " * 8) for n in range(1, 6)]
    html = filled(variant(long).html)
    preheader = html.split('class="preheader"')[1].split(">")[1].split("<")[0]
    assert len(preheader) <= 140


def test_contents_stand_in_the_text() -> None:
    text = filled(variant().text)
    assert f"In dieser Ausgabe:\n- {BRIDGE.headline}\n- {FOREST.headline}\n- {DESK.headline}\n" in text


def test_blanks_are_escaped_in_html() -> None:
    found = variant([release(1, "Ältere"), release(2, "A & B <b>")])
    assert "A &amp; B &lt;b&gt;</div>" in filled(found.html)
    assert "- A & B <b>" in filled(found.text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=?utf-8?q?x=0D=0ABcc:_a@b.example?=", "= ?utf-8?q?x=0D=0ABcc:_a@b.example?="),
        ("Zeile\r\nBcc: a@b.example", "Zeile Bcc: a@b.example"),
        ("\x00\x1b„Grüße“\u2028", "„Grüße“"),
    ],
)
def test_headers_hold_nothing_but_text(text: str, expected: str) -> None:
    assert header_safe(text) == expected


def test_text_only_has_no_html() -> None:
    found = variant(format=Format.TEXT)
    assert found.html is None
    assert filled(found.text) == filled(variant().text)
