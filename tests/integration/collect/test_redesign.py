"""A portal changes: what it shows then is withheld and told, nothing is lost, and a person can say that it is right."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import date, timedelta
from typing import Any

import pytest

from newsletter.collect.read.dates import BERLIN
from newsletter.collect.replay import replay_kept
from newsletter.collect.report import SourceReport
from newsletter.collect.watching import Watch, watch
from newsletter.store.database import Database
from tests.integration.collect.newsroom import Newsroom, counts, newsroom
from tests.integration.collect.press import FIRST, OLD, REDESIGNS, Article, Design, article, listing, release

BEFORE = 30  # releases that the portal had in its old design
DAY = 24 * 60  # minutes


class Portal:
    """The portal, and the collector that watches it."""

    def __init__(self, room: Newsroom) -> None:
        self.room = room
        self.numbers: list[int] = []
        self.headlines = True

    def show(self, design: Design, numbers: Iterable[int]) -> None:
        """Put these releases on the portal, and all that were ever there on its list."""
        for number in numbers:
            self.room.portal.pages[f"/presse/{number}"] = design(article(number))
            self.numbers += [number] if number not in self.numbers else []
        self.room.portal.pages["/presse"] = listing(self.numbers, headlines=self.headlines)

    async def collect(self, minutes: float = DAY, *, accept: bool = False, **settings: Any) -> SourceReport:
        self.room.now += timedelta(minutes=minutes)
        feed = self.room.feed(max_age="", **settings)
        return await self.room.collector.collect("portal", feed, now=self.room.now, accept=accept)

    def told(self) -> Watch:
        return watch("portal", self.room.store, self.room.now, BERLIN, _never)


def _never(day: date) -> bool:
    return False


@pytest.fixture
async def portal(database: Database) -> AsyncIterator[Portal]:
    """A portal that was collected, and whose releases so far are all in its old design."""
    async with newsroom(database) as room:
        room.now = FIRST + timedelta(days=BEFORE)
        opened = Portal(room)
        opened.show(OLD, range(BEFORE))
        report = await opened.collect(0, first_collect="send")
        assert (counts(report), report.problems) == ({"found": BEFORE, "new": BEFORE}, ())
        assert opened.told() == Watch()
        yield opened


@pytest.mark.parametrize("name", REDESIGNS)
async def test_a_redesign_is_noticed_told_and_changes_nothing(portal: Portal, name: str) -> None:
    design, field = REDESIGNS[name]
    before = portal.room.releases()
    portal.show(design, range(BEFORE + 4))
    report = await portal.collect()
    assert (report.new, report.updated, report.withdrawn) == (0, 0, 0)
    assert portal.room.releases() == before
    told = str(portal.told().changed)
    assert told.startswith("the portal seems to have changed")
    assert f"{field} (" in told
    assert "/presse/" in told
    assert "the last good page: " in told
    assert "`newsletter collect portal --accept`" in told
    portal.show(OLD, range(BEFORE + 4))
    assert (await portal.collect()).new == 4
    assert portal.told() == Watch()
    assert portal.room.count_revisions() == BEFORE + 4  # not one of them was told as updated


@pytest.mark.parametrize("name", REDESIGNS)
async def test_a_redesign_of_new_pages_only_is_noticed_as_they_come_one_by_one(portal: Portal, name: str) -> None:
    design, field = REDESIGNS[name]
    reports = []
    for number in range(BEFORE, BEFORE + 7):
        portal.show(design, [number])
        reports.append(await portal.collect())
    taken = sum(report.new for report in reports)
    assert taken <= (3 if field != "body" else 0)
    assert [report.new for report in reports] == [1] * taken + [0] * (7 - taken)
    assert f"{field} (" in str(portal.told().changed)


async def test_where_the_list_says_nothing_a_headline_that_all_have_is_noticed(portal: Portal) -> None:
    portal.headlines = False
    portal.show(lambda one: release(one, headline="Neues aus dem Rathaus"), range(BEFORE, BEFORE + 6))
    report = await portal.collect()
    assert report.new == 0
    assert "headline (6)" in str(portal.told().changed)


async def test_one_odd_page_is_withheld_and_told_and_the_others_are_taken(portal: Portal) -> None:
    portal.show(OLD, range(BEFORE, BEFORE + 3))
    portal.show(REDESIGNS["the text moved, a box is in its place"][0], [BEFORE + 3])
    report = await portal.collect()
    assert counts(report) == {"found": BEFORE + 4, "new": 3, "withheld": 1, "unchanged": BEFORE}
    told = portal.told()
    assert told.changed is None
    assert str(told.odd).startswith("1 page is withheld for: body (1).")
    assert "/presse/33: its text has 72 characters, where " in str(told.odd)


@pytest.mark.parametrize("lacks", ["kicker", "teaser", "figure", "alt"])
async def test_one_page_that_lacks_something_is_taken_with_a_note(portal: Portal, lacks: str) -> None:
    portal.show(lambda one: release(one, **{lacks: False}), [BEFORE])  # type: ignore[arg-type]  # names of flags
    report = await portal.collect()
    assert report.new == 1
    assert "30 of 30" in report.problems[0]
    assert portal.told() == Watch()


async def test_a_short_notice_on_a_portal_of_long_texts_is_taken(portal: Portal) -> None:
    said = "Der für heute geplante Termin zum Vorhaben der Stadt entfällt wegen des Sturms. Er wird nachgeholt, sobald "
    text = f"<p>{said}das Wetter es zulässt; wer sich gemeldet hat, erhält Bescheid.</p>"
    portal.show(lambda one: release(one, text=text, figure=False, teaser=False), [BEFORE])
    assert (await portal.collect()).new == 1
    assert portal.told() == Watch()


async def test_a_profile_that_is_mended_takes_what_was_withheld(portal: Portal) -> None:
    def moved(one: Article) -> str:
        page = release(one)
        box = '<div class="text"><p>Folgen Sie uns, teilen Sie diese Seite.</p></div>'
        return page.replace('<div class="text">', f'{box}<div class="prose">')

    rotten: dict[str, Any] = {"release": {"body": ".text"}}
    mended: dict[str, Any] = {"release": {"body": ".prose"}}
    await portal.collect(**rotten)
    portal.show(moved, range(BEFORE + 4))
    assert (await portal.collect(**rotten)).new == 0
    assert "body (" in str(portal.told().changed)
    room = portal.room
    found = replay_kept(room.store, "portal", room.feed(**rotten), room.now, BERLIN)
    assert all(page.problem for page in found.pages if page.withheld)
    found = replay_kept(room.store, "portal", room.feed(**mended), room.now, BERLIN)
    withheld = [page for page in found.pages if page.withheld]
    assert len(withheld) >= 4
    assert {page.problem for page in withheld} == {None}
    (body,) = [change for change in withheld[0].changes if change.field == "body"]
    assert (body.before_from, body.after_from) == ("profile", "profile")
    assert len(str(body.after)) > len(str(body.before))
    report = await portal.collect(15, **mended)  # long before the rhythm would look at them again
    assert (report.new, report.withheld) == (4, 0)
    assert portal.told() == Watch()


@pytest.mark.parametrize(
    "name", ["the teaser is gone", "the text moved, a box is in its place", "pictures without alt"]
)
async def test_what_a_person_accepts_is_taken_and_learned_anew(portal: Portal, name: str) -> None:
    design, _ = REDESIGNS[name]
    portal.show(design, range(BEFORE, BEFORE + 5))
    assert (await portal.collect()).new == 0
    report = await portal.collect(15, accept=True)
    assert report.new == 5
    assert all(release.mailable for release in portal.room.releases())
    assert portal.told() == Watch()
    portal.show(design, range(BEFORE + 5, BEFORE + 12))
    report = await portal.collect()
    assert (report.new, report.withheld) == (7, 0)
    assert portal.told() == Watch()


async def test_what_lacks_something_is_taken_after_all_when_the_portal_goes_on_as_before(portal: Portal) -> None:
    portal.show(REDESIGNS["pictures loaded by a script"][0], range(BEFORE, BEFORE + 5))
    assert (await portal.collect()).withheld == 5
    portal.show(OLD, [BEFORE + 5])
    assert (await portal.collect()).new == 1
    assert "withheld" in str(portal.told().odd)
    assert (await portal.collect(15)).new == 5
    assert portal.told() == Watch()


async def test_a_page_that_was_withheld_and_is_gone_is_told_no_more(portal: Portal) -> None:
    portal.show(REDESIGNS["a sign-in"][0], [BEFORE])
    await portal.collect()
    assert portal.told().odd
    del portal.room.portal.pages[f"/presse/{BEFORE}"]
    await portal.collect()
    assert portal.told() == Watch()


async def test_a_first_collect_of_walls_is_no_news(database: Database) -> None:
    async with newsroom(database) as room:
        room.now = FIRST + timedelta(days=BEFORE)
        portal = Portal(room)
        portal.headlines = False
        portal.show(REDESIGNS["a consent wall"][0], range(6))
        report = await portal.collect()
        assert (report.new, report.withheld) == (0, 6)
        assert room.releases() == []


async def test_a_source_that_falls_silent_is_told_and_speaks_again(portal: Portal) -> None:
    await portal.collect(2 * DAY)
    assert portal.told().silent is None
    await portal.collect(5 * DAY)
    assert "no new release since" in str(portal.told().silent)
    portal.show(OLD, [BEFORE + 7])
    await portal.collect()
    assert portal.told() == Watch()
