"""`bounces read`, and the page that explains its words."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from newsletter.cli import cli
from newsletter.deliver.feedback.returned import GONE, Complaint, Kind, Reason
from tests.unit.deliver.feedback.samples import BOUNCES, mail

PAGE = Path(__file__).parents[4] / "docs" / "bounces.md"


def test_it_says_a_line_for_each_file(tmp_path: Path) -> None:
    (tmp_path / "bounce.eml").write_bytes(BOUNCES[0][1])
    (tmp_path / "letter.eml").write_bytes(mail("Guten Tag", sender="leserin@ort.example", subject="Frage"))
    files = [str(tmp_path / name) for name in ("bounce.eml", "letter.eml")]
    done = CliRunner().invoke(cli, ["bounces", "read", *files])
    assert done.exit_code == 0
    assert done.output.splitlines() == [
        f"{files[0]}: bounce; user-unknown; 5.1.1; gone for good; leserin@ort.example",
        f"{files[1]}: other",
    ]


def test_it_prints_json(tmp_path: Path) -> None:
    file = tmp_path / "bounce.eml"
    file.write_bytes(BOUNCES[0][1])
    done = CliRunner().invoke(cli, ["bounces", "read", str(file), "--json"])
    assert json.loads(done.output) == [
        {
            "file": str(file),
            "kind": "bounce",
            "recipients": ["leserin@ort.example"],
            "permanent": True,
            "status": "5.1.1",
            "reason": "user-unknown",
        }
    ]


def test_a_file_that_is_not_there_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "bounce.eml").write_bytes(BOUNCES[0][1])
    done = CliRunner().invoke(cli, ["bounces", "read", str(tmp_path / "none.eml"), str(tmp_path / "bounce.eml")])
    assert done.output.startswith(f"{tmp_path / 'bounce.eml'}: bounce;")
    assert str(done.exception) == f"{tmp_path / 'none.eml'}: cannot be read: No such file or directory"


def test_nothing_that_a_terminal_obeys_is_printed(tmp_path: Path) -> None:
    file = tmp_path / "bounce.eml"
    file.write_bytes(mail("could not be delivered to <\x1b[31mleserin\x1b[0m@ort.example>:\nuser \x9b31m unknown"))
    done = CliRunner().invoke(cli, ["bounces", "read", str(file)])
    assert "\x1b" not in done.output
    assert "\x9b" not in done.output


def test_the_page_names_every_kind_and_reason() -> None:
    rows = {
        line.split("|")[1].strip(" `"): line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")
    }
    assert set(rows) == {*Kind, *Reason, *Complaint}
    assert {name for name, row in rows.items() if "gone for good" in row} == GONE
