"""What is odd, what is a portal that changed, and what is neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from newsletter.collect.contract import Case, Contract, Field, Verdict, features_of, judge, learn
from newsletter.collect.contract.judging import Circumstances
from newsletter.model import Document, Draft, Image, Precision, Release
from tests.unit.collect.contract.releases import NOW, draft, release, releases

USUAL = learn(releases(40))
NO_ALT = (Image("https://p.example/x.jpg", lead=True),)
WALL = "Wir verwenden Cookies. Bitte stimmen Sie der Nutzung zu, Ihre Einwilligung ist freiwillig. "
UNRELATED = "Folgen Sie uns und teilen Sie diese Seite."


def verdicts(
    *drafts: Draft,
    contract: Contract = USUAL,
    listed: Sequence[str | None] = (),
    archive: bool = False,
    excused: bool = False,
    withheld: dict[Field, int] | None = None,
    order: Sequence[str] = (),
) -> list[Verdict]:
    cases = [
        Case(one, features_of(one), listed[n] if listed else None, archive=archive, excused=excused)
        for n, one in enumerate(drafts)
    ]
    return judge(contract, cases, Circumstances(NOW, withheld or {}, order, title="Stadt Musterstadt"))


def of(*found: Verdict) -> list[Field | None]:
    return [verdict.field for verdict in found]


def test_what_is_as_usual_is_taken() -> None:
    assert verdicts(draft(-1), draft(-2), draft(-3)) == [Verdict()] * 3
    assert verdicts() == []


ODD: dict[str, tuple[dict[str, Any], Field]] = {
    "a consent wall": ({"body_text": WALL, "headline": "Ihre Privatsphäre"}, Field.BODY),
    "a long consent wall without a date": ({"body_text": WALL * 30, "published": None}, Field.BODY),
    "a page for scripts": ({"body_text": "Bitte aktivieren Sie JavaScript."}, Field.BODY),
    "a sign-in": ({"body_text": "Bitte melden Sie sich mit Ihrem Passwort an."}, Field.BODY),
    "a failure": ({"body_text": "Unsere Seiten sind derzeit nicht erreichbar."}, Field.BODY),
    "a box": ({"body_text": UNRELATED}, Field.BODY),
    "a short text of another step": ({"characters": 300, "origin": {"body": "text statistics"}}, Field.BODY),
    "the site's name": ({"headline": "Stadt Musterstadt"}, Field.HEADLINE),
    "its issuer's name": ({"headline": "Rathaus", "issuer": "Rathaus"}, Field.HEADLINE),
    "a date of the frame": (
        {"published": NOW - timedelta(days=4_000), "origin": {"published": "text", "body": "structure"}},
        Field.DATE,
    ),
    "a date years ahead": (
        {"published": NOW + timedelta(days=500), "origin": {"published": "text", "body": "structure"}},
        Field.DATE,
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_one_odd_page_is_withheld_and_no_other(name: str) -> None:
    said, field = ODD[name]
    found = verdicts(draft(-1), draft(-2, **said), draft(-3), listed=["Eins", "Zwanzig neue Trinkbrunnen", "Drei"])
    assert of(*found) == [None, field, None]
    assert found[1].reason
    assert not found[1].changed


@pytest.mark.parametrize("name", ODD)
def test_of_the_archive_and_of_a_portal_nobody_knows_one_page_alone_is_not_odd(name: str) -> None:
    said, field = ODD[name]
    assert of(*verdicts(draft(-1, **said), archive=True, listed=["Zwanzig neue Trinkbrunnen"])) == [None]
    if field is not Field.HEADLINE:
        assert of(*verdicts(draft(-1, **said), contract=Contract())) == [None]


VARIES: dict[str, dict[str, Any]] = {
    "a short notice": {"characters": 120},
    "a short notice without anything": {
        "characters": 120,
        "published": None,
        "kicker": None,
        "teaser": None,
        "images": (),
    },
    "a long report": {"characters": 30_000},
    "no kicker": {"kicker": None},
    "no teaser": {"teaser": None},
    "no image": {"images": ()},
    "no alt": {"images": NO_ALT},
    "no date": {"published": None},
    "a day": {"published_precision": Precision.DAY},
    "another language": {"language": "en"},
    "no subheads": {"body_html": "<p>Text"},
    "another step": {"origin": {"body": "text statistics", "published": "json-ld"}, "published": None},
    "about cookies": {"headline": "Neue Regeln für Cookies", "body_text": "Cookies auf Brunnen. " * 60},
    "about a sign-in": {"body_text": "Wer mitgehen will, muss sich anmelden. Der Brunnen sprudelt. " * 20},
    "a pinned old one": {"published": NOW - timedelta(days=4_000)},
    "the headline of another": {"headline": "Brunnen Nummer 1003 sprudelt"},
}


@pytest.mark.parametrize("name", VARIES)
def test_one_that_only_varies_is_taken(name: str) -> None:
    assert of(*verdicts(draft(-1, **dict(VARIES[name])))) == [None]


LOST: dict[str, tuple[dict[str, Any], Field]] = {
    "kicker": ({"kicker": None}, Field.KICKER),
    "teaser": ({"teaser": None}, Field.TEASER),
    "image": ({"images": ()}, Field.IMAGE),
    "alt": ({"images": NO_ALT}, Field.ALT),
    "date": ({"published": None}, Field.DATE),
    "time": ({"published_precision": Precision.DAY}, Field.TIME),
    "language": ({"language": "en"}, Field.LANGUAGE),
    "subheads": ({"body_html": "<p>Text"}, Field.SUBHEADS),
    "text": ({"characters": 200}, Field.BODY),
}


@pytest.mark.parametrize("name", LOST)
def test_so_many_in_a_row_that_lost_something_are_a_portal_that_changed(name: str) -> None:
    said, field = LOST[name]
    row = [draft(-n, **dict(said)) for n in range(1, 5)]
    found = verdicts(*row)
    assert of(*found) == [field] * 4
    assert all(verdict.changed for verdict in found)
    assert "4 pages in a row" in str(found[0].reason)
    assert of(*verdicts(*row, draft(-9))) == [None] * 5, "one that has it says that the portal has not changed"
    assert of(*verdicts(*row, excused=True)) == [None] * 4


def test_a_row_goes_on_over_collects_and_over_what_is_withheld() -> None:
    taken = learn([release(-1, kicker=None), release(-2, kicker=None), *releases(48)])
    (third,) = verdicts(draft(-3, kicker=None), contract=taken)
    assert third == Verdict(Field.KICKER, "3 pages in a row have no kicker, which 48 of 48 releases had", changed=True)
    assert of(*verdicts(draft(-3, kicker=None), withheld={Field.KICKER: 2})) == [None]
    assert of(*verdicts(draft(-3, kicker=None), withheld={Field.KICKER: 3})) == [Field.KICKER]


def test_what_lacks_something_is_taken_with_a_note() -> None:
    assert verdicts(draft(-1, kicker=None), draft(-2))[0].notes == ("it has no kicker, which 40 of 40 releases had",)


def test_releases_that_lose_what_they_had_are_a_portal_that_changed() -> None:
    assert of(*verdicts(*(draft(n, teaser=None) for n in range(4)))) == [Field.TEASER] * 4
    assert verdicts(draft(0, teaser=None)) == [Verdict()]
    never = learn([release(n, teaser=None) for n in range(2)] + [release(n) for n in range(2, 50)])
    assert of(*verdicts(*(draft(n, teaser=None) for n in range(2)), contract=never)) == [None] * 2


def test_pages_of_one_headline_that_were_announced_under_several_are_no_releases() -> None:
    pages = [draft(-n, headline="Aktuelles der Stadt") for n in range(1, 3)]
    assert of(*verdicts(*pages, listed=["Neue Brücke", "Alte Allee"])) == [Field.HEADLINE] * 2
    assert of(*verdicts(*pages, listed=["Aktuelles der Stadt", "Alte Allee"])) == [None] * 2
    assert of(*verdicts(*pages)) == [None] * 2


@pytest.mark.parametrize("contract", [USUAL, Contract()])
def test_pages_that_all_say_the_same_are_no_releases_even_at_a_first_look(contract: Contract) -> None:
    walls = [draft(-n, body_text=WALL * 5, headline=f"Meldung {n}") for n in range(1, 4)]
    assert of(*verdicts(*walls, contract=contract, archive=True)) == [Field.BODY] * 3
    invitations = [draft(-n, body_text="Die Einladung steht im Dokument.", headline=f"Termin {n}") for n in range(1, 4)]
    document = Document("https://p.example/1.pdf", "Einladung")
    with_file = [replace(one, documents=(document,)) for one in invitations]
    assert of(*verdicts(*with_file, contract=contract, archive=True)) == [None] * 3


def test_a_headline_that_is_announced_is_right_whoever_else_has_it() -> None:
    rebuilt = [draft(n, url=f"https://p.example/neu/{n}", published=NOW, characters=1_300) for n in range(10, 18)]
    assert of(*verdicts(*rebuilt, listed=[one.headline for one in rebuilt])) == [None] * 8
    assert of(*verdicts(*rebuilt)) == [Field.HEADLINE] * 8


def test_a_portal_that_moved_is_no_portal_that_changed() -> None:
    moved = [draft(n, url=f"https://p.example/neu/{n}") for n in range(10)]
    assert of(*verdicts(*moved)) == [None] * 10


ORDER = [f"https://p.example/{n}" for n in range(-1, 12)]


@pytest.mark.parametrize(
    ("days", "step", "odd"),
    [
        (0, "text", False),
        (60, "text", True),  # a month and more under what stands below it
        (60, "structure", False),
        (4_000, "structure", True),
    ],
)
def test_a_date_fits_its_place_in_the_list(days: int, step: str, odd: bool) -> None:
    when: datetime = NOW - timedelta(days=days)
    one = draft(-1, published=when, origin={"published": step, "body": "structure"})
    assert of(*verdicts(one, order=ORDER)) == [Field.DATE if odd else None]
    last = draft(99, published=when, origin={"published": "structure", "body": "structure"})
    assert of(*verdicts(last, order=[*ORDER, last.url])) == [None]


LOSSES: dict[str, dict[str, Any]] = {
    "kicker": {"kicker": None},
    "teaser": {"teaser": None},
    "image": {"images": ()},
    "alt": {"images": NO_ALT},
    "date": {"published": None},
    "language": {"language": "en"},
    "steps": {"origin": {"published": "text", "body": "text statistics"}},
}
PORTALS = {  # how often a release has each of these
    "orderly": (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
    "nearly orderly": (0.99, 0.99, 0.98, 0.99, 0.99, 0.98, 0.99),
    "easy-going": (0.96, 0.95, 0.96, 0.95, 0.97, 0.96, 0.97),
    "untidy": (0.7, 0.5, 0.4, 0.3, 0.8, 0.8, 0.7),
}


def lived(rng: Random, number: int, habits: Sequence[float]) -> Draft:
    """A release of a portal with these habits, its text of any length."""
    said: dict[str, Any] = {"characters": max(90, int(rng.lognormvariate(7.2, 0.8)))}
    for loss, often in zip(LOSSES.values(), habits, strict=True):
        said |= loss if rng.random() > often else {}
    return draft(-number, **said)


def taken(one: Draft, number: int) -> Release:
    common = {field.name for field in fields(Draft)} & {field.name for field in fields(Release)} - {"topics"}
    return release(-number, **{name: getattr(one, name) for name in common}, first_seen=NOW + timedelta(days=number))


@pytest.mark.parametrize("name", PORTALS)
@pytest.mark.parametrize("seed", range(3))
def test_the_long_life_of_a_portal_sounds_no_alarm(name: str, seed: int) -> None:
    rng, known, number = Random(seed), releases(3), 1
    withheld = []
    while number < 250:
        batch = [lived(rng, number + n, PORTALS[name]) for n in range(rng.choice((1, 1, 1, 2, 3, 5)))]
        number += len(batch)
        found = verdicts(*batch, contract=learn(known[-60:]))
        withheld += [verdict.reason for verdict in found if verdict.reason]
        known += [taken(one, number) for one, verdict in zip(batch, found, strict=True) if not verdict.reason]
    assert withheld == []
