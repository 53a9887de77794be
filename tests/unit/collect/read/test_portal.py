# ruff: noqa: E501 - the page stands here as its system writes it
# mypy: disable-error-code="union-attr"
"""The page of a state's portal, whole, and with one hint after another taken from it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from newsletter.collect.read import read_release
from newsletter.model import AltFrom, Document, Draft, Image, Precision
from tests.unit.collect.read.pages import page

URL = "https://www.musterland.example/de/service/alle-meldungen/meldung/pid/pakt-1"
KICKER, HEADLINE = "Verkehr", "Musterland erneuert Pakt für Radwege"
LEAD = (
    "Das Land gibt den Kommunen für Radwege in den Jahren 2026 und 2027 jeweils rund zwölf Millionen Euro. Land und "
    "Kommunen gehen damit weiter Hand in Hand voran."
)
TEXT = (
    "Mit zusätzlichem Geld und einer gemeinsamen Linie setzen Landesregierung und Kommunen ein Zeichen. Das bekräftigten alle Partner bei der Unterzeichnung des Pakts.",
    "Gute Wege für das Zusammenleben",
    "„Mit dem Pakt erkennen wir an, dass viele Menschen mit dem Rad fahren“, sagte die Ministerin für Verkehr, Erika Beispiel. Der Pakt bündelt seit 2017 die wichtigsten Maßnahmen.",
    "Wege brauchen Lösungen auf Dauer",
    "Max Muster vom Landkreistag sagte: „Es ist gut, dass der Pakt fortgeschrieben wird.“ Die kommenden Monate müssen genutzt werden, um zu klären, was gelingt.",
    "Sechs Schwerpunkte im Pakt für Radwege",
    "Breite Wege", "Gutes Licht", "Sichere Kreuzungen", "Abstellplätze am Bahnhof", "Lastenräder für Betriebe", "Wegweiser in Leichter Sprache",
)  # fmt: skip
ALT = "Eine Frau fährt mit einem Lastenrad auf einem breiten Radweg am Fluss."
CARDS = "".join(
    f"""<li class="list__item"><article class="teaser"><a class="teaser__link" href="/de/service/alle-meldungen/meldung/pid/otter-{n}-1">
    <div class="teaser__image"><picture><source srcset="/f/csm_otter{n}_aaaaaaaaaa.webp" type="image/webp"><img src="/f/csm_otter{n}_aaaaaaaaaa.jpg"
    alt="Ein Otter am Bach (Quelle: dpa)" width="400" height="225" loading="lazy"></picture></div><div class="teaser__content"><span class="teaser__kicker">Naturschutz</span>
    <h3 class="teaser__headline">Otter kehren an den Bach Nummer {n} zurück</h3>{'<time class="teaser__date" datetime="2026-11-20">20.11.2026</time>' if n == 3 else ""}</div></a></article></li>"""
    for n in range(1, 16)
)
PAGE = f"""<!DOCTYPE html><html lang="de"><head><meta charset="utf-8"><title>{HEADLINE}: Land Musterland</title>
<meta name="description" content="Das Land gibt den Kommunen für Radwege in den Jahren 2026 und 2027 jeweils rund zwölf Millionen Euro.">
<meta property="og:image" content="https://www.musterland.example/f/csm_radweg_dddddddddd.jpg"></head><body>
<a class="skip" href="#main">Zum Inhalt springen</a><header class="header"><a href="/"><img src="/logo.svg" alt="Musterland.example"></a>
<nav><ul><li><a href="/de/regierung">Regierung</a></li><li><a href="/de/service">Service</a></li></ul></nav><form><input type="search"><button>Suchen</button></form></header>
<main id="main"><ol class="breadcrumb"><li><a href="/">Startseite</a></li><li><a href="/de/service">Service</a></li><li>Alle Meldungen</li></ol>
<article class="article"><header class="article__header"><span class="article__kicker">{KICKER}</span><h1 class="article__headline">{HEADLINE}</h1>
<time class="article__date" datetime="2026-11-22">22.11.2026</time><p class="article__lead">{LEAD}</p>
<div class="article__meta"><span class="reading-time">Berechne Lesezeit</span><ul class="share"><li><button aria-expanded="false" aria-controls="sh">Teilen</button>
<ul id="sh" hidden><li><a href="https://mastodon.example/share?x">Mastodon</a></li><li><a href="mailto:?subject=x">E-Mail</a></li></ul></li></ul></div></header>
<div class="article__hero"><figure><picture><source media="(min-width:900px)" srcset="/f/csm_radweg_bbbbbbbbbb.jpg 1200w"><img src="/f/csm_radweg_cccccccccc.jpg" alt="{ALT}"
width="1200" height="675"></picture><figcaption>Symbolbild</figcaption></figure></div>
<div class="text"><p>{TEXT[0]}</p><h2>{TEXT[1]}</h2><p>{TEXT[2]}</p><h2>{TEXT[3]}</h2><p>{TEXT[4]}</p>
<div class="accordion"><h2 class="accordion__title"><button aria-expanded="false" aria-controls="acc1">{TEXT[5]}</button></h2><div id="acc1" class="accordion__content" hidden>
<ul>{"".join(f"<li>{point}</li>" for point in TEXT[6:])}</ul></div></div><p><a class="download" href="/f/pakt.pdf">Pakt für Radwege (PDF, 1,2 MB)</a></p></div></article>
<section class="more"><h2>Weitere Meldungen</h2><ul class="list">{CARDS}</ul></section></main><footer><p>© Land Musterland, Stand 2026</p><a href="/impressum">Impressum</a></footer></body></html>"""

WITHOUT: dict[str, tuple[str, str]] = {
    "nothing": ("$^", ""),
    "OpenGraph": (r"<meta property[^>]*>", ""),
    "any meta": (r"<meta (?:name|property)[^>]*>", ""),
    "time": (r"<(/?)time[^>]*>", r"<\1span>"),
    "h1": (r"<(/?)h1", r"<\1h2"),
    "article and main": (r"<(/?)(?:article|main)", r"<\1div"),
    "any part of a page": (r"<(/?)(?:article|main|section|header|footer|nav|aside)\b", r"<\1div"),
    "figures": (r"<(/?)(?:figure|figcaption)", r"<\1div"),
    "classes": (r' class="(?!article__kicker)[^"]*"', ""),
}


def without(pattern: str, instead: str) -> Draft:
    return read_release(page(re.sub(pattern, instead, PAGE), URL))


@pytest.mark.parametrize("hint", WITHOUT)
def test_every_field_is_found_though_one_hint_is_missing(hint):
    draft = without(*WITHOUT[hint])
    assert (draft.kicker, draft.headline, draft.teaser) == (KICKER, HEADLINE, LEAD)
    assert draft.published is not None
    assert (draft.published.date().isoformat(), draft.published_precision) == ("2026-11-22", Precision.DAY)
    assert draft.body_text == "\n\n".join(TEXT)
    assert draft.language == "de"
    assert draft.documents == (
        Document("https://www.musterland.example/f/pakt.pdf", "Pakt für Radwege", "application/pdf", 1_200_000),
    )


@pytest.mark.parametrize("hint", WITHOUT)
def test_its_picture_is_the_hero_and_none_of_the_cards(hint):
    hero = Image(
        "https://www.musterland.example/f/csm_radweg_bbbbbbbbbb.jpg",
        alt=ALT, symbolic=True, lead=True, alt_from=AltFrom.SOURCE, width=1200, height=675,
    )  # fmt: skip
    assert without(*WITHOUT[hint]).images == (hero,)


def test_a_card_with_a_date_does_not_date_a_release_that_has_none():
    assert without(r'<time class="article__date".*?</time>', "").published is None


ADDRESSES: dict[str, Callable[[str], str]] = {
    "meldung": lambda html: html,
    "pressemitteilung": lambda html: html.replace("alle-meldungen/meldung", "presse/pressemitteilung"),
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_same_release_reads_the_same_at_both_its_addresses(address):
    draft = read_release(page(ADDRESSES[address](PAGE), ADDRESSES[address](URL)))
    assert (draft.headline, draft.body_text) == (HEADLINE, "\n\n".join(TEXT))
