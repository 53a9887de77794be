# ruff: noqa: E501 - pages stand here as their systems write them
"""Lists as systems write them: found whole, and nothing else with them."""

from __future__ import annotations

import pytest

from newsletter.collect.read import read_list
from tests.unit.collect.read.pages import page

URL = "https://musterstadt.example/presse"
HEADLINES = (
    "Neue Brunnen für die Innenstadt",
    "Stadtbibliothek öffnet wieder am Sonntag",
    "Kita-Plätze: Anmeldung beginnt im Januar",
    "Radweg am Fluss wird im Frühjahr erneuert",
    "Oberbürgermeisterin ehrt Ehrenamtliche",
    "Haushalt 2027 eingebracht",
    "Council opens help desk for newcomers",
)
TEASER = "Ein Anreißer mit mehr als vierzig Zeichen Text darin."


def frame(main: str, aside: str = "") -> str:
    menu = '<li><a href="/rathaus">Verwaltung und Politik in der Stadt</a></li><li><a href="/leben">Leben in Musterstadt heute</a></li>'
    foot = '<li><a href="/impressum">Impressum und rechtliche Hinweise</a></li><li><a href="/barriere">Erklärung zur Barrierefreiheit</a></li>'
    return f"<html lang=de><body><header><nav><ul>{menu}</ul></nav></header><main><h1>Presse</h1>{main}</main><aside>{aside}</aside><footer><ul>{foot}</ul></footer></body></html>"


def items(form: str) -> str:
    """`form` for each headline; {n} its number, {day} its day of November, {h} the headline, {a|b} by turns."""
    return "".join(
        form.format(n=n, day=20 - n, h=headline, parity="odd" if n % 2 else "even", first="first" if n == 0 else "")
        for n, headline in enumerate(HEADLINES)
    )


SYSTEMS = {
    "odd and even first": items(
        '<div class="{parity} article"><h3><a href="/pm/{n}">{h}</a></h3><p class=date>{day}.11.2026</p></div>'
    ),
    "first is highlighted": "<ul>"
    + items('<li class="{first}"><span>{day}.11.2026</span> <a href="/pm/{n}">{h}</a></li>')
    + "</ul>",
    "TYPO3": items(
        '<div class="article articletype-0"><div class="header"><h3><a title="{h}" href="/pm/{n}"><span itemprop="headline">{h}</span></a></h3></div><p><time datetime="2026-11-{day}">{day}.11.</time> <span class="news-list-category">Umwelt</span></p><div class="teaser-text"><p>'
        + TEASER
        + '</p><a class="more" href="/pm/{n}">Weiterlesen</a></div></div>'
    ),
    "Drupal": '<div class="view-content">'
    + items(
        '<div class="views-row views-row-{n} views-row-{first}"><span class="date">{day}.11.2026</span><h2><a href="/pm/{n}">{h}</a></h2></div>'
    )
    + "</div>",
    "WordPress": items(
        '<article class="post-{n} post type-post"><header><h2 class="entry-title"><a href="/pm/{n}" rel=bookmark>{h}</a></h2><div class=entry-meta><a href="/pm/{n}"><time datetime="2026-11-{day}T10:00:00+01:00">{day}. November 2026</time></a> von <a href="/author/a">Anna Beispiel</a> in <a href="/category/umwelt">Umwelt und Natur</a></div></header><div class=entry-summary><p>'
        + TEASER
        + ' <a href="/pm/{n}" class=more-link>Weiterlesen „{h}“</a></p></div></article>'
    ),
    "table": "<table>" + items('<tr><td>{day}.11.2026</td><td><a href="/pm/{n}">{h}</a></td></tr>') + "</table>",
    "terms": "<dl>" + items('<dt>{day}.11.2026</dt><dd><a href="/pm/{n}">{h}</a></dd>') + "</dl>",
    "one paragraph": "<p>" + items('{day}.11.2026: <a href="/pm/{n}">{h}</a><br>') + "</p>",
    "with topics and a picture": items(
        '<div class=item><a href="/pm/{n}"><img src="/b/{n}.jpg" alt="Foto"></a><div><a class=topic href="/thema/1">Umwelt und Verkehr</a><h3><a href="/pm/{n}">{h}</a></h3><span>{day}.11.2026</span></div></div>'
    ),
    "a table with a head": "<table><thead><tr><th>Datum</th><th>Titel</th><th>Nr.</th></tr></thead><tbody>"
    + items('<tr><td>{day}.11.2026</td><td><a href="/pm/{n}">{h}</a></td><td>{day}/2026</td></tr>')
    + "</tbody></table>",
    "terms with their day behind": "<dl>"
    + items('<dt><a href="/pm/{n}">{h}</a></dt><dd>{day}.11.2026</dd><dd>' + TEASER + "</dd>")
    + "</dl>",
    "cards that are one link": items(
        '<a class=card href="/pm/{n}"><span>{day}.11.2026</span><span>{h}</span><span>' + TEASER + "</span></a>"
    ),
    "Government Site Builder": items(
        '<div class="teaser type-1"><h2><a href="/SharedDocs/PM/{n}">{h}</a></h2><p><span class=docInfo><span class=date>{day}.11.2026</span> <span>Pressemitteilung</span></span></p></div>'
    ),
    "Plone": items(
        '<article class=entry><header><span class=summary><a href="/pm/{n}">{h}</a></span></header><div class=metadata>erstellt von <a href="/author/m">Muster</a> <span>{day}.11.2026</span></div></article>'
    ),
    "a day over each": items('<h3>{day}. November 2026</h3><p><a href="/pm/{n}">{h}</a></p>'),
    "a line with the day over each": items(
        '<div><p>{day}.11.2026</p><ul><li><a href="/pm/{n}">{h}</a></li></ul></div>'
    ),
    "with files and easy language": "<ul>"
    + items(
        '<li>{day}.11.2026 <a href="/pm/{n}">{h}</a> <a href="/pm/{n}.pdf">PDF herunterladen (120 KB)</a> <a href="/leicht/{n}">Leichte Sprache</a></li>'
    )
    + "</ul>",
}


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_list_is_found_whole_with_dates_and_nothing_else(system):
    listing = read_list(page(frame(SYSTEMS[system]), URL))
    assert [c.url.rpartition("/")[2] for c in listing.candidates] == [str(n) for n in range(len(HEADLINES))]
    assert [c.headline for c in listing.candidates] == list(HEADLINES)
    assert [c.published.day for c in listing.candidates if c.published] == [20 - n for n in range(len(HEADLINES))]


