"""Findings as SARIF 2.1.0 (docs.oasis-open.org/sarif), which code hosts and editors show beside the file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from newsletter import __version__
from newsletter.model import Finding

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"


def sarif(found: Iterable[tuple[str, tuple[Finding, ...]]]) -> dict[str, Any]:
    """One run of the linter over files, each with its findings."""
    from newsletter.app.linting import every_rule

    numbers = {rule.id: number for number, rule in enumerate(every_rule())}
    rules = [
        {
            "id": rule.id,
            "shortDescription": {"text": rule.title},
            "defaultConfiguration": {"level": _level(rule.severity == "block")},
            "properties": {
                "criterion": rule.criterion,
                **({"clause": f"EN 301 549 {rule.clause}"} if rule.clause else {}),
                "tags": ["accessibility" if rule.criterion.startswith("WCAG") else "validity"],
            },
        }
        for rule in every_rule()
    ]
    results = [_result(file, finding, numbers[finding.rule]) for file, findings in found for finding in findings]
    driver = {"name": "newsletter lint", "version": __version__, "rules": rules}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _result(file: str, finding: Finding, number: int) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(file)}}
    if finding.line:
        place["region"] = {"startLine": finding.line}
    location: dict[str, Any] = {"physicalLocation": place}
    if finding.where:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.where}]
    return {
        "ruleId": finding.rule,
        "ruleIndex": number,
        "level": _level(finding.blocks),
        "message": {"text": f"{finding.message} {finding.remedy}"},
        "locations": [location],
    }


def _level(blocks: bool) -> str:
    return "error" if blocks else "warning"


def _uri(file: str) -> str:
    """A file's path as a relative reference; an address as it is."""
    return file if file.startswith(("http://", "https://")) else quote(file.removeprefix("./"))
