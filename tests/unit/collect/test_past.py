"""Where the past of a list goes on, and where it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from newsletter.collect import past
from newsletter.collect.kinds import Leaf
from newsletter.collect.past import Extent, Taken
from newsletter.model import Backfill, Candidate

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
SITE = "https://portal.example"
BEGUN = Backfill("portal", "html:x", NOW, ahead=(f"{SITE}/presse",))
SOME = Taken(unread=2, new=2, kept=2)


def leaf(number: int, *following: int, items: tuple[str, ...] = (), **more: object) -> Leaf:
    candidates = tuple(Candidate(f"{SITE}/{item}") for item in items or (f"a{number}", f"b{number}"))
    return Leaf(place(number), candidates, tuple(map(place, following)), **more)  # type: ignore[arg-type]


def place(number: int) -> str:
    return f"{SITE}/presse" + (f"?seite={number}" if number > 1 else "")


def read(*leaves: Leaf, taken: Taken = SOME) -> Backfill:
    done = BEGUN
    for one in leaves:
        done = past.after(done, one, taken, NOW)
    return done


def test_a_page_leads_to_the_next_and_is_counted() -> None:
    done = read(leaf(1, 2), leaf(2, 3))
    assert (done.ahead, done.pages, done.found, done.kept) == ((place(3),), 2, 4, 4)
    assert done.ended_at is None


def test_the_last_page_is_the_end() -> None:
    done = read(leaf(1, 2), leaf(2))
    assert (done.ended_at, done.reason, done.ahead) == (NOW, past.AT_ITS_END, ())


def test_a_page_that_leads_back_is_the_end() -> None:
    done = read(leaf(1, 2), leaf(2, 1))
    assert (done.ended_at, done.reason) == (NOW, past.IN_CIRCLES)


def test_a_page_is_known_by_its_address_however_it_is_spelled() -> None:
    done = read(leaf(1, 2))
    assert past.repeats(done, replace(leaf(1, items=("new",)), url=f"{SITE}/presse/?utm_source=x"))
    assert not past.repeats(done, leaf(2))


def test_a_page_is_known_by_what_it_lists_in_whatever_order() -> None:
    done = read(leaf(1, 2))
    assert past.repeats(done, leaf(7, items=("b1", "a1")))
    assert not past.repeats(done, leaf(7, items=("b1", "a1", "c1")))


def test_pages_without_releases_are_not_taken_for_one_another() -> None:
    empty = Leaf(place(1), following=(place(2), place(3)))
    done = past.after(BEGUN, empty, Taken(), NOW)
    assert done.ahead == (place(2), place(3))
    assert not past.repeats(done, Leaf(place(2)))


def test_the_parts_of_an_index_come_in_their_order_and_what_they_lead_to_first() -> None:
    done = read(leaf(1, 2, 3, 4), leaf(2, 8))
    assert done.ahead == (place(8), place(3), place(4))
    left = past.without(done, NOW, past.AT_ITS_END)
    assert (left.ahead, left.ended_at) == ((place(3), place(4)), None)
    assert past.without(replace(left, ahead=(place(4),)), NOW, past.AT_ITS_END).reason == past.AT_ITS_END


def test_pages_of_which_nothing_comes_are_the_end() -> None:
    done = replace(BEGUN, fruitless=past.FRUITLESS - 1)
    nothing = past.after(done, leaf(1, 2), Taken(unread=2), NOW)
    assert (nothing.ended_at, nothing.reason) == (NOW, past.NOTHING_TAKEN)
    known = past.after(done, leaf(1, 2), Taken(kept=2), NOW)  # read before: says nothing against the list
    assert (known.ended_at, known.fruitless) == (None, past.FRUITLESS - 1)
    assert past.after(done, leaf(1, 2), SOME, NOW).fruitless == 0


def test_it_goes_back_to_a_day_where_the_list_falls() -> None:
    dates = [NOW - timedelta(days=days) for days in (20, 30)]
    taken = Taken(dates=dates)
    assert past.after(BEGUN, leaf(1, 2), taken, NOW, NOW - timedelta(days=19)).reason == past.OLD_ENOUGH
    assert past.after(BEGUN, leaf(1, 2), taken, NOW, NOW - timedelta(days=20)).reason is None
    risen = leaf(1, 2, falling=False)
    assert past.after(BEGUN, risen, taken, NOW, NOW).reason is None


def test_what_the_list_dates_before_the_day_is_not_wanted() -> None:
    listed = (Candidate("a", published=NOW), Candidate("b"), Candidate("c", published=NOW - timedelta(days=2)))
    page = Leaf(place(1), listed)
    assert past.wanted(page, None) == listed
    assert past.wanted(page, NOW - timedelta(days=1)) == listed[:2]


def test_the_date_it_has_come_back_to_is_not_moved_by_what_is_pinned() -> None:
    old, pinned = NOW - timedelta(days=9), NOW - timedelta(days=999)
    done = read(leaf(1, 2), taken=Taken(dates=[pinned, NOW, old]))
    assert done.oldest == old
    assert past.after(done, leaf(2, 3), Taken(dates=[NOW]), NOW).oldest == old


def test_a_first_collect_is_bounded() -> None:
    done = read(leaf(1, 2), leaf(2, 3))
    assert past.reached(done, Extent()) is None
    assert past.reached(done, Extent(pages=3, releases=5)) is None
    assert "first 2 pages" in str(past.reached(done, Extent(pages=2)))
    assert "first 4 releases" in str(past.reached(done, Extent(releases=4)))


def test_what_somebody_asks_for_goes_to_the_archive() -> None:
    mailable = replace(BEGUN, first=True, mailable=True)
    asked = past.asked_for(mailable, NOW)
    assert (asked.first, asked.mailable, asked.oldest) == (False, False, NOW)