@pytest.mark.parametrize("system", ["TYPO3", "WordPress"])
def test_the_teaser_of_an_item_is_found(system):
    teasers = [c.teaser or "" for c in read_list(page(frame(SYSTEMS[system]), URL)).candidates]
    assert all(teaser.startswith(TEASER) for teaser in teasers)


def paths(main: str, aside: str = "") -> list[str]:
    candidates = read_list(page(frame(main, aside), URL)).candidates
    return [candidate.url.removeprefix("https://musterstadt.example") for candidate in candidates]


EXPECTED = [f"/pm/{n}" for n in range(len(HEADLINES))]


def test_a_longer_list_beside_the_page_is_not_taken():
    services = "".join(
        f'<h4><a href="/dienst/{n}">Dienstleistung Nummer {n} der Verwaltung</a></h4>' for n in range(25)
    )
    assert paths("<ul>" + items('<li><a href="/pm/{n}">{h}</a></li>') + "</ul>", services) == EXPECTED


def test_dates_tell_releases_from_services_and_addresses_tell_them_from_events():
    services = "".join(
        f'<li><a href="/dienst/{n}">Dienstleistung Nummer {n} der Verwaltung</a></li>' for n in range(30)
    )
    dated = "<ul>" + items('<li><span>{day}.11.2026</span><a href="/pm/{n}">{h}</a></li>') + "</ul>"
    assert paths(f"{dated}<div><ul class=a>{services}</ul></div>") == EXPECTED
    events = "".join(
        f'<div class=e><time datetime="2026-12-0{n}">0{n}.12.</time><h3><a href="/termine/{n}">Sitzung des Gemeinderats Nummer {n}</a></h3></div>'
        for n in range(1, 6)
    )
    undated = items('<div class=r><h3><a href="/pm/{n}">{h}</a></h3></div>')
    assert paths(f"<div>{undated}</div><div class=events>{events}</div>") == EXPECTED


def test_the_large_item_on_top_belongs_to_the_list():
    top = '<div class="hero"><article class="big"><h2><a href="/pm/99">Stadtfest geht friedlich zu Ende</a></h2><time datetime="2026-11-21">21.11.</time></article></div>'
    other = '<div class="box"><h2><a href="/pm/kontakt">So erreichen Sie die Pressestelle</a></h2></div>'
    rest = items('<article><h3><a href="/pm/{n}">{h}</a></h3><time datetime="2026-11-{day}">x</time></article>')
    assert paths(f"{top}{other}<div>{rest}</div>") == ["/pm/99", *EXPECTED]


def test_lists_by_month_are_one_list():
    months = [
        f"<h2>{name} 2026</h2><ul>"
        + "".join(f'<li>{20 - n}.{number}.2026 <a href="/pm/{number}{n}">{HEADLINES[n]}</a></li>' for n in range(3))
        + "</ul>"
        for name, number in (("November", 11), ("Oktober", 10))
    ]
    assert len(paths("".join(months))) == 6


def test_american_dates_are_read_as_such_where_the_page_is_american():
    rows = "".join(
        f'<li>2/{n}/2026 <a href="/news/{n}">Attorney General announces settlement {n}</a></li>' for n in (11, 6)
    )
    listing = read_list(page(frame(f"<ul>{rows}</ul>").replace("lang=de", "lang=en-US"), URL))
    assert [(c.published.month, c.published.day) for c in listing.candidates if c.published] == [(2, 11), (2, 6)]


