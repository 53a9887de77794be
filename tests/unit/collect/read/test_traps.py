# ruff: noqa: E501 - pages stand here as their systems write them
# mypy: disable-error-code="union-attr"
"""What portals put around, between and into their releases."""

from __future__ import annotations

import pytest

from newsletter.config import ReleaseProfile
from newsletter.model import AltFrom, Precision
from tests.unit.collect.read.pages import BODY, ENGLISH, FIRST, SECOND, release

HEAD = "<h1>Neuer Radweg am Nordufer</h1>"


def picture(inner: str) -> str:
    return f"<main>{HEAD}{inner}{BODY}</main>"


def test_other_releases_below_are_not_taken_for_it():
    cards = """<section class="more"><h2>Weitere Meldungen</h2>
      <article><a href="/b"><img src="/biber.jpg" alt="Ein Biber (Quelle: dpa)" width="400" height="300"><p>Artenschutz</p>
      <h3>Biberverordnung hilft</h3></a><time datetime="2026-12-24">24.12.2026</time></article>
      <article><h3><a href="/k">Bericht aus dem Rat</a></h3><p>20. Januar 2027</p></article></section>"""
    draft = release(f"<main>{HEAD}<p>22. November 2026</p>{BODY}{cards}</main>")
    assert draft.published.date().isoformat() == "2026-11-22"
    assert draft.images == ()
    assert "Biber" not in draft.body_html
    assert "Weitere Meldungen" not in draft.body_text
    assert draft.body_text.endswith(SECOND)


def test_a_date_under_another_releases_card_is_not_its_own():
    card = '<div class="c"><h3><a href="/b">Biberverordnung hilft</a></h3><time datetime="2026-12-24">24.12.2026</time></div>'
    assert (
        release(f"<main>{HEAD}{BODY}<h2>Weitere Meldungen</h2>{card}{card.replace('24', '23')}</main>").published
        is None
    )


def test_a_related_date_is_not_its_own():
    draft = release(
        f'<main>{HEAD}{BODY}</main><aside><ul><li><a href="/x">Fest</a> <time datetime="2026-12-01">1.12.2026</time></li></ul></aside>'
    )
    assert draft.published is None
    assert draft.published_precision is None


@pytest.mark.parametrize(
    "line",
    ["vor 3 Tagen", "gestern, 14:30 Uhr", "Aktualisiert am 24.12.2026", "© 2026 Stadt", "Termin: 24.12.2026, 14 Uhr"],
)
def test_relative_dates_updates_and_events_are_no_publication(line):
    assert release(f"<main>{HEAD}<p>{line}</p>{BODY}</main>").published is None


def test_a_time_beside_the_headline_is_kept_to_the_minute():
    draft = release(f'<main>{HEAD}<p class="date">Sonntag, 22.11.2026, 14:30 Uhr</p>{BODY}</main>')
    assert draft.published.isoformat() == "2026-11-22T13:30:00+00:00"
    assert draft.published_precision is Precision.MINUTE


def test_share_bars_reading_time_breadcrumbs_and_banners_are_gone():
    draft = release(f"""<div class="cookie-banner"><h2>Cookies</h2><p>Wir verwenden Cookies, um diese Seite zu verbessern.</p></div>
      <main><nav class="breadcrumb"><a href="/">Start</a> <a href="/p">Presse</a></nav>{HEAD}
      <p class="reading-time">Berechne Lesezeit</p><span>Lesezeit: 3 Minuten</span>
      <ul class="share-bar"><li>Teilen</li><li><a href="https://s.example">Auf Mastodon teilen</a></li></ul>{BODY}
      <p><a href="/presse">Zurück zur Übersicht</a></p><p><a href="#" onclick="print()">Drucken</a></p></main>""")
    assert draft.body_text == f"{FIRST}\n\nZwei Millionen vom Land\n\n{SECOND}"


