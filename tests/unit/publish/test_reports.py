"""How an edition was checked, for people and for programs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from newsletter.model import NOT_TESTED
from newsletter.publish import earl
from newsletter.publish.archive import publish
from newsletter.publish.pages import Pages
from newsletter.publish.writer import Writer
from tests.unit.publish.sample import FEEDS, FINDING, NEWSLETTERS, NOW, RECORD, SITE, Shelf, shelf

OVERRIDE = "Erika Muster: Die Unwetterwarnung eilt."


def published(directory: Path, store: Shelf) -> tuple[str, dict[str, Any]]:
    report = publish(SITE, FEEDS, NEWSLETTERS, store, Pages(SITE), Writer(directory), NOW)
    assert not [line for line in report.problems if "reports/" in line]
    place = directory / "reports" / RECORD.edition
    return place.with_suffix(".html").read_text("utf-8"), json.loads(place.with_suffix(".jsonld").read_text("utf-8"))


def outcomes(document: dict[str, Any]) -> dict[str, str]:
    found = [each for each in document["@graph"] if each["@type"] == "earl:Assertion"]
    return {
        each["earl:test"].get("dct:identifier", each["earl:test"].get("dct:title")): each["earl:result"][
            "earl:outcome"
        ]["@id"]
        for each in found
        if "earl:test" in each
    }


def test_an_edition_has_a_page_and_an_earl_report_of_its_checking(tmp_path: Path) -> None:
    page, document = published(tmp_path, shelf())
    assert "<h1>Wie diese Ausgabe geprüft wurde</h1>" in page
    assert "Nichts: Jede der Regeln unten" in page
    assert "EN 301 549, 10.1.1.1" in page
    assert "premailer 3.10" in page
    assert "2 Fassungen" in page
    assert f'href="/reports/{RECORD.edition}"' in (tmp_path / f"editions/{RECORD.edition}.html").read_text("utf-8")
    found = outcomes(document)
    assert [found[id] for id in ("ALT-1", "ALT-4", "SIZE-2")] == ["earl:passed"] * 3
    assert list(found.values()).count("earl:untested") == len(NOT_TESTED)
    (edition,) = (each for each in document["@graph"] if each.get("@id", "").endswith("#edition"))
    digests = {part["dct:identifier"] for variant in edition["dct:hasPart"] for part in variant["dct:hasPart"]}
    assert digests == {f"sha256:{digest * 32}" for digest in ("a1", "b2", "c3")}


def test_findings_and_an_override_are_told_without_the_name_of_who_did_it(tmp_path: Path) -> None:
    store = shelf()
    block = replace(FINDING, rule="ALT-1", severity="block")
    store.editions = [replace(store.editions[0], findings=(FINDING, block), override=OVERRIDE)]
    page, document = published(tmp_path, store)
    assert "Die Unwetterwarnung eilt." in page
    assert "Barriere:</strong> Der Alternativtext ist die Bildunterschrift." in page
    assert "Muster:" not in page + json.dumps(document)
    assert "Erika" not in page + json.dumps(document)
    found = outcomes(document)
    assert (found["ALT-1"], found["ALT-4"], found["SIZE-2"]) == ("earl:failed", "earl:cantTell", "earl:passed")
    manual = [each for each in document["@graph"] if each.get("earl:mode") == {"@id": "earl:manual"}]
    assert manual[0]["earl:result"]["dct:description"] == "Die Unwetterwarnung eilt."


def test_an_edition_that_nobody_wrote_down_how_it_was_checked_has_no_report(tmp_path: Path) -> None:
    store = shelf()
    store.records.clear()
    publish(SITE, FEEDS, NEWSLETTERS, store, Pages(SITE), Writer(tmp_path), NOW)
    assert not (tmp_path / "reports").exists()
    assert "/reports/" not in (tmp_path / f"editions/{RECORD.edition}.html").read_text("utf-8")


def test_equal_records_are_equal_bytes() -> None:
    edition = shelf().editions[0]
    assert earl.build(edition, RECORD, SITE) == earl.build(edition, RECORD, SITE)
