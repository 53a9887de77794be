"""Releases to learn from."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

from newsletter.model import Draft, Image, Precision, Release

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
SAYS = "Brunnen Nummer {n} sprudelt am Platz. "


def release(number: int, **said: Any) -> Release:
    """The release that was taken so many days ago, as any of its source is unless `said` otherwise."""
    characters = said.pop("characters", 1_200)
    at = NOW - timedelta(days=number)
    text = (SAYS.format(n=1_000 + number) * 200)[:characters]
    known: dict[str, Any] = {
        "id": f"id-{number}",
        "source": "portal",
        "url": f"https://p.example/{number}",
        "headline": f"Brunnen Nummer {1_000 + number} sprudelt",
        "kicker": "Umwelt",
        "teaser": "Es fließt.",
        "body_html": f"<h2>Brunnen</h2><p>{text}</p>",
        "body_text": text,
        "language": "de",
        "first_seen": at + timedelta(minutes=1),
        "updated": at,
        "published": at,
        "published_precision": Precision.MINUTE,
        "images": (Image(f"https://p.example/{number}.jpg", alt="Ein Brunnen", lead=True),),
        "origin": {"published": "structure", "body": "structure"},
    }
    return Release(**{**known, **said})


def releases(number: int, **said: Any) -> list[Release]:
    return [release(n, **said) for n in range(number)]


def draft(number: int = -1, **said: Any) -> Draft:
    """What was just read of a release like the others, unless `said` otherwise."""
    one = release(number, **said)
    common = {field.name for field in fields(Draft)} & {field.name for field in fields(Release)} - {"topics"}
    return Draft(**{name: getattr(one, name) for name in common})