@pytest.mark.parametrize("accordion", [
    "<details><summary>Sechs Punkte</summary>{}</details>",
    '<div class="accordion"><h3><button aria-expanded="false" aria-controls="p1">Sechs Punkte</button></h3><div id="p1" hidden>{}</div></div>',
    '<button class="toggle" aria-controls="p2">Sechs Punkte</button><div id="p2" aria-hidden="true" style="display:none">{}</div>',
    '<div class="panel"><h3><a data-toggle="collapse" href="#p3">Sechs Punkte</a></h3><div id="p3" class="panel-collapse collapse">{}</div></div>',
])  # fmt: skip
def test_a_list_in_an_accordion_stays(accordion):
    points = "<ul><li>Breite Wege</li><li>Gutes Licht</li></ul>"
    html = release(f"<main>{HEAD}{BODY}{accordion.format(points)}</main>").body_html
    assert "<h3>Sechs Punkte</h3>" in html
    assert points in html


def test_a_missing_alt_is_none_and_an_empty_one_is_empty():
    assert release(picture('<figure><img src="/a.jpg"></figure>')).lead.alt is None
    empty = release(picture('<figure><img src="/a.jpg" alt=""></figure>')).lead
    assert (empty.alt, empty.alt_from) == ("", AltFrom.SOURCE)


def test_alt_caption_credit_and_symbolbild_are_four_things():
    lead = release(picture(
        '<figure><img src="/a.jpg" alt="Menschen am Tisch (Quelle: dpa)"><figcaption>Symbolbild</figcaption></figure>'
    )).lead  # fmt: skip
    assert (lead.alt, lead.caption, lead.credit, lead.symbolic) == (
        "Menschen am Tisch (Quelle: dpa)",
        None,
        "dpa",
        True,
    )


@pytest.mark.parametrize("caption", [
    '<figure><img src="/a.jpg" alt="x"><figcaption>Am Ufer <span class="copyright">© Stadt</span></figcaption></figure>',
    '<div class="bild"><img src="/a.jpg" alt="x"><p class="bildunterschrift">Am Ufer (Foto: Stadt)</p></div>',
    '<figure><img src="/a.jpg" alt="x"></figure><figcaption>Am Ufer. Bild: Stadt</figcaption>',
    '<div><img src="/a.jpg" alt="x"></div><div class="image-caption">Am Ufer | Foto: Stadt</div>',
    '<dl><dt><img src="/a.jpg" alt="x"></dt><dd>Am Ufer. Quelle: Stadt</dd></dl>',
])  # fmt: skip
def test_captions_in_every_form(caption):
    draft = release(picture(caption))
    assert draft.lead.caption.rstrip(".") == "Am Ufer"
    assert draft.lead.credit == "Stadt"
    assert "Am Ufer" not in draft.body_text


@pytest.mark.parametrize("img", [
    '<img src="data:image/gif;base64,R0l" data-src="/a-800.jpg" alt="x">',
    '<img src="/placeholder.png" data-srcset="/a-400.jpg 400w, /a-1200.jpg 1200w, /a-2400.jpg 2400w" alt="x">',
    '<picture><source type="image/webp" srcset="/a.webp"><source srcset="/a-600.jpg 600w, /a-1300.jpg 1300w"><img src="/a-100.jpg" alt="x"></picture>',
    '<img class="lazy" src="data:," alt="x"><noscript><img src="/a-800.jpg" alt="x"></noscript>',
])  # fmt: skip
def test_pictures_that_load_late_are_found(img):
    lead = release(picture(f"<figure>{img}</figure>")).lead
    assert lead.src.removeprefix("https://musterstadt.example/a-") in ("800.jpg", "1200.jpg", "1300.jpg")


@pytest.mark.parametrize("img", [
    '<img src="/logo-stadt.png" alt="Stadt Musterstadt" width="300">',
    '<img src="/icon_facebook.png" alt="Teilen">',
    '<img src="/zaehler.gif" width="1" height="1" alt="">',
    '<div class="contact-person"><img src="/muster.jpg" alt="Max Muster" width="150" height="150"><p>Max Muster</p></div>',
    '<img src="/pfeil.svg" alt="">',
    '<img src="/klein.jpg" alt="x" width="60" height="60">',
])  # fmt: skip
def test_what_is_no_picture_of_the_release(img):
    assert release(f"<main>{HEAD}{BODY}{img}</main>").images == ()


