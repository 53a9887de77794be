"""A press office of our own words: releases of many lengths and makes, and the designs that its portal goes through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape

FIRST = datetime(2026, 8, 3, 9, 0, tzinfo=UTC)
THINGS = ("Brücke", "Bücherei", "Turnhalle", "Feuerwache", "Kita", "Buslinie", "Sternwarte", "Markthalle", "Allee")
PLACES = ("Nordstadt", "Hafen", "Altstadt", "Südhang", "Mühlenfeld", "Kirchheim", "Auental")
DEEDS = ("wird saniert", "öffnet wieder", "zieht um", "bekommt Zuwachs", "feiert Geburtstag")
SENTENCES = (
    "Die Arbeiten an der {thing} beginnen nach den Ferien und dauern voraussichtlich {n} Wochen.",
    "Wer in der Gegend {place} wohnt, erhält in den nächsten Tagen einen Brief mit allen Terminen.",
    "Der Rat hatte dem Vorhaben im Frühjahr mit großer Mehrheit zugestimmt und Mittel dafür bereitgestellt.",
    "Oberbürgermeisterin Petra Sommer dankte allen, die an der Planung für {place} mitgewirkt haben.",
    "Rund {n} Betriebe aus der Region haben sich an der Ausschreibung beteiligt.",
    "Umleitungen sind ausgeschildert, der Bus hält solange an der nächsten Ecke.",
    "Fragen zur {thing} beantwortet das Bürgerbüro, auch in Gebärdensprache.",
)


@dataclass(frozen=True)
class Article:
    number: int
    headline: str
    kicker: str
    teaser: str
    paragraphs: tuple[str, ...]
    date: datetime


def article(number: int, paragraphs: int | None = None) -> Article:
    """The release of that number: one a day, each with words of its own."""
    thing, place = THINGS[number % len(THINGS)], PLACES[number % len(PLACES)]
    count = paragraphs if paragraphs is not None else 4 + number * 7 % 9
    texts = (
        " ".join(
            SENTENCES[(number + part + step) % len(SENTENCES)].format(thing=thing, place=place, n=number + part)
            for step in range(4)
        )
        for part in range(count)
    )
    return Article(
        number,
        f"{thing} am {place} {DEEDS[number % len(DEEDS)]}: Vorhaben {number} der Stadt",
        ("Verkehr", "Bildung", "Kultur")[number % 3],
        f"Im Stadtteil {place} tut sich etwas: Was Anwohner über Vorhaben {number} wissen sollten.",
        tuple(texts),
        FIRST + timedelta(days=number),
    )


def _time(one: Article) -> str:
    return f'<time datetime="{one.date.isoformat()}">{one.date:%d.%m.%Y}</time>'


def _figure(one: Article, alt: str | None = "Luftbild mit Kran und Gerüst") -> str:
    said = f' alt="{alt} {one.number}"' if alt else ""
    return f'<figure><img src="/bilder/{one.number}.jpg" width="1200" height="800"{said}></figure>'


def _text(one: Article) -> str:
    halves = one.paragraphs[: len(one.paragraphs) // 2], one.paragraphs[len(one.paragraphs) // 2 :]
    parts = ("".join(f"<p>{escape(text)}</p>" for text in half) for half in halves)
    return "<h2>So geht es weiter</h2>".join(parts)


def _page(title: str, main: str, head: str = "") -> str:
    return (
        f'<!DOCTYPE html><html lang="de"><head><meta charset="utf-8"><title>{escape(title)}</title>{head}</head><body>'
        f'<nav><a href="/">Start</a></nav><main>{main}</main><footer><a href="/impressum">Impressum</a></footer>'
        "</body></html>"
    )


def release(
    one: Article,
    *,
    kicker: bool = True,
    teaser: bool = True,
    figure: bool = True,
    alt: bool = True,
    time: str | None = None,
    headline: str | None = None,
    text: str | None = None,
) -> str:
    """The page of a release in the portal's old design, as far as it is not said otherwise."""
    return _page(
        headline or one.headline,
        "<article>"
        + (f'<p class="kicker">{one.kicker}</p>' if kicker else "")
        + f"<h1>{escape(headline or one.headline)}</h1>"
        + (f'<p class="teaser">{escape(one.teaser)}</p>' if teaser else "")
        + (_time(one) if time is None else time)
        + (_figure(one, **({} if alt else {"alt": None})) if figure else "")
        + f'<div class="text">{_text(one) if text is None else text}</div></article>',
    )


def _consent(one: Article) -> str:
    said = (
        "Wir und unsere Partner verwenden Cookies. Bitte stimmen Sie der Verarbeitung zu, bevor Sie weiterlesen. " * 4
    )
    return _page("Ihre Privatsphäre", f"<h1>Ihre Privatsphäre</h1><p>{said}</p><button>Alles annehmen</button>")


def _shell(one: Article) -> str:
    head = f'<meta property="og:title" content="{escape(one.headline)}"><meta property="og:description" content="">'
    return _page(one.headline, '<div id="app"></div><p>Bitte aktivieren Sie JavaScript in Ihrem Browser.</p>', head)


def _box(one: Article) -> str:
    return release(one, text="<p>Haben wir Ihr Interesse geweckt? Folgen Sie uns, teilen Sie diese Seite.</p>")


def _login(one: Article) -> str:
    return _page("Anmeldung", "<h1>Anmeldung</h1><p>Bitte melden Sie sich mit Benutzername und Passwort an.</p>")


def _footer_date(one: Article) -> str:
    return release(one, time="<p>Erstellt am 12.03.2009</p>")


Design = Callable[[Article], str]
OLD: Design = release
REDESIGNS: dict[str, tuple[Design, str]] = {
    "a consent wall": (_consent, "body"),
    "a page for scripts only": (_shell, "body"),
    "a sign-in": (_login, "body"),
    "the text moved, a box is in its place": (_box, "body"),
    "the teaser is gone": (lambda one: release(one, teaser=False), "teaser"),
    "the kicker is gone": (lambda one: release(one, kicker=False), "kicker"),
    "the date is written in no format": (lambda one: release(one, time="<p>vor Kurzem</p>"), "date"),
    "the only date is that of the page's making": (_footer_date, "date"),
    "pictures without alt": (lambda one: release(one, alt=False), "alt"),
    "pictures loaded by a script": (lambda one: release(one, figure=False), "image"),
    "no subheads": (lambda one: release(one, text="".join(f"<p>{t}</p>" for t in one.paragraphs)), "subheads"),
    "the site's name for a headline": (lambda one: release(one, headline="Stadt Musterstadt"), "headline"),
}


def listing(numbers: Sequence[int], *, headlines: bool = True) -> str:
    """The list, the newest first, without dates."""
    items = "".join(
        f'<li class="card"><h2><a href="/presse/{n}">{escape(article(n).headline) if headlines else f"Meldung {n}"}</a>'
        "</h2></li>"
        for n in sorted(numbers, reverse=True)
    )
    return _page("Presse", f'<h1>Presse</h1><ul class="list">{items}</ul>')
