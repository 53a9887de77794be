"""`newsletter lint`: what it prints, for whom, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from newsletter.cli import cli
from newsletter.cli.lint import language_of
from tests.unit.edition.foreign_mails import HTML, message
from tests.unit.publish.rules.feeds import ATOM, JSON, RSS

PICTURE = "https://bilder.verein.example/brunnen.jpg"
NO_ALT = HTML.replace(' alt="Kinder an einem runden Brunnen"', "")
CLEAN = {
    "brief.eml": message(),
    "brief.html": HTML.encode(),
    "feed.atom": ATOM.encode(),
    "feed.rss": RSS.encode(),
    "feed.xml": RSS.encode(),
    "feed.json": json.dumps(JSON).encode(),
}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, data in CLEAN.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "ohne.html").write_text(NO_ALT, "utf-8")
    (tmp_path / "warnt.rss").write_text(
        RSS.replace("<guid>https", "<comments>https").replace("brunnen</guid>", "brunnen</comments>")
    )
    return tmp_path


def run(*args: object, **environment: str) -> Result:
    env = {"LC_ALL": "C.UTF-8", **environment}
    return CliRunner().invoke(cli, ["lint", *map(str, args)], env=env)


def test_clean_files_exit_0(files: Path) -> None:
    done = run(*(files / name for name in CLEAN))
    assert done.exit_code == 0
    assert done.output.splitlines() == [f"{files / name}: nothing found" for name in CLEAN]


def test_what_blocks_exits_1_and_says_where_and_what_to_do(files: Path) -> None:
    done = run(files / "ohne.html")
    assert done.exit_code == 1
    assert done.output.splitlines() == [
        f"{files / 'ohne.html'}: 1 finding, 1 of them blocking",
        f"  blocks: ALT-1 (WCAG 1.1.1): line 10: <img> {PICTURE}: A picture has no alt attribute.",
        "    What to do: Give every <img> its alt text.",
    ]


def test_warnings_alone_exit_0(files: Path) -> None:
    done = run(files / "warnt.rss")
    assert done.exit_code == 0
    assert "  warning: ID-3 (RSS Best Practices): line 17: rss/channel/item[1]: The item has no guid." in done.output


def test_it_speaks_german_where_the_environment_does(files: Path) -> None:
    done = run(files / "ohne.html", files / "feed.rss", LC_ALL="de_DE.UTF-8")
    assert "  blockiert: ALT-1 (WCAG 1.1.1): Zeile 10: <img> " in done.output
    assert done.output.endswith("feed.rss: nichts gefunden\n")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "de_AT@euro"}, "de"),
        ({"LC_ALL": "C", "LANG": "de_DE.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "de_CH", "LANG": "en_GB"}, "de"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
    ],
)
def test_the_language_is_that_of_the_environment(environment: dict[str, str], language: str) -> None:
    assert language_of(environment) == language


def test_json_has_the_promised_keys(files: Path) -> None:
    done = run(files / "ohne.html", files / "feed.atom", "--json")
    assert done.exit_code == 1
    bad, good = json.loads(done.stdout)
    assert good == {"file": str(files / "feed.atom"), "findings": []}
    (finding,) = bad["findings"]
    assert {name: finding[name] for name in ("rule", "severity", "criterion", "clause")} == {
        "rule": "ALT-1",
        "severity": "block",
        "criterion": "WCAG 1.1.1",
        "clause": "10.1.1.1",
    }
    assert all(finding[name] for name in ("where", "message", "remedy", "line"))


def test_sarif_names_rule_level_file_and_line(files: Path) -> None:
    (files / "ö b.html").write_text(NO_ALT, "utf-8")
    done = run(files / "ö b.html", files / "warnt.rss", "--sarif")
    assert done.exit_code == 1
    value: dict[str, Any] = json.loads(done.stdout)
    assert value["version"] == "2.1.0"
    (made,) = value["runs"]
    rules = made["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    assert {result["level"] for result in made["results"]} == {"error", "warning"}
    for result in made["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
    assert rules[made["results"][0]["ruleIndex"]]["properties"]["clause"] == "EN 301 549 10.1.1.1"
    place = made["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"].endswith("/%C3%B6%20b.html")
    assert place["region"] == {"startLine": 10}


def test_one_unreadable_file_does_not_stop_the_others(files: Path) -> None:
    (files / "bild.png").write_bytes(b"\x89PNG\r\n")
    done = run(files / "gone.eml", files / "bild.png", "http://127.0.0.1:9/feed.rss", files / "feed.rss", "--json")
    assert done.exit_code == 1
    *bad, good = json.loads(done.stdout)
    assert good["findings"] == []
    assert all(one["findings"] == [] and one["problem"] in done.stderr for one in bad)
    assert len(done.stderr.splitlines()) == 3


def test_the_kind_is_told_by_the_contents_where_the_name_does_not(files: Path) -> None:
    for name, data in CLEAN.items():
        (files / f"{name}-kopie").write_bytes(data)
    assert run(*(files / f"{name}-kopie" for name in CLEAN)).exit_code == 0


def test_what_a_file_says_cannot_steer_the_terminal(files: Path) -> None:
    (files / "ohne.html").write_text(NO_ALT.replace("brunnen.jpg", "\x9b31m\u202ebrunnen.jpg"), "utf-8")
    assert all(char.isprintable() or char == "\n" for char in run(files / "ohne.html").output)


def test_wrong_usage() -> None:
    assert run().exit_code == 2
    assert run("x", "--json", "--sarif").exit_code == 2
