"""What a mail has no room for is linked, and no release is lost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from lxml import html as lxml_html

from newsletter.edition.render import render_sheet
from newsletter.edition.rules import check
from newsletter.edition.variants import fill
from newsletter.model import Format, Release, Variant
from tests.unit.edition.samples import NATURE, NEWSLETTER, SITE, TRAFFIC, edition, filled, picture, release

HEAVY = 80_000


def many(count: int) -> list[Release]:
    said = "Worum es geht, steht hier in einigen Sätzen, wie Pressestellen sie schreiben. " * 3
    return [
        release(
            n,
            f"Meldung {n} über den Neubau der Brücke am südlichen Ende der Stadt",
            teaser=said,
            topics=((TRAFFIC, NATURE)[n % 2],),
            images=(
                picture(f"bild{n}", f"Ein Kran hebt das Teil {n} der Brücke", caption=f"Teil {n}.", credit="Stadt"),
            ),
        )
        for n in range(count)
    ]


def mail(releases: list[Release], chosen: int | None = None, format: Format = Format.STANDARD) -> Variant:
    sheet = render_sheet(edition(releases), "de", format)
    return fill(sheet, [one.id for one in releases[:chosen]])


def test_sixty_have_a_card_each_and_stay_small() -> None:
    found = mail(many(60), format=Format.STANDARD)
    assert (found.linked, found.beyond) == ((), ())
    assert len(filled(found.html).encode("utf-8")) < HEAVY


@pytest.mark.parametrize(
    ("count", "format"),
    [*((count, format) for count in (100, 400) for format in Format if format is not Format.TEXT), (400, Format.TEXT)],
)
def test_what_has_no_room_is_linked(count: int, format: Format) -> None:
    releases = many(count)
    found = mail(releases, format=format)
    assert len(filled(found.html or found.text).encode()) <= HEAVY
    assert found.linked
    assert bool(found.beyond) is (count == 400)
    assert set(found.selection) == {one.id for one in releases}
    for part in filter(None, (found.html, found.text)):
        told = filled(part)
        beyond = [one for one in releases if one.id in found.beyond]
        assert [one for one in releases if one.url + '"' not in told and one.url + "\n" not in told] == beyond
        assert f"{len(found.linked)} weitere Meldungen" in told
        assert (f"{len(found.beyond)} weitere Meldungen auf der Webseite" in told) is (count == 400)
        assert f"{count} Meldungen" in told
    assert check(found, releases, SITE, NEWSLETTER) == ()


def test_whoever_chose_few_of_many_has_them_whole() -> None:
    releases = many(100)
    found = mail(releases, chosen=20)
    assert (len(found.selection), found.linked, found.beyond) == (20, (), ())
    assert "weitere Meldungen" not in filled(found.html) + filled(found.text)


def test_lines_are_a_list_under_a_heading() -> None:
    root: Any = lxml_html.document_fromstring(filled(mail(many(100)).html))
    (listed,) = root.xpath("//ul[@class='rest']")
    assert listed.getprevious().tag == "h2"
    assert all(item.tag == "li" and item.find("a") is not None for item in listed)


def test_the_gate_misses_a_line() -> None:
    releases = many(100)
    found = mail(releases)
    (lost,) = [one for one in releases if one.id == found.linked[0]]
    pieces = found.html or ()
    html = tuple(piece.replace(f'{lost.url}"', '"') if isinstance(piece, str) else piece for piece in pieces)
    rules = {finding.rule for finding in check(replace(found, html=html), releases, SITE, NEWSLETTER)}
    assert "HEAD-4" in rules
