# ruff: noqa: E501 - pages stand here as their systems write them
# mypy: disable-error-code="union-attr"
from __future__ import annotations

import pytest

from newsletter.collect.read import read_list
from newsletter.config import ItemProfile
from newsletter.errors import UnreadablePage
from newsletter.model import Precision
from tests.unit.collect.read.pages import page

URL = "https://musterstadt.example/presse"


def frame(main: str) -> str:
    menu = "".join(
        f'<li><a href="/menu/{name}">{name} der Stadt Musterstadt</a></li>'
        for name in ("Rathaus", "Bürger", "Wirtschaft", "Kultur")
    )
    return f"""<html lang="de"><body><nav><ul>{menu}</ul></nav>{main}<footer><ul>{menu}</ul>
    <a href="/impressum">Impressum</a></footer></body></html>"""


CARDS = "".join(
    f"""<article class="list__item"><a href="/presse/meldung-{n}"><img src="/b{n}.jpg" alt="Bild {n}" width="400" height="300">
    <span class="kicker">Verkehr</span><h3>Der Radweg Nummer {n} wird gebaut</h3></a>
    <time datetime="2026-11-{n:02}">{n}.11.2026</time><p class="teaser__text">Auf {n} Kilometern fährt man bald sicherer zum
    Bahnhof.</p><a href="/presse/meldung-{n}">mehr</a></article>"""
    for n in range(20, 8, -1)
)


def test_cards_are_found_with_all_they_say():
    listing = read_list(page(frame(f"<main><h1>Presse</h1>{CARDS}</main>"), URL))
    assert [c.url for c in listing.candidates] == [
        f"https://musterstadt.example/presse/meldung-{n}" for n in range(20, 8, -1)
    ]
    first = listing.candidates[0]
    assert (first.headline, first.kicker) == ("Der Radweg Nummer 20 wird gebaut", "Verkehr")
    assert first.teaser == "Auf 20 Kilometern fährt man bald sicherer zum Bahnhof."
    assert (first.published.date().isoformat(), first.published_precision) == ("2026-11-20", Precision.DAY)
    assert (first.image.src, first.image.alt) == ("https://musterstadt.example/b20.jpg", "Bild 20")


def test_a_table_of_dates_and_links():
    rows = "".join(
        f'<tr><td>{n}.10.2026</td><td><a href="?id={n}#top">Meldung über die Sache Nummer {n}</a></td></tr>'
        for n in range(1, 16)
    )
    listing = read_list(page(frame(f"<main><table>{rows}</table></main>"), URL))
    assert [c.url for c in listing.candidates] == [f"{URL}?id={n}" for n in range(1, 16)]
    assert listing.candidates[4].published.date().isoformat() == "2026-10-05"


def test_a_plain_list_of_80_links_to_many_places_is_found_whole():
    items = "".join(
        f'<li><a href="https://amt{n % 7}.example/{"aktuell/" * (n % 4)}{n}.html">Überschrift der Meldung Nummer {n}</a></li>'
        for n in range(80)
    )
    listing = read_list(page(frame(f"<h1>Pressemitteilungen</h1><ul>{items}</ul>"), URL))
    assert len(listing.candidates) == 80
    assert [c.headline for c in listing.candidates][::79] == [
        "Überschrift der Meldung Nummer 0",
        "Überschrift der Meldung Nummer 79",
    ]


def test_selectors_choose_items_and_links():
    items = '<div class="x"><a href="/teilen">Teilen</a><a class="t" href="/m#a">Die Meldung</a></div><div class="y"><a href="/n">N</a></div>'
    listing = read_list(page(items, URL), ItemProfile(select=".x", link="a.t"))
    assert [c.url for c in listing.candidates] == ["https://musterstadt.example/m"]


@pytest.mark.parametrize("item", [ItemProfile(select=".gibtesnicht"), ItemProfile(select="][")])
def test_selectors_that_find_nothing_say_so(item):
    with pytest.raises(UnreadablePage, match=r"list|selector"):
        read_list(page(frame(CARDS), URL), item)


@pytest.mark.parametrize("pager", [
    '<link rel="next" href="/presse?seite=2">', '<a rel="next" href="/presse?seite=2">2</a>', '<p><a href="/presse?seite=2">Weiter</a></p>',
    '<ul class="pager"><li><a href="/presse?seite=2">nächste Seite »</a></li></ul>', '<a href="/presse?seite=2" aria-label="Nächste Seite">›</a>',
    '<a href="/presse?seite=2">next</a>',
    '<ul class="pagination"><li>1</li><li><a href="/presse?seite=2">2</a></li><li><a href="/presse?seite=3">3</a></li></ul>',
])  # fmt: skip
def test_the_next_page_is_found(pager):
    listing = read_list(page(frame(f"<main>{CARDS}{pager}</main>"), URL))
    assert listing.next_page == "https://musterstadt.example/presse?seite=2"


@pytest.mark.parametrize(
    ("numbers", "pages"),
    [([2], None), ([2, 3], 3), ([2, 3, 250], 250), ([], None)],
)
def test_how_many_pages_a_list_has_is_told_by_its_links_and_never_guessed(numbers, pages):
    pager = "".join(f'<a href="/presse?seite={n}">{n}</a>' for n in numbers)
    elsewhere = '<a href="/archiv?seite=900">Archiv</a><a href="/presse?jahr=2019">2019</a>'
    assert read_list(page(frame(f"<main>{CARDS}{pager}{elsewhere}</main>"), URL)).pages == pages


def test_the_last_page_has_none():
    pager = (
        '<ul class="pagination"><li><a href="/presse?seite=1">1</a></li><li><a href="/presse?seite=2">2</a></li></ul>'
    )
    assert read_list(page(frame(f"<main>{CARDS}{pager}</main>"), f"{URL}?seite=2")).next_page is None


def test_typo3_counts_its_pages_in_brackets():
    pager = '<ul class="f3-widget-paginator"><li><a href="/presse?tx_list%5Bpage%5D=4&cHash=abc">4</a></li></ul>'
    listing = read_list(page(frame(f"<main>{CARDS}{pager}</main>"), f"{URL}?tx_list%5Bpage%5D=3&cHash=x"))
    assert listing.next_page == "https://musterstadt.example/presse?tx_list%5Bpage%5D=4&cHash=abc"
