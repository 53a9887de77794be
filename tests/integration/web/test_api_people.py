"""Subscribers, suppression, editions and deliveries through the API; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newsletter.model import EditionState, Happening
from newsletter.store.program_tables import outbox
from tests.integration.web.api_world import PUSHED, Api, api

MARA: dict[str, Any] = {
    "email": "Mara@Leser.example",
    "newsletter": "presse",
    "topics": ["verkehr"],
    "cadence": "weekly",
}
PROOF = {"confirmed_by": "Formular am Infostand, 2026-11-01"}


@pytest.fixture
def here(store_url: str, tmp_path: Path) -> Iterator[Api]:
    with api(tmp_path, store_url) as opened:
        yield opened


async def test_somebody_is_subscribed_found_and_erased(here: Api) -> None:
    async with here.client("subscribers:read", "subscribers:write") as client:
        assert (await client.post("/subscribers", json=MARA | PROOF)).json() == {
            "outcome": "subscribed",
            "subscriber": 1,
        }
        found = (await client.post("/subscribers/search", json={"email": "mara@leser.example"})).json()
        assert found == (await client.get("/subscribers/1")).json()
        (own,), (consent,) = found["subscriptions"], found["consents"]
        assert (own["topics"], own["cadence"], own["state"]) == (["verkehr"], "weekly", "active")
        assert (consent["action"], consent["evidence"]) == ("imported", PROOF["confirmed_by"])
        (listed,) = (await client.get("/subscribers?newsletter=presse&state=active")).json()["items"]
        assert (listed["email"], listed["subscriber"], listed["suppressed"]) == ("mara@leser.example", 1, False)
        assert [(await client.delete("/subscribers/1")).status_code for _ in range(2)] == [204, 204]
        assert (await client.delete("/subscribers/2")).status_code == 404
        erased = (await client.get("/subscribers/1")).json()
        assert (erased["email"], erased["subscriptions"][0]["state"]) == (None, "ended")
        assert (await client.get("/subscribers")).json() == {"items": [], "next": None}
        assert (await client.post("/subscribers", json=MARA | PROOF)).status_code == 409


async def test_who_is_asked_first_is_answered_alike_known_or_not(here: Api) -> None:
    async with here.client() as client:
        await client.post("/subscribers", json=MARA | PROOF)
        await client.post("/suppressions", json={"email": "weg@leser.example"})
        answers = [
            await client.post("/subscribers", json=MARA | {"email": email})
            for email in ("mara@leser.example", "neu@leser.example", "weg@leser.example")
        ]
        assert {(one.status_code, one.text) for one in answers} == {(202, '{"outcome":"asked","subscriber":null}')}
        states = {one["email"]: one["state"] for one in (await client.get("/subscribers")).json()["items"]}
    assert states == {"mara@leser.example": "active", "neu@leser.example": "pending"}
    assert here.rows()["notices"] == 2, "who is subscribed hears so"


async def test_a_wish_that_cannot_be_is_refused(here: Api) -> None:
    wrong: list[dict[str, Any]] = [
        {"newsletter": "nirgends"},
        {"topics": ["x" * 301]},
        {"cadence": "immediate"},
        {"language": "fr"},
    ]
    wrong += [{"email": "keine"}, {"email": "a@b"}, {"confirmed_by": ""}, {"format": "pdf"}, {"unbekannt": 1}]
    async with here.client() as client:
        found = [(await client.post("/subscribers", json=MARA | PROOF | one)).status_code for one in wrong]
    assert found == [404, *[422] * 8]
    assert here.rows()["subscribers"] == 0


async def test_what_is_suppressed_is_known_by_its_hash_alone(here: Api) -> None:
    async with here.client("suppression:read", "suppression:write") as client:
        body = {"email": "weg@leser.example", "reason": "rief an"}
        made = (await client.post("/suppressions", json=body)).json()
        again = (await client.post("/suppressions", json=body | {"reason": "anders"})).json()
        assert made == again
        assert (made["reason"], len(made["email_hash"])) == ("rief an", 32)
        assert (await client.post("/suppressions/search", json={"email": "WEG@leser.example"})).json() == {
            "suppressed": True,
            "suppression": made,
        }
        other = (await client.post("/suppressions/search", json={"email": "da@leser.example"})).json()
        assert other == {"suppressed": False, "suppression": None}
        for number in range(4):
            here.later(minutes=1)
            await client.post("/suppressions", json={"email": f"weg{number}@leser.example"})
        first = (await client.get("/suppressions?limit=3")).json()
        rest = (await client.get("/suppressions", params={"limit": 3, "after": first["next"]})).json()
        assert len({one["email_hash"] for one in (*first["items"], *rest["items"])}) == 5
        assert "leser.example" not in str(first)


async def test_a_suppression_is_lifted_with_a_scope_and_a_reason(here: Api) -> None:
    async with here.client("suppression:write", "suppression:read") as client:
        made = (await client.post("/suppressions", json={"email": "mara@leser.example", "reason": "rief an"})).json()
        place = f"/suppressions/{made['email_hash']}"
        assert (await client.delete(place, params={"reason": "rief an"})).status_code == 403
    async with here.client() as client:
        wrong = [await client.delete(place, params=some) for some in ({}, {"reason": ""}, {"reason": " "})]
        assert [one.status_code for one in wrong] == [422] * 3
        done = await client.delete(place, params={"reason": "rief noch einmal an"})
        assert (done.status_code, done.json()) == (200, {"resumed": [], "ended": []})
        assert (await client.delete(place, params={"reason": "x"})).status_code == 404
        assert (await client.get("/suppressions")).json()["items"] == []
        refused = await client.post("/subscribers", json=MARA | PROOF)
        assert (refused.status_code, "who alone can subscribe again" in refused.json()["detail"]) == (409, True)
        await client.post("/subscribers", json=MARA)
        assert [one["state"] for one in (await client.get("/subscribers")).json()["items"]] == ["pending"]
    assert here.rows()["lifted"] == 1
    lifts = [one for one in here.program.audit.store.newest(50) if one.action == "api lift_suppression"]
    told = [(one.subject, one.outcome, one.detail.get("reason")) for one in reversed(lifts)]
    wanted = [("refused", " "), ("done", "rief noch einmal an"), ("refused", "x")]
    assert [one for one in told if one[2]] == [(made["email_hash"], *one) for one in wanted]


async def test_an_edition_is_made_approved_sent_and_told_of(here: Api) -> None:
    async with here.client() as client:
        for name in ("mara", "olli", "pia"):
            wish = {"email": f"{name}@leser.example", "newsletter": "presse", "confirmed_by": "Liste"}
            await client.post("/subscribers", json=wish)
        release = (await client.put("/releases/rathaus/1", json=PUSHED)).json()["release"]["id"]
        body = {"newsletter": "presse", "cadences": ["daily"], "releases": [release], "subject": "Sonderausgabe"}
        (made,) = (await client.post("/editions", json=body, headers={"Idempotency-Key": "eins"})).json()
        again = await client.post("/editions", json=body, headers={"Idempotency-Key": "eins"})
        assert again.json() == [made]
        assert (made["state"], made["subject"], made["carried"]) == (
            "held",
            "Sonderausgabe",
            [{"release": release, "revision": 1}],
        )
        id = made["id"]
        assert (await client.post(f"/editions/{id}/pause", json={})).status_code == 409
        assert (await client.post(f"/editions/{id}/approve", json={})).json()["state"] == "approved"
        assert (await client.post(f"/editions/{id}/hold", json={"reason": "noch nicht"})).json()[
            "reason"
        ] == "noch nicht"
        assert (await client.post(f"/editions/{id}/approve", json={})).json()["state"] == "approved"
        here.program.mailroom.freeze_approved()
        assert (await client.post(f"/editions/{id}/pause", json={})).json()["state"] == "paused"
        assert (await client.post(f"/editions/{id}/resume", json={})).json()["state"] == "sending"
        first = (await client.get(f"/editions/{id}/deliveries?limit=2")).json()
        rest = (await client.get(f"/editions/{id}/deliveries", params={"limit": 2, "after": first["next"]})).json()
        assert [one["subscriber"] for one in (*first["items"], *rest["items"])] == [1, 2, 3]
        assert (await client.get(f"/editions/{id}/deliveries?state=accepted")).json()["items"] == []
        assert (await client.get(f"/editions/{id}")).json()["counts"] == {"queued": 3}
        assert (await client.post(f"/editions/{id}/cancel", json={})).json()["state"] == "cancelled"
        assert (await client.get(f"/editions/{id}")).json()["counts"] == {"cancelled": 3}
        listed = (await client.get("/editions?newsletter=presse&state=cancelled&state=held")).json()["items"]
        assert [one["id"] for one in listed] == [id]
        refused = await client.post(f"/editions/{id}/test", json={"email": "kim@musterstadt.example"})
        assert (refused.status_code, "nothing leaves" in refused.json()["detail"]) == (409, True)


async def test_what_blocks_an_edition_is_overridden_by_name(here: Api) -> None:
    async with here.client() as client:
        release = (await client.put("/releases/rathaus/1", json=PUSHED)).json()["release"]["id"]
        (made,) = (await client.post("/editions", json={"newsletter": "presse", "cadences": ["daily"]})).json()
        withheld = await client.post(f"/releases/{release}/withhold", json={})
        assert withheld.json()["state"] == "withheld"
        found = (await client.get(f"/editions/{made['id']}")).json()
        assert (found["state"], found["reason"]) == (EditionState.CANCELLED, "nothing is left of it")
        nothing = await client.post("/editions", json={"newsletter": "presse"})
        assert (nothing.status_code, nothing.json()["title"]) == (409, "Conflict")
        named = await client.post("/editions", json={"newsletter": "presse", "releases": [release]})
        assert named.status_code == 422


async def test_what_happens_is_written_down_for_webhooks(here: Api) -> None:
    async with here.client() as client:
        await client.put("/releases/rathaus/1", json=PUSHED)
        (made,) = (await client.post("/editions", json={"newsletter": "presse", "cadences": ["daily"]})).json()
        await client.post(f"/editions/{made['id']}/approve", json={})
        await client.post("/subscribers", json=MARA | PROOF)
        await client.delete("/subscribers/1")
    rows = here.program.database.read(lambda c: c.execute(outbox.select().order_by(outbox.c.id)).all())
    assert [row.event for row in rows] == [
        Happening.RELEASE_PUBLISHED,
        Happening.EDITION_HELD,
        Happening.EDITION_APPROVED,
        Happening.SUBSCRIBER_LEFT,
    ]
    assert "leser.example" not in str(rows)
