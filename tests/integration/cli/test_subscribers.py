"""`subscribers`: what is kept of a list whose name is no UTF-8, and how a suppression is lifted, on record."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from newsletter.cli import cli
from newsletter.errors import NotFound
from tests.integration.web.admin.world import office

MARA, IDA = "mara@leser.example", "ida@leser.example"


@pytest.fixture
def place(tmp_path: Path, store_url: str) -> Path:
    with office(tmp_path, store_url):
        return tmp_path / "newsletter.toml"


def run(place: Path, *args: str) -> Result:
    return CliRunner().invoke(cli, ["--config", str(place), "subscribers", *args])


def listed(place: Path) -> dict[str, tuple[str, bool]]:
    found = json.loads(run(place, "list", "--json").stdout)
    return {one["email"]: (one["state"], one["suppressed"]) for one in found}


def test_a_suppression_is_lifted_for_a_reason(place: Path) -> None:
    for who, reason in ((MARA, "bounce: user-unknown: 5.1.1"), (IDA, "rief an")):
        run(place, "add", who, "--newsletter", "presse", "--consent", "Formular")
        run(place, "suppress", who, "--reason", reason)
    assert run(place, "unsuppress", MARA).exit_code == 2
    assert listed(place) == {MARA: ("active", True), IDA: ("active", True)}
    assert run(place, "unsuppress", "Mara@leser.example", "--reason", "Anruf").stdout.endswith("gets again: presse\n")
    assert "can subscribe again" in run(place, "unsuppress", IDA, "--reason", "Brief").stdout
    assert listed(place) == {MARA: ("active", False), IDA: ("ended", False)}
    assert isinstance(run(place, "unsuppress", IDA, "--reason", "Brief").exception, NotFound)
    lines = CliRunner().invoke(cli, ["--config", str(place), "audit", "--json"]).stdout.splitlines()
    entries = [json.loads(line) for line in lines]
    lifts = [(one["outcome"], one["detail"]["reason"]) for one in entries if one["action"] == "suppression.lift"]
    assert sorted(lifts) == [("done", "Anruf"), ("done", "Brief"), ("refused", "Brief")]


def test_what_is_on_record_can_be_read_again(place: Path) -> None:
    """Half a surrogate pair, which stands for a byte that is no UTF-8, would spoil each export for good."""
    file = os.fsdecode(os.fsencode(place.parent) + "/Größe.csv".encode("latin-1"))
    Path(file).write_text(f"email\n{MARA}\n", "utf-8")
    assert run(place, "import", "--newsletter", "presse", file).stdout.startswith("1 added")
    assert "imported from Gr\ufffd\ufffde.csv on" in run(place, "proof", MARA).stdout
    latin = os.fsdecode("Umfrage für alle".encode("latin-1"))
    Path(file).write_text(f"email\n{IDA}\n", "utf-8")
    new, consent = ("--newsletter", "presse"), ("--consent", latin)
    for refused in (
        run(place, "import", *new, *consent, file),
        run(place, "add", IDA, *new, *consent),
        run(place, "suppress", MARA, "--reason", latin),
        run(place, "unsuppress", MARA, "--reason", latin),
    ):
        assert (refused.exit_code, "it is not written in UTF-8" in refused.stderr) == (2, True)
    assert [line.split(",")[0] for line in run(place, "export").stdout.splitlines()] == ["email", MARA]
    assert not CliRunner().invoke(cli, ["--config", str(place), "audit", "--json"]).stdout
