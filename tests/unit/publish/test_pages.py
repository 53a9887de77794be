"""The pages: languages, words, one h1, nothing from elsewhere."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import html5lib
import lxml.html
import pytest
from babel.messages.extract import extract_from_dir

from newsletter import i18n
from newsletter.config import Site
from newsletter.errors import RenderError
from newsletter.publish.content import fit
from newsletter.publish.pages import Pages
from newsletter.resources import folder
from tests.unit.publish.sample import ARABIC, BRIDGE, ENGLISH, FRENCH, NASTY, SITE, make, shelf
from tests.unit.publish.test_publish import run

PAGES = Pages(SITE)


def page(release: object, pages: Pages = PAGES) -> str:
    shown = fit(release, "de")  # type: ignore[arg-type]
    return pages.render("release.html", pages.language_of(shown), release=shown, feed=None)


def shown(text: str) -> str:
    """What of a page people see: without what its head says to programs."""
    return text.partition("</head>")[2]


def test_every_message_is_translated() -> None:
    room = Path(i18n.__file__).parent / "publish"
    options = {"extensions": "jinja2.ext.i18n", "trim_blocks": "true"}
    python = extract_from_dir(room, keywords={"gettext": None, "said": None})
    ours = {path.name for path in folder("templates").joinpath("web").iterdir()}
    web = extract_from_dir(
        folder("templates") / "web", method_map=[("**.html", "jinja2")], options_map={"**.html": options}
    )
    messages = {found[2] for found in [*python, *web]}
    german = i18n.translations("de")
    singular = [message for message in messages if isinstance(message, str)]
    assert "base.html" in ours
    assert len(singular) > 30
    alike = {"Domain", "Feeds", "Import", "Mail", "Mails", "Message-ID", "Name", "Newsletter", "Problem", "Text"}
    assert [message for message in singular if german.gettext(message) == message and message not in alike] == []
    plural = [message for message in messages if not isinstance(message, str)]
    assert [both for both in plural if german.ngettext(both[0], both[1], 2) == both[1]] == []


def test_every_page_is_well_formed_and_has_one_h1(tmp_path: Path) -> None:
    run(shelf(), tmp_path)
    pages = sorted(tmp_path.rglob("*.html"))
    assert len(pages) > 10
    for path in pages:
        text = path.read_text()
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        document = parser.parse(BytesIO(text.encode()), transport_encoding="utf-8")
        assert len(list(document.iter("h1"))) == 1, path
        assert len(list(document.iter("main"))) == 1, path
        assert "<script" not in shown(text)
        assert re.findall(r'<link rel="icon" href="/([^"?]+)', text) == ["favicon.ico", "icon.svg"], path
        identifiers = re.findall(r' id="([^"]+)"', text)
        assert len(set(identifiers)) == len(identifiers), path
        for label in re.findall(r' aria-labelledby="([^"]+)"', text):
            assert label in identifiers, path


def test_a_release_has_its_page_in_its_own_language() -> None:
    assert '<html lang="en">' in page(ENGLISH)
    assert "Reading\u00a0time:\u00a01\u00a0minute" in page(ENGLISH)
    assert 'href="/"' in page(ENGLISH)
    assert '<a href="/" lang="de">Presse Musterstadt</a>' in page(ENGLISH)


def test_a_language_we_cannot_write_is_marked_where_it_stands() -> None:
    text = page(FRENCH)
    assert '<html lang="de">' in text
    assert '<h1 lang="fr">Un pont neuf</h1>' in text
    assert "Meldung auf Französisch" in text
    assert '<figcaption><span lang="fr">Die Brücke ist 210 Meter lang.</span> Symbolbild.' in text
    assert '<h1 lang="ar" dir="rtl">' in page(ARABIC)
    assert 'lang="tlh"' in page(make(1, language="tlh"))


def test_a_date_is_said_as_exactly_as_it_is_known() -> None:
    assert '<time datetime="2026-11-20">20. November 2026</time>. Lesezeit:\u00a02\u00a0Minuten' in page(BRIDGE)
    assert '<time datetime="2026-09-24T08:00+02:00">24. September 2026, 08:00 Uhr</time>' in page(make(1))
    undated = page(make(1, published=None))
    assert 'Ohne Datum, gesehen am <time datetime="2026-09-24">24. September 2026</time>' in undated


def test_a_hostile_release_is_text() -> None:
    text = page(NASTY)
    assert "&lt;/mj-text&gt;&lt;script&gt;" in text
    assert "<script" not in shown(text)
    assert len(re.search("<title>(.*)</title>", text, re.DOTALL)[1]) < 400  # type: ignore[index]


def test_a_teaser_that_begins_the_text_is_not_read_twice() -> None:
    twice = make(1, teaser="Der Anfang.", body_text="Der Anfang. Und mehr.", body_html="<p>Der Anfang. Und mehr.</p>")
    assert shown(page(twice)).count("Der Anfang.") == 1


def test_whom_journalists_ask_stands_apart_in_lines() -> None:
    html = page(make(1, contact="Erika Beispiel\nTel. 0123 456789 <x>"))
    assert "<h2>Pressekontakt</h2>\n<p>Erika Beispiel<br>Tel. 0123 456789 &lt;x&gt;</p>" in html
    assert "Pressekontakt" not in page(make(1))


def test_pages_lie_under_the_path_of_the_base_address() -> None:
    below = Pages(Site(**SITE.model_dump() | {"base_url": "https://a.example/newsletter"}))
    text = page(BRIDGE, below)
    assert 'href="/newsletter/style.css?v=' in text
    assert 'href="/newsletter/feeds/"' in text
    assert 'href="/newsletter/"' in text


def test_the_style_sheet_is_small_and_fetches_nothing() -> None:
    assert len(PAGES.beside["style.css"]) <= 10_000
    assert b"url(" not in PAGES.beside["style.css"]
    assert b"@import" not in PAGES.beside["style.css"]


def test_a_template_that_is_missing_or_broken_is_named(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"web/none\.html"):
        PAGES.render("none.html", "de")
    (tmp_path / "web").mkdir()
    (tmp_path / "web/gone.html").write_text("a\n{% if %}")
    with pytest.raises(RenderError, match=r"web/gone\.html, line 2"):
        Pages(SITE, tmp_path).render("gone.html", "de")


def test_the_fingerprint_knows_templates_and_site() -> None:
    other = Site(**SITE.model_dump() | {"title": "Anders"})
    assert PAGES.fingerprint() == Pages(SITE).fingerprint() != Pages(other).fingerprint()


def metadata(release: object) -> tuple[dict[str, Any], dict[str, str]]:
    """What a page says in JSON-LD and in Open Graph."""
    root = lxml.html.document_fromstring(page(release))
    scripts = root.xpath("//script")
    assert [script.get("type") for script in scripts] == ["application/ld+json", "module"]
    assert scripts[1].get("src").startswith("/share.js?v=")
    properties = {meta.get("property"): meta.get("content") for meta in root.xpath("//meta[@property]")}
    return json.loads(scripts[0].text), properties


def test_programs_read_what_people_see() -> None:
    article, properties = metadata(BRIDGE)
    assert article["@type"] == "NewsArticle"
    assert article["headline"] == properties["og:title"] == BRIDGE.headline
    assert article["datePublished"] == properties["article:published_time"] == "2026-11-20"
    assert article["dateModified"] == "2026-11-21T10:30:00+01:00"
    assert article["image"]["description"] == properties["og:image:alt"] == BRIDGE.images[0].alt
    assert article["image"]["creditText"] == "Stadt Musterstadt"
    assert article["isBasedOn"] == BRIDGE.url
    assert article["publisher"]["name"] == "Tiefbauamt"


def test_what_is_not_known_is_not_said() -> None:
    article, properties = metadata(make(1, published=None, published_precision=None, teaser=None))
    assert not {"datePublished", "image", "description", "author"} & article.keys()
    assert not {"og:image", "og:description", "article:published_time"} & properties.keys()


def test_no_headline_ends_the_metadata() -> None:
    article, _ = metadata(make(1, headline="</script><script>alert(1)</script> & \u2028"))
    assert article["headline"].startswith("</script>")


def test_a_page_can_be_passed_on_without_a_script_and_without_anybody_else() -> None:
    text = page(make(1, headline="Brücke & Steg + 1"))
    address = f"{SITE.base_url}/releases/{make(1).id}"
    assert f'<a id="share-link" href="{address}">{address}</a>' in text
    mailto = re.search('href="mailto:[?]([^"]*)"', text)
    assert mailto
    assert parse_qs(unescape(mailto[1]).replace("+", "%2B")) == {"subject": ["Brücke & Steg + 1"], "body": [address]}
    assert "+" not in mailto[1]  # which RFC 6068 would not take for a blank
    assert len(re.findall('<button type="button" class="second"[^>]* hidden>', text)) == 2


def test_past_editions_are_listed(tmp_path: Path) -> None:
    run(shelf(), tmp_path)
    text = (tmp_path / "editions/index.html").read_text()
    assert '<a href="/editions/presse-daily-20261121T0600Z">Samstag, 21. November 2026</a> (täglich)' in text
    assert "<h1>Bisherige Ausgaben 2026</h1>" in text
    assert "Andere Jahre" not in text


def test_each_year_of_past_editions_has_a_page(tmp_path: Path) -> None:
    store = shelf()
    (newest,) = store.editions
    old = replace(newest, id="presse-daily-20241231T2330Z", slot=datetime(2024, 12, 31, 23, 30, tzinfo=UTC))
    store.editions.append(old)
    run(store, tmp_path)
    text = (tmp_path / "editions/index.html").read_text()
    assert old.id not in text
    assert '<a href="/editions/2025">2025</a>' in text  # it was the new year already, by the site's clock
    text = (tmp_path / "editions/2025.html").read_text()
    assert old.id in text
    assert '<a href="/editions/">2026</a>' in text


def test_the_foot_of_a_page_links_what_the_house_has() -> None:
    ways = {name: f"https://musterstadt.example/{name}" for name in ("easy_language_url", "sign_language_url")}
    below = Pages(Site(**SITE.model_dump() | ways))
    for title, address in zip(("Leichte Sprache", "Gebärdensprache"), ways.values(), strict=True):
        assert f'<li><a href="{address}">{title}</a></li>' in page(BRIDGE, below)
        assert title not in page(BRIDGE)
    for title in ("Impressum", "Datenschutz", "Barrierefreiheit"):
        assert f">{title}</a></li>" in page(BRIDGE)
