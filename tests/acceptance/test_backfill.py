"""A portal's past is read by a command that is killed, stopped and started again: all, once, and nobody is mailed.

`benchmarks/backfill.py` does the same with thousands.
"""

from __future__ import annotations

import json
import signal
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.acceptance.backfilling import SLUG, Past, portal_with, prove, start, stored
from tests.acceptance.instance import Instance, wait_for
from tests.acceptance.mailserver import Mailserver

NOON = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Berlin"))
PAST = Past(releases=60, pages=12)


def test_killed_in_mid_backfill_it_goes_on_and_nobody_is_mailed(instance: Instance, mailserver: Mailserver) -> None:
    instance.letter["cadences"] = ["immediate", "daily"]
    instance.write()
    for cadence in ("immediate", "daily"):
        instance.subscribe(f"{cadence}@leser.example", cadence=cadence)
    instance.once((NOON - timedelta(days=1)).isoformat())

    outcome = prove(instance, PAST, kills=4)
    assert (outcome.lost, outcome.doubled, outcome.mailable) == (0, 0, 0), outcome
    assert outcome.kills >= 3
    assert outcome.fetched_twice <= 24 * outcome.kills  # what was in hand, and what waited for its verdict with others
    (report,) = outcome.reports
    assert report["backfill"]["reason"] == "the end of the list"
    assert (report["backfill"]["pages"], report["backfill"]["kept"]) == (12, 60)

    assert instance.run("publish").code == 0
    assert len(list((instance.public / "releases").glob("*.html"))) == 60
    newest = [item["title"] for item in instance.feed_items(SLUG)][:3]
    assert newest == [f"Vorhaben Nummer {n} der Stadt" for n in range(3)]
    for cadence in instance.once((NOON + timedelta(days=1)).isoformat())["composed"]:
        assert instance.editions()[cadence]["planned"] == 0
    assert mailserver.mails == []


def test_stopped_by_a_signal_it_says_how_it_goes_on_and_does(instance: Instance) -> None:
    with portal_with(PAST) as portal:
        instance.feed(SLUG, f"{portal.url}/presse", first_collect="archive")
        for number in (signal.SIGINT, signal.SIGTERM):
            before, process = portal.asked().total(), start(instance)
            wait_for(lambda: portal.asked().total() >= before + 20)  # noqa: B023  # called at once
            process.send_signal(number)
            assert process.wait(30) == 128 + number
            assert "the same command goes on where it was" in (instance.folder / "err").read_text("utf-8")
        done = instance.run("--plain", "collect", SLUG, "--backfill")
        assert done.code == 0, done.err
        assert "goes on with page" in done.err
        assert "its past is read: 12 pages of the list, 60 releases on them, 60 of them in the archive" in done.out
    assert len(stored(instance.folder / "var/newsletter.db")) == 60


def test_on_sqlite_it_waits_for_nobody_and_disturbs_nobody(instance: Instance) -> None:
    with portal_with(Past(6, 2)) as portal:
        instance.feed(SLUG, f"{portal.url}/presse", every="1h")
        daemon = instance.start()
        done = instance.run("collect", SLUG, "--backfill")
        assert (done.code, done.out) == (1, "")
        assert done.err.startswith("another newsletter process works on")
        assert len(done.err.splitlines()) == 1
        assert instance.stop(daemon) == 0
        assert instance.run("collect", SLUG, "--backfill").code == 0


def test_a_daemon_that_is_killed_in_mid_collect_goes_on_as_soon_as_it_runs_again(instance: Instance) -> None:
    database = instance.folder / "var/newsletter.db"
    with portal_with(Past(300, 60)) as portal:
        instance.feed(SLUG, f"{portal.url}/presse", first_collect="archive", every="1h")
        daemon = instance.start()
        wait_for(lambda: portal.asked().total() > 30)
        daemon.kill()
        daemon.wait()
        assert 0 < len(stored(database)) < 300
        daemon = instance.start()
        wait_for(lambda: len(stored(database)) == 300)
        assert instance.stop(daemon) == 0
    assert not any(mailable for _, mailable in stored(database))


def test_its_options_are_a_backfills(instance: Instance) -> None:
    with portal_with(PAST) as portal:
        instance.feed(SLUG, f"{portal.url}/presse", first_collect="archive")
        assert instance.run("collect", SLUG, "--most", "3").code == 2
        assert instance.run("collect", SLUG, "--backfill", "--until", "gestern").code == 2
        done = instance.run("collect", SLUG, "--backfill", "--most", "7", "--json")
        assert (done.code, done.err) == (0, "")
        (report,) = json.loads(done.out)["sources"]
        assert (report["new"], report["backfill"]["ended_at"]) == (7, None)
        done = instance.run("collect", SLUG, "--backfill", "--until", "2026-11-18")
        assert "all that comes after it is older than asked for" in done.out
        assert 7 < len(stored(instance.folder / "var/newsletter.db")) < 20
