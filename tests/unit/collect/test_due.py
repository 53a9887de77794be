"""Which pages of a source are looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newsletter.collect.due import due, listed_digest
from newsletter.model import Candidate, Draft, KnownPage, Standing

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
QUARTER, DAY = timedelta(minutes=15), timedelta(days=1)


def candidate(number: int, **said: str) -> Candidate:
    return Candidate(f"https://p.example/{number}", **{"headline": f"Meldung {number}", **said})  # type: ignore[arg-type]


def standing(number: int, age: timedelta = 60 * DAY, since: timedelta = QUARTER) -> Standing:
    """A release that was looked at a while ago; the higher its number, the newer it is."""
    known = candidate(number)
    page = KnownPage(known.url, "portal", NOW - age, True, checked_at=NOW - since, listed=listed_digest(known))
    return Standing(page, f"id-{number}", NOW - age + number * timedelta(minutes=1))


def looked_at(*standings: Standing, listed: tuple[Candidate, ...] = (), ids: tuple[str, ...] = ()) -> list[str]:
    found = due(standings, {one.url: one for one in listed}, frozenset(ids), NOW)
    return [one.page.url.rpartition("/")[2] for one in found]


def test_nothing_is_due_that_has_nothing_to_say() -> None:
    assert looked_at(standing(1), standing(2), listed=(candidate(1), candidate(2)), ids=("id-1", "id-2")) == []


@pytest.mark.parametrize("said", [{"headline": "Anders"}, {"teaser": "Neu"}, {"kicker": "Neu"}])
def test_what_the_list_tells_otherwise_is_due(said: dict[str, str]) -> None:
    assert looked_at(standing(1), listed=(candidate(1, **said),), ids=("id-1",)) == ["1"]


def test_a_changed_entry_is_due() -> None:
    one = Candidate("https://p.example/1", headline="Meldung 1", entry=Draft("https://p.example/1", body_html="<p>Neu"))
    assert looked_at(standing(1), listed=(one,), ids=("id-1",)) == ["1"]


def test_what_the_list_no_longer_has_is_due_but_not_what_is_older_than_it() -> None:
    pages = [standing(number) for number in range(1, 8)]
    listed = tuple(candidate(number) for number in (3, 4, 6, 7))
    ids = tuple(f"id-{number}" for number in (3, 4, 6, 7))
    assert looked_at(*pages, listed=listed, ids=ids) == ["5"]


def test_a_pinned_release_makes_nothing_due() -> None:
    pages = [standing(number) for number in range(1, 8)]
    listed = tuple(candidate(number) for number in (1, 6, 7))
    assert looked_at(*pages, listed=listed, ids=("id-1", "id-6", "id-7")) == []


def test_a_list_that_was_not_read_makes_nothing_due() -> None:
    assert looked_at(*(standing(number) for number in range(1, 8))) == []


def test_what_was_gone_once_is_looked_at_again_soon() -> None:
    once = standing(1)
    assert looked_at(replace(once, page=replace(once.page, gone=1))) == ["1"]


def test_what_waits_is_due() -> None:
    waiting = KnownPage("https://p.example/9", "portal", NOW - 500 * DAY, False)
    assert looked_at(Standing(waiting)) == ["9"]


def test_what_was_withdrawn_is_due_only_where_it_is_listed_again() -> None:
    gone = replace(standing(1, age=DAY, since=2 * DAY), withdrawn=True)
    assert looked_at(gone) == []
    assert looked_at(gone, listed=(candidate(1),), ids=("id-1",)) == ["1"]


def test_the_digest_of_what_is_listed_ignores_what_changes_by_itself() -> None:
    one = candidate(1, teaser="Die „Brunnen“ kommen. vor 2 Stunden")
    assert listed_digest(one) == listed_digest(candidate(1, teaser='Die  "Brunnen" kommen.'))
