"""The accessibility report of an edition: what was checked on which bytes, what was found, and what nobody tested."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from typing import Any

from newsletter import __version__
from newsletter.edition.rules import rules
from newsletter.i18n import Words
from newsletter.model import NOT_TESTED, CheckedRule, CheckedVariant, Edition, Record

SHAPING = ("mjml-python", "premailer", "lxml", "jinja2")
"""The packages whose version shapes the bytes, or what is read in them."""


def checked(edition: str, now: datetime) -> Record:
    """That an edition is checked now: with which versions, by which rules."""
    return Record(
        edition=edition,
        at=now,
        versions={"newsletter": __version__, **{name: version(name) for name in SHAPING}},
        rules=tuple(CheckedRule(each.id, each.severity, each.criterion, each.clause, each.title) for each in rules()),
    )


def report(edition: Edition, record: Record, language: str) -> dict[str, Any]:
    """A JSON value about one edition, its wording in `language`.

    The report claims nothing beyond the rules it lists: an automated check alone is no statement of conformance.
    """
    words = Words(language)
    return {
        "edition": edition.id,
        "newsletter": edition.newsletter,
        "state": str(edition.state),
        "held": any(finding.blocks for finding in edition.findings) and edition.override is None,
        "override": edition.override,
        "language": language,
        "checked_at": record.at.isoformat(),
        "versions": dict(record.versions),
        "rules": [asdict(rule) | {"title": words.say(rule.title)} for rule in record.rules],
        "variants": [_variant(variant) for variant in record.variants],
        "findings": [asdict(finding) for finding in edition.findings],
        "not_tested": [words.say(message) for message in NOT_TESTED],
    }


def _variant(variant: CheckedVariant) -> dict[str, Any]:
    return {
        "key": variant.key,
        "language": variant.language,
        "format": str(variant.format),
        "releases": list(variant.releases),
        "sha256": {"html": variant.html_sha256, "text": variant.text_sha256},
    }
