# ruff: noqa: E501 - pagers stand here as their systems write them
"""Where the next page of a list is."""

from __future__ import annotations

import pytest

from newsletter.collect.read.page import PageTree
from newsletter.collect.read.paging import last_page, next_page

SITE = "https://musterstadt.example"


def found(here: str, pager: str) -> str | None:
    url = next_page(PageTree(f"<html><body><main>{pager}</main></body></html>", SITE + here))
    return url.removeprefix(SITE) if url else None


PAGERS = {
    "TYPO3": ("/presse?tx_list[page]=2&cHash=b", '<a href="?tx_list[page]=1">1</a> <span>2</span> <a href="?tx_list[page]=3&cHash=c">3</a>', "/presse?tx_list[page]=3&cHash=c"),
    "TYPO3, spoken": ("/presse/seite-2", '<ul><li><a href="/presse">1</a></li><li>2</li><li><a href="/presse/seite-3">3</a></li></ul>', "/presse/seite-3"),
    "WordPress": ("/presse/page/2/", '<a href="/presse/">1</a> <span class="current">2</span> <a href="/presse/page/3/">3</a>', "/presse/page/3/"),
    "WordPress, older": ("/presse/", '<a href="/presse/page/2/">« Ältere Beiträge</a>', "/presse/page/2/"),
    "WordPress, older, English": ("/news/", '<a href="/news/page/2/">← Older posts</a>', "/news/page/2/"),
    "Drupal": ("/presse?page=1", '<a href="?page=0">1</a> <a href="?page=1">2</a> <a href="?page=2">3</a>', "/presse?page=2"),
    "Drupal, first": ("/presse", '<a href="?page=0">1</a> <a href="?page=1" title="Zur nächsten Seite">››</a>', "/presse?page=1"),
    "Plone": ("/presse", '<a href="/presse?b_start:int=20">Die nächsten 20 Artikel</a>', "/presse?b_start:int=20"),
    "Plone, English": ("/news", '<a href="/news?b_start:int=20">Next 20 items »</a>', "/news?b_start:int=20"),
    "Government Site Builder": ("/presse", '<strong>1</strong> <a href="/presse?gtp=7_list%253D2">2</a>', "/presse?gtp=7_list%253D2"),
    "by offset": ("/presse?start=10", '<a href="?start=0">1</a> <a>2</a> <a href="?start=20">3</a>', "/presse?start=20"),
    "in the middle": ("/presse?s=5", '<a href="?s=1">1</a> … <a href="?s=4">4</a> <b>5</b> <a href="?s=6">6</a> … <a href="?s=20">20</a>', "/presse?s=6"),
    "a picture": ("/presse", '<a href="/presse?p=2"><img src="/pfeil.gif" alt="weiter"></a>', "/presse?p=2"),
    "a label": ("/presse", '<a href="/presse?p=2" aria-label="Weiter zur nächsten Seite"><i></i></a>', "/presse?p=2"),
    "rel": ("/presse", '<a rel="next" href="/archiv/2025">2025</a>', "/archiv/2025"),
}  # fmt: skip


@pytest.mark.parametrize("pager", PAGERS)
def test_the_next_page_is_found(pager):
    here, html, there = PAGERS[pager]
    assert found(here, html) == there


@pytest.mark.parametrize(("here", "html"), [
    ("/presse?page=2", '<a href="?page=0">1</a> <a href="?page=1">2</a> <a href="?page=2">3</a>'),
    ("/presse/page/3/", '<a href="/presse/">1</a> <a href="/presse/page/2/">2</a> <span>3</span>'),
    ("/presse", '<a href="/leben">Weiter</a>'),
    ("/presse", '<a href="https://portal.example/presse?p=2">Nächste Seite</a>'),
    ("/presse", '<a href="#top">↑</a>'),
])  # fmt: skip
def test_there_is_none(here, html):
    assert found(here, html) is None


@pytest.mark.parametrize(("here", "last", "number"), [
    ("/presse?page=2", "/presse?page=40", 40), ("/presse/page/2/", "/presse/page/40/", 40),
    ("/presse/seite-2", "/presse/seite-40", 40), ("/presse?page=2", "/presse/2026", None),
])  # fmt: skip
def test_how_many_pages_there_are(here, last, number):
    after = here.replace("2", "3")
    tree = PageTree(f'<main><a href="{after}">3</a> <a href="{last}">40</a></main>', SITE + here)
    assert last_page(tree, SITE + after) == number
