"""What the collector keeps, on both databases."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from newsletter.model import Backfill, Change, KnownPage, Release, ReleaseState, Revised, Source, Standing, Topic
from newsletter.store.collecting import CHUNK, Collecting
from newsletter.store.database import Database
from newsletter.store.source_tables import pages
from newsletter.store.tables import release_topics, releases, revisions

NOW = datetime(2026, 11, 22, 7, 0, 0, 123_456, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=365)
URL = "https://portal.example/presse/brunnen"
KEY = "https://portal.example/presse/brunnen"
PAGE = KnownPage(URL, "portal", NOW, mailable=True, etag='"1"', digest="p:d", listed="l", checked_at=NOW, problem=None)


@pytest.fixture
def store(database: Database) -> Collecting:
    return Collecting(database)


def release(**fields: object) -> Release:
    known = {
        "id": str(uuid4()),
        "source": "portal",
        "url": URL,
        "headline": "Trinkbrunnen",
        "body_html": "<p>Text</p>",
        "body_text": "Text",
        "language": "de",
        "first_seen": NOW,
        "updated": NOW,
        "published": NOW,
        "topics": (Topic("umwelt", "Umwelt"),),
    }
    return Release(**{**known, **fields})  # type: ignore[arg-type]


def new(one: Release, *keys: str, digest: str = "d1") -> Revised:
    return Revised(one, None, 1, digest, keys or (KEY,))


def test_a_source_is_blank_until_it_is_kept(store: Collecting) -> None:
    assert store.source("portal") == Source("portal")
    kept = Source("portal", NOW, NOW, NOW, 3, "unreachable", '"1"', "then", "html:x y")
    store.save_source(kept)
    assert store.source("portal") == kept
    store.save_source(replace(kept, failures=0, problem=None))
    assert store.source("portal").failures == 0


LATEST = NOW + timedelta(days=1)
LEASE = timedelta(minutes=2)


def claim(store: Collecting, *slugs: str, now: datetime = NOW) -> list[str]:
    return store.claim(dict.fromkeys(slugs, now + timedelta(days=1)), now, now + LEASE)


def test_a_source_is_claimed_once_and_again_when_its_lease_is_over(store: Collecting) -> None:
    assert claim(store) == []
    assert claim(store, "b", "a") == ["a", "b"]
    assert claim(store, "a", "b", "c") == ["c"]
    assert claim(store, "a", now=NOW + LEASE) == ["a"]


def test_of_many_who_claim_one_gets_it(store: Collecting) -> None:
    got: list[str] = []
    threads = [threading.Thread(target=lambda: got.extend(claim(store, "a"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == ["a"]


def test_a_lease_is_apart_from_the_schedule(store: Collecting) -> None:
    later = NOW + timedelta(hours=1)
    claim(store, "a", "b")
    store.save_source(Source("b", next_at=later))
    store.give_back(["a", "b"], NOW + LEASE)
    assert claim(store, "a", "b") == ["a"]
    assert claim(store, "a", "b", now=later) == ["a", "b"]


def test_a_lease_that_is_renewed_lasts_and_one_of_somebody_else_stays(store: Collecting) -> None:
    later = NOW + 2 * LEASE
    claim(store, "a")
    store.renew(["a"], NOW + LEASE, later)
    assert claim(store, "a", now=NOW + LEASE) == []
    store.give_back(["a"], NOW + LEASE)
    assert claim(store, "a", now=NOW + LEASE) == []
    store.give_back(["a"], later)
    assert claim(store, "a", now=NOW + LEASE) == ["a"]


def test_a_source_is_held_due_or_not_by_one_at_a_time(store: Collecting) -> None:
    store.save_source(Source("a", next_at=NOW + timedelta(hours=1)))
    assert [store.hold("a", NOW, NOW + LEASE) for _ in range(2)] == [True, False]
    assert store.hold("new", NOW, NOW + LEASE)
    assert claim(store, "new") == []
    assert store.hold("a", NOW + LEASE, NOW + 2 * LEASE)


def test_who_is_alone_takes_up_what_a_crash_left_leased(store: Collecting) -> None:
    claim(store, "a", "b")
    store.forget_leases()
    assert claim(store, "a", "b") == ["a", "b"]


def test_what_a_clock_that_was_ahead_put_off_is_due(store: Collecting) -> None:
    ahead = NOW + timedelta(days=3650)
    store.save_source(Source("put off", next_at=ahead))
    store.save_source(Source("rests", next_at=LATEST))
    assert store.hold("leased", ahead, ahead + LEASE)
    store.save_source(Source("leased"))
    assert claim(store, "put off", "rests", "leased") == ["leased", "put off"]


def test_a_backfill_comes_back_as_it_was_kept(store: Collecting) -> None:
    assert store.backfill("portal") is None
    backfill = Backfill("portal", "html:x", NOW, ahead=("https://portal.example/?s=2",), trail=("a", "b"), oldest=NOW)
    store.save_backfill(backfill)
    assert store.backfill("portal") == backfill
    store.save_backfill(replace(backfill, ahead=(), pages=7, ended_at=NOW, reason="the end of the list"))
    found = store.backfill("portal")
    assert found is not None
    assert (found.pages, found.ended_at) == (7, NOW)
    assert store.backfill("other") is None


def test_what_is_unread_has_no_release_and_was_not_looked_at_just_now(store: Collecting) -> None:
    earlier = NOW - timedelta(hours=1)
    new = replace(PAGE, url=URL + "-new", checked_at=None)
    kept_back = replace(PAGE, url=URL + "-back", checked_at=earlier, problem="no text")
    just_now = replace(PAGE, url=URL + "-now", checked_at=NOW, problem="no text")
    elsewhere = replace(new, url=URL + "-elsewhere", source="other")
    of_another = replace(PAGE, url=URL + "-another", checked_at=earlier)  # another feed's release
    store.save(Revised(release(), None, 1, "d1", (KEY, URL)), [PAGE], NOW)
    store.expect([new, kept_back, just_now, elsewhere, of_another])
    urls = [page.url for page in (PAGE, new, kept_back, just_now, elsewhere, of_another)]
    assert {standing.page for standing in store.unread("portal", urls, NOW)} == {new, kept_back}
    assert store.unread("portal", [URL], NOW) == []


def test_what_is_expected_is_known_and_stays_as_it_was(store: Collecting, database: Database) -> None:
    many = [replace(PAGE, url=f"{URL}/{n}", checked_at=None) for n in range(CHUNK * 2 + 1)]
    store.expect(many)
    store.expect([replace(many[0], mailable=False, problem="x")])
    assert database.read(
        lambda connection: connection.execute(select(func.count()).select_from(pages)).scalar()
    ) == len(many)
    urls = {page.url: page.url for page in many}
    assert store.known(urls | {"https://other.example/": "https://other.example/"}) == dict.fromkeys(urls)
    assert {standing.page for standing in store.standings("portal", LONG_AGO)} == set(many)
    store.expect([])


def test_what_has_a_release_is_known_by_each_of_its_keys(store: Collecting) -> None:
    one = release()
    store.save(new(one, KEY, "https://other.example/brunnen"), [PAGE], NOW)
    asked = {
        "http://portal.example/presse/brunnen/": KEY,
        "https://other.example/brunnen#x": "https://other.example/brunnen",
    }
    assert store.known(asked) == dict.fromkeys(asked, one.id)


def test_a_release_is_found_by_key_and_by_digest(store: Collecting) -> None:
    one, other = release(), release(url=URL + "-2")
    store.save(new(one, KEY, "second"), [PAGE], NOW)
    store.save(new(other, KEY + "-2"), [replace(PAGE, url=other.url)], NOW)
    found = store.find(["nothing", "second", KEY], "other digest")
    assert [(stored.release, key) for stored, key in found] == [(one, "second"), (one, KEY)]
    assert {stored.release.id for stored, key in store.find([], "d1") if key is None} == {one.id, other.id}


def test_a_release_comes_back_as_it_was_kept(store: Collecting, database: Database) -> None:
    one = release(not_before=NOW + timedelta(days=1), mailable=False)
    assert store.save(new(one), [PAGE], NOW)
    ((stored, _),) = store.find([KEY], "")
    assert (stored.release, stored.told_revision) == (one, 1)
    row = database.read(lambda connection: connection.execute(select(releases)).one())
    assert (row.digest, row.changed_at, row.not_before, row.mailable) == ("d1", NOW, one.not_before, False)
    assert database.read(lambda connection: connection.execute(select(release_topics)).all()) == [
        (one.id, "portal", "umwelt", "Umwelt")
    ]


def test_a_revision_replaces_what_it_was_made_from(store: Collecting, database: Database) -> None:
    one = release()
    store.save(new(one), [PAGE], NOW)
    later = NOW + timedelta(hours=1)
    after = replace(one, headline="Neu", revision=2, change=Change.UPDATE, topics=(Topic("natur", "Natur"),))
    assert store.save(
        Revised(after, one, 2, "d2", (KEY, "new key"), Change.UPDATE), [replace(PAGE, digest="p:e")], later
    )
    ((stored, _),) = store.find(["new key"], "")
    assert (stored.release, stored.told_revision) == (after, 2)
    rows = database.read(
        lambda c: c.execute(select(revisions.c.number, revisions.c.change).order_by(revisions.c.number)).all()
    )
    assert rows == [(1, None), (2, "update")]
    topics = database.read(lambda connection: connection.execute(select(release_topics.c.topic)).scalars().all())
    assert topics == ["natur"]
    assert database.read(lambda connection: connection.execute(select(releases.c.changed_at)).scalar()) == later


def test_a_cosmetic_revision_of_one_number_is_written_over(store: Collecting, database: Database) -> None:
    one = release()
    store.save(new(one), [PAGE], NOW)
    before = one
    for alt in ("a", "b"):
        after = replace(before, teaser=alt, revision=2)
        assert store.save(Revised(after, before, 1, "d1", (), Change.COSMETIC), [PAGE], NOW)
        before = after
    assert (
        database.read(lambda connection: connection.execute(select(func.count()).select_from(revisions)).scalar()) == 2
    )


def test_who_is_overtaken_keeps_nothing(store: Collecting) -> None:
    one = release()
    store.save(new(one), [PAGE], NOW)
    withheld = replace(one, state=ReleaseState.WITHHELD, reason="by an editor")
    assert store.save(Revised(withheld, one, 1, "d1"), [], NOW)
    late = Revised(replace(one, headline="Neu", revision=2), one, 2, "d2", ("key of the late",), Change.UPDATE)
    assert not store.save(late, [replace(PAGE, problem="late")], NOW)
    ((stored, _),) = store.find([KEY], "")
    assert stored.release == withheld
    assert store.known({"x": "key of the late"}) == {}
    assert store.standings("portal", LONG_AGO)[0].page.problem is None


def test_two_who_find_a_release_at_once_make_one(store: Collecting, database: Database) -> None:
    assert store.save(new(release()), [PAGE], NOW)
    assert not store.save(new(release()), [PAGE], NOW)
    assert (
        database.read(lambda connection: connection.execute(select(func.count()).select_from(releases)).scalar()) == 1
    )


def test_another_release_keeps_an_address_that_is_claimed_twice(store: Collecting) -> None:
    one, other = release(), release(url=URL + "-2")
    store.save(new(one, KEY, "shared"), [PAGE], NOW)
    assert store.save(new(other, KEY + "-2", "shared"), [replace(PAGE, url=other.url)], NOW)
    assert store.known({"x": "shared"}) == {"x": one.id}


def test_which_pages_stand(store: Collecting) -> None:
    old = NOW - timedelta(days=400)
    one, ancient = release(), release(url=URL + "-old", published=old, first_seen=old)
    gone = release(url=URL + "-gone", state=ReleaseState.WITHDRAWN)
    waiting = replace(PAGE, url=URL + "-waiting", checked_at=None, found_at=old)
    withheld = replace(PAGE, url=URL + "-withheld", problem="no headline")
    given_up = replace(PAGE, url=URL + "-given-up", problem="no headline", found_at=old)
    alias = replace(PAGE, url=URL + "-alias")
    elsewhere = replace(PAGE, url="https://other.example/x", source="other", checked_at=None)
    store.save(new(one, KEY, URL, alias.url), [PAGE, alias], NOW)
    store.save(new(ancient, KEY + "-old", ancient.url), [replace(PAGE, url=ancient.url)], NOW)
    store.save(new(gone, KEY + "-gone", gone.url), [replace(PAGE, url=gone.url)], NOW)
    store.expect([waiting, withheld, given_up, elsewhere])
    assert {standing.page.url: standing for standing in store.standings("portal", LONG_AGO)} == {
        URL: Standing(PAGE, one.id, NOW),
        gone.url: Standing(replace(PAGE, url=gone.url), gone.id, NOW, withdrawn=True),
        waiting.url: Standing(waiting),
        withheld.url: Standing(withheld),
    }


def test_long_addresses_and_odd_characters_fit(store: Collecting) -> None:
    url = "https://portal.example/" + "ä" * 780
    one = release(url=url, headline="🦉 “Ü”\u2028", body_text="\U0001f989" * 10_000)
    assert store.save(new(one, url), [replace(PAGE, url=url)], NOW)
    ((stored, _),) = store.find([url], "")
    assert stored.release == one
