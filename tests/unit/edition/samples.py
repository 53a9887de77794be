"""Releases, settings and editions that the tests of the edition room share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from newsletter.config import Newsletter, Site
from newsletter.edition.compose import compose
from newsletter.edition.content import EditionContent
from newsletter.edition.render import render_sheet
from newsletter.edition.variants import fill
from newsletter.model import (
    AltFrom,
    Cadence,
    Format,
    Image,
    Pieces,
    Precision,
    Release,
    Subscription,
    SubscriptionState,
    Topic,
    Variant,
)

NOON = datetime(2026, 11, 20, 11, tzinfo=UTC)
SLOT = datetime(2026, 11, 20, 6, tzinfo=UTC)
TRAFFIC = Topic("verkehr", "Verkehr")
NATURE = Topic("umwelt", "Umwelt")

SITE = Site(
    title="Presse Musterstadt",
    base_url="https://news.musterstadt.example",
    publisher="Stadt Musterstadt",
    postal_address="Marktplatz 1, 12345 Musterstadt",
    contact="Presse Musterstadt <presse@musterstadt.example>",
    imprint_url="https://musterstadt.example/impressum",
    privacy_url="https://musterstadt.example/datenschutz",
    accessibility_url="https://musterstadt.example/barrierefreiheit",
)
NEWSLETTER = Newsletter(id="presse", title="Pressemitteilungen", feeds=["musterstadt"])


def newsletter(**changes: Any) -> Newsletter:
    """The newsletter with some settings changed."""
    return NEWSLETTER.model_copy(update=changes)


def picture(name: str = "bruecke", alt: str | None = "Schrägseilbrücke mit zwei Pylonen", **fields: Any) -> Image:
    """A lead picture as a portal gives it."""
    given = {"alt_from": AltFrom.SOURCE, "lead": True, "width": 1200, "height": 675, **fields}
    return Image(f"https://musterstadt.example/bilder/{name}.jpg", alt, **given)


def release(number: int, headline: str = "", **fields: Any) -> Release:
    """A release; the higher its number, the older it is."""
    given: dict[str, Any] = {
        "id": f"{number:08d}-0000-4000-8000-000000000000",
        "source": "musterstadt",
        "url": f"https://musterstadt.example/presse/{number}",
        "headline": headline or f"Meldung Nummer {number} aus dem Rathaus",
        "body_html": "<p>Der ganze Text.</p>",
        "body_text": "Der ganze Text.",
        "language": "de",
        "first_seen": NOON,
        "updated": NOON,
        "published": NOON - timedelta(hours=number),
        "published_precision": Precision.DAY,
        "teaser": f"Worum es in der Meldung Nummer {number} geht, steht hier in einem Satz.",
        "topics": (TRAFFIC,),
        "reading_minutes": 2,
    }
    return Release(**{**given, **fields})


BRIDGE = release(
    1,
    "Neue Radbrücke über den Musterfluss wird freigegeben",
    images=(picture(caption="Die Brücke ist 210 Meter lang.", credit="Stadt Musterstadt"),),
    reading_minutes=3,
)
FOREST = release(
    2,
    "Stadtwald: 12.000 Eichen gepflanzt",
    topics=(NATURE, TRAFFIC),
    images=(picture("wald", "Junger Laubwald auf einem Hügel", symbolic=True, credit="dpa"),),
)
DESK = release(
    3, "City opens help desk in eight languages", language="en", topics=(NATURE,), teaser="Questions? Come by."
)
RELEASES = (BRIDGE, FOREST, DESK)


def edition(releases: Sequence[Release] = RELEASES, **changes: Any) -> EditionContent:
    """The content of a daily edition; `changes` go to its fields."""
    return replace(compose(SITE, NEWSLETTER, Cadence.DAILY, SLOT, releases), **changes)


def variant(
    releases: Sequence[Release] = RELEASES, language: str = "de", format: Format = Format.STANDARD, **changes: Any
) -> Variant:
    """The variant with all releases of a daily edition."""
    sheet = render_sheet(edition(releases, **changes), language, format)
    return fill(sheet, [release.id for release in releases])


def filled(pieces: Pieces | None) -> str:
    """A part as a person gets it, each blank an address that ends in its name."""
    assert pieces is not None
    return "".join(
        piece if isinstance(piece, str) else f"{SITE.base_url}/{piece.name.removesuffix('_url')}/token"
        for piece in pieces
    )


def subscription(**changes: Any) -> Subscription:
    """A subscription that waits for its confirmation."""
    found = Subscription(
        1, 1, "presse", Cadence.DAILY, "de", Format.STANDARD, (), SubscriptionState.PENDING, created_at=NOON
    )
    return replace(found, **changes)
