"""The accessibility report."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

from newsletter.edition.compose import edition_of
from newsletter.edition.report import checked, report
from newsletter.edition.rules import check, rules
from newsletter.i18n import Words
from newsletter.model import NOT_TESTED, CheckedVariant
from tests.unit.edition.samples import NEWSLETTER, NOON, SITE, edition, picture, release, variant

EDITION = edition_of(edition(), NOON)
FOUND = variant()
RECORD = replace(
    checked(EDITION.id, NOON),
    variants=(
        CheckedVariant(FOUND.key, FOUND.language, FOUND.format, FOUND.selection, FOUND.html_sha256, FOUND.text_sha256),
    ),
)


def test_a_report_names_rules_versions_hashes_and_what_was_not_tested() -> None:
    made = report(EDITION, RECORD, "de")
    assert json.loads(json.dumps(made)) == made
    assert (made["edition"], made["held"], made["findings"]) == (EDITION.id, False, [])
    assert [rule["id"] for rule in made["rules"]] == [rule.id for rule in rules()]
    text = "".join(piece if isinstance(piece, str) else f"{{{piece.name}}}" for piece in FOUND.text)
    assert made["variants"][0]["sha256"]["text"] == hashlib.sha256(text.encode()).hexdigest()
    assert made["versions"].keys() >= {"newsletter", "mjml-python", "premailer"}
    assert made["checked_at"] == NOON.isoformat()
    assert "Screenreader" in made["not_tested"][0]
    assert "WCAG conformant" not in json.dumps(made)


def test_what_blocks_holds_unless_somebody_overrode_it() -> None:
    releases = [release(1, images=(picture(alt=None),))]
    hold = NEWSLETTER.model_copy(update={"missing_alt": "hold"})
    held = replace(EDITION, findings=check(variant(releases), releases, SITE, hold))
    made = report(held, RECORD, "en")
    assert made["held"]
    assert made["findings"][0]["rule"] == "ALT-1"
    assert not report(replace(held, override="A. Muster: eilt"), RECORD, "en")["held"]


def test_a_rule_names_its_clause_of_the_european_standard_where_that_holds_its_criterion() -> None:
    clauses = {rule.id: rule.clause for rule in rules()}
    assert (clauses["ALT-1"], clauses["CONTR-1"]) == ("10.1.1.1", "10.1.4.3")
    assert clauses["TYPO-1"] is None  # WCAG 1.4.8 is of level AAA
    assert clauses["SIZE-2"] is None


def test_titles_and_what_was_not_tested_are_said_in_german() -> None:
    german = Words("de")
    assert all(german.say(rule.title) != rule.title for rule in rules())
    assert all(german.say(message) != message for message in NOT_TESTED)
