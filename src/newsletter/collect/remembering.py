"""What the store remembers of a page that was read, or of one that is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime

from newsletter.collect.decide import Decision, Outcome
from newsletter.collect.digest import text_digest
from newsletter.collect.identity import address_key
from newsletter.collect.places import left, moved_back
from newsletter.collect.recognising import MANY, Known, Place, is_rebuilt, namesakes, recognise
from newsletter.collect.store import CollectStore
from newsletter.model import Candidate, Draft, KnownPage, Stored

HANDED_OVER = "handed over"  # stands for the digest of a page that is to be read anew, as the authority of its release
TRIES = 3  # at other addresses of a release whose page is gone


async def recalled(store: CollectStore, draft: Draft, known: Known, place: Place) -> tuple[Stored | None, bool]:
    """The release that a draft is, if any, and whether its entry's id says so."""
    digest = text_digest(draft.headline, draft.teaser, draft.body_text)
    found = await asyncio.to_thread(store.find, known.keys, digest)
    stored = recognise(draft, known, found, place)
    if stored is not None or not (draft.published or place.rebuilt):
        return stored, any(one is stored and key == known.guid for one, key in found if key is not None)
    headlines = await asyncio.to_thread(store.headlines, place.source if place.rebuilt else None, draft.published)
    ids = namesakes(draft.headline, headlines)
    alike = await asyncio.to_thread(store.stored, ids)
    alike.sort(key=lambda one: ids.index(one.release.id))
    return recognise(draft, known, [(one, None) for one in alike], place), False


async def seems_rebuilt(store: CollectStore, slug: str, new: Sequence[Candidate]) -> bool:
    """Whether what is new on a list is, by and large, what the source had before."""
    if len(new) < MANY:
        return False
    headlines = await asyncio.to_thread(store.headlines, slug, None)
    return is_rebuilt(new, headlines.values())


async def heir(
    store: CollectStore,
    stored: Stored,
    page: KnownPage,
    stands: Callable[[KnownPage], Awaitable[bool]],
    now: datetime,
) -> tuple[Decision, list[KnownPage]]:
    """What becomes of a release whose `page` is gone, and the page, if any, that speaks for it from now on: at the next
    look it is read anew. `stands` asks whether a page is there."""
    decision = left(stored, page.source, page.url, now)
    if decision.outcome in (Outcome.WITHDRAWN, Outcome.WITHHELD):
        aliases = await asyncio.to_thread(store.pages_of, page.source, stored.release.id)
        for alias in [one for one in aliases if address_key(one.url) != address_key(page.url)][:TRIES]:
            if await stands(alias):
                return moved_back(stored, alias.url), [_unread(alias)]
    elif decision.revised is not None and (release := decision.revised.release).url != stored.release.url:
        others = await asyncio.to_thread(store.pages_of, release.source, release.id)
        return decision, [_unread(other) for other in others if other.url == release.url]
    return decision, []


def _unread(page: KnownPage) -> KnownPage:
    return replace(page, digest=HANDED_OVER, etag=None, last_modified=None, checked_at=None, gone=0)
