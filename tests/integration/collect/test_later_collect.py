"""What changes on a portal: updates, mends, withdrawals, moves."""

from __future__ import annotations

import asyncio

import pytest

from newsletter.model import Change, ReleaseState
from tests.integration.collect.newsroom import DATE, TEXT, Newsroom, counts, headline
from tests.integration.collect.web import Asked, Reply, list_page, release_page


async def test_an_unchanged_page_costs_a_304(room: Newsroom) -> None:
    room.publish(1)
    page = room.portal.pages["/presse/1"]
    assert isinstance(page, str)
    room.portal.pages["/presse/1"] = Reply(page, etag='"1"')
    await room.collect()
    room.portal.asked.clear()
    assert counts(await room.collect(59)) == {"found": 1, "unchanged": 1}
    assert room.portal.paths() == ["/presse"]
    assert counts(await room.collect(1)) == {"found": 1, "unchanged": 1}
    assert room.portal.asked[-1].headers["if-none-match"] == '"1"'
    assert room.count_revisions() == 1


async def test_an_unchanged_list_costs_a_304(room: Newsroom) -> None:
    room.publish(1)
    room.portal.pages["/presse"] = Reply(list_page({"/presse/1": headline(1)}, date=DATE), etag='"l"')
    await room.collect()
    await room.collect(15)
    report = await room.collect(15)
    assert (counts(report), report.problems) == ({}, ())
    assert room.portal.asked[-1].headers["if-none-match"] == '"l"'


async def test_another_profile_reads_unchanged_pages_again(room: Newsroom) -> None:
    room.publish(1)
    page = room.portal.pages["/presse/1"]
    assert isinstance(page, str)
    room.portal.pages["/presse/1"] = Reply(page.replace("<h1>", "<h2 class=sub>Unter</h2><h1>"), etag='"1"')
    await room.collect()
    report = await room.collect(60, release={"kicker": ".sub", "headline": ".kicker"})
    assert (report.broken, report.updated) == (None, 0)  # readers are not told of what the operator mended
    assert "if-none-match" not in room.portal.asked[-1].headers
    assert (room.one().kicker, room.one().headline, room.told_revision()) == ("Unter", "Umwelt", 1)
    await room.collect(60, release={"kicker": ".sub", "headline": ".kicker"})
    assert room.portal.asked[-1].headers["if-none-match"] == '"1"'


async def test_an_update_is_a_revision_and_seen_at_once_where_the_list_tells(room: Newsroom) -> None:
    room.publish(1, 2, 3)
    await room.collect()
    ids = [release.id for release in room.releases()]
    room.portal.pages["/presse/2"] = release_page(headline(2) + " schon", f"{TEXT} Neu.", DATE)
    assert counts(await room.collect(15)) == {"found": 3, "unchanged": 3}
    room.portal.pages["/presse"] = list_page(
        {"/presse/1": headline(1), "/presse/2": headline(2) + " schon", "/presse/3": headline(3)}, date=DATE
    )
    assert counts(await room.collect(15)) == {"found": 3, "updated": 1, "unchanged": 2}
    changed = room.releases()[2]
    assert (changed.headline, changed.revision, changed.change) == (headline(2) + " schon", 2, Change.UPDATE)
    assert changed.updated == room.now
    assert sorted(release.id for release in room.releases()) == sorted(ids)


async def test_an_update_is_seen_within_the_hour_where_the_list_does_not_tell(room: Newsroom) -> None:
    room.publish(1)
    await room.collect()
    room.portal.pages["/presse/1"] = release_page(headline(1), f"{TEXT} Neu.", DATE)
    assert counts(await room.collect(60)) == {"found": 1, "updated": 1}
    assert room.told_revision() == 2


async def test_a_cosmetic_change_is_kept_and_not_told(room: Newsroom) -> None:
    room.publish(1)
    await room.collect()
    before = room.one()
    page = room.portal.pages["/presse/1"]
    assert isinstance(page, str)
    room.portal.pages["/presse/1"] = page.replace("Am Marktplatz", "<strong>Am  Marktplatz</strong>")
    assert counts(await room.collect(60)) == {"found": 1, "unchanged": 1}
    after = room.one()
    assert "<strong>" in after.body_html
    assert (after.updated, after.change, room.told_revision()) == (before.updated, None, 1)


async def test_gone_twice_is_withdrawn(room: Newsroom) -> None:
    room.publish(1, 2, 3)
    await room.collect()
    room.show(1, 3)
    room.portal.pages["/presse/2"] = Reply("weg", 410)
    first = await room.collect(60)
    assert (first.withdrawn, first.updated) == (0, 0)
    assert "answered 410" in first.problems[0]
    assert counts(await room.collect(9)) == {"found": 2, "unchanged": 2}
    second = await room.collect(1)
    assert second.withdrawn == 1
    gone = room.releases()[1]
    assert (gone.state, gone.revision, gone.change) == (ReleaseState.WITHDRAWN, 2, Change.WITHDRAWAL)
    assert (await room.collect(120)).withdrawn == 0


