"""Releases that another program pushes in, by the same way as those that are collected: a draft is decided upon.

A release is known by its source and the id that the other program gives it; pushing it again revises it, or changes
nothing. Of its text is read what would be read of an entry that a feed brings whole.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, tzinfo
from typing import NamedTuple

from newsletter.collect.decide import Decision, Outcome, Sight
from newsletter.collect.entries.draft import draft_of, marked
from newsletter.collect.identity import guid_key
from newsletter.collect.places import settle
from newsletter.collect.read import clean, sanitise
from newsletter.collect.read.language import hear_language
from newsletter.collect.recognising import Place, known_by
from newsletter.collect.remembering import recalled
from newsletter.collect.store import CollectStore
from newsletter.config import FeedSettings
from newsletter.errors import BadInput, StateError
from newsletter.model import AltFrom, Candidate, Document, Draft, Image, Precision, Stored

PUSHED = "pushed"
TRIES = 3  # at a release that somebody else writes at the same moment


@dataclass(frozen=True, slots=True)
class Pushed:
    """A release as another program gives it; texts are as they come, and cleaned here.

    `url` None: it has no page of its own. `not_before` is its embargo. `topics` are names, as a page would show them.
    """

    external_id: str
    headline: str
    body_html: str
    url: str | None = None
    kicker: str | None = None
    teaser: str | None = None
    language: str | None = None
    published: datetime | None = None
    published_precision: Precision = Precision.SECOND
    not_before: datetime | None = None
    author: str | None = None
    issuer: str | None = None
    images: tuple[Image, ...] = ()
    documents: tuple[Document, ...] = ()
    topics: tuple[str, ...] = ()


class Taken(NamedTuple):
    """The id of a release that was pushed in, what became of it, and whether anything was written, also silently."""

    release: str
    outcome: Outcome
    changed: bool


class Pusher:
    """Takes what is pushed into `store`; `deciding` is the collector's: one text must not become two releases."""

    def __init__(self, store: CollectStore, deciding: asyncio.Lock, zone: tzinfo) -> None:
        self._store = store
        self._deciding = deciding
        self._zone = zone

    async def push(self, slug: str, feed: FeedSettings, pushed: Pushed, now: datetime) -> Taken:
        """Take a release.

        Raises BadInput for what is no release, or not the one it was, and StateError where others write it at once.
        """
        draft = self._draft(pushed, feed)
        candidate = Candidate(draft.url, draft.headline, guid=pushed.external_id)
        known = known_by(draft, candidate, guid_key(slug, pushed.external_id))
        sight = Sight(slug, feed, now, self._zone)
        async with self._deciding:
            for _ in range(TRIES):
                stored, by_guid = await recalled(self._store, draft, known, Place(slug))
                decision = settle(draft, candidate, stored, known, sight, by_guid=by_guid)
                if decision.reason is not None:
                    raise BadInput(f"it is not taken: {decision.reason}")
                if await self._kept(decision, now):
                    return _taken(decision, stored)
        raise StateError("others are writing this release at the same moment: try again")

    async def _kept(self, decision: Decision, now: datetime) -> bool:
        return decision.revised is None or await asyncio.to_thread(self._store.save, decision.revised, (), now)

    def _draft(self, pushed: Pushed, feed: FeedSettings) -> Draft:
        url = pushed.url or marked(feed.url, pushed.external_id)
        read = draft_of(url, clean(pushed.headline), sanitise(pushed.body_html, url), self._zone)
        return replace(
            read,
            kicker=clean(pushed.kicker) or None,
            teaser=clean(pushed.teaser) or None,
            language=pushed.language or hear_language(read.body_text),
            published=self._published(pushed),
            published_precision=pushed.published_precision if pushed.published else None,
            not_before=pushed.not_before,
            author=clean(pushed.author, 200) or None,
            issuer=clean(pushed.issuer, 200) or None,
            images=_images(pushed.images, read.images),
            documents=tuple({one.url: one for one in (*read.documents, *pushed.documents)}.values()),
            topics=tuple(dict.fromkeys(topic for name in pushed.topics if (topic := clean(name, 100)))),
            origin={"headline": PUSHED, "body": PUSHED, "published": PUSHED},
        )

    def _published(self, pushed: Pushed) -> datetime | None:
        """A day is kept as 00:00 UTC of its date here, whatever the hour was said to be."""
        if pushed.published is None or pushed.published_precision is not Precision.DAY:
            return pushed.published
        return datetime.combine(pushed.published.astimezone(self._zone).date(), time(), UTC)


def _images(told: tuple[Image, ...], read: tuple[Image, ...]) -> tuple[Image, ...]:
    """The pictures that were told, then those of the text that are others; one of them leads."""
    said = [replace(one, alt_from=None if one.alt is None else AltFrom.SOURCE) for one in told]
    known = {one.src for one in said}
    leads = any(one.lead for one in said)
    found = [*said, *(replace(one, lead=one.lead and not leads) for one in read if one.src not in known)]
    if found and not any(one.lead for one in found):
        found[0] = replace(found[0], lead=True)
    first = next((one for one in found if one.lead), None)
    return tuple(replace(one, lead=one is first) for one in found)


def _taken(decision: Decision, stored: Stored | None) -> Taken:
    if decision.revised is not None:
        return Taken(decision.revised.release.id, decision.outcome, changed=True)
    return Taken(stored.release.id if stored else "", decision.outcome, changed=False)
