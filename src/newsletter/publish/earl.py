"""The record of an edition's checking for machines: EARL 1.0 (W3C, Evaluation and Report Language) as JSON-LD."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from newsletter.config import Site
from newsletter.i18n import Words
from newsletter.model import NOT_TESTED, CheckedRule, Edition, Record

CONTEXT = {
    "earl": "http://www.w3.org/ns/earl#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
}


def build(edition: Edition, record: Record, site: Site) -> bytes:
    """One assertion a rule about the edition, whose parts are its variants with the SHA-256 of their bytes.

    What warns is `cantTell`: a person has to look. What no rule can say is `untested`. The name of an editor who let
    the edition go is not in it: this is public.
    """
    words = Words(site.language)
    here = f"{site.base_url}/reports/{edition.id}"
    graph = [
        _assertor(here, record),
        {
            "@id": f"{here}#edition",
            "@type": "earl:TestSubject",
            "dct:identifier": edition.id,
            "foaf:page": {"@id": f"{site.base_url}/editions/{edition.id}"},
            "dct:hasPart": list(_variants(here, record)),
        },
        *(_assertion(here, rule, edition, record, words) for rule in record.rules),
        *_untested(here, words),
        *_override(here, edition),
    ]
    document = {"@context": CONTEXT, "@graph": graph}
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def reason_of(override: str) -> str:
    """Why an edition was let go, without who did it: `override` is `NAME: REASON`."""
    return override.partition(":")[2].strip()


def _assertor(here: str, record: Record) -> dict[str, Any]:
    versions = [f"{name} {version}" for name, version in sorted(record.versions.items())]
    return {
        "@id": f"{here}#assertor",
        "@type": ["earl:Assertor", "earl:Software"],
        "dct:title": "newsletter",
        "dct:hasVersion": record.versions.get("newsletter"),
        "dct:description": ", ".join(versions),
    }


def _variants(here: str, record: Record) -> Iterator[dict[str, Any]]:
    for variant in record.variants:
        hashes = [("text/html", variant.html_sha256), ("text/plain", variant.text_sha256)]
        yield {
            "@id": f"{here}#{variant.key}",
            "@type": "earl:TestSubject",
            "dct:identifier": variant.key,
            "dct:language": variant.language,
            "dct:hasPart": [
                {"@type": "earl:TestSubject", "dct:format": kind, "dct:identifier": f"sha256:{digest}"}
                for kind, digest in hashes
                if digest
            ],
        }


def _assertion(here: str, rule: CheckedRule, edition: Edition, record: Record, words: Words) -> dict[str, Any]:
    found = [finding for finding in edition.findings if finding.rule == rule.id]
    outcome = "passed" if not found else "failed" if rule.severity == "block" else "cantTell"
    criteria = [rule.criterion, *([f"EN 301 549 {rule.clause}"] if rule.clause else [])]
    result = {"@type": "earl:TestResult", "earl:outcome": {"@id": f"earl:{outcome}"}}
    if found:
        result["dct:description"] = [f"{finding.where}: {finding.message}" for finding in found]
    return {
        "@type": "earl:Assertion",
        "earl:assertedBy": {"@id": f"{here}#assertor"},
        "earl:subject": {"@id": f"{here}#edition"},
        "earl:test": {
            "@type": "earl:TestCase",
            "dct:identifier": rule.id,
            "dct:title": words.say(rule.title),
            "dct:isPartOf": criteria,
        },
        "earl:mode": {"@id": "earl:automatic"},
        "earl:result": {**result, "dct:date": record.at.isoformat()},
    }


def _untested(here: str, words: Words) -> Iterator[dict[str, Any]]:
    for message in NOT_TESTED:
        yield {
            "@type": "earl:Assertion",
            "earl:assertedBy": {"@id": f"{here}#assertor"},
            "earl:subject": {"@id": f"{here}#edition"},
            "earl:test": {"@type": "earl:TestRequirement", "dct:title": words.say(message)},
            "earl:result": {"@type": "earl:TestResult", "earl:outcome": {"@id": "earl:untested"}},
        }


def _override(here: str, edition: Edition) -> Iterator[dict[str, Any]]:
    if edition.override is not None:
        yield {
            "@type": "earl:Assertion",
            "earl:assertedBy": {"@type": ["earl:Assertor", "foaf:Person"]},
            "earl:subject": {"@id": f"{here}#edition"},
            "earl:mode": {"@id": "earl:manual"},
            "earl:result": {
                "@type": "earl:TestResult",
                "earl:outcome": {"@id": "earl:cantTell"},
                "dct:description": reason_of(edition.override),
            },
        }
