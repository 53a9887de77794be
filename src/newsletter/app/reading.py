"""Reading a page that somebody points at, storing nothing: what `read` and `feeds check` show."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import tzinfo
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from newsletter.collect.fetch import Clock, Fetcher, utc_now
from newsletter.collect.pace import Pace
from newsletter.collect.read import NoText, read_release, reading_minutes
from newsletter.collect.route import Route
from newsletter.config import Settings
from newsletter.errors import NewsletterError
from newsletter.model import Draft, Image, Page, Precision

ADDRESS_UNKNOWN = "https://unknown.example/"
ZONE: Final = ZoneInfo("Europe/Berlin")  # what `timezone` is where no settings say otherwise


async def load_page(place: str, address: str | None = None, settings: Settings | None = None) -> Page:
    """The page in a file, or at an address (as `settings` say). Raises NewsletterError where it cannot be had."""
    if not place.startswith(("http://", "https://")):
        try:
            body = await asyncio.to_thread(Path(place).read_bytes)
        except OSError as error:
            raise NewsletterError(f"{place}: cannot be read: {error.strerror}") from error
        return Page(url=address or ADDRESS_UNKNOWN, body=body)
    fetcher = fetcher_of(settings)
    try:
        return await fetcher.fetch(place)
    finally:
        await fetcher.aclose()


def fetcher_of(settings: Settings | None, clock: Clock = utc_now, pace: Pace | None = None) -> Fetcher:
    """What fetches as the settings say: our name and contact, the allowed networks, the proxy, the authority.

    `pace` is shared with other processes; without it there is one of this process.
    """
    from newsletter import __version__

    if settings is None:
        return Fetcher(f"newsletter/{__version__} (+no contact set)")
    contact = f"{settings.site.base_url}; {parseaddr(settings.site.contact)[1]}"
    return Fetcher(
        f"newsletter/{__version__} (+{contact})",
        allow=settings.collect.allow_networks,
        route=Route(settings.network),
        clock=clock,
        pace=pace,
    )


def found_on(place: str, page: Page, zone: tzinfo = ZONE) -> dict[str, Any]:
    """What was read of a page, in the keys that OUTSIDE.md promises, times in `zone`.

    A page that would be withheld shows what was found on it, and why. Raises UnreadablePage where nothing was found.
    """
    try:
        draft = read_release(page, zone=zone)
    except NoText as error:
        draft = replace(error.found, problems=(*error.found.problems, error.said))
    return {
        "file": place,
        "url": draft.url,
        "kicker": draft.kicker,
        "headline": draft.headline,
        "teaser": draft.teaser,
        "body_text": draft.body_text,
        "body_html": draft.body_html,
        "language": draft.language,
        "published": _moment(draft, zone),
        "published_precision": draft.published_precision,
        "author": draft.author,
        "issuer": draft.issuer,
        "reading_minutes": reading_minutes(draft.body_text),
        "images": [image_as_read(image) for image in draft.images],
        "documents": [
            {"url": one.url, "title": one.title, "type": one.type, "size": one.size} for one in draft.documents
        ],
        "alternates": [
            {
                "kind": one.kind,
                "url": one.url,
                "language": one.language,
                "type": one.type,
                "seconds": one.seconds,
                "size": one.size,
            }
            for one in draft.alternates
        ],
        "contact": draft.contact,
        "topics": list(draft.topics),
        "from": dict(draft.origin),
        "problems": list(draft.problems),
    }


def _moment(draft: Draft, zone: tzinfo) -> str | None:
    """A time as a clock in `zone` shows it; of a day only its date, as no time was given."""
    if draft.published is None or draft.published_precision is Precision.DAY:
        return draft.published.date().isoformat() if draft.published else None
    return draft.published.astimezone(zone).isoformat()


def image_as_read(image: Image) -> dict[str, Any]:
    """A picture in the keys that OUTSIDE.md promises."""
    names = ("src", "alt", "caption", "credit", "symbolic", "lead")
    return {name: getattr(image, name) for name in names}
