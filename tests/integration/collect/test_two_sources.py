"""The same release on two sites, collected by two sources: one release, in the feed of each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from newsletter.collect.report import SourceReport
from newsletter.model import Change, ReleaseState
from newsletter.store.published import Published
from newsletter.store.tables import addresses
from tests.integration.collect.newsroom import DATE, TEXT, Newsroom, counts, headline
from tests.integration.collect.web import Reply, list_page, release_page

PLAIN = f"{TEXT} Es ist Nummer 1.\nDas Amt hat die Brunnen selbst gebaut, und jeder ist anders als alle anderen."


class Pair:
    """A ministry at /amt and a portal at /presse, both in one newsroom; each has one page."""

    def __init__(self, room: Newsroom) -> None:
        self.room = room
        self.write("amt", PLAIN)
        self.write("presse", f"{PLAIN}\nAuf dem Portal steht dazu, dass alle Brunnen im Winter ruhen.")

    def write(self, site: str, text: str, head: str = "", title: str = headline(1), kicker: str = "Umwelt") -> None:
        self.room.portal.pages[f"/{site}/1"] = release_page(title, text, DATE, kicker, head)
        self.room.portal.pages[f"/{site}"] = list_page({f"/{site}/1": title}, date=DATE)

    def url(self, site: str) -> str:
        return f"{self.room.portal.site}/{site}/1"

    async def collect(self, site: str, **settings: Any) -> SourceReport:
        room = self.room
        given = {"url": f"{room.portal.site}/{site}", "first_collect": "send", **settings}
        return await room.collector.collect(site, room.feed(**given), now=room.now)

    def in_feed(self, site: str) -> list[str]:
        found = Published(self.room.database).newest(site, None, 10, self.room.now)
        return [release.id for release in found]


def later(room: Newsroom, minutes: float) -> None:
    room.now += timedelta(minutes=minutes)


async def test_it_is_one_release_in_both_feeds_with_the_topics_of_each(room: Newsroom) -> None:
    pair = Pair(room)
    assert counts(await pair.collect("amt", topics={"Umwelt": "natur"})) == {"found": 1, "new": 1}
    assert counts(await pair.collect("presse")) == {"found": 1, "new": 1}
    one = room.one()
    assert (one.source, one.url) == ("amt", pair.url("amt"))
    assert [seen.source for seen in one.seen_by] == ["amt", "presse"]
    assert pair.in_feed("amt") == pair.in_feed("presse") == [one.id]
    published = Published(room.database)
    assert [topic.slug for topic in published.topics_of("amt")] == ["natur"]
    assert [topic.slug for topic in published.topics_of("presse")] == ["umwelt"]
    assert [r.topics[0].slug for r in published.newest("presse", "umwelt", 10, room.now)] == ["umwelt"]
    assert published.newest("presse", "natur", 10, room.now) == []
    later(room, 60)
    assert counts(await pair.collect("presse")) == {"found": 1, "unchanged": 1}
    assert room.count_revisions() == 1


async def test_copies_that_differ_never_take_turns(room: Newsroom) -> None:
    pair = Pair(room)
    await pair.collect("amt")
    await pair.collect("presse")
    pair.write("presse", f"{PLAIN}\nDas Portal hat diesen Absatz dazu geschrieben, und er gilt hier nicht.")
    for site in ("presse", "amt", "presse", "amt"):
        later(room, 60)
        assert (await pair.collect(site)).updated == 0
    assert "dazu geschrieben" not in room.one().body_text
    assert (room.one().revision, room.told_revision()) == (1, 1)
    pair.write("amt", f"{PLAIN}\nIm Juni kommen drei Brunnen dazu, und weitere folgen im Herbst.")
    later(room, 60)
    assert (await pair.collect("amt")).updated == 1
    assert (room.one().change, room.told_revision()) == (Change.UPDATE, 2)


async def test_a_source_collected_the_first_time_does_not_make_mail_of_what_another_has_mailed(room: Newsroom) -> None:
    pair = Pair(room)
    await pair.collect("amt")
    await pair.collect("presse", first_collect="archive")
    assert {seen.source: seen.mailable for seen in room.one().seen_by} == {"amt": True, "presse": False}


async def test_the_page_that_the_other_calls_canonical_becomes_the_authority_silently(room: Newsroom) -> None:
    pair = Pair(room)
    pair.write("presse", f"{PLAIN}\nAnders.", head=f'<link rel="canonical" href="{pair.url("amt")}">')
    await pair.collect("presse")
    assert room.one().source == "presse"
    assert (await pair.collect("amt")).new == 0
    one = room.one()
    assert (one.source, one.url, one.change, room.told_revision()) == ("amt", pair.url("amt"), None, 1)
    assert "Anders." not in one.body_text
    assert pair.in_feed("presse") == pair.in_feed("amt") == [one.id]
    for site in ("presse", "amt"):
        later(room, 60)
        assert (await pair.collect(site)).updated == 0
    assert room.one().source == "amt"


async def test_a_page_that_is_gone_is_no_withdrawal_while_another_stands(room: Newsroom) -> None:
    pair = Pair(room)
    await pair.collect("amt")
    await pair.collect("presse")
    id = room.one().id
    room.portal.pages["/amt/1"] = Reply("weg", 404)
    for _ in range(3):
        later(room, 60)
        assert (await pair.collect("amt")).withdrawn == 0
    one = room.one()
    assert (one.id, one.state, one.source, one.url) == (id, ReleaseState.LIVE, "presse", pair.url("presse"))
    assert (pair.in_feed("amt"), pair.in_feed("presse")) == ([], [id])
    later(room, 60)
    assert (await pair.collect("presse")).updated == 0  # it is read anew, and what it says differently is not told
    assert "im Winter ruhen" in room.one().body_text
    pair.write("presse", f"{PLAIN}\nDas Wasser ist jetzt auch im Winter da, an jedem Tag und jeder Ecke.")
    later(room, 60)
    assert (await pair.collect("presse")).updated == 1
    room.portal.pages["/presse/1"] = Reply("weg", 410)
    later(room, 60)
    await pair.collect("presse")
    later(room, 60)
    assert (await pair.collect("presse")).withdrawn == 1
    assert room.one().state is ReleaseState.WITHDRAWN


async def test_the_copy_that_is_gone_leaves_its_own_feed_only(room: Newsroom) -> None:
    pair = Pair(room)
    await pair.collect("amt")
    await pair.collect("presse")
    room.portal.pages["/presse/1"] = Reply("weg", 404)
    for _ in range(3):
        later(room, 60)
        assert (await pair.collect("presse")).withdrawn == 0
    one = room.one()
    assert (one.source, one.state, one.sightings) == ("amt", ReleaseState.LIVE, ())
    assert (pair.in_feed("amt"), pair.in_feed("presse")) == ([one.id], [])


async def test_a_list_that_leads_to_the_other_site_needs_no_second_look(room: Newsroom) -> None:
    pair = Pair(room)
    await pair.collect("amt")
    room.portal.pages["/presse"] = list_page({"/amt/1": headline(1)}, date=DATE)
    room.portal.asked.clear()
    assert counts(await pair.collect("presse")) == {"found": 1, "new": 1}
    assert room.portal.paths() == ["/presse"]
    assert pair.in_feed("presse") == [room.one().id]
    later(room, 60)
    assert counts(await pair.collect("presse")) == {"found": 1, "unchanged": 1}


async def test_an_address_that_leads_to_the_other_site_leaves_its_page_to_it(room: Newsroom) -> None:
    pair = Pair(room)
    await pair.collect("amt")
    room.portal.pages["/presse/1"] = Reply(status=301, headers={"Location": "/amt/1"})
    assert (await pair.collect("presse")).new == 1
    assert pair.in_feed("presse") == [room.one().id]
    room.portal.pages["/amt/1"] = Reply("weg", 410)
    for _ in range(2):
        later(room, 60)
        report = await pair.collect("amt")
    assert report.withdrawn == 1


async def test_what_was_withdrawn_comes_back_on_the_other_site(room: Newsroom) -> None:
    pair = Pair(room)
    await pair.collect("amt")
    room.portal.pages["/amt/1"] = Reply("weg", 410)
    for _ in range(2):
        later(room, 60)
        await pair.collect("amt")
    id = room.one().id
    assert (await pair.collect("presse")).updated == 1
    one = room.one()
    assert (one.id, one.source, one.state, one.change) == (id, "presse", ReleaseState.LIVE, Change.RETURN)
    assert [seen.source for seen in one.seen_by] == ["presse"]


async def test_every_address_leads_to_the_one_release(room: Newsroom) -> None:
    pair = Pair(room)
    await pair.collect("amt")
    await pair.collect("presse")
    query = select(addresses.c.url).where(addresses.c.release == room.one().id)
    found = room.database.read(lambda connection: set(connection.execute(query).scalars()))
    assert {pair.url("amt"), pair.url("presse")} <= found
    assert pair.url("presse") in room.one().aliases


async def test_another_text_of_the_same_day_is_another_release(room: Newsroom) -> None:
    pair = Pair(room)
    pair.write("presse", PLAIN.replace("neunzehn", "achtzehn"))
    await pair.collect("amt")
    await pair.collect("presse")
    assert len(room.releases()) == 2
