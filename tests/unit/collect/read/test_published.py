# ruff: noqa: E501 - pages stand here as their systems write them
# mypy: disable-error-code="union-attr"
"""Dates of publication that no name and no attribute marks."""

from __future__ import annotations

import pytest

from tests.unit.collect.read.pages import BODY, SECOND, release

HEAD = "<h1>Neuer Radweg am Nordufer</h1>"
LONG = f"<p>{SECOND}</p>" * 6


@pytest.mark.parametrize("around", [
    '<div class="event-box"><div>{head}</div><div class="event-right"><span>Erschienen am:</span><h2>22.11.2026</h2><p>Herausgeber: Stadt Musterstadt</p></div></div>{body}',
    '<div>{head}</div><div><div><p class="author"><em>von</em><span>Max Muster</span><em>22.11.2026</em></p></div>{body}</div>',
    '<div>{head}</div><div><a href="/m"><b>Max</b></a> <span>Stand: 22. November 2026</span>{body}</div>',
    "<div>{head}</div><div><p>22.11.2026 - Der Rat hat den neuen Radweg am Nordufer beschlossen, der vier Kilometer lang wird.</p>{body}</div>",
    "<div>{head}</div><div><p>Musterstadt, 22. November 2026 – Der Rat hat den neuen Radweg am Nordufer beschlossen, nach langer Beratung.</p>{body}</div>",
    "<div>{head}</div><div><span>[22.11.2026]</span>{body}</div>",
])  # fmt: skip
def test_a_date_that_stands_alone_where_the_text_begins(around):
    draft = release(f"<main>{around.format(head=HEAD, body=BODY + LONG)}</main>")
    assert draft.published.date().isoformat() == "2026-11-22"
    assert draft.origin["published"] == "structure"


@pytest.mark.parametrize("line", [
    "<dl><dt>Registriert:</dt><dd>18.09.2019</dd></dl>",
    '<div class="event"><b>18.09.2019</b></div>',
    "<p>Die Brücke wurde am 18.09.2019 gesperrt.</p>",
    '<ul><li><h3><a href="/x">Fest am Hafen</a></h3><span>18.09.2019</span></li></ul>',
    '<p><a href="/x">18.09.2019</a></p>',
])  # fmt: skip
def test_what_is_another_things_date(line):
    assert release(f"<main><div>{HEAD}</div><div>{line}{BODY}{LONG}</div></main>").published is None


def test_a_meta_that_says_value_for_content_is_read():
    draft = release(f"<main>{HEAD}{BODY}</main>", '<meta name="article:published_time" value="2026-11-22T10:00:00Z">')
    assert draft.published.isoformat() == "2026-11-22T10:00:00+00:00"


ARTICLE = "<main><article>{head}{beside}<div>{body}</div></article></main>"


@pytest.mark.parametrize("beside", [
    '<aside><div>Erika Beispiel</div><div>22.11.2026 um 14:46</div></aside>',
    "<div><div><p>Erika Beispiel, November 22, 2026</p></div></div>",
    '<div><img src="/a.jpg" alt=""><span>Der Weg nach dem langen Regen im Frühjahr am 3. Mai 2024. © Stadt</span></div><div class="date">22.11.2026</div>',
    '<div><img src="/a.jpg" alt=""><span>Erika Beispiel, 22.11.2026</span></div>',
])  # fmt: skip
def test_a_date_in_a_margin_of_the_article_counts_and_one_in_a_caption_does_not(beside):
    draft = release(ARTICLE.format(head=HEAD, beside=beside, body=BODY + LONG))
    assert draft.published.date().isoformat() == "2026-11-22"


def test_the_dateline_that_readers_see_comes_before_a_hidden_one():
    hidden = '<div itemscope itemtype="https://schema.org/Article"><time itemprop="datePublished" hidden datetime="2026-11-21T20:35:00+01:00"></time></div>'
    line = '<p class="meta">Musterstadt, 22.11.2026, 058/26</p>'
    draft = release(f"<main><div>{HEAD}{line}</div>{hidden}<div>{BODY}</div></main>")
    assert draft.published.date().isoformat() == "2026-11-22"


def test_a_day_is_made_exact_by_a_hidden_time_of_the_same_day():
    hidden = '<div itemscope itemtype="https://schema.org/Article"><time itemprop="datePublished" hidden datetime="2026-11-22T14:35:00+01:00"></time></div>'
    draft = release(f'<main><div>{HEAD}<p class="date">22.11.2026</p></div>{hidden}<div>{BODY}</div></main>')
    assert draft.published.isoformat() == "2026-11-22T13:35:00+00:00"
