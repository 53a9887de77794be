"""The sample portal's texts, pictures and documents, without its server."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import html5lib
import pytest
from PIL import Image

from newsletter.demo.portal import PortalState, Stage
from newsletter.demo.portal.content import HERE, TIMEZONE, SampleRelease, releases
from newsletter.demo.portal.pdf import write_pdf

TODAY = date(2026, 11, 22)
HOSTILE = "gefaelschte-e-mails"
TOPICS = {"Bildung", "Kultur", "Sicherheit", "Soziales", "Umwelt", "Verkehr", "Verwaltung", "Wirtschaft"}
RELEASES = releases(TODAY, Stage.FIRST_LOOK)
PICTURES = sorted((HERE / "pictures").iterdir())


def by_slug(slug: str, stage: Stage = Stage.FIRST_LOOK) -> SampleRelease:
    return next(release for release in releases(TODAY, stage) if release.slug == slug)


def test_there_is_enough_to_read_in_both_languages() -> None:
    languages = Counter(release.language for release in RELEASES)
    assert languages == {"de": 24, "en": 6}
    assert {release.kicker for release in RELEASES} == TOPICS


@pytest.mark.parametrize("release", RELEASES, ids=lambda release: release.slug)
def test_a_release_is_whole(release: SampleRelease) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", release.slug)
    assert len(release.headline) <= 120 or release.slug == HOSTILE
    assert 80 <= len(release.teaser) <= 300
    assert 3 <= release.body.count("<p>") <= 9
    assert 1 <= len(re.findall("<h2>", release.body)) <= 4
    assert release.published.tzinfo is TIMEZONE
    assert release.published.date() < TODAY
    if release.image:
        assert (HERE / "pictures" / release.image.file).is_file()


@pytest.mark.parametrize("stage", Stage)
def test_every_body_is_valid_html_without_forgotten_placeholders(stage: Stage) -> None:
    for release in releases(TODAY, stage):
        html5lib.HTMLParser(strict=True).parseFragment(release.body)
        assert not re.search(r"\{[+-]", release.headline + release.teaser + release.body), release.slug


def test_a_fixed_day_always_gives_the_same_releases_newest_first() -> None:
    again = releases.__wrapped__(TODAY, Stage.FIRST_LOOK)
    assert again == RELEASES
    moments = [release.published for release in RELEASES]
    assert moments == sorted(set(moments), reverse=True)


def test_days_in_the_texts_follow_today() -> None:
    assert "wird am Samstag, 5. Dezember freigegeben" in by_slug("radbruecke-musterfluss").headline
    assert "Bis zum 12. Dezember" in by_slug("strassenreinigungsgebuehren").teaser
    assert "on Saturday 5 December, at 8 am" in by_slug("market-hall-reopens").body
    for shift in range(7):
        moved = releases(TODAY + timedelta(days=shift), Stage.FIRST_LOOK)
        assert any("wird am Samstag, " in release.headline for release in moved)


def test_the_update_changes_one_release_and_the_withdrawal_another() -> None:
    first, second, third = ({r.slug: r for r in releases(TODAY, stage)} for stage in Stage)
    assert [slug for slug in first if first[slug] != second[slug]] == ["wasserrohrbruch-bahnhofstrasse"]
    assert [slug for slug in first if second[slug] != third[slug]] == ["hafenfest-termin"]
    updated = second["wasserrohrbruch-bahnhofstrasse"]
    assert updated.updated is not None
    assert updated.updated > updated.published == first[updated.slug].published


def test_the_state_stops_at_the_last_stage() -> None:
    state = PortalState()
    assert [state.stage, state.advance(), state.advance(), state.advance()] == [0, 1, 2, 2]


@pytest.mark.parametrize("file", PICTURES, ids=lambda file: file.name)
def test_pictures_are_small_and_16_to_9(file: Path) -> None:
    with Image.open(file) as picture:
        expected = {"portrait.jpg": (400, 400), "wappen.png": (80, 96)}.get(file.name, (1200, 675))
        assert picture.size == expected
    assert file.stat().st_size < 60_000


def test_every_picture_is_used() -> None:
    named = {release.image.file for release in RELEASES if release.image}
    named |= {file for release in RELEASES for file in re.findall(r"/bilder/([\w.-]+)", release.body)}
    assert {file.name for file in PICTURES} == named | {"portrait.jpg", "wappen.png"}


@pytest.mark.parametrize("text", ["Größe (in Metern): 4", "Ein Text " * 60, "Rückstrich \\ und )"])
def test_a_pdf_says_where_its_parts_lie(text: str) -> None:
    pdf = write_pdf("Titel mit Ü (neu)", text, "de")
    start = int(pdf.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    assert pdf[start:].startswith(b"xref\n")
    places = [int(row[:10]) for row in pdf[start:].split(b"\n") if row.endswith(b" n ")]
    assert [pdf[place:].split(b" ", 1)[0] for place in places] == [b"%d" % n for n in range(1, len(places) + 1)]
    length = int(re.search(rb"/Length (\d+)", pdf)[1])  # type: ignore[index]
    stream = pdf.split(b"stream\n", 1)[1].split(b"\nendstream", 1)[0]
    assert len(stream) == length
    assert "Titel mit Ü \\(neu\\)".encode("cp1252") in stream
