"""The alt desk over HTTP: one picture after the other, decisions on record, refusals beside their field."""

from __future__ import annotations

import pytest

from newsletter.model import Role
from newsletter.store.alts import Alts
from tests.integration.web.admin.samples import SAID, pictured
from tests.integration.web.admin.world import Office, press


@pytest.fixture
def pictures(desk: Office) -> list[str]:
    """Three that wait: two say nothing, one repeats the headline."""
    return [
        pictured(desk.program, 1, "Neue Radbrücke", alt="IMG_2291.jpg", caption="Die Brücke ist 210 Meter lang."),
        pictured(desk.program, 2, "Neues Hallenbad"),
        pictured(desk.program, 3, "Neue Kita", alt="Neue Kita"),
    ]


async def test_one_picture_after_the_other(desk: Office, pictures: list[str]) -> None:
    async with desk.signed_in(Role.EDITOR, name="mara") as client:
        page = await client.get("/admin/alts")
        assert "<h1>Bild 1 von 3 braucht einen Alt-Text</h1>" in page.text
        assert "weil sein Alt-Text ein Dateiname ist" in page.text
        assert "/images/ab/1.jpg" in page.text
        done = await press(client, "/admin/alts", f"/admin/alts/{pictures[0]}/describe", alt=SAID)
        assert done.headers["location"] == f"/admin/alts?picture={pictures[1]}"
        page = await client.get(done.headers["location"])
        assert "Der Alt-Text ist gespeichert." in page.text
        assert "<h1>Bild 1 von 2 braucht einen Alt-Text</h1>" in page.text
    decision = Alts(desk.program.database).decided(pictures)[pictures[0]]
    assert (decision.alt, decision.by) == (SAID, "mara")
    (entry,) = desk.program.audit.store.newest(1)
    assert (entry.actor, entry.action, entry.subject) == ("mara", "alt.describe", pictures[0])
    assert (entry.outcome, entry.detail) == ("done", {"alt": SAID})


async def test_what_says_nothing_is_refused_beside_its_field(desk: Office, pictures: list[str]) -> None:
    async with desk.signed_in(Role.EDITOR) as client:
        for typed, why in (
            ("", "ein leerer Alt-Text sagt"),
            ("Bild von einer Brücke", "Vorleseprogramme sagen selbst"),
            ("Neue Radbrücke", "wiederholt Überschrift oder Bildunterschrift"),
            ("x" * 400, "hat 400 Zeichen"),
        ):
            page = await press(client, "/admin/alts", f"/admin/alts/{pictures[0]}/describe", alt=typed)
            assert page.status_code == 422
            assert why.lower() in page.text.lower()
            assert 'aria-invalid="true" aria-describedby="alt-hint alt-error"' in page.text
            if typed:
                assert f"{typed}</textarea>" in page.text
    assert Alts(desk.program.database).decided(pictures) == {}
    assert {entry.outcome for entry in desk.program.audit.store.newest(4)} == {"refused"}


async def test_a_decorative_picture_needs_a_reason(desk: Office, pictures: list[str]) -> None:
    path = f"/admin/alts/{pictures[1]}/decorative"
    async with desk.signed_in(Role.EDITOR) as client:
        page = await press(client, f"/admin/alts?picture={pictures[1]}", path)
        assert (page.status_code, 'id="reason-error"' in page.text) == (422, True)
        done = await press(client, f"/admin/alts?picture={pictures[1]}", path, reason="nur ein Muster")
        assert done.headers["location"] == f"/admin/alts?picture={pictures[2]}"
    decision = Alts(desk.program.database).decided(pictures)[pictures[1]]
    assert (decision.alt, decision.reason) == (None, "nur ein Muster")


async def test_who_may_look_only_looks(desk: Office, pictures: list[str]) -> None:
    async with desk.signed_in(Role.VIEWER) as client:
        page = await client.get("/admin/alts")
        assert "<textarea" not in page.text
        assert "aber nicht entscheiden" in page.text
        answer = await press(client, "/admin/alts", f"/admin/alts/{pictures[0]}/describe", alt=SAID)
        assert answer.status_code == 403


async def test_the_list_the_end_and_what_is_gone(desk: Office, pictures: list[str]) -> None:
    async with desk.signed_in(Role.EDITOR) as client:
        page = await client.get("/admin/alts/all")
        assert "<h1>3 Bilder brauchen einen Alt-Text</h1>" in page.text
        for picture in pictures:
            await press(client, "/admin/alts", f"/admin/alts/{picture}/describe", alt=f"{SAID} {picture[:2]}")
        assert "Kein Bild braucht einen Alt-Text" in (await client.get("/admin/alts")).text
        assert (await client.get(f"/admin/alts?picture={pictures[0]}")).status_code == 404
        assert (await client.get("/admin/alts?picture=%27%22%3E%3Cscript%3E")).status_code == 404
