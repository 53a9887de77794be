"""What is new: into the archive or to mail, whole lists, crashes in between."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from newsletter.collect.collector import Collector
from newsletter.errors import StoreError
from newsletter.model import KnownPage, Revised
from newsletter.store.collecting import Collecting
from tests.integration.collect.newsroom import DATE, TEXT, Newsroom, counts, headline
from tests.integration.collect.web import Reply, list_page, release_page

OLD = "2024-05-01T09:00:00+02:00"


async def test_a_first_collect_goes_to_the_archive_and_what_comes_later_to_mail(room: Newsroom) -> None:
    room.publish(1, 2, 3)
    report = await room.collect()
    assert counts(report) == {"found": 3, "new": 3}
    assert (report.problems, report.broken, report.alarm) == ((), None, None)
    room.publish(4, 3, 2, 1)
    assert counts(await room.collect(15)) == {"found": 4, "new": 1, "unchanged": 3}
    assert [release.mailable for release in room.releases()] == [False, False, False, True]


async def test_a_first_collect_may_send(room: Newsroom) -> None:
    room.publish(1, 2, 3)
    await room.collect(first_collect="send")
    assert [release.mailable for release in room.releases()] == [True, True, True]


async def test_what_is_too_old_at_first_sight_goes_to_the_archive(room: Newsroom) -> None:
    room.publish(1, date=OLD)
    await room.collect(first_collect="send")
    assert not room.one().mailable


async def test_a_release_has_what_its_page_says(room: Newsroom) -> None:
    room.publish(1)
    await room.collect(topics={"Umwelt": "natur"})
    release = room.one()
    assert (release.headline, release.kicker, release.language) == (headline(1), "Umwelt", "de")
    assert release.published is not None
    assert release.published.isoformat() == "2026-11-21T08:20:00+00:00"
    assert [topic.slug for topic in release.topics] == ["natur"]
    assert release.url == f"{room.portal.site}/presse/1"
    assert "Nummer 1" in release.body_text


async def test_the_first_collect_reads_every_page_of_the_list_and_later_ones_as_far_as_it_is_new(
    room: Newsroom,
) -> None:
    room.publish(*range(9))
    for number in range(3):
        items = {f"/presse/{n}": headline(n) for n in range(number * 3, number * 3 + 3)}
        following = f"/presse?seite={number + 2}" if number < 2 else None
        room.portal.pages["/presse" if number == 0 else f"/presse?seite={number + 1}"] = list_page(
            items, following, DATE
        )
    assert counts(await room.collect()) == {"found": 9, "new": 9}
    room.portal.asked.clear()
    assert counts(await room.collect(15)) == {"found": 3, "unchanged": 3}
    assert room.portal.paths() == ["/presse"]


async def test_a_list_that_leads_in_circles_ends(room: Newsroom) -> None:
    room.publish(1, 2, 3)
    items = {f"/presse/{n}": headline(n) for n in (1, 2, 3)}
    room.portal.pages["/presse"] = list_page(items, "/presse?seite=2", DATE)
    room.portal.pages["/presse?seite=2"] = list_page(items, "/presse?seite=3", DATE)
    assert counts(await room.collect()) == {"found": 3, "new": 3}
    assert "/presse?seite=3" not in room.portal.paths()


async def test_a_later_page_that_fails_is_not_forgotten(room: Newsroom) -> None:
    room.publish(*range(6))
    await room.collect()
    room.publish(*range(12))
    first = {f"/presse/{n}": headline(n) for n in (9, 10, 11)}
    room.portal.pages["/presse"] = list_page(first, "/presse?seite=2", DATE)
    room.portal.pages["/presse?seite=2"] = Reply("", 500)
    report = await room.collect(15)
    assert counts(report) == {"found": 3, "new": 3}
    assert "answered 500" in report.problems[0]
    room.portal.pages["/presse?seite=2"] = list_page({f"/presse/{n}": headline(n) for n in range(4, 9)}, None, DATE)
    assert counts(await room.collect(30)) == {"found": 8, "new": 3, "unchanged": 5}
    assert len(room.releases()) == 12


async def test_500_old_releases_are_added_to_a_running_instance(room: Newsroom) -> None:
    room.publish(*range(500), date=None)
    report = await room.collect()
    assert counts(report) == {"found": 500, "new": 500}
    assert not any(release.mailable for release in room.releases())
    assert counts(await room.collect(15)) == {"found": 500, "unchanged": 500}


class Crash(Exception):
    pass


class Crashing(Collecting):
    """A store that dies after so many releases."""

    left = 0

    def save(self, revised: Revised, looked_at: Sequence[KnownPage], at: Any) -> bool:
        if self.left == 0:
            raise StoreError("the disk is full") from Crash()
        self.left -= 1
        return super().save(revised, looked_at, at)


@pytest.mark.parametrize("after", [0, 1, 5, 9])
async def test_a_crash_in_mid_first_collect_mails_nothing_and_doubles_nothing(room: Newsroom, after: int) -> None:
    room.publish(*range(10))
    store = Crashing(room.database)
    store.left = after
    with pytest.raises(StoreError):
        await Collector(room.fetcher, store).collect("portal", room.feed(), now=room.now)
    assert len(room.releases()) == after
    await room.collect(1)
    room.publish(*range(11))
    await room.collect(15)
    assert [release.mailable for release in room.releases()] == [False] * 10 + [True]
    assert len({release.url for release in room.releases()}) == 11


async def test_news_that_a_crash_kept_from_us_are_still_news(room: Newsroom) -> None:
    room.publish(1, 2, 3)
    await room.collect()
    room.publish(*range(1, 8))
    store = Crashing(room.database)
    store.left = 2
    with pytest.raises(StoreError):
        await Collector(room.fetcher, store).collect("portal", room.feed(), now=room.now + timedelta(minutes=15))
    room.show(3, 2, 1)  # meanwhile the list has moved on
    await room.collect(30)
    assert [release.mailable for release in room.releases()] == [False] * 3 + [True] * 4


async def test_a_changed_list_is_taken_by_a_backfill(room: Newsroom) -> None:
    room.publish(1, 2, 3)
    await room.collect()
    room.publish(7, 8, 9, date=None)
    assert (await room.collect(15)).alarm
    report = await room.collect(15, backfill=True)
    assert (counts(report), report.alarm) == ({"found": 3, "new": 3}, None)
    assert not any(release.mailable for release in room.releases())


async def test_a_backfill_leaves_news_to_mail(room: Newsroom) -> None:
    room.publish(5, 6)
    await room.collect()
    room.publish(7, 6, 5, 2, 1)
    for page, numbers in enumerate(((7, 6), (6, 5), (2, 1)), 1):
        following = f"/presse?seite={page + 1}" if page < 3 else None
        items = {f"/presse/{n}": headline(n) for n in numbers}
        room.portal.pages["/presse" if page == 1 else f"/presse?seite={page}"] = list_page(items, following, DATE)
    await room.collect(15, backfill=True)
    assert {release.headline: release.mailable for release in room.releases()} == {
        headline(n): n == 7 for n in (1, 2, 5, 6, 7)
    }


async def test_a_release_of_tomorrow_waits(room: Newsroom) -> None:
    room.publish(1, date="2026-11-23T10:00:00+01:00")
    await room.collect(first_collect="send")
    release = room.one()
    assert release.not_before is not None
    assert release.not_before.isoformat() == "2026-11-23T09:00:00+00:00"
    assert not release.visible(room.now)
    assert release.mailable


async def test_a_dry_run_keeps_nothing_and_shows_what_it_read(room: Newsroom) -> None:
    room.publish(1, 2)
    report = await room.collect(dry_run=True)
    assert counts(report) == {"found": 2, "new": 2}
    assert sorted(draft.headline for draft in report.drafts) == [headline(1), headline(2)]
    assert report.drafts[0].origin["headline"]
    assert room.releases() == []
    assert room.problems() == {}
    assert room.store.source("portal").next_at is None
    await room.collect()
    assert counts(await room.collect(dry_run=True)) == {"found": 2, "unchanged": 2}


async def test_a_source_that_moves_elsewhere_begins_anew(room: Newsroom) -> None:
    room.publish(1, 2)
    await room.collect()
    for number in (7, 8):
        room.portal.pages[f"/presse/{number}"] = release_page(headline(number), f"{TEXT} Es ist Nummer {number}.", DATE)
    room.portal.pages["/aktuell"] = list_page({f"/presse/{n}": headline(n) for n in (7, 8)})
    report = await room.collect(15, url=f"{room.portal.site}/aktuell")
    assert counts(report) == {"found": 2, "new": 2}
    assert not any(release.mailable for release in room.releases())


async def test_another_feeds_release_is_not_doubled(room: Newsroom) -> None:
    room.publish(1, 2)
    await room.collect()
    report = await room.collector.collect("zweite", room.feed(), now=room.now)
    assert counts(report) == {"found": 2, "new": 2}
    assert {release.source for release in room.releases()} == {"portal"}


async def test_only_what_is_due_is_collected(room: Newsroom) -> None:
    room.publish(1)
    feeds = {"portal": room.feed()}
    assert [report.slug for report in await room.collector.collect_due(feeds, room.now)] == ["portal"]
    assert await room.collector.collect_due(feeds, room.now + timedelta(minutes=14)) == []
    assert [r.slug for r in await room.collector.collect_due(feeds, room.now + timedelta(minutes=15))] == ["portal"]


async def test_a_list_longer_than_the_model_allows_keeps_what_fits(room: Newsroom) -> None:
    room.publish(1)
    room.portal.pages["/presse"] = list_page(
        {"/presse/1": headline(1), "/presse/" + "x" * 3_000: headline(2)}, date=DATE
    )
    assert counts(await room.collect()) == {"found": 1, "new": 1}
