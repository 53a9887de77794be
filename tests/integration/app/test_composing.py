"""Composing when something is in the way: what is held, broken or left behind by a crash never stops the rest."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newsletter.app import Program
from newsletter.config import load
from newsletter.edition.render import render_sheets
from newsletter.errors import StateError
from newsletter.model import AlarmKind, Cadence, Carried, Edition, EditionState, Image, Release
from newsletter.store.collecting import Collecting
from tests.integration.store.test_releases import collected, release

NOW = datetime(2026, 11, 23, 6, 0, 1, tzinfo=UTC)
SLOT = NOW.replace(second=0)
DAILY = "presse-daily-20261123T0600Z"
FEED = 'title = "Presse"\nkind = "html"\nurl = "https://musterstadt.example/presse"\nlanguage = "de"\n'
SETTINGS = """
[site]
title = "Presse Musterstadt"
base_url = "https://news.musterstadt.example"
language = "de"
timezone = "Europe/Berlin"
publisher = "Stadt Musterstadt"
postal_address = "Marktplatz 1, 12345 Musterstadt"
contact = "presse@musterstadt.example"
imprint_url = "https://musterstadt.example/impressum"
privacy_url = "https://musterstadt.example/datenschutz"
accessibility_url = "https://musterstadt.example/barrierefreiheit"
[mail]
from = "Presse Musterstadt <presse@musterstadt.example>"
[[newsletters]]
id = "presse"
title = "Pressemitteilungen"
feeds = ["musterstadt"]
cadences = ["immediate", "daily"]
send_at = "07:00"
missing_alt = "hold"
"""


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    """Somebody reads at once; it is a second past the daily slot."""
    for name in ("feeds", "var"):
        (tmp_path / name).mkdir()
    (tmp_path / "newsletter.toml").write_text(SETTINGS, "utf-8")
    (tmp_path / "feeds/musterstadt.toml").write_text(FEED, "utf-8")
    keys = tmp_path / "var/keys"
    keys.touch(0o600)
    keys.write_text(base64.b64encode(os.urandom(32)).decode() + "\n", "ascii")
    with Program.open(load(tmp_path / "newsletter.toml", {}), lambda: NOW) as opened:
        opened.desk.rows(NOW)
        wish = opened.offer.wish("presse", cadence="immediate")
        opened.register.add("leserin@leser.example", wish, "asked for it", NOW)
        yield opened


def new(id: str, **values: Any) -> Release:
    return release(id, first_seen=NOW, updated=NOW, published=NOW, **values)


def states(program: Program) -> dict[str, EditionState]:
    return {counted.edition.id: counted.edition.state for counted in program.editions.listed()}


async def test_what_is_held_at_once_is_rendered_once(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    collected(program.database, new("a", images=(Image("https://musterstadt.example/a.jpg", lead=True),)))
    await program.compose()
    assert states(program)["presse-immediate-a-1"] is EditionState.HELD

    def again(*args: Any, **more: Any) -> Any:
        raise AssertionError("it was rendered again")

    monkeypatch.setattr("newsletter.app.desk.render_sheets", again)
    await program.compose()
    assert {alarm.key for alarm in program.alarms.standing()} == {f"edition:{id}:held" for id in states(program)}


async def test_an_error_that_nobody_foresaw_stops_one_release_only(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(content: Any, *args: Any, **more: Any) -> Any:
        if content.id == "presse-immediate-b-1":
            raise KeyError("nobody foresaw it")
        return render_sheets(content, *args, **more)

    monkeypatch.setattr("newsletter.app.desk.render_sheets", failing)
    collected(program.database, new("a"), new("b"), new("c"))
    await program.compose()
    assert set(states(program)) == {"presse-immediate-a-1", "presse-immediate-c-1", DAILY}
    assert [alarm.key for alarm in program.alarms.standing()] == ["compose:presse-immediate-b-1"]
    monkeypatch.undo()
    await program.compose()
    assert states(program)["presse-immediate-b-1"] is EditionState.SENDING
    assert program.alarms.standing() == []


async def test_what_a_crash_left_composed_carries_what_is_shown_now(program: Program) -> None:
    collected(program.database, new("a"), new("b"))
    carried = (Carried("a", 1), Carried("b", 1))
    program.editions.add(Edition(DAILY, "presse", Cadence.DAILY, SLOT, EditionState.COMPOSED, carried, NOW))
    program.releases.withhold("b", "an editor keeps it back", NOW)
    await program.compose()
    edition = program.editions.get(DAILY)
    assert (edition.state, edition.carried) == (EditionState.SENDING, (Carried("a", 1),))
    program.releases.show("b", NOW)
    assert [one.id for one in program.releases.due("presse", ["musterstadt"], Cadence.DAILY, NOW)] == ["b"]


def test_only_what_is_paused_is_resumed(program: Program) -> None:
    """An approved one would count as being sent, without an audience: nobody would get it."""
    collected(program.database, new("a"))
    edition = Edition(DAILY, "presse", Cadence.DAILY, SLOT, EditionState.APPROVED, (Carried("a", 1),), NOW)
    program.editions.add(edition)
    with pytest.raises(StateError, match="approved"):
        program.move(DAILY, EditionState.SENDING, "by the operator")
    program.mailroom.freeze_approved()
    assert program.editions.get(DAILY).state is EditionState.SENDING


def moved(program: Program, now: datetime) -> datetime:
    program.now = lambda: now
    return now


async def test_a_clock_that_was_years_ahead_stops_no_slot_and_is_told(program: Program) -> None:
    collected(program.database, new("a"))
    ahead = moved(program, NOW + timedelta(days=800))
    await program.compose()
    assert program.state.slot_cursor("presse", Cadence.DAILY) > NOW + timedelta(days=799)  # type: ignore[operator]
    moved(program, NOW)
    collected(program.database, new("b"))
    await program.compose()
    clock_alarms = [alarm for alarm in program.alarms.standing() if alarm.kind is AlarmKind.CLOCK_WRONG]
    assert [alarm.key for alarm in clock_alarms] == ["clock:presse:daily"]
    assert f"{ahead:%Y}" in clock_alarms[0].message
    moved(program, NOW + timedelta(days=1))
    await program.compose()
    daily = {id: state for id, state in states(program).items() if "daily" in id}
    assert daily["presse-daily-20261124T0600Z"] is not EditionState.SKIPPED
    assert program.state.slot_cursor("presse", Cadence.DAILY) == SLOT + timedelta(days=1)
    assert not [alarm for alarm in program.alarms.standing() if alarm.kind is AlarmKind.CLOCK_WRONG]


async def test_a_cadence_that_began_by_a_clock_that_was_ahead_begins_now(program: Program) -> None:
    program.state.begin_again("presse", Cadence.DAILY, NOW + timedelta(days=800))
    rows = {row.cadence: row.began for row in program.desk.rows(NOW)}
    assert rows[Cadence.DAILY] == NOW
    assert program.desk.rows(NOW + timedelta(hours=1))[1].began == NOW


def test_who_is_alone_gives_back_what_a_crash_left_leased(program: Program) -> None:
    store = Collecting(program.database)
    assert store.hold("musterstadt", NOW, NOW + timedelta(minutes=2))
    with program.alone():
        assert store.hold("musterstadt", NOW, NOW + timedelta(minutes=2))
