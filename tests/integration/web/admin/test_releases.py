"""Releases: finding them, and what editors decide about them, as it stands in pages and feeds at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from newsletter.model import (
    Candidate,
    Change,
    Image,
    KeptPage,
    Release,
    ReleaseState,
    Role,
    Sighting,
    Topic,
)
from newsletter.store.collecting import Collecting
from newsletter.store.tables import releases as rows
from tests.integration.store.test_releases import collected, release
from tests.integration.web.admin.world import START, Office, office, press

LIST = "/admin/releases"


def new(id: str, hours: float = 1, **values: Any) -> Release:
    """A release that came so many hours ago."""
    at = START - timedelta(hours=hours)
    return release(id, **{"first_seen": at, "updated": at, "published": at, **values})


@pytest.fixture
def desk(tmp_path: Path, store_url: str) -> Iterator[Office]:
    """Three releases of one newsletter, and one of another."""
    with office(tmp_path, store_url) as here:
        lead = Image("https://musterstadt.example/a.jpg", alt="Brücke über einen Fluss", caption="Neu.", lead=True)
        first = new("a", headline="Neue Radbrücke", kicker="Verkehr", teaser="Sie ist da.", images=(lead,))
        collected(here.program.database, first, new("b", 2, headline="Neues Hallenbad"))
        collected(here.program.database, new("c", 3, headline="100_% Ökostrom", topics=(Topic("umwelt", "Umwelt"),)))
        collected(here.program.database, new("r", 4, headline="Aus dem Rat", source="rat"))
        yield here


async def read(client: httpx.AsyncClient, path: str) -> str:
    """A page as it is read, without its markup."""
    answer = await client.get(path)
    assert answer.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


async def decide(client: httpx.AsyncClient, id: str, action: str, page: str = "", **typed: str) -> str:
    """Press a button of a release's page; the text of the page that comes then."""
    here = f"{LIST}/{id}"
    answer = await press(client, here + page, f"{here}/{action}", **typed)
    assert answer.status_code == 303, answer.text
    return await read(client, answer.headers["location"])


def feed(desk: Office, slug: str = "musterstadt") -> str:
    return (desk.program.settings.publish.directory / f"feeds/{slug}.atom").read_text("utf-8")


async def headlines(client: httpx.AsyncClient, query: str) -> list[str]:
    page = await client.get(LIST + query)
    return [
        unescape(one) for one in re.findall(r'<th scope="row"><a href="[^"]+"(?: lang="\w+")?>([^<]+)</a>', page.text)
    ]


async def test_they_are_found_by_source_state_and_text(desk: Office) -> None:
    desk.program.releases.withhold("b", "x", START)
    desk.program.releases.embargo("c", START + timedelta(days=1), START)
    async with desk.signed_in(Role.VIEWER) as client:
        everything = ["Neue Radbrücke", "Neues Hallenbad", "100_% Ökostrom", "Aus dem Rat"]
        assert await headlines(client, "") == everything
        assert await headlines(client, "?feed=rat") == ["Aus dem Rat"]
        assert await headlines(client, "?state=withheld") == ["Neues Hallenbad"]
        assert await headlines(client, "?state=embargo") == ["100_% Ökostrom"]
        assert await headlines(client, "?state=live&feed=musterstadt") == ["Neue Radbrücke"]
        assert await headlines(client, "?q=hallenBAD") == ["Neues Hallenbad"]
        id = "01890a5d-ac96-774b-bcce-b302099a8057"
        collected(desk.program.database, new(id, 5, headline="Mit Kennung", source="rat"))
        assert await headlines(client, f"?q={id}") == ["Mit Kennung"]
        everything.append("Mit Kennung")
        assert await headlines(client, "?q=0_%25") == ["100_% Ökostrom"]
        assert await headlines(client, "?q=%25") == ["100_% Ökostrom"]
        assert await headlines(client, "?q=ra") == ["Neue Radbrücke", "Aus dem Rat"]
        assert await headlines(client, "?q=https://musterstadt.example/a") == ["Neue Radbrücke"]
        assert "Keine Meldung passt dazu" in await read(client, f"{LIST}?q=nirgends")
        assert await headlines(client, "?state=wrong&before=wrong&feed=") == everything


