"""Looking at a portal before it is a source: what `feeds add` shows and writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any

from newsletter.app.reading import fetcher_of, image_as_read, load_page
from newsletter.collect.contract import fault
from newsletter.collect.hand import read_in_turn
from newsletter.collect.kinds import Fetch
from newsletter.collect.merge import fill
from newsletter.collect.read import read_release, without_credit
from newsletter.collect.read.dates import BERLIN
from newsletter.collect.scout import Choice, Nature, nature, scout
from newsletter.collect.scout.outlines import read_outlines
from newsletter.config import Settings
from newsletter.errors import FetchError, UnreadablePage
from newsletter.model import Candidate, Draft, Image, Page
from newsletter.said import Said

FIRST_PAGES = 3  # release pages that are read to show what would be collected
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Item:
    """A release as it would be collected; `read`: its page (or its whole entry) was, else it is as the list says."""

    url: str
    draft: Draft
    read: bool = False
    problem: str | None = None

    @property
    def image(self) -> Image | None:
        """The picture that would stand with it, its alt as it would be read aloud."""
        return without_credit(self.draft.lead) if self.draft.lead is not None else None


@dataclass(frozen=True, slots=True)
class Scouted:
    """What was found of a portal: the way to collect it, and what would come."""

    choice: Choice
    items: tuple[Item, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The keys that OUTSIDE.md promises of `feeds add --dry-run`, and more."""
        way = self.choice.way
        return {
            "kind": way.kind,
            "url": way.url,
            "title": way.title,
            "reason": self.choice.reason,
            "items": [_item(item) for item in self.items],
            "next_page": way.next_page,
            "profile": way.profile,
            "others": [{"kind": one.kind, "url": one.url, "title": one.title} for one in self.choice.others],
            "problems": list(way.problems),
        }


async def look_at(
    place: str, address: str | None, settings: Settings | None, say: Say, kind: str | None = None
) -> list[Scouted]:
    """What a page, feed or sitemap offers: one way, the best or the best of a `kind`; of OPML, each feed, unseen.

    `say` is told what is being fetched. Raises NewsletterError.
    """
    fetcher = fetcher_of(settings)

    async def fetch(url: str, *, etag: str | None = None, last_modified: str | None = None) -> Page:
        say(url)
        return await fetcher.fetch(url, etag=etag, last_modified=last_modified)

    try:
        if place.startswith(("http://", "https://")):
            return await _looked(await fetch(place), fetch, settings, kind)
        page = await load_page(place, address)
        return await _looked(page, _offline, settings, kind)
    finally:
        await fetcher.aclose()


async def _looked(page: Page, fetch: Fetch, settings: Settings | None, kind: str | None) -> list[Scouted]:
    if nature(page) is Nature.OUTLINES:
        outlines = read_outlines(page)
        problems = outlines.problems
        ways = [replace(outlines.ways[0], problems=problems), *outlines.ways[1:]]
        return [Scouted(Choice(way, "taken from an OPML file")) for way in ways]
    zone = settings.site.zone if settings else BERLIN
    choice = await scout(page, fetch, zone=zone, kind=kind)
    first = FIRST_PAGES if fetch is not _offline else 0
    shown = [await _with_page(c, fetch, zone) for c in choice.way.candidates[:first]]
    return [Scouted(choice, (*shown, *(_as_listed(c) for c in choice.way.candidates[first:])))]


async def _offline(url: str, *, etag: str | None = None, last_modified: str | None = None) -> Page:
    """A file leads nowhere: what it points at is not fetched."""
    raise FetchError(f"{url}: not fetched, as a file was named; name the address to have it looked at")


async def _with_page(candidate: Candidate, fetch: Fetch, zone: tzinfo) -> Item:
    """A candidate as it would be collected: from its whole entry, else with its page."""
    listed = _as_listed(candidate)
    if candidate.entry is not None and candidate.entry.body_html:
        return replace(listed, read=True, problem=fault(listed.draft, candidate, None))
    try:
        page = await fetch(candidate.url)
        if page.status != 200:
            return replace(listed, problem=Said("its page answered %(code)s", code=page.status))
        draft = fill(await read_in_turn(read_release, page, zone=zone), candidate)
    except (FetchError, UnreadablePage) as error:
        return replace(listed, problem=error.said)
    return Item(candidate.url, draft, True, fault(draft, candidate, None))


def _as_listed(candidate: Candidate) -> Item:
    draft = fill(candidate.entry or Draft(candidate.url), candidate)
    if draft.lead is None and candidate.image is not None:
        draft = replace(draft, images=(replace(candidate.image, lead=True),))
    return Item(candidate.url, draft)


def _item(item: Item) -> dict[str, Any]:
    draft = item.draft
    return {
        "url": item.url,
        "headline": draft.headline or None,
        "published": draft.published.isoformat() if draft.published else None,
        "published_precision": draft.published_precision,
        "kicker": draft.kicker,
        "teaser": draft.teaser,
        "image": image_as_read(item.image) if item.image else None,
        "read": item.read,
        "problem": item.problem,
    }
