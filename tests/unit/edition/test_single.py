"""The mail that carries one release in full."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from lxml import html as lxml_html

from newsletter.edition.compose import compose
from newsletter.edition.render import render_sheet
from newsletter.edition.rules import check
from newsletter.edition.variants import fill
from newsletter.model import Cadence, Document, Format, Release, Variant
from tests.unit.edition.samples import BRIDGE, DESK, NEWSLETTER, NOON, SITE, filled

BODY = """
<p>Die Brücke schließt die Lücke im <a href="https://musterstadt.example/rs4">Radschnellweg</a>. Mehr dazu
<a href="https://musterstadt.example/a">hier</a> und <a href="https://musterstadt.example/b">hier</a>.</p>
<h3>Was sich ändert</h3><p>Der Steg ist vier Meter breit.</p><ul><li>beleuchtet</li><li>ohne Stufen</li></ul>
<table><tr><th>Posten</th><th>Euro</th></tr><tr><td>Steg</td><td>12</td></tr></table>
"""
PLAN = Document("https://musterstadt.example/plan.pdf", "Lageplan", "application/pdf", 1_234_000)
TOLD = replace(BRIDGE, body_html=BODY, teaser="Ab morgen kann man fahren.", documents=(PLAN,))


def at_once(release: Release = TOLD, format: Format = Format.STANDARD, language: str = "de") -> Variant:
    content = compose(SITE, NEWSLETTER, Cadence.IMMEDIATE, NOON, [release])
    return fill(render_sheet(content, language, format), [release.id])


def page(release: Release = TOLD, **how: Any) -> Any:
    return lxml_html.document_fromstring(filled(at_once(release, **how).html))


def test_its_headline_is_the_title_and_its_headings_follow() -> None:
    root = page()
    assert [(each.tag, each.text_content()) for each in root.xpath("//h1 | //h2 | //h3")] == [
        ("h1", TOLD.headline),
        ("h2", "Was sich ändert"),
        ("h2", "Dokumente"),
        ("h2", "Zu diesem Newsletter"),
    ]
    assert root.xpath("string(//title)") == f"{TOLD.headline} – Pressemitteilungen, 20. November 2026"
    assert root.xpath("string(//*[@class='series mute'])") == "Pressemitteilungen: Verkehr"


def test_it_has_all_of_the_release() -> None:
    said = " ".join(page().text_content().split())
    for words in ("Ab morgen kann man fahren.", "Posten: Steg; Euro: 12", "Lageplan (PDF, 1,2 MB)", "210 Meter"):
        assert words in said
    text = filled(at_once().text)
    for words in (
        f"\n{TOLD.url}\n",
        "- ohne Stufen\n",
        "Lageplan (PDF, 1,2 MB):\nhttps://musterstadt.example/plan.pdf\n",
    ):
        assert words in text


def test_its_links_can_be_told_apart() -> None:
    names = {link.text: link.get("href") for link in page().xpath("//div[@class='body']//a")}
    assert names == {
        "Radschnellweg": "https://musterstadt.example/rs4",
        "hier (musterstadt.example)": "https://musterstadt.example/a",
        "hier (musterstadt.example) (2)": "https://musterstadt.example/b",
    }
    assert page().xpath("//*[@class='onward']/a/text()") == ["Die Meldung auf musterstadt.example lesen"]


def test_a_lead_that_begins_the_text_is_told_once() -> None:
    twice = replace(TOLD, body_html="<p>Ab morgen kann man fahren. Der Steg ist breit.</p>")
    assert filled(at_once(twice).text).count("Ab morgen kann man fahren.") == 1
    assert not page(twice).xpath("//*[@class='lead']")


def test_a_long_one_ends_at_a_heading_and_says_where_it_goes_on() -> None:
    chapter = "<h2>Kapitel {}</h2>" + "<p>Ein Absatz mit Umlauten: äöü äöü äöü.</p>" * 150
    long = replace(TOLD, body_html="".join(chapter.format(n) for n in range(1, 30)))
    made = at_once(long)
    assert len(filled(made.html).encode()) < 80_000
    assert "Die Meldung ist länger als diese Mail." in filled(made.html)
    assert filled(made.text).count("Kapitel") == page(long).text_content().count("Kapitel") < 29
    assert "Die Meldung ist länger" not in filled(at_once().html)
    assert check(made, [long], SITE, NEWSLETTER) == ()


@pytest.mark.parametrize("format", list(Format))
@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize(
    "release",
    [
        TOLD,
        DESK,
        replace(BRIDGE, language="ar", headline="جسر", body_html="<p>نص <a href='https://a.example/'>هنا</a></p>"),
        replace(BRIDGE, body_html="", images=(), teaser=None, topics=()),
    ],
    ids=["all", "english", "arabic", "bare"],
)
def test_the_gate_finds_nothing(release: Release, language: str, format: Format) -> None:
    assert check(at_once(release, format, language), [release], SITE, NEWSLETTER) == ()
