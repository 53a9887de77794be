"""Kickers become topics."""

from __future__ import annotations

import pytest

from newsletter.collect.topics import MAX_KICKER, slugify, topics_of
from newsletter.config.values import SLUG
from newsletter.model import Topic


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Verkehr", "verkehr"),
        ("Bürger & Ämter", "buerger-aemter"),
        ("Straße", "strasse"),
        ("  Öffentliche   Sicherheit! ", "oeffentliche-sicherheit"),
        ("Ko\u0308ln", "koeln"),
        ("Éducation", "education"),
        ("Łódź", "lodz"),
        ("E-Mobilität/ÖPNV", "e-mobilitaet-oepnv"),
        ("---", ""),
        ("", ""),
    ],
)
def test_slugs(text: str, slug: str) -> None:
    assert slugify(text) == (slug or slugify(text))
    if slug:
        assert SLUG.match(slugify(text))


@pytest.mark.parametrize("text", ["Транспорт", "交通", "---", "x" * 500, "a-" * 100])
def test_every_slug_can_stand_in_an_address(text: str) -> None:
    assert SLUG.match(slugify(text))
    assert len(slugify(text)) <= MAX_KICKER


def test_other_scripts_stay_apart() -> None:
    assert slugify("Транспорт") != slugify("Культура")


@pytest.mark.parametrize(
    ("kicker", "tags", "topics"),
    [
        ("Verkehr", (), [("mobil", "Verkehr")]),
        ("VERKEHR ", (), [("mobil", "VERKEHR")]),
        ("Umwelt", (), [("umwelt", "Umwelt")]),
        (None, (), []),
        ("", (), []),
        (None, ("Verkehr", "Rad"), [("mobil", "Verkehr")]),
        ("Umwelt", ("verkehr",), [("umwelt", "Umwelt"), ("mobil", "verkehr")]),
        ("Verkehr", ("Verkehr",), [("mobil", "Verkehr")]),
        ("22. November 2026", (), []),
        ("Pressemitteilung vom 22.11.2026", (), []),
        ("Das ist ein ganzer Satz, der zu lang ist, um ein Thema zu sein, und der daher keines wird", (), []),
    ],
)
def test_topics(kicker: str | None, tags: tuple[str, ...], topics: list[tuple[str, str]]) -> None:
    assert topics_of(kicker, tags, {"Verkehr": "mobil"}) == tuple(Topic(*topic) for topic in topics)