async def test_gone_once_is_nothing(room: Newsroom) -> None:
    room.publish(1)
    await room.collect()
    page = room.portal.pages["/presse/1"]
    for _ in range(3):
        room.portal.pages["/presse/1"] = Reply("weg", 404)
        await room.collect(60)
        room.portal.pages["/presse/1"] = page
        await room.collect(10)
    assert (room.one().state, room.count_revisions()) == (ReleaseState.LIVE, 1)


async def test_a_page_that_leads_to_the_list_is_gone_too(room: Newsroom) -> None:
    room.publish(1, 2, 3)
    await room.collect()
    room.show(1, 3)
    room.portal.pages["/presse/2"] = Reply(status=301, headers={"Location": "/presse"})
    await room.collect(60)
    assert (await room.collect(60)).withdrawn == 1
    assert room.releases()[1].headline == headline(2)


async def test_what_comes_back_is_back(room: Newsroom) -> None:
    room.publish(1)
    page = room.portal.pages["/presse/1"]
    await room.collect()
    room.portal.pages["/presse/1"] = Reply("weg", 404)
    await room.collect(60)
    assert (await room.collect(60)).withdrawn == 1
    room.portal.pages["/presse/1"] = page
    await room.collect(60)
    assert (room.one().state, room.told_revision()) == (ReleaseState.LIVE, 1)


async def test_what_moves_to_another_address_stays_the_same_release(room: Newsroom) -> None:
    room.publish(1, 2, 3)
    await room.collect()
    ids = {release.id for release in room.releases()}
    page = room.portal.pages["/presse/2"]
    room.portal.pages["/presse/2"] = Reply("weg", 404)
    room.portal.pages["/presse/2-neu"] = page
    room.portal.pages["/presse"] = list_page(
        {"/presse/1": headline(1), "/presse/2-neu": headline(2), "/presse/3": headline(3)}, date=DATE
    )
    assert counts(await room.collect(15)) == {"found": 3, "unchanged": 3}
    await room.collect(60)
    await room.collect(60)
    moved = room.releases()[1]
    assert {release.id for release in room.releases()} == ids
    assert (moved.url, moved.state) == (f"{room.portal.site}/presse/2-neu", ReleaseState.LIVE)
    assert f"{room.portal.site}/presse/2" in moved.aliases


async def test_spellings_of_an_address_are_one_release(room: Newsroom) -> None:
    room.publish(1)
    room.portal.pages["/presse/1/"] = room.portal.pages["/presse/1"]
    await room.collect()
    room.portal.pages["/presse"] = list_page(
        {"/presse/1/?utm_source=x": headline(1), "/presse/1#top": headline(1) + "!"}, date=DATE
    )
    await room.collect(15)
    assert room.one().url == f"{room.portal.site}/presse/1"


async def test_a_canonical_address_elsewhere_is_an_alias_and_never_fetched(room: Newsroom) -> None:
    head = '<link rel="canonical" href="http://10.0.0.1/brunnen">'
    room.portal.pages["/presse/1"] = release_page(headline(1), TEXT, DATE, head=head)
    room.show(1)
    report = await room.collect()
    assert (report.new, report.problems) == (1, ())
    assert room.one().aliases == ("http://10.0.0.1/brunnen",)


async def test_a_canonical_address_that_all_pages_claim_merges_nothing(room: Newsroom) -> None:
    for number, title in enumerate(("Radweg eröffnet", "Haushalt beschlossen", "Theater saniert")):
        head = '<link rel="canonical" href="/presse/0">'
        room.portal.pages[f"/presse/{number}"] = release_page(title, f"{TEXT} {title}.", DATE, head=head)
    titles = {"/presse/2": "Theater saniert", "/presse/1": "Haushalt beschlossen", "/presse/0": "Radweg eröffnet"}
    room.portal.pages["/presse"] = list_page(titles, date=DATE)
    assert counts(await room.collect()) == {"found": 3, "new": 3}


async def test_a_source_that_was_stopped_in_the_middle_is_due_at_once(room: Newsroom) -> None:
    asked = asyncio.Event()

    def slowly(_: Asked) -> Reply:
        asked.set()
        return Reply(b"<html>" * 200, drip=1, pause=0.1)

    room.portal.pages["/presse"] = slowly
    collecting = asyncio.create_task(room.collector.collect_due({"portal": room.feed()}, room.now))
    await asked.wait()
    collecting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await collecting
    assert room.claim() == ["portal"]
