"""`newsletter status`: people read alarms in the language of the site, programs in English."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from newsletter.cli import cli
from newsletter.model import AlarmKind
from newsletter.said import Said
from tests.integration.web.admin.world import office


def test_alarms_are_told_in_the_language_of_the_site(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        said = Said("%(row)s could not be composed: %(why)s", row="presse", why=Said("nothing was due"))
        here.program.alarms.sound("a", AlarmKind.EDITION_HELD, said, here.now)
        command = ["--config", str(tmp_path / "newsletter.toml"), "status"]
        told, programs = CliRunner().invoke(cli, command), CliRunner().invoke(cli, [*command, "--json"])
    assert told.output.splitlines()[-1] == (
        "Ausgabe zurückgehalten, seit 2026-11-24 06:00 UTC: "
        "presse konnte nicht zusammengestellt werden: nichts stand an"
    )
    (alarm,) = json.loads(programs.output)["alarms"]
    assert (alarm["kind"], alarm["message"]) == ("edition held", "presse could not be composed: nothing was due")
