"""Editions that an editor approves: composed ahead of their slot, sent at it, and what happens if nobody does."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsletter.app import Program, decisions
from newsletter.app.awaiting import UNAPPROVED, WAITS
from newsletter.config import load
from newsletter.errors import BadInput
from newsletter.model import AlarmKind, EditionState
from tests.integration.app.test_composing import FEED, SETTINGS
from tests.integration.store.test_releases import collected, release

SLOT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)  # 07:00 in Berlin
DAILY = "presse-daily-20261123T0600Z"
ASKS = 'send_at = "07:00"\napproval = "editor"\ncompose_at = "05:30"\napprove_by = "06:30"\n'


class Desk:
    """A program whose clock the test sets, by Berlin's time of the day."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.now = SLOT - timedelta(hours=12)
        program.now = lambda: self.now
        program.desk.rows(self.now)
        wish = program.offer.wish("presse", cadence="daily")
        program.register.add("leserin@leser.example", wish, "form", self.now)
        new = release("a", first_seen=self.now, updated=self.now, published=self.now)
        collected(program.database, new)

    async def at(self, clock: str, day: int = 23) -> dict[str, EditionState]:
        """Compose at a time of day; the states of all editions."""
        self.now = datetime.fromisoformat(f"2026-11-{day}T{clock}:01+01:00").astimezone(UTC)
        await self.program.compose()
        return {one.edition.id: one.edition.state for one in self.program.editions.listed()}

    def alarms(self) -> dict[str, AlarmKind]:
        return {alarm.key: alarm.kind for alarm in self.program.alarms.standing()}


@contextmanager
def desk(place: Path, store_url: str, more: str = "") -> Iterator[Desk]:
    for name in ("feeds", "var"):
        (place / name).mkdir()
    settings = SETTINGS.replace('["immediate", "daily"]', '["daily"]').replace('send_at = "07:00"\n', ASKS + more)
    (place / "newsletter.toml").write_text(settings + f'[store]\nurl = "{store_url}"\n', "utf-8")
    (place / "feeds/musterstadt.toml").write_text(FEED, "utf-8")
    keys = place / "var/keys"
    keys.touch(0o600)
    keys.write_text(base64.b64encode(os.urandom(32)).decode() + "\n", "ascii")
    with Program.open(load(place / "newsletter.toml", {})) as program:
        yield Desk(program)


@pytest.fixture
def here(tmp_path: Path, store_url: str) -> Iterator[Desk]:
    with desk(tmp_path, store_url) as opened:
        yield opened


async def test_it_is_composed_ahead_waits_and_goes_out_at_its_slot(here: Desk) -> None:
    assert await here.at("05:29") == {}
    assert await here.at("05:30") == {DAILY: EditionState.HELD}
    assert here.program.editions.get(DAILY).reason == WAITS
    assert here.alarms() == {f"edition:{DAILY}:approval": AlarmKind.APPROVAL_DUE}
    (alarm,) = here.program.alarms.standing()
    assert "2026-11-23 06:30" in alarm.message
    decisions.approve(here.program, DAILY)
    assert here.alarms() == {}
    assert await here.at("06:59") == {DAILY: EditionState.APPROVED}
    assert await here.at("07:00") == {DAILY: EditionState.SENDING}


async def test_not_approved_in_time_it_stays_held_and_a_person_hears_of_it(here: Desk) -> None:
    await here.at("05:30")
    assert f"edition:{DAILY}:unapproved" not in here.alarms()
    assert await here.at("07:30") == {DAILY: EditionState.HELD}
    assert here.alarms()[f"edition:{DAILY}:unapproved"] is AlarmKind.APPROVAL_DUE
    decisions.approve(here.program, DAILY)
    assert here.alarms() == {}
    assert await here.at("07:31") == {DAILY: EditionState.SENDING}


async def test_or_what_it_carries_comes_with_the_next(tmp_path: Path, store_url: str) -> None:
    with desk(tmp_path, store_url, 'if_unapproved = "next"\n') as here:
        await here.at("05:30")
        assert await here.at("06:30") == {DAILY: EditionState.CANCELLED}
        assert here.program.editions.get(DAILY).reason == UNAPPROVED
        assert set(here.alarms()) == {f"edition:{DAILY}:unapproved"}
        await here.at("07:00")
        assert set(here.alarms()) == {f"edition:{DAILY}:unapproved"}  # told for a day
        tomorrow = "presse-daily-20261124T0600Z"
        assert (await here.at("05:30", day=24))[tomorrow] is EditionState.HELD
        assert [one.release for one in here.program.editions.get(tomorrow).carried] == ["a"]
        await here.at("06:31", day=24)
        assert set(here.alarms()) == {f"edition:{tomorrow}:unapproved"}


async def test_who_was_asked_late_has_as_long_as_ever(tmp_path: Path, store_url: str) -> None:
    with desk(tmp_path, store_url, 'if_unapproved = "next"\n') as here:
        assert await here.at("06:50") == {DAILY: EditionState.HELD}
        assert await here.at("07:49") == {DAILY: EditionState.HELD}
        assert await here.at("07:51") == {DAILY: EditionState.CANCELLED}


async def test_what_an_editor_put_back_is_not_taken_away(tmp_path: Path, store_url: str) -> None:
    with desk(tmp_path, store_url, 'if_unapproved = "next"\n') as here:
        await here.at("05:30")
        decisions.approve(here.program, DAILY)
        here.program.move(DAILY, EditionState.HELD, "noch nicht")
        assert await here.at("08:00") == {DAILY: EditionState.HELD}


async def test_a_time_of_its_own(here: Desk) -> None:
    await here.at("05:30")
    with pytest.raises(BadInput, match="passed"):
        decisions.approve(here.program, DAILY, at=here.now)
    decisions.approve(here.program, DAILY, at=SLOT + timedelta(hours=3))
    assert await here.at("07:30") == {DAILY: EditionState.APPROVED}
    assert here.program.editions.get(DAILY).goes_at == SLOT + timedelta(hours=3)
    assert await here.at("10:00") == {DAILY: EditionState.SENDING}


async def test_who_held_an_edition_is_told_no_more_once_it_is_cancelled(here: Desk) -> None:
    await here.at("05:30")
    here.program.move(DAILY, EditionState.CANCELLED, "doch nicht")
    await here.at("05:31")
    assert here.alarms() == {}
