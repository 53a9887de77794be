"""Editions over HTTP: what is seen of them, what is decided, and by whom."""

from __future__ import annotations

from newsletter.model import EditionState, Role
from tests.integration.web.admin.world import Office, press


def state(desk: Office, edition: str) -> EditionState:
    return desk.program.editions.get(edition).state


async def test_what_an_editor_sees_of_it(desk: Office, edition: str) -> None:
    async with desk.signed_in(Role.VIEWER) as client:
        assert edition in (await client.get("/admin/editions")).text
        assert edition not in (await client.get("/admin/editions?state=held")).text
        page = await client.get(f"/admin/editions/{edition}")
        assert "Neue Radbrücke" in page.text
        assert 'name="reason"' not in page.text
        lines = await client.get(f"/admin/editions/{edition}/deliveries?state=nonsense&after=x")
        assert "0 Mails geplant" in lines.text
        assert (await client.get("/admin/editions/none")).status_code == 404


async def test_its_mail_is_shown_without_anything_unsafe(desk: Office, edition: str) -> None:
    async with desk.signed_in(Role.VIEWER) as client:
        light = await client.get(f"/admin/editions/{edition}/preview?language=de")
        dark = await client.get(f"/admin/editions/{edition}/preview?language=de&look=dark")
        assert (await client.get(f"/admin/editions/{edition}/preview?format=text")).status_code == 404
    policy = light.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "sandbox" in policy
    assert " style=" not in light.text
    assert "prefers-color-scheme: dark" not in dark.text
    assert light.text != dark.text


async def test_holding_and_approving_are_on_record(desk: Office, edition: str) -> None:
    path = f"/admin/editions/{edition}"
    async with desk.signed_in(Role.EDITOR, name="mara") as client:
        refused = await press(client, path, f"{path}/hold", reason="")
        assert (refused.status_code, 'id="reason-error"' in refused.text) == (422, True)
        done = await press(client, path, f"{path}/hold", reason="noch nicht")
        assert done.headers["location"] == path
        assert "Zurückgehalten" in (await client.get(path)).text
        assert state(desk, edition) is EditionState.HELD
        assert (await press(client, path, f"{path}/approve")).status_code == 303
        assert (await press(client, path, f"{path}/pause", reason="x")).status_code == 409
    assert state(desk, edition) is EditionState.APPROVED
    actions = [(one.action, one.outcome) for one in desk.program.audit.store.newest(4)]
    assert actions == [
        ("edition.pause", "refused"),
        ("edition.approve", "done"),
        ("edition.hold", "done"),
        ("edition.hold", "refused"),
    ]


async def test_cancelling_is_asked_once_more(desk: Office, edition: str) -> None:
    path = f"/admin/editions/{edition}/cancel"
    async with desk.signed_in(Role.EDITOR) as client:
        assert "endgültig abbrechen?" in (await client.get(path)).text
        assert (await press(client, path)).status_code == 422
        assert (await press(client, path, reason="falsche Meldung")).status_code == 303
    assert state(desk, edition) is EditionState.CANCELLED


async def test_a_test_needs_an_address_and_a_mail_server(desk: Office, edition: str) -> None:
    path = f"/admin/editions/{edition}"
    async with desk.signed_in(Role.EDITOR) as client:
        wrong = await press(client, path, f"{path}/test", address="keine")
        assert (wrong.status_code, 'id="address-error"' in wrong.text) == (422, True)
        nowhere = await press(client, path, f"{path}/test", address="mara@leser.example")
        assert (nowhere.status_code, "nothing leaves" in nowhere.text) == (409, True)


async def test_only_editors_of_its_newsletter_decide(desk: Office, edition: str) -> None:
    path = f"/admin/editions/{edition}"
    async with desk.signed_in(newsletters={"rat": Role.EDITOR}, name="rat@musterstadt.example") as client:
        assert (await client.get(path)).status_code == 403
        assert edition not in (await client.get("/admin/editions")).text
        assert (await press(client, "/admin/", f"{path}/approve")).status_code == 403
    async with desk.signed_in(newsletters={"presse": Role.VIEWER, "rat": Role.EDITOR}, name="beide") as client:
        assert (await press(client, path, f"{path}/hold", reason="x")).status_code == 403
    assert state(desk, edition) is EditionState.APPROVED