def test_pictures_in_the_text_stay_there_as_figures():
    inner = f'<figure><img src="/b.jpg" alt="Der Plan"><figcaption>Der Plan. Foto: Stadt</figcaption></figure><p>{SECOND}</p>'
    draft = release(f'<main>{HEAD}<img src="/a.jpg" alt="Ein Weg">{BODY}{inner}</main>')
    assert [(i.src.rsplit("/", 1)[1], i.lead) for i in draft.images] == [("a.jpg", True), ("b.jpg", False)]
    assert (
        '<figure><img src="https://musterstadt.example/b.jpg" alt="Der Plan"><figcaption>Der Plan. (Stadt)</figcaption></figure>'
        in (draft.body_html)
    )


def test_a_kicker_stands_apart():
    assert release(f'<main><p class="kicker">Verkehr</p>{HEAD}{BODY}</main>').kicker == "Verkehr"
    draft = release(f'<main><h1><span class="dachzeile">Verkehr</span> Neuer Radweg am Nordufer</h1>{BODY}</main>')
    assert (draft.kicker, draft.headline) == ("Verkehr", "Neuer Radweg am Nordufer")


def test_the_language_of_the_release_beats_that_of_the_frame():
    assert release(f'<main lang="en"><h1>New cycle path</h1><p>{ENGLISH}</p></main>').language == "en"
    assert release(f"<main><h1>New cycle path</h1><p>{ENGLISH}</p></main>").language == "en"
    assert release(f"<main>{HEAD}{BODY}</main>", lang="de-CH").language == "de-CH"


def test_documents_come_with_type_and_size():
    draft = release(
        f'<main>{HEAD}{BODY}<ul><li><a href="/plan.pdf">Lageplan (PDF, 1,2 MB)</a></li><li><a href="/t.docx">Text</a> 30 KB</li></ul></main>'
    )
    plan, text = draft.documents
    assert (plan.title, plan.type, plan.size) == ("Lageplan", "application/pdf", 1_200_000)
    assert (text.url, text.title, text.size) == ("https://musterstadt.example/t.docx", "Text", 30_000)
    assert text.type is not None
    assert text.type.endswith("wordprocessingml.document")


def test_a_profile_sharpens_and_says_where_it_fails():
    profile = ReleaseProfile(
        kicker=".thema", headline=".titel", teaser=".kurz", body=".voll", image=".bild img", caption=".bild .unten", date=".am",
        remove=[".weg"],
    )  # fmt: skip
    draft = release(f"""<div class="thema">Verkehr</div><div class="titel">Der Radweg kommt</div><div class="am">22.11.2026</div>
      <div class="kurz">Kurz gesagt.</div><div class="bild"><img src="/a.jpg" alt="x"><div class="unten">Ufer. Foto: Stadt</div></div>
      <div class="voll related">{BODY}<p class="weg">Weg damit</p></div>""", profile=profile)  # fmt: skip
    assert (draft.kicker, draft.headline, draft.teaser) == ("Verkehr", "Der Radweg kommt", "Kurz gesagt.")
    assert (draft.lead.caption, draft.lead.credit) == ("Ufer.", "Stadt")
    assert draft.body_text.endswith(SECOND)
    assert {draft.origin[name] for name in ("kicker", "headline", "teaser", "body", "image", "published")} == {
        "profile"
    }
    assert draft.problems == ()
    worse = release(f"<main>{HEAD}{BODY}</main>", profile=ReleaseProfile(headline=".titel", body="]["))
    assert worse.headline == "Neuer Radweg am Nordufer"
    assert [problem.split("(")[0].strip() for problem in worse.problems] == [
        "the profile's selector for headline", "the profile's selector for body",
    ]  # fmt: skip