def test_thousands_of_links_are_read_in_time_that_grows_with_them():
    rows = "".join(f'<p><a href="/pm/{n}">Überschrift der Meldung {n}</a></p>' for n in range(5_000))
    assert len(paths(f"<div>{rows}</div>")) == 5_000


@pytest.mark.parametrize(
    "label", ["mehr", "Zur Pressemitteilung", '<img src="/pfeil.svg" alt="">', "Read the full release"]
)
def test_headlines_that_are_no_links_are_found_beside_links_that_all_say_the_same(label):
    rows = items(
        '<div class="r"><h3>{h}</h3><p>{day}.11.2026</p><p>' + TEASER + '</p><a href="/pm/{n}">' + label + "</a></div>"
    )
    candidates = read_list(page(frame(f"<div>{rows}</div>"), URL)).candidates
    assert [(c.url.rpartition("/")[2], c.headline) for c in candidates] == [
        (str(n), headline) for n, headline in enumerate(HEADLINES)
    ]
    assert all(candidate.published and candidate.teaser == TEASER for candidate in candidates)


def test_three_releases_of_one_headline_stay():
    rows = items('<li>{day}.11.2026 <a href="/pm/{n}">{h}</a></li>')
    same = "".join(f'<li>0{n}.11.2026 <a href="/pm/9{n}">Verkehrsmeldung der Woche</a></li>' for n in (3, 2, 1))
    assert paths(f"<ul>{rows}{same}</ul>") == [*EXPECTED, "/pm/93", "/pm/92", "/pm/91"]


def test_what_stands_under_one_day_has_that_day():
    days = "".join(
        f"<h2>{day}. November 2026</h2><ul>"
        + "".join(f'<li><a href="/pm/{n}">{HEADLINES[n]}</a></li>' for n in numbers)
        + "</ul>"
        for day, numbers in ((20, (0, 1)), (19, (2, 3)), (18, (4, 5)))
    )
    candidates = read_list(page(frame(days), URL)).candidates
    assert [c.published.day for c in candidates if c.published] == [20, 20, 19, 19, 18, 18]


def test_the_date_of_the_page_is_not_that_of_its_items():
    undated = "<ul>" + items('<li><a href="/pm/{n}">{h}</a></li>') + "</ul>"
    candidates = read_list(page(frame(f"<p>Stand: 20.11.2026</p>{undated}"), URL)).candidates
    assert [c.published for c in candidates] == [None] * len(HEADLINES)


MOST_READ = (
    "Öffnungszeiten der Bäder im Sommer und im Winter", "Wo der Sperrmüll in diesem Jahr abgeholt wird",
    "So beantragen Sie einen neuen Reisepass", "Parken in der Altstadt kostet bald mehr als bisher",
    "Stellenangebote der Stadtverwaltung im Überblick", "Anmeldung zur Eheschließung im Rathaus der Stadt",
    "Melden Sie Schäden an Straßen und Wegen online", "Das neue Programm der Volkshochschule ist da",
)  # fmt: skip


@pytest.mark.parametrize("box", [
    "<div class=col><h2>Meistgelesen</h2><ol>{}</ol></div>", "<div><strong>Most read</strong><ul>{}</ul></div>",
    "<div class=popular-posts><ul>{}</ul></div>", "<section><h3>Häufig gesucht</h3><ul>{}</ul></section>",
])  # fmt: skip
@pytest.mark.parametrize("form", [
    '<li><a href="/pm/{n}">{h}</a></li>', '<li>{day}.11.2026 <a href="/pm/{n}">{h}</a></li>',
])  # fmt: skip
def test_what_is_read_most_is_no_list_of_releases(box, form):
    most = box.format("".join(f'<li><a href="/aktuell/{n}">{text}</a></li>' for n, text in enumerate(MOST_READ)))
    assert paths(f"<ul>{items(form)}</ul>{most}") == EXPECTED
    assert paths(f"{most}<ul>{items(form)}</ul>") == EXPECTED


def test_what_stands_outside_of_the_main_part_is_none():
    rows = "".join(f'<li><a href="/aktuell/{n}">{text}</a></li>' for n, text in enumerate(MOST_READ))
    html = frame("<ul>" + items('<li><a href="/pm/{n}">{h}</a></li>') + "</ul>").replace(
        "</main>", f"</main><div><ul>{rows}</ul></div>"
    )
    assert [c.url.rpartition("/pm/")[2] for c in read_list(page(html, URL)).candidates] == [
        str(n) for n in range(len(HEADLINES))
    ]


def test_a_call_to_read_on_is_no_part_of_a_teaser():
    rows = items(
        '<article><h3><a href="/pm/{n}">{h}</a></h3><p>' + TEASER + ' <a href="/pm/{n}">Weiterlesen</a></p></article>'
    )
    assert {c.teaser for c in read_list(page(frame(rows), URL)).candidates} == {TEASER}
