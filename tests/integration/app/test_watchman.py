"""A person is told what became of a source, and it is taken back when it is well again; the commands show it."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from newsletter.app import Program
from newsletter.cli import cli
from newsletter.config import load
from newsletter.model import AlarmKind
from tests.integration.collect.press import FIRST, OLD, REDESIGNS, Design, article, listing
from tests.integration.collect.web import Reply, Web, web

BEFORE = 30
SETTINGS = """
[site]
title = "Presse Musterstadt"
base_url = "https://news.musterstadt.example"
publisher = "Stadt Musterstadt"
contact = "presse@musterstadt.example"
[collect]
allow_networks = ["127.0.0.0/8"]
[mail]
from = "Presse <presse@musterstadt.example>"
[[newsletters]]
id = "presse"
title = "Presse"
feeds = ["portal"]
holidays = "DE-BW"
"""


class Office:
    """A program on its own settings, and the portal that it collects."""

    def __init__(self, portal: Web, folder: Path) -> None:
        self.portal, self.folder = portal, folder
        self.now = FIRST + timedelta(days=BEFORE)
        self.numbers: list[int] = []
        (folder / "feeds").mkdir()
        (folder / "newsletter.toml").write_text(SETTINGS, "utf-8")
        (folder / "var").mkdir()
        (folder / "var" / "keys").write_bytes(b64encode(b"k" * 32))
        self.profile("")

    def profile(self, more: str) -> None:
        text = f'title = "Presse"\nurl = "{self.portal.site}/presse"\nmax_age = ""\n{more}'
        (self.folder / "feeds" / "portal.toml").write_text(text, "utf-8")

    def run(self, *args: str) -> Result:
        return CliRunner().invoke(cli, ["--config", str(self.folder / "newsletter.toml"), "--plain", *args])

    def show(self, design: Design, *numbers: int) -> None:
        for number in numbers:
            self.portal.pages[f"/presse/{number}"] = design(article(number))
            self.numbers += [number] if number not in self.numbers else []
        self.portal.pages["/presse"] = listing(self.numbers)

    async def collect(self, days: int = 1, *, accept: bool = False, dry_run: bool = False) -> dict[AlarmKind, str]:
        """Collect after so many days; the alarms that stand then."""
        self.now += timedelta(days=days)
        clock: Callable[[], datetime] = lambda: self.now  # noqa: E731
        with Program.open(load(self.folder / "newsletter.toml"), clock) as program:
            await program.then_hang_up(program.gathering.collect(["portal"], accept=accept, dry_run=dry_run))
            return {alarm.kind: alarm.message for alarm in program.alarms.standing()}


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with web() as portal:
        opened = Office(portal, tmp_path)
        opened.show(OLD, *range(BEFORE))
        assert await opened.collect(0) == {}
        yield opened


async def test_a_portal_that_changes_is_one_alarm_until_it_is_accepted(office: Office) -> None:
    office.show(REDESIGNS["the teaser is gone"][0], *range(BEFORE, BEFORE + 5))
    alarms = await office.collect()
    assert list(alarms) == [AlarmKind.SOURCE_BROKEN]
    said = alarms[AlarmKind.SOURCE_BROKEN]
    assert said.startswith("feeds/portal.toml: the portal seems to have changed: 5 pages are withheld for: teaser (5).")
    assert "have no teaser, which 30 of 30 releases had; the last good page: " in said
    assert await office.collect(0, dry_run=True) == alarms
    office.portal.pages["/presse"] = Reply("", 500)
    assert await office.collect(0) == alarms, "a source that is not reached keeps its alarm"
    office.show(OLD)
    assert await office.collect(0, accept=True) == {}


async def test_an_odd_page_is_an_alarm_of_its_own_and_silence_another(office: Office) -> None:
    office.show(OLD, BEFORE)
    office.show(REDESIGNS["a sign-in"][0], BEFORE + 1)
    assert list(await office.collect()) == [AlarmKind.PAGE_WITHHELD]
    office.show(OLD, BEFORE + 1)
    assert await office.collect() == {}
    assert list(await office.collect(8)) == [AlarmKind.SOURCE_SILENT]
    office.show(OLD, BEFORE + 11)
    assert await office.collect() == {}


async def test_kept_pages_are_read_again_as_the_profile_is_now(office: Office) -> None:
    office.show(REDESIGNS["the teaser is gone"][0], *range(BEFORE, BEFORE + 5))
    await office.collect()
    done = office.run("feeds", "check", "portal", "--stored")
    assert done.exit_code == 0
    assert done.stdout.startswith("portal: 20 good pages kept, 5 withheld\n  usual: characters ")
    assert "teaser 30 of 30" in done.stdout
    assert done.stdout.endswith("read otherwise: 0 of 20 good pages; would pass: 0 of 5 withheld\n")
    office.profile('[release]\nteaser = ".text p"\nheadline = "h1"\n')
    asked = len(office.portal.asked)
    found = json.loads(office.run("feeds", "check", "portal", "--stored", "--json").stdout)["portal"]
    assert len(office.portal.asked) == asked, "nothing is fetched"
    assert found["usual"]["teaser"] == "30 of 30"
    withheld = [page for page in found["pages"] if page["withheld"]]
    assert [page["problem"] for page in withheld] == [None] * 5
    (teaser,) = [change for change in withheld[0]["changes"] if change["field"] == "teaser"]
    assert (teaser["before"], teaser["before_from"], teaser["after_from"]) == (None, None, "profile")
    shown = office.run("feeds", "check", "portal", "--stored").stdout
    assert "now: it would pass" in shown
    assert "    teaser: none → “" in shown
    assert shown.endswith("read otherwise: 20 of 20 good pages; would pass: 5 of 5 withheld\n")


@pytest.mark.parametrize("args", ["", "portal --dry-run", "portal --backfill"])
async def test_accepting_is_said_of_a_source(office: Office, args: str) -> None:
    done = office.run("collect", "--accept", *args.split())
    assert (done.exit_code, "--accept is said of a SLUG" in done.stderr) == (2, True)
