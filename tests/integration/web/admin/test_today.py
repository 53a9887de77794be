"""Today: what is due, held and broken, of the newsletters that are theirs; looking begins nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from newsletter.model import AlarmKind, Cadence, Edition, EditionState, Role
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
    assert "the source rat is broken" in page
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
