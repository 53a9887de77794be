"""Subscribers: found, ended, suppressed, erased, taken along; by whom it may be."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import pytest

from newsletter.model import Role, SubscriptionState
from tests.integration.web.admin.world import Office, press

MARA, OLLI = "mara@leser.example", "olli@leser.example"
LIST = "/admin/subscribers"


@pytest.fixture
def people(desk: Office) -> Office:
    """Mara reads both newsletters, Olli was asked for one."""
    program = desk.program
    for newsletter in ("presse", "rat"):
        program.register.add(MARA, program.offer.wish(newsletter), "signed form, 2026-11-01", desk.now)
    program.subscribing.subscribe(OLLI, program.offer.wish("presse"), desk.now, "de")
    return desk


def number(desk: Office, address: str) -> int:
    """The number of a subscriber; PostgreSQL leaves some out."""
    found = desk.program.programs.browsing.person(desk.program.keys.address_hash(address))
    assert found
    return found.id


def states(desk: Office) -> list[SubscriptionState]:
    return [own.state for own, _, _ in desk.program.programs.browsing.subscriptions(None, None, 0, 100)]


def last(desk: Office) -> tuple[str, str | None, Mapping[str, object]]:
    entry = desk.program.audit.store.newest(1)[0]
    return entry.action, entry.outcome, entry.detail


async def test_somebody_is_found_by_the_whole_address_which_stands_in_no_address(people: Office) -> None:
    async with people.signed_in(Role.EDITOR) as client:
        found = await press(client, LIST, f"{LIST}/find", email="Mara@Leser.example ")
        assert (found.status_code, found.headers["location"]) == (303, "/admin/subscribers/1")
        page = (await client.get(found.headers["location"])).text
        for wrong in ("nie@leser.example", "mara", ""):
            answer = await press(client, LIST, f"{LIST}/find", email=wrong)
            assert (answer.status_code, 'aria-describedby="email-hint email-error"' in answer.text) == (422, True)
    for said in (MARA, "Pressemitteilungen", "Aus dem Rat", "signed form, 2026-11-01", "aktiv"):
        assert said in page, said
    assert MARA not in "".join(f"{one.subject}{one.detail}" for one in people.program.audit.store.all())


async def test_who_only_looks_sees_no_address_and_who_has_one_newsletter_sees_that(people: Office) -> None:
    async with people.signed_in(Role.VIEWER) as client:
        page = (await client.get(LIST)).text
        assert (MARA in page, "m…@leser.example" in page, "CSV" in page) == (False, True, False)
        assert (await client.get(f"{LIST}/1/erase")).status_code == 403
        assert (await press(client, f"{LIST}/1", f"{LIST}/1/end", subscription="1")).status_code == 403
    async with people.signed_in(newsletters={"rat": Role.EDITOR}, name="rat@musterstadt.example") as client:
        page = (await client.get(LIST)).text
        assert (page.count(MARA), OLLI in page, "Pressemitteilungen" in page) == (1, False, False)
        one = (await client.get(f"{LIST}/1")).text
        assert ("Aus dem Rat" in one, "Pressemitteilungen" in one) == (True, False)
        assert (await client.get(f"{LIST}/{number(people, OLLI)}")).status_code == 403
        hidden = await press(client, LIST, f"{LIST}/find", email=OLLI)
        assert hidden.status_code == 422
        for path, typed in (("end", {"subscription": "1"}), ("suppress", {"reason": "x"}), ("erase", {})):
            refused = await press(client, f"{LIST}/1", f"{LIST}/1/{path}", **typed)
            assert refused.status_code in (403, 404), path
        assert (await press(client, LIST, f"{LIST}/export", newsletter="presse")).status_code == 403
        assert (await press(client, LIST, f"{LIST}/export")).status_code == 403
        assert (await press(client, LIST, f"{LIST}/export", newsletter="rat")).status_code == 200
    assert states(people) == ["active", "active", "pending"]


async def test_the_list_is_filtered_and_counted(people: Office) -> None:
    async with people.signed_in() as client:
        every = (await client.get(LIST)).text
        pending = (await client.get(f"{LIST}?newsletter=presse&state=pending")).text
        odd = await client.get(f"{LIST}?newsletter=<x>&state=golf&after=99999999999999999999")
    assert [MARA in every, OLLI in every, MARA in pending, OLLI in pending] == [True, True, False, True]
    assert re.search(r"Pressemitteilungen</th><td[^>]*>1</td><td[^>]*>1</td><td[^>]*>0<", every)
    assert (odd.status_code, "<x>" in odd.text) == (200, False)


async def test_one_subscription_ends_and_the_others_stay(people: Office) -> None:
    async with people.signed_in(Role.EDITOR) as client:
        done = await press(client, f"{LIST}/1", f"{LIST}/1/end", subscription="1")
        assert done.status_code == 303
        foreign = await press(client, f"{LIST}/1", f"{LIST}/1/end", subscription="99")
        assert foreign.status_code == 404
        page = (await client.get(f"{LIST}/1")).text
    assert states(people) == ["ended", "active", "pending"]
    assert "von der Redaktion" in page
    consents = people.program.register.proof(MARA)
    assert (consents[-1].action, consents[-1].how) == ("withdrawn", "editor")


async def test_suppressing_needs_a_reason(people: Office) -> None:
    async with people.signed_in(Role.EDITOR) as client:
        asked = await press(client, f"{LIST}/1", f"{LIST}/1/suppress")
        assert (asked.status_code, last(people)[:2]) == (422, ("subscriber.suppress", "refused"))
        done = await press(client, f"{LIST}/1", f"{LIST}/1/suppress", reason="rief am 24. November an")
        assert done.status_code == 303
        page = (await client.get(f"{LIST}/1")).text
        assert "rief am 24. November an" in page
        other = await press(client, "/admin/suppressions", email="nie@leser.example", reason="Brief")
        assert other.status_code == 303
        wrong = await press(client, "/admin/suppressions", email="nie", reason="")
        listed = (await client.get("/admin/suppressions")).text
    assert wrong.status_code == 422
    assert ("Brief" in listed, "nie@leser.example" in listed) == (True, False)


async def test_erasing_is_asked_once_more_and_is_for_good(people: Office) -> None:
    async with people.signed_in(Role.EDITOR) as client:
        assert MARA in (await client.get(f"{LIST}/1/erase")).text
        assert states(people)[0] == "active"
        done = await press(client, f"{LIST}/1/erase")
        assert done.status_code == 303
        page = (await client.get(f"{LIST}/1")).text
    assert (MARA in page, "gelöscht" in page) == (False, True)
    assert last(people) == ("subscriber.erase", "done", {"ended": 2})
    left = people.program.programs.browsing.subscriptions(None, None, 0, 9)
    assert [who.email for _, who, _ in left] == [OLLI]


async def test_data_and_addresses_are_taken_along_on_record(people: Office) -> None:
    people.program.register.add("=1+1@leser.example", people.program.offer.wish("rat"), "=cmd()", people.now)
    async with people.signed_in(Role.EDITOR) as client:
        kept = await press(client, f"{LIST}/1", f"{LIST}/1/data.json")
        file = await press(client, LIST, f"{LIST}/export", newsletter="rat")
    assert kept.headers["content-disposition"] == 'attachment; filename="data.json"'
    assert [own["newsletter"] for own in json.loads(kept.text)["subscriptions"]] == ["presse", "rat"]
    lines = file.text.splitlines()
    assert (len(lines), lines[1].startswith(MARA), "'=1+1@leser.example" in lines[2]) == (3, True, True)
    assert last(people) == ("subscriber.export", "done", {"newsletter": "rat"})


async def test_nobody_is_there(people: Office) -> None:
    async with people.signed_in() as client:
        for path in (f"{LIST}/99", f"{LIST}/99/erase", f"{LIST}/x"):
            assert (await client.get(path)).status_code == 404
