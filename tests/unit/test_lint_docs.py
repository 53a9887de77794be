"""docs/lint.md names every rule there is."""

from __future__ import annotations

import re
from pathlib import Path

from newsletter.app.linting import every_rule

PAGE = Path(__file__).parents[2] / "docs" / "lint.md"


def test_every_rule_has_its_line_with_its_weight_and_criterion() -> None:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.read_text("utf-8").splitlines()]
    told = {cells[0]: tuple(cells[1:4]) for cells in rows if re.fullmatch(r"[A-Z]+-\d+", cells[0])}
    weights = {"block": "blocks", "warn": "warns"}
    assert told == {
        rule.id: (weights[rule.severity], rule.criterion, f"{' '.join(rule.title.split())}.") for rule in every_rule()
    }
