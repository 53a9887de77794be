# ruff: noqa: E501 - pages stand here as their systems write them
"""What stands in, over and under a text and is not the release."""

from __future__ import annotations

import pytest

from tests.unit.collect.read.pages import BODY, FIRST, SECOND, release

HEAD = "<h1>Neuer Radweg am Nordufer</h1>"
WHOLE = f"{FIRST}\n\nZwei Millionen vom Land\n\n{SECOND}"
ABOUT = "Die Stadtwerke Musterstadt versorgen mehr als hunderttausend Menschen mit Strom, Gas und Wasser. " * 3


@pytest.mark.parametrize("beside", [
    f'<div class="site-overlay"><div><p>{ABOUT}</p><p>{ABOUT}</p><p>{ABOUT}</p></div></div>',
    '<div class="slider"><div class="x"><div class="slide"><a href="/b"><img src="/b.jpg" alt=""></a><div><h3><a href="/b">Bericht aus dem Rat</a></h3><p>Der Rat hat beraten.</p></div></div></div></div>',
    '<div class="row"><h2>Mehr zum Thema</h2><div class="x"><div><h3><a href="/b">Bericht aus dem Rat</a></h3><p>Der Rat hat beraten.</p></div></div></div>',
    '<div class="teaser-box"><img src="/heft.jpg" width="300"><p>Erschienen in</p><a href="/heft">Zum Heft</a></div>',
    '<div class="affiliate-text"><p>Geld erhalten wir, wenn Sie einen Vertrag abschließen.</p></div>',
    '<div class="third-party-services--placeholder"><p>Wir respektieren Ihre Privatsphäre.</p></div>',
    f"<p><small>{ABOUT}</small></p>",
    "<div>Diese Meldung als PDF herunterladen</div>",
    "<p><i><b>Das Heft</b> jetzt am Kiosk und im <a href='/abo'>Abo</a>.</i></p>",
    '<p><b>Weiterlesen:</b></p><p><i><a href="/b">Bericht aus dem Rat</a></i></p>',
    '<p>Mehr dazu: <a href="/b">Der Rat berät über den neuen Radweg</a></p>',
    '<ul><li><a href="/b"><img src="/b.jpg" alt="" width="90">Bericht aus dem Rat</a></li><li><a href="/c"><img src="/c.jpg" alt="" width="90">Fest am Hafen</a></li></ul>',
    '<ul><li><a href="/plan.pdf">Lageplan (PDF, 1 MB)</a></li><li><a href="/karte.pdf">Karte (PDF)</a></li></ul>',
])  # fmt: skip
def test_it_is_left_out(beside):
    assert release(f"<main>{HEAD}{BODY}{beside}</main>").body_text == WHOLE


def test_a_card_deep_in_boxes_is_left_out_of_the_middle_of_a_text():
    card = '<div><a href="/b"><img src="/b.jpg" alt="Rat"></a><h3><a href="/b">Bericht aus dem Rat</a></h3><p>Der Rat hat in seiner Sitzung am Abend über den Weg beraten.</p></div>'
    main = f'<main>{HEAD}<div><p>{FIRST}</p><div class="a"><div class="b"><div class="c">{card}</div></div></div><p>{SECOND}</p></div></main>'
    assert release(main).body_text == f"{FIRST}\n\n{SECOND}"


@pytest.mark.parametrize("own", [
    "<p><small>Erika Beispiel. Aus: Das Buch der Stadt</small></p>",
    '<p><b>Lesen Sie auch die Satzung:</b> Sie gilt seit dem 1. Januar und regelt den Bau der Wege.</p>',
    '<ul><li><a href="/a">Breite Wege</a> für alle, die mit Rad und Anhänger fahren</li><li>Gutes Licht</li></ul>',
])  # fmt: skip
def test_what_only_looks_like_it_stays(own):
    text = release(f"<main>{HEAD}{BODY}{own}</main>").body_text
    assert len(text) > len(WHOLE) + 10


def test_a_text_built_of_blocks_of_one_kind_is_read_from_the_first():
    block = '<section class="co co--text"><div class="co__box">{}</div></section>'
    head = block.format(f"<p>{ABOUT}</p>")
    text = release(f"<main>{HEAD}<div>{head}{block.format(BODY * 4)}</div></main>").body_text
    assert text.startswith("Die Stadtwerke Musterstadt")


def test_an_article_body_stays_though_cards_stand_in_it():
    cards = "".join(f'<div><h3><a href="/{n}">Bericht {n}</a></h3></div>' for n in range(9))
    main = (
        f'<main>{HEAD}<div><div itemprop="articleBody"><div>{FIRST}</div><div>{SECOND}</div>{cards}</div></div></main>'
    )
    assert release(main).body_text == f"{FIRST}\n\n{SECOND}"
