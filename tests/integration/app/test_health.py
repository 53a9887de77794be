"""Whether a person has to come: counted from a real database, judged from figures, said as monitoring reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert

from newsletter.app import Program
from newsletter.app.health import LATE, Level, judge
from newsletter.cli import cli
from newsletter.model import Alarm, AlarmKind, EditionState, Figures, SourceFigures
from newsletter.store.figures import Count
from newsletter.store.source_tables import sources
from tests.integration.app.test_composing import NOW, program
from tests.integration.app.test_recall import sending

__all__ = ["program"]

MINUTE = timedelta(minutes=1)
WELL = Figures({}, None, {}, {}, {}, 0, (SourceFigures("portal", NOW, NOW + MINUTE, 0),), (), None)


def sample(text: bytes, name: str, **labels: str) -> float:
    families = text_string_to_metric_families(text.decode())
    (found,) = [one for family in families for one in family.samples if one.name == name and one.labels == labels]
    return found.value


async def test_the_figures_are_what_the_tables_hold(program: Program) -> None:
    await sending(program)
    program.subscribing.subscribe("neu@leser.example", program.offer.wish("presse"), NOW, "de")
    program.register.suppress("nie@leser.example", "asked", NOW)
    program.database.write(
        lambda connection: connection.execute(
            insert(sources).values(slug="portal", succeeded_at=NOW, next_at=NOW + MINUTE, failures=2)
        )
    )
    program.alarms.sound("x", AlarmKind.SOURCE_SILENT, "nothing for weeks", NOW)
    figures = Count(program.database).at(NOW)
    assert figures.deliveries == {"queued": 8}  # five of the daily edition, one of each release at once, a confirmation
    assert figures.subscriptions == {("presse", "active"): 6, ("presse", "pending"): 1}
    assert (figures.suppressed, figures.releases) == (1, {"live": 2})
    assert figures.waits_since == NOW
    text = program.metrics()
    assert sample(text, "newsletter_deliveries", state="queued") == 8
    assert sample(text, "newsletter_deliveries", state="failed") == 0
    assert sample(text, "newsletter_subscriptions", newsletter="presse", state="active") == 6
    assert sample(text, "newsletter_source_failures", feed="portal") == 2
    assert sample(text, "newsletter_alarms", kind="source silent") == 1
    assert b"leser.example" not in text


async def test_mail_of_a_paused_edition_does_not_wait(program: Program) -> None:
    await sending(program)
    for edition in program.editions.in_state(EditionState.SENDING):
        program.editions.move(edition.id, EditionState.PAUSED, NOW, "by hand")
    assert Count(program.database).at(NOW + 2 * LATE).waits_since is None


@pytest.mark.parametrize(
    ("figures", "level", "said"),
    [
        (WELL, Level.OK, "all is well"),
        (replace(WELL, paused="restored from a backup"), Level.CRITICAL, "restored from a backup"),
        (replace(WELL, waits_since=NOW - LATE - MINUTE), Level.CRITICAL, "mail could go since 2026-"),
        (replace(WELL, waits_since=NOW - LATE), Level.OK, "all is well"),
        (
            replace(WELL, sources=(SourceFigures("portal", NOW, NOW - LATE - MINUTE, 0),)),
            Level.CRITICAL,
            "not collected on time: portal. Is `newsletter run` running?",
        ),
        (replace(WELL, sources=(SourceFigures("gone", NOW, NOW - 9 * LATE, 0),)), Level.OK, "all is well"),
        (
            replace(WELL, alarms=(Alarm("a", AlarmKind.EDITION_HELD, "ALT-1", NOW),)),
            Level.WARNING,
            "edition held: ALT-1",
        ),
        (replace(WELL, alarms=(Alarm("a", AlarmKind.RUN_PAUSED, "550", NOW),)), Level.CRITICAL, "run paused: 550"),
    ],
)
def test_each_cause_has_its_level(figures: Figures, level: Level, said: str) -> None:
    health = judge(figures, {"portal"}, NOW)
    assert (health.level, len(health.lines)) == (level, 1)
    assert said in health.lines[0]


def test_the_worst_comes_first() -> None:
    alarms = (Alarm("a", AlarmKind.EDITION_HELD, "ALT-1", NOW), Alarm("b", AlarmKind.CLOCK_WRONG, "ahead", NOW))
    health = judge(replace(WELL, alarms=alarms), {"portal"}, NOW)
    assert health.level is Level.CRITICAL
    assert [line.partition(":")[0] for line in health.lines] == ["clock wrong", "edition held"]
    perfdata = ["alarms=2;0", "held=0;0", "overdue=0;;0", "waiting=0s;;1800", "mails=0", "uncertain=0"]
    assert [str(figure) for figure in health.figures] == perfdata


def test_what_cannot_be_known_is_unknown(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["--config", str(tmp_path / "none.toml"), "status", "--check"])
    assert done.exit_code == 3
    assert done.output.startswith("NEWSLETTER UNKNOWN - ")
    assert "there is no such file" in done.output
