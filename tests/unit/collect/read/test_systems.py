# ruff: noqa: E501 - pages stand here as their systems write them
# mypy: disable-error-code="union-attr"
"""One page as each of the usual systems writes it."""

from __future__ import annotations

import pytest

from newsletter.model import Precision
from tests.unit.collect.read.pages import BODY, FIRST, SECOND, release

FIGURE = '<img src="/fileadmin/csm_radweg_0a1b2c3d4e.jpg" alt="Ein Radweg am Ufer" width="800" height="450">'

SYSTEMS = {
    "TYPO3 news": f"""<main><div class="news news-single"><div class="article" itemscope itemtype="http://schema.org/Article">
        <div class="header"><h3 itemprop="headline">Neuer Radweg am Nordufer</h3></div>
        <div class="teaser-text" itemprop="description"><p>Vier Kilometer zwischen Bahnhof und Hafen werden sicherer.</p></div>
        <div class="news-img-wrap"><div class="outer"><div class="mediaelement mediaelement-image">{FIGURE}</div>
        <p class="news-img-caption">Der Weg am Ufer. Foto: Stadt Musterstadt</p></div></div>
        <div class="news-text-wrap" itemprop="articleBody">{BODY}</div>
        <div class="footer"><p><span class="news-list-date"><time itemprop="datePublished" datetime="2026-11-22">22.11.2026</time>
        </span></p></div></div>
        <div class="news-backlink-wrap"><a href="/presse">Zurück</a></div></div></main>""",
    "Drupal": f"""<main role="main"><article class="node node--type-news"><h1><span>Neuer Radweg am Nordufer</span></h1>
        <footer class="node__meta"><div class="node__submitted"><span class="post-created">22.11.2026</span></div></footer>
        <div class="node__content"><div class="field field--name-field-teaser intro">Vier Kilometer zwischen Bahnhof und Hafen
        werden sicherer.</div><div class="field field--name-field-image"><figure>{FIGURE}<figcaption>Der Weg am Ufer. Foto: Stadt
        Musterstadt</figcaption></figure></div><div class="field field--name-body">{BODY}</div></div></article></main>""",
    "WordPress": f"""<main id="main"><article class="post type-post"><header class="entry-header">
        <h1 class="entry-title">Neuer Radweg am Nordufer</h1><div class="entry-meta"><time class="entry-date published"
        datetime="2026-11-22">22. November 2026</time></div></header><div class="entry-content">
        <p class="has-large-font-size">Vier Kilometer zwischen Bahnhof und Hafen werden sicherer.</p>
        <div class="wp-caption">{FIGURE}<p class="wp-caption-text">Der Weg am Ufer. Foto: Stadt Musterstadt</p></div>{BODY}
        <p>Der Radweg ist Teil des Verkehrsplans, den der Rat im vergangenen Jahr beschlossen hat.</p></div></article></main>""",
    "Government Site Builder": f"""<div id="main"><div id="content"><div class="singleview"><p class="docInfo"><span class="date">
        22.11.2026</span></p><h1 class="isFirstInSlot">Neuer Radweg am Nordufer</h1><div class="abstract"><p>Vier Kilometer zwischen
        Bahnhof und Hafen werden sicherer.</p></div><div class="picture center"><span class="wrapper">{FIGURE}</span>
        <p class="picture-caption">Der Weg am Ufer. Foto: Stadt Musterstadt</p></div>{BODY}</div></div></div>""",
    "Plone": f"""<div id="content"><h1 class="documentFirstHeading">Neuer Radweg am Nordufer</h1>
        <div class="documentByLine"><span class="documentPublished">veröffentlicht: 22.11.2026</span></div>
        <div class="documentDescription description">Vier Kilometer zwischen Bahnhof und Hafen werden sicherer.</div>
        <div id="content-core"><div class="newsImageContainer"><figure>{FIGURE}<figcaption>Der Weg am Ufer. Foto: Stadt Musterstadt
        </figcaption></figure></div><div id="parent-fieldname-text">{BODY}</div></div></div>""",
}


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_release_is_read_whole(system):
    draft = release(SYSTEMS[system])
    assert draft.headline == "Neuer Radweg am Nordufer"
    assert draft.teaser == "Vier Kilometer zwischen Bahnhof und Hafen werden sicherer."
    assert draft.published is not None
    assert (draft.published.date().isoformat(), draft.published_precision) == ("2026-11-22", Precision.DAY)
    assert draft.body_text.startswith(FIRST)
    assert "<h2>Zwei Millionen vom Land</h2>" in draft.body_html
    assert SECOND in draft.body_text
    assert draft.language == "de"
    assert draft.origin.keys() >= {"headline", "teaser", "published", "body", "image", "language"}


@pytest.mark.parametrize("system", SYSTEMS)
def test_its_lead_picture_comes_with_alt_caption_and_credit(system):
    draft = release(SYSTEMS[system])
    lead = draft.lead
    assert lead is not None
    assert lead.src.endswith("csm_radweg_0a1b2c3d4e.jpg")
    assert (lead.alt, lead.caption, lead.credit) == ("Ein Radweg am Ufer", "Der Weg am Ufer.", "Stadt Musterstadt")
    assert "csm_radweg" not in draft.body_html
    assert len(draft.images) == 1


@pytest.mark.parametrize("system", SYSTEMS)
def test_nothing_around_it_gets_into_the_text(system):
    text = release(SYSTEMS[system]).body_text
    for word in ("Zurück", "Rathaus", "2026", "Stand:", "Foto:", "Neuer Radweg am Nordufer", "Vier Kilometer zwischen"):
        assert word not in text


def test_the_pages_own_data_are_read_first():
    head = """<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "M"},
      {"@type": "NewsArticle", "headline": "Neuer Radweg am Nordufer", "datePublished": "2026-11-22T14:30:00+01:00",
       "author": [{"@type": "Person", "name": "Max Muster"}], "publisher": {"@type": "Organization", "name": "Stadt Musterstadt"},
       "image": {"@id": "#pic"}, "keywords": "Verkehr, Fahrrad"}, {"@type": "ImageObject", "@id": "#pic", "url": "/r/radweg-1200x800.jpg"}]}
      </script><meta property="og:description" content="Vier Kilometer zwischen Bahnhof und Hafen werden sicherer.">
      <link rel="canonical" href="/presse/radweg-1">"""
    draft = release(
        f'<main><h1>Neuer Radweg am Nordufer</h1><img src="/r/radweg-800x533.jpg" alt="Ein Weg">{BODY}</main>', head
    )
    assert draft.origin["published"] == "json-ld"
    assert draft.published.isoformat() == "2026-11-22T13:30:00+00:00"
    assert draft.published_precision is Precision.SECOND
    assert (draft.author, draft.issuer) == ("Max Muster", "Stadt Musterstadt")
    assert draft.teaser == "Vier Kilometer zwischen Bahnhof und Hafen werden sicherer."
    assert draft.topics == ("Verkehr", "Fahrrad")
    assert draft.canonical == "https://musterstadt.example/presse/radweg-1"
    assert draft.lead.alt == "Ein Weg"
    assert draft.origin["image"] == "json-ld"


def test_broken_data_are_passed_over():
    head = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": </script>' + (
        '<script type="application/ld+json">' + "[" * 100_000 + "</script>"
    )
    assert release(f"<main><h1>Neuer Radweg am Nordufer</h1>{BODY}</main>", head).headline == "Neuer Radweg am Nordufer"
