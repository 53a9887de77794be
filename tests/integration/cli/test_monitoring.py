"""What monitoring asks: `status --check --json`, the local check of Checkmk in deploy/, and the doctor's exit codes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from newsletter.app import Program
from newsletter.cli import cli
from newsletter.config import load
from newsletter.model import AlarmKind
from tests.integration.web.api_world import START, settings
from tests.servers.process import free_port

NEWSLETTER = str(Path(sys.executable).with_name("newsletter"))
SCRIPT = Path(__file__).parents[3] / "deploy/checkmk-local.py"
LOCAL = re.compile(r'([0-3P]) "([^"]+)" (-|\w+=[\d.]+(?:\|\w+=[\d.]+)*) (.+)\n')
"""docs.checkmk.com, "Local checks": state, service, metrics, text; a line, and nothing else."""
WELL = {"alarms": 0, "held": 0, "overdue": 0, "waiting": 0, "mails": 0, "uncertain": 0}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return settings(tmp_path, f"sqlite:///{tmp_path}/newsletter.db")


def alarmed(file: Path, *alarms: tuple[AlarmKind, str]) -> None:
    with Program.open(load(file, {}), lambda: START) as program:
        for number, (kind, message) in enumerate(alarms):
            program.alarms.sound(str(number), kind, message, START)


def checked(file: Path, program: str = NEWSLETTER) -> tuple[str, str, dict[str, float], str]:
    """What the script says, with the paths of this test: state, service, metrics, text."""
    text = SCRIPT.read_text("utf-8").replace('*("runuser", "-u", "newsletter", "--"),', "")
    text = text.replace("/opt/newsletter/.venv/bin/newsletter", program)
    script = file.with_name("check.py")
    script.write_text(text.replace("/srv/newsletter/newsletter.toml", str(file)), "utf-8")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    found = LOCAL.fullmatch(done.stdout)
    assert found is not None, done
    metrics = {} if found[3] == "-" else dict(pair.split("=") for pair in found[3].split("|"))
    return found[1], found[2], {name: float(value) for name, value in metrics.items()}, found[4]


def test_all_is_well(file: Path) -> None:
    alarmed(file)
    assert checked(file) == ("0", "Newsletter", WELL, "all is well")


def test_the_worst_is_the_state_and_everything_is_told_in_one_line(file: Path) -> None:
    held, paused = "ALT-1 in “Neue | alte Brücke”", "the relay refuses us"
    alarmed(file, (AlarmKind.EDITION_HELD, held), (AlarmKind.RUN_PAUSED, paused))
    text = rf"run paused: {paused}\nedition held: {held}"
    assert checked(file) == ("2", "Newsletter", WELL | {"alarms": 2}, text)


def test_what_can_wait_is_a_warning(file: Path) -> None:
    alarmed(file, (AlarmKind.EDITION_HELD, "ALT-1"))
    assert checked(file)[0] == "1"


def test_what_cannot_be_known_is_unknown(file: Path) -> None:
    file.write_text(file.read_text("utf-8") + "nonsense = 1\n", "utf-8")
    state, _, metrics, text = checked(file)
    assert (state, metrics) == ("3", {})
    assert "nonsense: unknown key" in text
    state, _, metrics, text = checked(file, program="/nowhere/newsletter")
    assert (state, metrics, text) == ("3", {}, "`newsletter status` cannot be asked: FileNotFoundError")


def test_json_has_the_same_exit_code(file: Path) -> None:
    alarmed(file, (AlarmKind.EDITION_HELD, "ALT-1"))
    done = CliRunner().invoke(cli, ["--config", str(file), "status", "--check", "--json"])
    assert json.loads(done.stdout) == {"level": 1, "lines": ["edition held: ALT-1"], "figures": WELL | {"alarms": 1}}
    assert done.exit_code == 1


def test_the_script_can_be_put_in_place_as_it_is() -> None:
    assert SCRIPT.stat().st_mode & 0o111 == 0o111
    assert SCRIPT.read_text("utf-8").startswith("#!/usr/bin/env python3\n")


def doctor(file: Path, *arguments: str) -> tuple[int, dict[str, bool]]:
    done = CliRunner().invoke(cli, ["--config", str(file), "doctor", *arguments])
    lines = [line.split(maxsplit=1) for line in done.stdout.splitlines()]
    return done.exit_code, {rest.partition(":")[0]: word == "ok" for word, rest in lines}


def test_the_doctor_exits_with_0_where_all_is_well(file: Path) -> None:
    code, found = doctor(file)
    assert (code, set(found.values())) == (0, {True})
    assert {"settings", "database", "mail server"} <= set(found)


def test_the_doctor_exits_with_1_where_something_is_wrong(file: Path) -> None:
    text = file.read_text("utf-8")
    refused = f'transport = "smtp"\n[mail.smtp]\nport = {free_port()}\n[[newsletters]]'
    file.write_text(text.replace("[[newsletters]]", refused), "utf-8")
    code, found = doctor(file)
    assert (code, found["mail server"], found["database"]) == (1, False, True)
    file.write_text(text + "nonsense = 1\n", "utf-8")
    assert doctor(file) == (1, {"settings": False})
    file.unlink()
    assert doctor(file) == (1, {"settings": False})


def test_the_doctor_exits_with_2_where_it_is_called_wrongly(file: Path) -> None:
    assert doctor(file, "--nonsense") == (2, {})
