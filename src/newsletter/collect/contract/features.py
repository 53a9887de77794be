"""What a contract looks at: the features of a release, be it stored or only just read."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from newsletter.collect.digest import normalised
from newsletter.collect.read import without_credit
from newsletter.collect.read.text import folded
from newsletter.model import AltFrom, Draft, Image, Precision, Release

LONG = 1_000  # characters: from here on a text that has subheads elsewhere should have some
_SUBHEAD = re.compile(r"<h[2-4][ >]")


class Field(StrEnum):
    """What of a release can break. The first two, the date and the language are checked by what they are, too."""

    BODY = "body"
    HEADLINE = "headline"
    DATE = "date"
    TIME = "time"
    LANGUAGE = "language"
    KICKER = "kicker"
    TEASER = "teaser"
    SUBHEADS = "subheads"
    IMAGE = "image"
    ALT = "alt"


@dataclass(frozen=True, slots=True)
class Features:
    """Of one release: what it has of what any may have. A field that does not apply (the alt of no image) is absent."""

    url: str
    headline: str
    text: str  # digest of the body
    characters: int  # of the body
    has: Mapping[Field, bool]
    language: str | None = None  # without its region
    published: datetime | None = None
    date_step: str | None = None  # which step found the date
    body_step: str | None = None
    seen: datetime | None = None  # when it was taken, None for what was only just read


def features_of(release: Release | Draft) -> Features:
    """The features of a stored release, or of a draft whose gaps are filled from its list."""
    body = release.body_text.strip()
    return Features(
        url=release.url,
        headline=folded(release.headline),
        text=hashlib.sha256(normalised(body).encode()).hexdigest()[:16],
        characters=len(body),
        has=_has(release, len(body)),
        language=(release.language or "")[:2] or None,
        published=release.published,
        date_step=release.origin.get("published"),
        body_step=release.origin.get("body"),
        seen=release.first_seen if isinstance(release, Release) else None,
    )


def _has(release: Release | Draft, characters: int) -> dict[Field, bool]:
    has = {
        Field.DATE: release.published is not None,
        Field.KICKER: bool(release.kicker),
        Field.TEASER: bool(release.teaser),
        Field.IMAGE: release.lead is not None,
    }
    if release.published is not None:
        has[Field.TIME] = release.published_precision is not Precision.DAY
    if release.lead is not None:
        has[Field.ALT] = _described(release.lead)
    if characters >= LONG:
        has[Field.SUBHEADS] = bool(_SUBHEAD.search(release.body_html))
    return has


def _described(image: Image) -> bool:
    """Whether its page says what a picture shows; what an editor wrote is none of the page's."""
    return bool(without_credit(image).alt) and image.alt_from not in (AltFrom.EDITOR, AltFrom.DECORATIVE)
