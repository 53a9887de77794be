"""Today: what is due, held and broken, of the newsletters that are theirs; looking begins nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

from newsletter.i18n import Words
from newsletter.model import AlarmKind, Cadence, Edition, EditionState, Role
from tests.integration.web.admin.samples import pictured
from tests.integration.web.admin.world import Office


def held(desk: Office, newsletter: str) -> str:
    id = f"{newsletter}-daily-2026-11-24"
    edition = Edition(
        id=id, newsletter=newsletter, cadence=Cadence.DAILY, slot=datetime(2026, 11, 24, 6, tzinfo=UTC),
        state=EditionState.HELD, composed_at=desk.now, reason="an alt text is missing",
    )  # fmt: skip
    desk.program.editions.add(replace(edition))
    return id


async def test_what_asks_for_somebody_stands_there(desk: Office) -> None:
    id = held(desk, "presse")
    desk.program.alarms.sound("a", AlarmKind.SOURCE_BROKEN, "the source rat is broken", desk.now)
    async with desk.signed_in(Role.VIEWER) as client:
        page = (await client.get("/admin/")).text
    assert f'href="/admin/editions/{id}">{id}</a>: an alt text is missing' in page
    assert '<li><span lang="en">the source rat is broken</span>' in page
    assert "25. November 2026, 07:00 Uhr" in page
    assert "Neue Meldungen an jedem der letzten 30 Tage: keine." in page
    assert "style=" not in page


async def test_only_what_is_theirs(desk: Office) -> None:
    mine, other = held(desk, "rat"), held(desk, "presse")
    async with desk.signed_in(newsletters={"rat": Role.VIEWER}) as client:
        page = (await client.get("/admin/")).text
    assert mine in page
    assert other not in page
    assert "Pressemitteilungen" not in page


async def test_looking_begins_nothing(desk: Office) -> None:
    desk.program.state.set("began:rat:daily", "")
    async with desk.signed_in(Role.VIEWER) as client:
        assert (await client.get("/admin/")).status_code == 200
    assert desk.program.state.known_beginning("rat", Cadence.DAILY) is None


async def test_alarms_and_reasons_are_told_in_the_language_of_who_reads(desk: Office) -> None:
    pictured(desk.program, 2, "Neues Hallenbad")
    (made,) = desk.program.desk.compose_due(desk.now)
    assert made.state is EditionState.HELD
    path = f"/admin/editions/{made.id}"
    async with desk.signed_in(Role.VIEWER) as client:
        german = [unescape((await client.get(one)).text) for one in ("/admin/", path)]
        english = [unescape((await client.get(f"{one}?lang=en")).text) for one in ("/admin/", path)]
    assert f"die Ausgabe {made.id} ist zurückgehalten. Blockierende Befunde: 1, der erste: ALT-1" in german[0]
    assert f"edition {made.id} is held. 1 findings block it, the first: ALT-1" in english[0]
    assert "<dd>Blockierende Befunde: 1, der erste: ALT-1" in german[1]
    for said in (made.findings[0].message, made.findings[0].remedy):
        told, other = Words("de").tell(said), Words("en").tell(said)
        assert (told in german[1], other in german[1]) == (True, False)
        assert (told in english[1], other in english[1]) == (False, True)
