"""Releases through the API: pushed in, listed page by page, decided about; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from newsletter.model import Cadence
from tests.integration.web.api_world import PUSHED, START, Api, api


@pytest.fixture
def here(store_url: str, tmp_path: Path) -> Iterator[Api]:
    with api(tmp_path, store_url) as opened:
        yield opened


async def pushed(client: httpx.AsyncClient, id: str = "2026/77", **changed: Any) -> dict[str, Any]:
    answer = await client.put(f"/releases/rathaus/{id}", json=PUSHED | changed)
    assert answer.status_code in (200, 201), answer.text
    found: dict[str, Any] = answer.json()
    assert (answer.status_code == 201) == (found["outcome"] == "new")
    return found


async def test_a_release_is_pushed_revised_and_published(here: Api) -> None:
    async with here.client("releases:write", "releases:read") as client:
        first = await pushed(client)
        release = first["release"]
        assert (release["source"], release["kicker"], release["topics"]) == (
            "rathaus",
            "Verkehr",
            [{"slug": "verkehr", "title": "Verkehr"}],
        )
        assert (await pushed(client))["outcome"] == "unchanged"
        here.later(hours=1)
        text = (
            PUSHED["body_html"]
            + "<p>Der Stadtrat hat das am Montag einstimmig beschlossen und die Mittel frei gegeben.</p>"
        )
        second = await pushed(client, body_html=text)
        assert (second["outcome"], second["release"]["id"], second["release"]["change"]) == (
            "updated",
            release["id"],
            "update",
        )
        assert (await client.get(f"/releases/{release['id']}")).json() == second["release"]
    public = here.program.settings.publish.directory
    assert PUSHED["headline"] in (public / "feeds/rathaus.atom").read_text("utf-8")
    assert (public / f"releases/{release['id']}.html").exists()
    due = here.program.releases.due("presse", ["musterstadt", "rathaus"], Cadence.DAILY, here.now)
    assert [one.id for one in due] == [release["id"]]


async def test_what_is_pushed_is_cleaned(here: Api) -> None:
    body = (
        "<h1>Groß</h1><p onclick='x()'>Ein Text, der <b>lang</b> genug ist, um einer zu sein.</p>"
        "<script>alert(1)</script><img src='/bild.jpg' alt='Der Markt'><iframe src='https://boese.example'></iframe>"
    )
    told: dict[str, Any] = {
        "url": "https://rathaus.example/meldungen/77",
        "images": [
            {"src": "https://rathaus.example/lead.jpg", "alt": "Ein Fahrrad", "credit": "Kim Muster", "symbolic": True},
            {"src": "https://rathaus.example/zwei.jpg", "lead": True},
        ],
        "documents": [{"url": "https://rathaus.example/plan.pdf", "title": "Plan", "type": "application/pdf"}],
    }
    async with here.client() as client:
        release = (await pushed(client, body_html=body, headline=" Ein \u202e Markt ", **told))["release"]
        for wrong in ("javascript:alert(1)", "//x", "ftp://x.example/", "nirgends"):
            refused = await client.put("/releases/rathaus/1", json=PUSHED | {"url": wrong})
            assert refused.status_code == 422, wrong
    assert release["headline"] == "Ein Markt"
    for bad in ("script", "onclick", "iframe", "<h1"):
        assert bad not in release["body_html"]
    images = {image["src"]: image for image in release["images"]}
    assert [src for src, image in images.items() if image["lead"]] == ["https://rathaus.example/zwei.jpg"]
    assert images["https://rathaus.example/lead.jpg"]["alt_from"] == "source"
    assert images["https://rathaus.example/zwei.jpg"]["alt"] is None
    assert images["https://rathaus.example/bild.jpg"]["alt"] == "Der Markt"
    assert [one["title"] for one in release["documents"]] == ["Plan"]


async def test_what_is_no_release_is_refused(here: Api) -> None:
    async with here.client() as client:
        empty = await client.put("/releases/rathaus/1", json={"headline": "Nur das", "body_html": "<p> </p>"})
        nowhere = await client.put("/releases/nirgends/1", json=PUSHED)
        await pushed(client)
        other = await client.put(
            "/releases/rathaus/2026/77", json={"headline": "Ganz anderes", "body_html": "<p>Wartungsarbeiten</p>"}
        )
    assert (empty.status_code, nowhere.status_code, other.status_code) == (422, 404, 422)
    assert "the page has no text" in empty.json()["detail"]
    assert "now says something else" in other.json()["detail"]


async def test_an_embargo_is_kept_and_moved(here: Api) -> None:
    tomorrow = (START + timedelta(days=1)).isoformat()
    async with here.client() as client:
        release = (await pushed(client, not_before=tomorrow))["release"]
        assert release["not_before"] == "2026-11-24T06:00:01Z"
        page = here.program.settings.publish.directory / f"releases/{release['id']}.html"
        assert not page.exists()
        assert (await pushed(client))["outcome"] == "unchanged"  # to leave it out ends no embargo
        assert (await pushed(client, not_before=START.isoformat()))["release"]["not_before"] == "2026-11-23T06:00:01Z"
        assert page.exists()


async def test_a_day_is_the_day_it_was_here(here: Api) -> None:
    async with here.client() as client:
        told = {"published": "2026-11-22T23:30:00Z", "published_precision": "day"}
        release = (await pushed(client, **told))["release"]
    assert (release["published"], release["published_precision"]) == ("2026-11-23T00:00:00Z", "day")


async def test_decisions_take_effect_at_once(here: Api) -> None:
    async with here.client() as client:
        id = (await pushed(client))["release"]["id"]
        public = here.program.settings.publish.directory
        page, gone = public / f"releases/{id}.html", public / f"releases/{id}.gone.html"
        corrected = (await client.post(f"/releases/{id}/correct")).json()
        assert (corrected["change"], corrected["revision"]) == ("correction", 2)
        withheld = (await client.post(f"/releases/{id}/withhold", json={"reason": "Rückfrage"})).json()
        assert (withheld["state"], withheld["reason"], page.exists()) == ("withheld", "Rückfrage", False)
        assert (await client.post(f"/releases/{id}/correct")).status_code == 409
        assert ((await client.post(f"/releases/{id}/restore")).json()["state"], page.exists()) == ("live", True)
        assert (await client.post(f"/releases/{id}/withdraw", json={})).json()["state"] == "withdrawn"
        assert gone.exists()
        assert (await pushed(client))["outcome"] == "unchanged"
        assert (await client.post(f"/releases/{id}/withhold", json={})).status_code == 409


async def test_lists_come_in_pages_that_miss_and_repeat_nothing(here: Api) -> None:
    async with here.client() as client:
        for number in range(7):
            here.later(minutes=1)
            words = f"Meldung Nummer {number} aus dem Rathaus"
            body = (
                f"<p>{words}: {'wort ' * number} was darin steht, steht in keiner anderen, nämlich {number * 7919}.</p>"
            )
            day = "2026-11-20T05:30:00Z" if number < 4 else f"2026-11-2{number - 4}T05:30:00Z"
            await pushed(
                client, f"n{number}", headline=words, body_html=body, published=day, kicker=f"Thema {number % 2}"
            )
        seen: list[str] = []
        after: dict[str, str] = {}
        while True:
            page = (await client.get("/releases", params={"limit": "2", **after})).json()
            seen += [one["headline"] for one in page["items"]]
            if page["next"] is None:
                break
            after = {"after": page["next"]}
            if len(seen) == 4:  # what comes in between stands before it, and moves nothing
                await pushed(client, "new", headline="Eine ganz neue Nachricht", published="2026-11-23T05:59:00Z")
        assert (len(seen), len(set(seen))) == (7, 7)
        assert [one["topics"][0]["slug"] for one in (await client.get("/releases?topic=thema-1")).json()["items"]] == [
            "thema-1"
        ] * 3
        one = "2026-11-22T00:00:00Z"
        assert len((await client.get("/releases", params={"published_since": one})).json()["items"]) == 2
        assert len((await client.get("/releases", params={"source": "musterstadt"})).json()["items"]) == 0
        assert len((await client.get("/releases", params={"state": "withheld"})).json()["items"]) == 0
        since = (START + timedelta(minutes=7)).isoformat()
        assert len((await client.get("/releases", params={"changed_since": since})).json()["items"]) == 2


async def test_a_feed_that_is_pushed_to_is_collected_without_a_fetch(here: Api) -> None:
    async with here.client() as client:
        await pushed(client)
    for _ in range(3):
        here.later(hours=1)
        (report,) = await here.program.gathering.collect(["rathaus"])
        assert (report.problems, report.withdrawn, report.new) == ((), 0, 0)
    assert here.program.alarms.standing() == []
    await here.program.then_hang_up(here.program.gathering.collect(["rathaus"]))
