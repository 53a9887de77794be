"""The accessibility report of an edition: what was checked on which bytes, what was found, and what nobody tested."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from typing import Any

from newsletter import __version__
from newsletter.edition.rules import rules
from newsletter.i18n import Words
from newsletter.model import Edition, Finding, Pieces, Variant


def report(edition: Edition, variants: Iterable[Variant], findings: Sequence[Finding], language: str) -> dict[str, Any]:
    """A JSON value about one edition, its wording in `language`.

    A variant's SHA-256 is that of its UTF-8 text with each person's blank written as `{name}`. The report claims
    nothing beyond the rules it lists: an automated check alone is no statement of conformance.
    """
    words = Words(language)
    return {
        "edition": edition.id,
        "newsletter": edition.newsletter,
        "state": str(edition.state),
        "held": any(finding.blocks for finding in findings) and edition.override is None,
        "override": edition.override,
        "language": language,
        "versions": {
            "newsletter": __version__,
            **{name: version(name) for name in ("mjml-python", "premailer", "lxml", "jinja2")},
        },
        "rules": [
            {"id": rule.id, "severity": rule.severity, "criterion": rule.criterion, "title": rule.title}
            for rule in rules()
        ],
        "variants": [_variant(variant) for variant in variants],
        "findings": [_finding(finding) for finding in findings],
        "not_tested": not_tested(words),
    }


def not_tested(words: Words) -> list[str]:
    """What no rule of ours can say of a mail."""
    return [
        words.say("How it sounds in a screen reader: no person has listened to this edition."),
        words.say("How it looks in each mail program: the rules read the HTML, they do not draw it."),
        words.say("Whether an alt text says what matters in its picture, and whether pictures hold text."),
        words.say("Whether the texts are easy to understand."),
        words.say("What lies behind the links."),
    ]


def digest(pieces: Pieces) -> str:
    """The SHA-256 of a part, with `{name}` for each blank."""
    text = "".join(piece if isinstance(piece, str) else f"{{{piece.name}}}" for piece in pieces)
    return hashlib.sha256(text.encode()).hexdigest()


def _variant(variant: Variant) -> dict[str, Any]:
    return {
        "key": variant.key,
        "language": variant.language,
        "format": str(variant.format),
        "subject": variant.subject,
        "releases": list(variant.selection),
        "sha256": {
            "html": None if variant.html is None else digest(variant.html),
            "text": digest(variant.text),
        },
    }


def _finding(finding: Finding) -> dict[str, str]:
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "criterion": finding.criterion,
        "where": finding.where,
        "message": finding.message,
        "remedy": finding.remedy,
    }
