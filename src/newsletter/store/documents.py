"""Values of the model as JSON and back. A document written by an older version is read with today's defaults."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from newsletter.model import CheckedRule, Finding, Release, Sheet
from newsletter.said import document, said_from

RELEASE = TypeAdapter(Release)
SENTENCES = ("message", "remedy")  # of a finding
FINDINGS = TypeAdapter(tuple[Finding, ...])
RULES = TypeAdapter(tuple[CheckedRule, ...])
SHEET = TypeAdapter(Sheet)


def release_document(release: Release) -> dict[str, Any]:
    """The release whole, as JSON."""
    document: dict[str, Any] = RELEASE.dump_python(release, mode="json")
    return document


def release_from(document: Any) -> Release:
    """The release that `release_document` wrote."""
    return RELEASE.validate_python(document)


def release_columns(release: Release, changed_at: datetime) -> dict[str, Any]:
    """The row of a release, but for `digest` and `told_revision`, which only the collector knows."""
    return {
        "id": release.id,
        "source": release.source,
        "url": release.url,
        "state": release.state,
        "language": release.language,
        "first_seen": release.first_seen,
        "published_at": release.published_at,
        "updated": release.updated,
        "changed_at": changed_at,
        "not_before": release.not_before,
        "mailable": release.mailable,
        "revision": release.revision,
        "document": release_document(release),
    }


def findings_document(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings as JSON, with what their sentences are made of."""
    those = tuple(findings)
    documents: list[dict[str, Any]] = FINDINGS.dump_python(those, mode="json")
    for found, one in zip(those, documents, strict=True):
        one["said"] = {name: document(getattr(found, name)) for name in SENTENCES}
    return documents


def findings_from(documents: Any) -> tuple[Finding, ...]:
    """The findings that `findings_document` wrote."""
    told: list[dict[str, Any]] = documents
    pairs = zip(FINDINGS.validate_python(told), told, strict=True)
    return tuple(_finding(found, one.get("said") or {}) for found, one in pairs)


def _finding(found: Finding, said: dict[str, Any]) -> Finding:
    told = {name: said_from(getattr(found, name), said.get(name)) for name in SENTENCES}
    return replace(found, message=told["message"], remedy=told["remedy"])


def rules_document(rules: Iterable[CheckedRule]) -> list[dict[str, Any]]:
    """Rules as JSON."""
    document: list[dict[str, Any]] = RULES.dump_python(tuple(rules), mode="json")
    return document


def rules_from(document: Any) -> tuple[CheckedRule, ...]:
    """The rules that `rules_document` wrote."""
    return RULES.validate_python(document)


def pack(sheet: Sheet) -> bytes:
    """A sheet as compressed JSON: every character of it as it was rendered."""
    return zlib.compress(SHEET.dump_json(sheet))


def unpack(packed: bytes) -> Sheet:
    """The sheet that `pack` wrote."""
    return SHEET.validate_json(zlib.decompress(packed))
