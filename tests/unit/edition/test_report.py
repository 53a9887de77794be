"""The accessibility report."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

from newsletter.edition.compose import edition_of
from newsletter.edition.report import report
from newsletter.edition.rules import check, rules
from tests.unit.edition.samples import NEWSLETTER, NOON, RELEASES, SITE, edition, picture, release, variant

EDITION = edition_of(edition(), NOON)


def test_a_report_names_rules_versions_hashes_and_what_was_not_tested() -> None:
    found = variant()
    made = report(EDITION, [found], check(found, RELEASES, SITE, NEWSLETTER), "de")
    assert json.loads(json.dumps(made)) == made
    assert (made["edition"], made["held"], made["findings"]) == (EDITION.id, False, [])
    assert [rule["id"] for rule in made["rules"]] == [rule.id for rule in rules()]
    text = "".join(piece if isinstance(piece, str) else f"{{{piece.name}}}" for piece in found.text)
    assert made["variants"][0]["sha256"]["text"] == hashlib.sha256(text.encode()).hexdigest()
    assert made["versions"].keys() >= {"newsletter", "mjml-python", "premailer"}
    assert "Screenreader" in made["not_tested"][0]
    assert "WCAG conformant" not in json.dumps(made)


def test_what_blocks_holds_unless_somebody_overrode_it() -> None:
    releases = [release(1, images=(picture(alt=None),))]
    hold = NEWSLETTER.model_copy(update={"missing_alt": "hold"})
    findings = check(variant(releases), releases, SITE, hold)
    made = report(EDITION, [], findings, "en")
    assert made["held"]
    assert made["findings"][0]["rule"] == "ALT-1"
    assert not report(replace(EDITION, override="A. Muster: eilt"), [], findings, "en")["held"]
