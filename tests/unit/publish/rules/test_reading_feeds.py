"""Feeds as they come from outside: hostile, broken, in strange encodings; the linter answers with findings."""

from __future__ import annotations

import pytest

from tests.unit.publish.rules.feeds import ATOM, RSS, found

TITLE = "<title>Verein am Markt</title>"


def rules_of(data: bytes) -> set[str]:
    return {finding.rule for finding in found(data)}


def test_what_is_not_well_formed_is_one_finding_with_its_line() -> None:
    (finding,) = found(RSS.replace("</item>", "</itm>", 1).encode())
    assert (finding.rule, finding.line) == ("XML-1", 26)
    assert finding.where == "line 26"


def test_broken_json_is_one_finding_with_its_line() -> None:
    (finding,) = found(b'{"version": "https://jsonfeed.org/version/1.1",\n"items": [}')
    assert (finding.rule, finding.line) == ("JSON-1", 2)


def test_a_finding_names_line_and_path() -> None:
    (finding,) = found(RSS.replace("<hour>3", "<hour>25").encode())
    assert (finding.where, finding.line) == ("line 15: rss/channel/skipHours/hour[2]", 15)
    (finding,) = found(RSS.replace(' alt="Ein runder Brunnen"', "").encode())
    assert finding.where == "line 21: rss/channel/item[1]/content:encoded: <img> https://verein.example/b.jpg"


def test_entities_are_neither_expanded_nor_fetched(tmp_path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("<b>geheim</b>")
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 30))
    for declared in (f'<!ENTITY l0 SYSTEM "{secret.as_uri()}">', f'<!ENTITY l0 "lol">{lol}<!ENTITY x "&l29;">'):
        data = RSS.replace("<rss ", f"<!DOCTYPE rss [{declared}]><rss ").replace(TITLE, "<title>a&l0;b</title>")
        findings = found(data.encode())
        assert "XML-5" in {finding.rule for finding in findings}
        assert not any("geheim" in finding.message or "lol" in finding.message for finding in findings)


def test_the_document_type_of_old_rss_is_no_fault() -> None:
    netscape = '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://a.example/rss.dtd">\n<rss '
    assert "XML-5" not in rules_of(RSS.replace("<rss ", netscape).encode())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_usual_encodings_are_no_fault(encoding: str) -> None:
    text = RSS.replace("utf-8", encoding.removesuffix("-sig")).replace("Ein Baum", "Ein Bäumchen")
    assert rules_of(text.encode(encoding)) == set()


def test_ampersands_that_mean_themselves_are_told_from_html() -> None:
    for fine in ("Saft &#x26; Kraft &#x3C;3", "AT&amp;T, 3 &lt; 4"):
        assert rules_of(RSS.replace(TITLE, f"<title>{fine}</title>").encode()) == set()
    assert "MARKUP-1" in rules_of(RSS.replace(TITLE, "<title>&amp;copy; Verein</title>").encode())


def test_extensions_that_nobody_knows_are_left_alone() -> None:
    own = '<x:mine xmlns:x="https://verein.example/ns" any="1"><x:inner>Text</x:inner></x:mine>'
    assert rules_of(RSS.replace("<ttl>", f"{own}<ttl>").encode()) == set()
    assert rules_of(ATOM.replace("<entry>", f"<entry>{own}").encode()) == set()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"<",
        b"<rss/>",
        b"<feed/>",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"version": 1, "items": [1, null, {"id": null, "authors": [[]], "attachments": {}}]}',
        b"<rss version='2.0'><channel><item><guid/><pubDate/><enclosure/></item></channel></rss>",
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><content type=""/><title type="xhtml"/></entry></feed>',
        b'<entry xmlns="http://www.w3.org/2005/Atom"/>',
        b"<a>" * 10_000,
        b'<rss version="2.0"><channel><link>http://[</link><ttl>' + b"9" * 5000 + b"</ttl></channel></rss>",
    ],
)
def test_bad_input_is_answered_with_findings(data: bytes) -> None:
    assert any(finding.blocks for finding in found(data))
