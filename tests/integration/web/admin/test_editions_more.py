"""Editions over HTTP, further: a time of its own, new ones, words, frames, domains, and mails in doubt."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, update

from newsletter.app import decisions
from newsletter.app.awaiting import WAITS
from newsletter.errors import StateError
from newsletter.model import DeliveryState, EditionState, Role, Settled
from newsletter.store.tables import deliveries, editions
from tests.integration.store.test_releases import collected
from tests.integration.web.admin.samples import new
from tests.integration.web.admin.test_editions import state
from tests.integration.web.admin.world import Office, press


def doubtful(desk: Office, edition: str) -> None:
    """Three readers at two domains got it; of two nobody knows; and it is over."""
    program = desk.program
    for email in ("a@post.example", "b@post.example", "c@brief.example"):
        program.register.add(email, program.offer.wish("presse", cadence="daily"), "form", desk.now)
    program.mailroom.freeze_approved()

    def settled(connection: Connection) -> None:
        ids = connection.execute(deliveries.select().order_by(deliveries.c.id)).scalars().all()
        change = update(deliveries).values(state=DeliveryState.ACCEPTED)
        connection.execute(change)
        connection.execute(
            update(deliveries).where(deliveries.c.id.in_(ids[:2])).values(state=DeliveryState.UNCERTAIN, uncertain=1)
        )
        over = {"state": EditionState.FINISHED, "finished_at": desk.now}
        connection.execute(update(editions).where(editions.c.id == edition).values(**over))

    program.database.write(settled)


async def test_an_edition_gets_a_time_of_its_own(desk: Office, edition: str) -> None:
    path = f"/admin/editions/{edition}"
    async with desk.signed_in(Role.EDITOR) as client:
        await press(client, path, f"{path}/hold", reason="später")
        for wrong in ("gestern", "2026-11-24T06:59", "2027-03-28T02:30"):
            refused = await press(client, path, f"{path}/approve", at=wrong)
            assert (refused.status_code, 'id="at-error"' in refused.text) == (422, True), wrong
        assert (await press(client, path, f"{path}/approve", at="2026-11-24T11:30")).status_code == 303
        assert "24. November 2026" in (await client.get(path)).text
    assert state(desk, edition) is EditionState.APPROVED
    assert f"{desk.program.editions.get(edition).goes_at:%H:%M}" == "10:30"
    desk.program.mailroom.freeze_approved()
    assert state(desk, edition) is EditionState.APPROVED
    desk.later(hours=5)
    desk.program.mailroom.freeze_approved()
    assert state(desk, edition) is EditionState.SENDING


async def test_who_approves_it_anew_without_a_time_takes_the_old_one_back(desk: Office, edition: str) -> None:
    path = f"/admin/editions/{edition}"
    async with desk.signed_in(Role.EDITOR) as client:
        for typed in ("2026-11-30T11:30", ""):
            await press(client, path, f"{path}/hold", reason="später")
            assert (await press(client, path, f"{path}/approve", at=typed)).status_code == 303
    assert desk.program.editions.get(edition).goes_at == desk.program.editions.get(edition).slot
    with pytest.raises(StateError):
        decisions.approve(desk.program, edition, at=desk.now + timedelta(days=3))
    assert desk.program.editions.get(edition).send_after is None  # what is refused changes nothing


async def test_why_it_waits_is_said_in_the_pages_language(desk: Office, edition: str) -> None:
    desk.program.move(edition, EditionState.HELD, WAITS)
    async with desk.signed_in(Role.VIEWER) as client:
        for path in ("/admin/", "/admin/editions", f"/admin/editions/{edition}"):
            page = (await client.get(path)).text
            assert ("wartet auf Ihre Redaktion" in page, WAITS in page) == (True, False), path


def test_many_are_decided_in_short_writes(desk: Office, edition: str, monkeypatch: pytest.MonkeyPatch) -> None:
    doubtful(desk, edition)
    monkeypatch.setattr("newsletter.app.mailroom.SETTLED_AT_ONCE", 1)
    assert desk.program.mailroom.settle(edition, None, Settled.ARRIVED, "mara: steht im Log") == 2
    assert desk.program.mailroom.settle(edition, None, Settled.AGAIN, "mara: steht im Log") == 0
    assert desk.program.editions.counts(edition) == {DeliveryState.ACCEPTED: 3}
    assert state(desk, edition) is EditionState.FINISHED


async def test_the_mail_stands_in_a_frame_that_can_do_nothing(desk: Office, edition: str) -> None:
    path = f"/admin/editions/{edition}"
    async with desk.signed_in(Role.VIEWER) as client:
        page = await client.get(f"{path}?format=large&language=en&look=dark&width=narrow")
        frame = re.search(r'<iframe class="mail narrow" sandbox="allow-popups" src="([^"]*)" title="[^"]+"', page.text)
        assert frame
        inside = await client.get(frame[1].replace("&amp;", "&"))
        other = await client.get("/admin/editions")
        text = await client.get(f"{path}?format=text")
    policy = page.headers["content-security-policy"]
    assert ("frame-src 'self'" in policy, "unsafe" in policy, "frame-ancestors 'none'" in policy) == (True, False, True)
    assert inside.status_code == 200
    assert {"sandbox allow-popups", "frame-ancestors 'self'"} <= {
        part.strip() for part in inside.headers["content-security-policy"].split(";")
    }
    assert "frame-src" not in other.headers["content-security-policy"]
    assert ("<iframe" in text.text, "<details open>" in text.text) == (False, True)


async def test_a_test_is_sent_to_nobody_yet(desk: Office, edition: str) -> None:
    async with desk.signed_in(Role.EDITOR) as client:
        page = (await client.get(f"/admin/editions/{edition}")).text
    assert re.search(r'id="address" name="address" value=""', page)


async def test_an_editor_puts_one_together(desk: Office, edition: str) -> None:
    collected(desk.program.database, new("b", headline="Neues Hallenbad"))
    async with desk.signed_in(Role.EDITOR, name="mara") as client:
        form = (await client.get("/admin/editions/new?newsletter=presse")).text
        assert "Neues Hallenbad" in form
        sent = {"newsletter": "presse", "release": "b", "readers": "daily", "subject": "Das Bad ist offen"}
        made = await press(client, "/admin/editions/new", **sent)
        assert made.status_code == 303
        page = (await client.get(made.headers["location"])).text
        assert ("Das Bad ist offen" in page, "zurückgehalten" in page) == (True, True)
        for wrong in ({"subject": "x" * 251}, {"release": "nothing"}, {"readers": "weekly", "subject": "y" * 251}):
            refused = await press(client, "/admin/editions/new", **({"newsletter": "presse"} | wrong))
            assert (refused.status_code, 'id="errors"' in refused.text) == (422, True), wrong
        path = made.headers["location"]
        assert (await press(client, f"{path}/words", subject="Das Bad öffnet", intro="Guten Tag")).status_code == 303
        assert "Das Bad öffnet" in (await client.get(path)).text
        assert (await press(client, f"{path}/words", intro="x" * 5001)).status_code == 422
    async with desk.signed_in(newsletters={"rat": Role.EDITOR}, name="rat") as client:
        assert "Pressemitteilungen" not in (await client.get("/admin/editions/new")).text
        assert (await press(client, "/admin/editions/new", newsletter="presse")).status_code == 403
        assert (await client.get(f"{path}/words")).status_code == 403


async def test_outcomes_stand_by_domain(desk: Office, edition: str) -> None:
    doubtful(desk, edition)
    async with desk.signed_in(Role.VIEWER) as client:
        page = (await client.get(f"/admin/editions/{edition}/domains")).text
        assert (await client.get(f"/admin/editions/{edition}/uncertain")).status_code == 403
    rows = re.findall(r'<th scope="row">([^<]+)</th>((?:<td class="number">\d+</td>)+)', page)
    numbers = {name: re.findall(r"\d+", cells) for name, cells in rows}
    assert numbers == {"post.example": ["2", "0", "0", "0", "0", "2"], "brief.example": ["1", "1", "0", "0", "0", "0"]}


async def test_mails_in_doubt_are_decided(desk: Office, edition: str) -> None:
    doubtful(desk, edition)
    path = f"/admin/editions/{edition}"
    async with desk.signed_in(Role.EDITOR, name="mara") as client:
        page = (await client.get(f"{path}/uncertain")).text
        first, second = re.findall(r'name="delivery" value="(\d+)"', page)
        right = {"what": "again", "which": "all", "reason": "x"}
        for field, wrong in (
            ("what", {"what": "maybe"}),
            ("reason", {"reason": ""}),
            ("reason", {"reason": "x" * 501}),
            ("which", {"which": ""}),
            ("which", {"delivery": first}),  # of those that are chosen, or of all?
            ("which", {"which": "some"}),
        ):
            refused = await press(client, f"{path}/uncertain", **(right | wrong))
            assert (refused.status_code, f'id="{field}-error"' in refused.text) == (422, True), wrong
        assert desk.program.editions.counts(edition)[DeliveryState.UNCERTAIN] == 2
        foreign = right | {"which": "some", "delivery": "9" * 30}
        assert (await press(client, f"{path}/uncertain", **foreign)).status_code == 303
        assert desk.program.editions.counts(edition)[DeliveryState.UNCERTAIN] == 2
        some = {"what": "arrived", "which": "some", "delivery": first, "reason": "steht im Log"}
        assert (await press(client, f"{path}/uncertain", **some)).status_code == 303
        assert state(desk, edition) is EditionState.FINISHED
        rest = {"what": "again", "which": "all", "reason": "steht nicht im Log"}
        assert (await press(client, f"{path}/uncertain", **rest)).status_code == 303
        assert "Nichts davon ist ungewiss" in (await client.get(f"{path}/uncertain")).text
    counts = desk.program.editions.counts(edition)
    assert counts == {DeliveryState.ACCEPTED: 2, DeliveryState.QUEUED: 1}
    assert state(desk, edition) is EditionState.SENDING  # a finished edition goes on for it
    (claim,) = desk.program.deliveries.claim(10, desk.now + timedelta(seconds=1))
    assert str(claim.delivery) == second
    entry = desk.program.audit.store.newest(1)[0]
    assert (entry.action, entry.outcome, entry.detail["count"]) == ("delivery.settle", "done", 1)


async def test_who_did_not_get_it_may_stay_without(desk: Office, edition: str) -> None:
    doubtful(desk, edition)
    path, program = f"/admin/editions/{edition}", desk.program
    program.database.write(lambda rows: rows.execute(update(editions).values(state=EditionState.SENDING)))
    async with desk.signed_in(Role.EDITOR, name="mara") as client:
        sent = {"what": "failed", "which": "all", "reason": "vom Server verworfen"}
        answer = await press(client, f"{path}/uncertain", **sent)
        assert "2 Mails zählen als fehlgeschlagen." in (await client.get(answer.headers["location"])).text
        found = (await client.get(f"{path}/deliveries?state=failed")).text
        assert found.count("mara: vom Server verworfen") == 2
        domains = (await client.get(f"{path}/domains")).text
        who = program.mailroom.deliveries(edition, 0, 1, DeliveryState.FAILED)[0].subscriber
        assert "aufgegeben" in (await client.get(f"/admin/subscribers/{who}")).text
    assert re.findall(r"\d+", domains.split("post.example</th>")[1].split("</tr>")[0]) == ["2", "0", "0", "0", "2", "0"]
    assert program.editions.counts(edition) == {DeliveryState.ACCEPTED: 1, DeliveryState.FAILED: 2}
    assert not program.deliveries.claim(10, desk.now + timedelta(days=1))
    program.deliveries.finish(desk.now)
    assert state(desk, edition) is EditionState.FINISHED


async def test_an_editor_numbers_the_places(desk: Office, edition: str) -> None:
    for id in ("b", "c", "d"):
        collected(desk.program.database, new(id, headline=f"Meldung {id}"))
    sent: dict[str, Any] = {"newsletter": "presse", "readers": "daily", "release": ["b", "c", "d"]}
    sent |= {"place-d": "1", "place-b": "2"}
    async with desk.signed_in(Role.EDITOR, name="mara") as client:
        path = "/admin/editions/new"
        for field, wrong in (("place-c", "zuletzt"), ("place-c", "-1"), ("place-a", "3")):
            refused = await press(client, path, **(sent | {field: wrong}))
            assert (refused.status_code, 'id="release-error"' in refused.text) == (422, True), wrong
            assert 'name="place-d" value="1"' in refused.text, "nothing typed is lost"
        made = await press(client, path, **sent)
    found = desk.program.editions.get(made.headers["location"].rpartition("/")[2])
    assert [one.release for one in found.carried] == ["d", "b", "c"]
    assert found.ordered


async def test_an_editor_writes_to_the_readers_of_an_edition(desk: Office, edition: str) -> None:
    doubtful(desk, edition)
    async with desk.signed_in(Role.EDITOR, name="mara") as client:
        path = "/admin/editions/new"
        assert f">jene, die {edition} erhielten</option>" in (await client.get(path)).text
        made = await press(client, path, newsletter="presse", readers=f"edition:{edition}", subject="Berichtigung")
        refused = await press(client, path, newsletter="rat", readers=f"edition:{edition}")
        assert (refused.status_code, 'id="release-error"' in refused.text) == (422, True)
    found = desk.program.editions.get(made.headers["location"].rpartition("/")[2])
    assert (found.follows, [one.release for one in found.carried]) == (edition, ["a"])
    decisions.approve(desk.program, found.id)
    desk.program.mailroom.freeze_approved()
    assert sum(desk.program.editions.counts(found.id).values()) == 1  # of three readers one is known to have got it
