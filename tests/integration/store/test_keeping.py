"""What is kept of a source's pages, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from newsletter.i18n import Words
from newsletter.model import Breach, Candidate, Draft, Image, KeptPage, Page, Precision
from newsletter.said import Said, joined
from newsletter.store.catalogue import Catalogue
from newsletter.store.collecting import Collecting
from newsletter.store.database import Database
from newsletter.store.keeping import MOST_GOOD, MOST_WITHHELD
from tests.integration.collect.test_store import NOW, PAGE, new, release

URL = "https://portal.example/presse/brunnen"
CANDIDATE = Candidate(URL, headline="Trinkbrunnen", published=NOW, published_precision=Precision.DAY)
DRAFT = Draft(URL, "Trinkbrunnen", body_text="Text", images=(Image("/a.jpg", alt="🦉"),), origin={"body": "profile"})
GOOD = KeptPage(URL, "portal", NOW, CANDIDATE, Page(URL, b"\x00<p>\xff", charset="utf-8"), DRAFT, since=NOW)
WITHHELD = replace(GOOD, withheld=True, fields=("body", "alt"), reason="too short", changed=True)


@pytest.fixture
def store(database: Database) -> Collecting:
    return Collecting(database)


def test_a_page_comes_back_as_it_was_kept(store: Collecting) -> None:
    store.keep(GOOD)
    assert store.kept("portal") == [GOOD]
    assert store.kept("another") == []
    assert store.breaches("portal") == []
    bare = replace(WITHHELD, page=None, draft=None)
    store.keep(bare)
    assert store.kept("portal") == [bare, GOOD]


def test_a_withheld_page_stands_beside_its_last_good_version_until_it_is_good(store: Collecting) -> None:
    store.keep(GOOD)
    store.keep(WITHHELD)
    later = NOW + timedelta(days=1)
    store.keep(replace(WITHHELD, at=later, since=None, reason="still too short"))
    assert store.breaches("portal") == [Breach(URL, NOW, ("body", "alt"), "still too short", changed=True)]
    store.keep(replace(GOOD, at=later))
    assert [page.withheld for page in store.kept("portal")] == [False]


def test_why_a_page_is_withheld_can_be_told_in_another_language(store: Collecting, database: Database) -> None:
    short = Said("its text has %(n)s characters, where %(usual)s are usual", n=12, usual=2400)
    reason = joined([short, Said("its text has not a word of its headline")])
    store.keep(replace(WITHHELD, reason=reason))
    (breach,), (kept,) = store.breaches("portal"), store.kept("portal")
    assert kept.reason is not None
    for found in (breach.reason, kept.reason, Catalogue(database).withheld_at({URL})[URL]):
        assert found == "its text has 12 characters, where 2400 are usual; its text has not a word of its headline"
        assert Words("de").tell(found) == (
            "ihr Text hat 12 Zeichen, üblich sind 2400; ihr Text enthält kein Wort ihrer Überschrift"
        )


def test_what_is_no_release_at_all_is_kept_and_breaks_nothing(store: Collecting) -> None:
    store.keep(replace(WITHHELD, fields=()))
    assert store.breaches("portal") == []
    assert len(store.kept("portal")) == 1


def test_a_page_is_withheld_no_more(store: Collecting) -> None:
    store.keep(WITHHELD)
    store.keep(replace(WITHHELD, url=URL + "-2"))
    store.release_kept("portal", [URL])
    store.release_kept("another", [URL + "-2"])
    assert [breach.url for breach in store.breaches("portal")] == [URL + "-2"]


@pytest.mark.parametrize(("page", "most"), [(GOOD, MOST_GOOD), (WITHHELD, MOST_WITHHELD)])
def test_only_so_many_are_kept_the_latest(store: Collecting, page: KeptPage, most: int) -> None:
    other = replace(page, source="other")
    store.keep(other)
    for number in range(most + 3):
        store.keep(replace(page, url=f"{URL}/{number}", at=NOW + timedelta(minutes=number)))
    assert [one.url for one in store.kept("portal")] == [f"{URL}/{number}" for number in range(most + 2, 2, -1)]
    assert store.kept("other") == [other]


def test_what_a_person_accepted_is_kept_by_field(store: Collecting) -> None:
    assert store.accepted("portal") == {}
    store.accept("portal", [], NOW)
    store.accept("portal", ["body", "alt"], NOW)
    store.accept("portal", ["alt"], NOW + timedelta(days=1))
    assert store.accepted("portal") == {"body": NOW, "alt": NOW + timedelta(days=1)}
    assert store.accepted("other") == {}


def test_the_latest_releases_and_the_days_they_came(store: Collecting) -> None:
    for number in range(4):
        at = datetime(2026, 11, 1 + number, 9, 0, tzinfo=UTC)
        one = release(
            url=f"{URL}/{number}", published=at if number else None, first_seen=at, headline=f"Nummer {number}"
        )
        store.save(new(one, one.url), [replace(PAGE, url=one.url)], NOW)
    assert [one.headline for one in store.latest("portal", 3)] == ["Nummer 3", "Nummer 2", "Nummer 1"]
    assert store.rhythm("portal", 10) == [date(2026, 11, day) for day in (4, 3, 2, 1)]
    assert store.latest("other", 3) == store.rhythm("other", 3) == []