async def test_a_long_list_goes_on_where_it_was_left(desk: Office) -> None:
    many = [new(f"m{number:03d}", 10 + number // 3, headline=f"Nummer {number}") for number in range(120)]
    collected(desk.program.database, *many)
    async with desk.signed_in(Role.VIEWER) as client:
        path, seen = "?q=Nummer", list[str]()
        for _ in range(3):
            seen += await headlines(client, path)
            page = await client.get(LIST + path)
            further = re.search(r'href="/admin/releases(\?[^"]+before=[^"]+)"', page.text)
            path = unescape(further[1]) if further else ""
    assert path == ""
    assert len(seen) == 120
    assert set(seen) == {one.headline for one in many}


async def test_all_that_is_known_of_one(desk: Office) -> None:
    async with desk.signed_in(Role.VIEWER) as client:
        said = await read(client, f"{LIST}/a")
        assert (await client.get(f"{LIST}/nowhere")).status_code == 404
    for known in ("Neue Radbrücke", "Dachzeile Verkehr", "Sie ist da.", "Brücke über einen Fluss", "Öffentlich",
                  "https://musterstadt.example/a", "Noch keine Ausgabe enthält sie."):  # fmt: skip
        assert known in said
    assert "Zurückziehen" not in said


async def test_withheld_by_an_editor_or_by_the_contract_is_told_apart(desk: Office) -> None:
    url = "https://musterstadt.example/a"
    kept = KeptPage(url, "musterstadt", START, Candidate(url), withheld=True, fields=("body",), reason="no text at all")
    Collecting(desk.program.database).keep(kept)
    async with desk.signed_in(Role.EDITOR) as client:
        said = await read(client, f"{LIST}/a")
        assert (
            "wird zurückgehalten, denn es weicht vom Üblichen ab; gezeigt wird, was sie vorher sagte. no text" in said
        )
        assert "durch die Redaktion" not in said
        said = await decide(client, "b", "withhold", withhold_reason="nennt eine Person")
    assert "Zurückgehalten durch die Redaktion: nennt eine Person" in said
    assert "weicht vom Üblichen ab" not in said


async def test_withholding_and_showing_again(desk: Office) -> None:
    desk.program.publish()
    assert "Neue Radbrücke" in feed(desk)
    async with desk.signed_in(Role.EDITOR) as client:
        said = await decide(client, "a", "withhold", withhold_reason="nennt eine Person")
        assert "Sie wird zurückgehalten." in said
        assert "Zurückgehalten, editor@musterstadt.example" in said
        assert "Neue Radbrücke" not in feed(desk)
        assert "Sie ist wieder zu sehen." in await decide(client, "a", "restore")
        assert "Neue Radbrücke" in feed(desk)
    entries = [(one.action, one.subject, one.detail) for one in reversed(desk.program.audit.store.newest(5))]
    assert entries == [("release.withhold", "a", {"reason": "nennt eine Person"}), ("release.restore", "a", {})]


async def test_withdrawing_leaves_a_notice(desk: Office) -> None:
    async with desk.signed_in(Role.EDITOR) as client:
        said = await decide(client, "a", "withdraw", withdraw_reason="Termin falsch")
        assert "Sie ist zurückgezogen." in said
        assert "Zurückgezogen durch die Redaktion: Termin falsch" in said
        assert "Zurückgezogen: Neue Radbrücke" in feed(desk)
        assert "Termin falsch" not in feed(desk)
        answer = await press(client, f"{LIST}/a", f"{LIST}/a/embargo", until="2026-12-01T09:00")
        assert answer.status_code == 409
        await decide(client, "a", "restore")
    assert desk.program.releases.get("a").change is Change.RETURN


async def test_an_embargo_ends_by_itself_or_by_hand(desk: Office) -> None:
    async with desk.signed_in(Role.EDITOR) as client:
        said = await decide(client, "a", "embargo", until="2026-11-24T09:30")
        assert "Unter Sperrfrist bis 24. November 2026, 09:30 Uhr" in said
        assert desk.program.releases.get("a").not_before == START.replace(hour=8, minute=30, second=0)
        assert "Neue Radbrücke" not in feed(desk)
        desk.later(hours=3)
        assert "Öffentlich" in await read(client, f"{LIST}/a")
        desk.later(hours=-3)
        assert "Die Sperrfrist ist aufgehoben." in await decide(client, "a", "lift")
    assert desk.program.releases.get("a").not_before is None


@pytest.mark.parametrize("until", ["", "gestern", "2026-11-24T06:59", "2026-02-30T10:00", "9999-12-31T23:59:59x"])
async def test_a_moment_that_is_none_is_asked_again(desk: Office, until: str) -> None:
    async with desk.signed_in(Role.EDITOR) as client:
        answer = await press(client, f"{LIST}/a", f"{LIST}/a/embargo", until=until)
    assert answer.status_code == 422
    assert 'aria-describedby="until-hint until-error"' in answer.text
    assert f'value="{until}"' in answer.text
    assert desk.program.releases.get("a").not_before is None
    assert desk.program.audit.store.newest(1)[0].outcome == "refused"


@pytest.mark.parametrize("verb", ["withhold", "withdraw"])
async def test_nothing_is_kept_back_without_a_reason(desk: Office, verb: str) -> None:
    async with desk.signed_in(Role.EDITOR) as client:
        for reason in ("", "  ", "x" * 501):
            answer = await press(client, f"{LIST}/a", f"{LIST}/a/{verb}", **{f"{verb}_reason": reason})
            assert answer.status_code == 422
            assert f'href="#{verb}_reason"' in answer.text
    assert desk.program.releases.get("a").state is ReleaseState.LIVE


async def test_own_words_stand_everywhere_and_stay(desk: Office) -> None:
    own = {"headline": "Mit dem Rad über den Fluss", "kicker": "", "teaser": "Sie ist da."}
    async with desk.signed_in(Role.EDITOR) as client:
        said = await decide(client, "a", "words", "/words", **own)
        assert "Überschrift Mit dem Rad über den Fluss" in said
        assert "Eigene Worte von editor@musterstadt.example" in said
        assert "Überschrift der Quelle Neue Radbrücke" in said
        assert "Anreißer der Quelle" not in said
        assert "<title>Mit dem Rad über den Fluss</title>" in feed(desk)
        revised(desk, "a", headline="Neue Brücke", teaser="Sie ist wirklich da.")
        assert "Mit dem Rad über den Fluss" in await read(client, f"{LIST}/a")
        assert await headlines(client, "?q=mit dem rad") == ["Mit dem Rad über den Fluss"]
        assert await headlines(client, "?feed=musterstadt&state=live") == [
            "Mit dem Rad über den Fluss", "Neues Hallenbad", "100_% Ökostrom",
        ]  # fmt: skip
        assert desk.program.shown.get("a").teaser == "Sie ist wirklich da."
        assert desk.program.shown.get("a").kicker is None
        back = {"headline": "Neue Brücke", "kicker": "Verkehr", "teaser": "Sie ist wirklich da."}
        assert "Eigene Worte von" not in await decide(client, "a", "words", "/words", **back)
    detail = desk.program.audit.store.newest(9)[1].detail
    assert detail["headline"] == ["Neue Radbrücke", "Mit dem Rad über den Fluss"]
    assert desk.program.releases.get("a").revision == 1


def revised(desk: Office, id: str, **values: str) -> None:
    """Let the source say something else, as a collect would write it."""
    from dataclasses import replace

    from newsletter.store.documents import release_columns

    after = replace(desk.program.releases.get(id), **values)  # type: ignore[arg-type]
    change = rows.update().where(rows.c.id == id).values(release_columns(after, desk.now))
    desk.program.database.write(lambda connection: connection.execute(change))


async def test_a_correction_is_told(desk: Office) -> None:
    async with desk.signed_in(Role.EDITOR) as client:
        typed = {
            "headline": "Neue Radbrücke am Hafen",
            "kicker": "Verkehr",
            "teaser": "Sie ist da.",
            "correction": "yes",
        }
        said = await decide(client, "a", "words", "/words", **typed)
        assert "Berichtigt am 24. November 2026" in said
        assert "noch einmal" in await decide(client, "b", "correct")
    found = desk.program.releases.get("a"), desk.program.releases.get("b")
    assert [(one.change, one.revision) for one in found] == [(Change.CORRECTION, 2)] * 2
    assert [one.headline for one in desk.program.shown.due("presse", ["musterstadt"], "daily", desk.now)][:1] == [  # type: ignore[arg-type]
        "Neue Radbrücke am Hafen"
    ]


async def test_words_with_errors_come_back_filled(desk: Office) -> None:
    desk.program.releases.withhold("b", "x", START)
    async with desk.signed_in(Role.EDITOR) as client:
        typed = {"headline": "", "kicker": "k" * 101, "teaser": "Bleibt stehen <b>", "correction": "yes"}
        answer = await press(client, f"{LIST}/b/words", **typed)
    assert answer.status_code == 422
    assert "Bitte berichtigen Sie 3 Angaben" in answer.text
    assert "Bleibt stehen &lt;b&gt;" in answer.text
    for name in ("headline", "kicker", "correction"):
        assert f'id="{name}-error"' in answer.text
    assert desk.program.newsdesk.own.of(["b"]) == {}


async def test_a_waiting_edition_says_what_the_editor_says(desk: Office) -> None:
    from newsletter.app.extras import new_editions
    from newsletter.model import Cadence, EditionState, Format, Saying

    (edition,) = new_editions(desk.program, "presse", [Cadence.DAILY], ["a"], Saying(None, None))
    assert edition.state is EditionState.HELD
    async with desk.signed_in(Role.EDITOR) as client:
        said = await decide(client, "a", "words", "/words", headline="Mit dem Rad", kicker="", teaser="")
        assert "presse, 24. November 2026" in said
    assert "Mit dem Rad" in desk.program.preview(edition.id, Format.TEXT, "de")[2]


async def test_it_goes_to_all_at_once(desk: Office) -> None:
    async with desk.signed_in(Role.EDITOR) as client:
        said = await read(client, f"{LIST}/b/urgent")
        assert "Pressemitteilungen (0 Leserinnen und Leser)" in said
        answer = await press(client, f"{LIST}/b/urgent", newsletter="presse", subject="Wichtig", intro="")
        assert answer.status_code == 303
        made = answer.headers["location"].removeprefix("/admin/editions/")
        wrong = await press(client, f"{LIST}/b/urgent", newsletter="rat")
        assert wrong.status_code == 422
    edition = desk.program.editions.get(made)
    assert ([one.release for one in edition.carried], edition.subject) == (["b"], "Wichtig")
    detail = desk.program.audit.store.newest(2)[1].detail
    assert made in detail["editions"]  # type: ignore[operator]
    assert len(detail["editions"]) == 2  # type: ignore[arg-type]


async def test_what_may_not_be_shown_is_not_sent(desk: Office) -> None:
    desk.program.releases.withhold("b", "x", START)
    async with desk.signed_in(Role.EDITOR) as client:
        token = re.search(r'name="form_token" value="(\w+)"', (await client.get(f"{LIST}/a")).text)
        assert token is not None
        values = {"form_token": token[1], "newsletter": "presse"}
        answer = await client.post(f"{LIST}/b/urgent", data=values)
    assert answer.status_code == 422
    assert desk.program.editions.listed() == []


async def test_roles_are_by_newsletter(desk: Office) -> None:
    collected(desk.program.database, new("s", 5, headline="In beiden", sightings=(shared(),)))
    async with desk.signed_in(newsletters={"rat": Role.EDITOR}, name="rat@musterstadt.example") as client:
        assert await headlines(client, "") == ["Aus dem Rat", "In beiden"]
        assert (await client.get(f"{LIST}/a")).status_code == 403
        assert (await client.get(f"{LIST}/a/words")).status_code == 403
        verbs = {"withhold": {"withhold_reason": "x"}, "embargo": {"until": "2026-12-01T09:00"}, "urgent": {},
                 "restore": {}, "lift": {}, "correct": {}, "withdraw": {"withdraw_reason": "x"},
                 "words": {"headline": "x"}}  # fmt: skip
        for verb, typed in verbs.items():
            answer = await press(client, f"{LIST}/r", f"{LIST}/a/{verb}", **typed)
            assert answer.status_code in (403, 422), verb
        assert "zurückgehalten" in await decide(client, "r", "withhold", withhold_reason="x")
    assert desk.program.releases.get("a") == desk.program.releases.get("a")
    assert desk.program.releases.get("a").state is ReleaseState.LIVE
    assert desk.program.editions.listed() == []


def shared() -> Sighting:
    return Sighting("rat", "https://musterstadt.example/rat/s", START)
