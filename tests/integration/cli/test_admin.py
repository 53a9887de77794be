"""`admin` and `audit`: who may sign in, and what was done."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from newsletter.cli import cli
from newsletter.errors import BadInput, NotFound, StateError
from tests.integration.web.admin.world import office

MARA = "mara@musterstadt.example"


@pytest.fixture
def place(tmp_path: Path, store_url: str) -> Path:
    with office(tmp_path, store_url):
        return tmp_path / "newsletter.toml"


def run(place: Path, *args: str) -> Result:
    return CliRunner().invoke(cli, ["--config", str(place), *args])


def listed(place: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(run(place, "admin", "list", "--json").stdout)
    return found


def test_from_the_first_admin_on(place: Path) -> None:
    first = run(place, "admin", "add", "Chef@musterstadt.example")
    assert first.exit_code == 0
    assert first.stdout.startswith("https://news.musterstadt.example/admin/welcome/")
    run(place, "admin", "add", MARA, "--role", "editor", "--newsletter", "presse", "--newsletter", "rat")
    assert listed(place) == [
        {"name": "chef@musterstadt.example", "roles": {"*": "admin"}, "state": "invited"},
        {"name": MARA, "roles": {"presse": "editor", "rat": "editor"}, "state": "invited"},
    ]
    assert "editor (presse), editor (rat)" in run(place, "admin", "list").stdout
    assert run(place, "admin", "remove", MARA).exit_code == 0
    assert listed(place)[1]["state"] == "disabled"
    again = run(place, "admin", "reset", MARA)
    assert again.stdout != first.stdout
    assert listed(place)[1]["state"] == "invited"


def test_what_cannot_be(place: Path) -> None:
    run(place, "admin", "add", "chef")
    assert isinstance(run(place, "admin", "add", "CHEF").exception, BadInput)
    assert isinstance(run(place, "admin", "reset", "nobody").exception, NotFound)
    assert isinstance(run(place, "admin", "remove", "chef").exception, StateError)
    assert run(place, "admin", "add", "x", "--newsletter", "nowhere").exit_code == 2
    assert len(listed(place)) == 1


def test_the_audit_log_says_so_and_holds_no_link(place: Path) -> None:
    link = run(place, "admin", "add", MARA).stdout.strip()
    run(place, "admin", "remove", MARA)
    shown = run(place, "audit", "--json").stdout
    entries = [json.loads(line) for line in shown.splitlines()]
    assert [(one["action"], one["subject"], one["outcome"]) for one in entries] == [
        ("account.invite", MARA, "done"),
        ("account.disable", MARA, "refused"),
    ]
    assert link.rpartition("/")[2] not in shown
    assert "account.invite" in run(place, "audit").stdout
    assert run(place, "audit", "--json", "--since", "2099-01-01").stdout == ""
    assert run(place, "audit", "--since", "gestern").exit_code == 2
