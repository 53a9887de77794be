"""Sources: how they stand, collecting one by hand, and what of it is withheld; against a portal that answers."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest

from newsletter.collect.leases import LEASE
from newsletter.model import Role
from newsletter.store.collecting import Collecting
from tests.integration.collect.press import FIRST, OLD, REDESIGNS, Design, article, listing
from tests.integration.collect.web import Reply, Web, web
from tests.integration.web.admin.world import Office, office, press

HERE = "/admin/sources/musterstadt"
BEFORE = 30  # releases that the portal had in its old design


class Portal:
    """The portal of the feed `musterstadt`, and the office that collects it."""

    def __init__(self, desk: Office, portal: Web) -> None:
        self.desk, self.web = desk, portal
        self.desk.now = FIRST + timedelta(days=BEFORE)
        self.desk.program.sources.errands.patience = 60
        self.numbers: list[int] = []

    def show(self, design: Design, first: int, count: int) -> None:
        """Put so many more releases on the portal, and all on its list."""
        for number in range(first, first + count):
            self.web.pages[f"/m/{number}"] = design(article(number))
            self.numbers.append(number)
        self.web.pages["/musterstadt"] = listing(self.numbers).replace("/presse/", "/m/")

    async def press(self, client: httpx.AsyncClient, action: str) -> str:
        """Press a button of the source's page; the text of the page that comes then."""
        answer = await press(client, HERE, f"{HERE}/{action}")
        assert answer.status_code == 303, answer.text
        return await text(client, answer.headers["location"])


async def text(client: httpx.AsyncClient, path: str) -> str:
    """A page as it is read, without its markup."""
    answer = await client.get(path)
    assert answer.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


@pytest.fixture
async def portal(tmp_path: Path, store_url: str) -> AsyncIterator[Portal]:
    """A portal that was collected once by hand."""
    async with web() as server:
        with office(tmp_path, store_url, portal=server.site) as desk:
            opened = Portal(desk, server)
            opened.show(OLD, 0, BEFORE)
            yield opened
            await desk.program.then_hang_up(desk.program.gathering.collect(["rat"], dry_run=True))


async def test_a_source_is_collected_by_hand_and_its_state_is_told(portal: Portal) -> None:
    async with portal.desk.signed_in(Role.EDITOR) as client:
        assert "Noch nicht gesammelt" in await text(client, "/admin/sources")
        said = await portal.press(client, "collect")
        assert "Gesammelt: 30 gefunden, 30 neu, 0 aktualisiert" in said
        assert "In Ordnung" in said
        assert "30 Meldungen" in said
        listed = await text(client, "/admin/sources")
    assert "1 Quelle braucht" not in listed
    assert (portal.desk.program.settings.publish.directory / "feeds/musterstadt.atom").exists()
    (entry,) = portal.desk.program.audit.store.newest(5)
    assert (entry.action, entry.subject, entry.outcome) == ("source.collect", "musterstadt", "done")
    assert entry.detail["result"] == {"found": 30, "new": 30, "updated": 0, "withdrawn": 0, "withheld": 0}


async def test_what_breaks_the_contract_is_shown_and_accepted(portal: Portal) -> None:
    async with portal.desk.signed_in(Role.EDITOR) as client:
        await portal.press(client, "collect")
    portal.desk.later(days=1)
    portal.show(REDESIGNS["the teaser is gone"][0], BEFORE, 5)
    async with portal.desk.signed_in(Role.EDITOR, name="mara@musterstadt.example") as client:
        said = await portal.press(client, "collect")
        assert "Gestört" in said
        assert "Anreißer Das Portal scheint umgebaut zu sein 5 Seiten nacheinander haben keinen Anreißer" in said
        assert said.count("/m/3") >= 5
        replayed = await portal.press(client, "replay")
        assert "0 von 5 zurückgehaltenen Seiten" in replayed
        portal.desk.later(minutes=15)
        said = await portal.press(client, "accept")
        assert "5 neu" in said
        assert "In Ordnung" in said
        assert "Keine. Hier stehen Seiten" in said
    assert [entry.action for entry in portal.desk.program.audit.store.newest(1)] == ["source.accept"]


async def test_a_preview_shows_each_field_and_stores_nothing(portal: Portal) -> None:
    async with portal.desk.signed_in(Role.EDITOR) as client:
        said = await portal.press(client, "preview")
    assert "30 Meldungen" in said
    assert "Brücke am Nordstadt wird saniert: Vorhaben 0 der Stadt" in said
    assert "Dachzeile Verkehr structure" in said
    assert "Überschrift Brücke am Nordstadt wird saniert: Vorhaben 0 der Stadt structure" in said
    assert "Alt-Text Luftbild mit Kran und Gerüst 0" in said
    assert portal.desk.program.releases.listed() == []


async def test_a_portal_that_is_down_is_told_without_a_trace(portal: Portal) -> None:
    portal.web.pages["/musterstadt"] = Reply("down", 503)
    async with portal.desk.signed_in(Role.EDITOR) as client:
        said = await portal.press(client, "collect")
    assert "Nicht erreicht" in said
    assert "503" in said


async def test_slow_work_does_not_block_and_is_looked_at_again(portal: Portal) -> None:
    errands = portal.desk.program.sources.errands
    async with portal.desk.signed_in(Role.EDITOR) as client:
        errands.patience = 0
        assert "Läuft noch" in await portal.press(client, "preview")
        errands.patience = 60
        assert "30 Meldungen" in await portal.press(client, "preview")


async def test_two_never_collect_one_source_at_once(portal: Portal) -> None:
    now = portal.desk.now
    assert Collecting(portal.desk.program.database).hold("musterstadt", now, now + LEASE)
    async with portal.desk.signed_in(Role.EDITOR) as client:
        assert "wird gerade eingesammelt" in await portal.press(client, "collect")
    assert portal.web.asked == []


async def test_roles_are_by_newsletter(portal: Portal) -> None:
    elsewhere = {"rat": Role.EDITOR}
    async with portal.desk.signed_in(newsletters=elsewhere, name="rat@musterstadt.example") as client:
        assert "/sources/rat" in (await client.get("/admin/sources")).text
        assert "/sources/musterstadt" not in (await client.get("/admin/sources")).text
        assert (await client.get(HERE)).status_code == 403
        for verb in ("collect", "accept", "preview", "replay"):
            answer = await press(client, "/admin/sources/rat", f"{HERE}/{verb}")
            assert answer.status_code == 403
    async with portal.desk.signed_in(Role.VIEWER) as client:
        page = await client.get(HERE)
    assert page.status_code == 200
    assert "Jetzt sammeln" not in page.text
    assert portal.web.asked == []


async def test_there_is_no_such_source(portal: Portal) -> None:
    async with portal.desk.signed_in() as client:
        for path in ("/admin/sources/nowhere", "/admin/sources/nowhere/preview", "/admin/sources/nowhere/replay"):
            assert (await client.get(path)).status_code == 404
        assert (await press(client, HERE, "/admin/sources/nowhere/collect")).status_code == 404
