# ruff: noqa: E501 - pages stand here as their systems write them
"""Which heading is the headline where there are several."""

from __future__ import annotations

import pytest

from tests.unit.collect.read.pages import BODY, release


def test_a_breadcrumb_set_as_h1_gives_way_to_a_heading_as_good():
    path = '<ol class="breadcrumb"><li class="breadcrumb__item"><h1>Radweg Musterstadt: So wird der Weg am Nordufer gebaut</h1></li></ol>'
    head = '<meta property="og:title" content="Nach zwanzig Jahren: Musterstadt baut seinen Radweg"><meta name="dc.title" content="Radweg Musterstadt: So wird der Weg am Nordufer gebaut">'
    main = f"<main>{path}<article><h2>Nach zwanzig Jahren: Musterstadt baut seinen Radweg</h2>{BODY}</article></main>"
    assert release(main, head).headline == "Nach zwanzig Jahren: Musterstadt baut seinen Radweg"


def test_a_breadcrumb_is_the_headline_where_it_alone_is_told():
    path = '<div class="breadcrumb"><h1>Neuer Radweg am Nordufer</h1></div>'
    assert release(f"<main>{path}{BODY}</main>").headline == "Neuer Radweg am Nordufer"


def test_a_heading_below_the_sites_name_is_found_by_a_title_for_machines():
    head = '<meta property="og:title" content="Endlich! Die Stadt macht es"><meta name="citation_title" content="Neuer Radweg am Nordufer">'
    main = f'<h1 class="site-logo"><a href="/">Musterstadt</a></h1><main><article><header><h2>Neuer Radweg am Nordufer</h2></header>{BODY}</article></main>'
    assert release(main, head).headline == "Neuer Radweg am Nordufer"


@pytest.mark.parametrize("section", ["Pressemitteilungen", "News", "Aktuelle Meldungen", "Press Releases", "Newsroom"])
def test_a_heading_that_only_names_the_section_is_none(section):
    menu = '<nav><h2>Weitere Bereiche der Verwaltung</h2></nav><h2><a href="/b">Bericht aus dem Rat der Stadt</a></h2>'
    html = f"<div><h1>{section}</h1></div>{menu}<main><h2>Neuer Radweg am Nordufer</h2>{BODY}</main>"
    assert release(html).headline == "Neuer Radweg am Nordufer"


def test_a_date_over_a_headline_is_no_kicker():
    header = '<header><span class="topline">22. November 2026</span><h1>Neuer Radweg am Nordufer</h1></header>'
    within = '<h1><span class="topline">22.11.2026</span> Neuer Radweg am Nordufer</h1>'
    for head in (header, within):
        draft = release(f"<main><article>{head}{BODY}</article></main>")
        assert (draft.kicker, draft.headline) == (None, "Neuer Radweg am Nordufer")


def test_a_kicker_may_name_a_year():
    header = '<header><span class="topline">Haushalt 2027</span><h1>Neuer Radweg am Nordufer</h1></header>'
    assert release(f"<main><article>{header}{BODY}</article></main>").kicker == "Haushalt 2027"
