"""Going through the past of one source: a page of its list, then what that page lists, then the next page.

How far it came is kept after each page of the list. So whatever ends it (a crash, a signal, a turn that is over, a
portal that is not reached) costs one page of the list, which is read again: what it lists is known by then.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any, Final

from newsletter.collect import past
from newsletter.collect.decide import Outcome, Sight
from newsletter.collect.kinds import Fetch, Leaf, Visit, kind_of
from newsletter.collect.listed import distinct, in_order, keys_of, slices
from newsletter.collect.looking import Looker
from newsletter.collect.past import Extent, Taken
from newsletter.collect.progress import Progress, Walked
from newsletter.collect.report import Tally
from newsletter.collect.store import CollectStore
from newsletter.collect.turns import Turn
from newsletter.config import FeedSettings
from newsletter.errors import AddressRefused, FetchError, NewsletterError, UnreadablePage
from newsletter.model import Backfill, Candidate, KnownPage, Page, Standing
from newsletter.said import Said

SLICE: Final = 200  # pages that are looked at between two looks at what is left
PATIENT: Final = 300.0  # seconds: a longer rest that a portal asks for is not sat out
WAITS: Final = 5  # in a row, for a portal that asks for rest and then for more
NOT_REACHED: Final = 3  # pages of the list in one call: the portal is down
RECENT: Final = 20  # pages of the list, of which is remembered what they listed
ENOUGH: Final = "the %(n)s new releases that were asked for were read"


@dataclass(frozen=True, slots=True)
class Way:
    """What it goes by. `deciding` is shared by all sources; `patient`: rests that are asked for are sat out; `between`:
    what is done between pages."""

    slug: str
    feed: FeedSettings
    extent: Extent
    turn: Turn
    zone: tzinfo
    deciding: asyncio.Lock
    patient: bool = False
    between: Callable[[], Awaitable[None]] | None = None
    tell: Callable[[Progress], None] = lambda _: None


class _Stop(Exception):
    """A page of the list was not done with: it is read again."""

    def __init__(self, problem: NewsletterError | None = None, *, reason: str | None = None) -> None:
        super().__init__(reason)
        self.problem, self.reason = problem, reason


class Backfiller:
    """Goes through the past of one source, in one call."""

    def __init__(self, way: Way, fetch: Fetch, store: CollectStore, tally: Tally, now: Callable[[], datetime]) -> None:
        self._way, self._store, self._tally, self._now = way, store, tally, now
        self._fetch, self._kind = fetch, kind_of(way.slug, way.feed)
        self._visit = Visit(way.feed, way.zone, self._fetched, _none_is_news)
        self._recent: deque[frozenset[int]] = deque(maxlen=RECENT)
        self._progress = Progress(way.slug)
        self._new, self._waits = 0, 0
        self._begun = False  # whether a page was had in this call

    async def go_on(self, backfill: Backfill) -> Walked:
        """Go on from where it was left, as far as the way says. Raises StoreError.

        Raises FetchError and UnreadablePage where not even the list's first page could be had.
        """
        failed: dict[str, NewsletterError] = {}
        self._progress = Progress(self._way.slug, backfill)
        while backfill.ended_at is None:
            if reason := self._far_enough(backfill):
                return Walked(backfill, reason=reason)
            url = next((url for url in backfill.ahead if url not in failed), None)
            if url is None or len(failed) >= NOT_REACHED:
                return Walked(backfill, problem=next(reversed(failed.values())))
            if self._way.turn.over:
                return Walked(backfill, more=True)
            backfill = replace(backfill, ahead=(url, *(one for one in backfill.ahead if one != url)))
            try:
                backfill = await self._page(backfill)
            except _Stop as stop:
                return Walked(backfill, stop.problem, more=not (stop.problem or stop.reason), reason=stop.reason)
            except FetchError as error:
                if not backfill.pages:
                    raise
                if error.retry_after is not None:
                    return Walked(backfill, problem=error)
                failed[url] = error
            if self._way.between is not None:
                await self._way.between()
        return Walked(backfill, reason=backfill.reason)

    def _far_enough(self, backfill: Backfill) -> str | None:
        most = self._way.extent.most
        if most is not None and self._new >= most:
            return Said(ENOUGH, n=most)
        return past.reached(backfill, self._way.extent) or backfill.reason

    async def _page(self, backfill: Backfill) -> Backfill:
        """One page of the list, and what it lists; what is kept of the past is the page done."""
        leaf = await self._leaf(backfill)
        again, self._begun = leaf is None and not self._begun and len(backfill.ahead) == 1, True
        if again:
            done = past.anew(backfill, self._way.feed.url)
        elif leaf is None:
            done = past.without(backfill, self._now(), past.AT_ITS_END)
        elif past.repeats(backfill, leaf):
            done = past.without(backfill, self._now(), past.IN_CIRCLES)
        elif self._says_nothing_more(leaf):
            done = past.without(backfill, self._now(), past.NOTHING_MORE)
        else:
            taken = await self._take(backfill, leaf)
            done = past.after(backfill, leaf, taken, self._now(), self._way.extent.until)
        await asyncio.to_thread(self._store.save_backfill, replace(done, reason=done.reason if done.ended_at else None))
        self._say(backfill=done, of=(leaf.of if leaf else None) or self._progress.of, new=self._new)
        return done

    async def _leaf(self, backfill: Backfill) -> Leaf | None:
        """The page that comes next; None where it is none, or gone: the last page of many lists is empty."""
        url = backfill.ahead[0]
        while True:
            try:
                leaf = await self._kind.leaf(self._visit, url)
            except UnreadablePage as error:
                if not backfill.pages:
                    raise
                self._tally.take_in(Tally(self._way.slug, problems=[Said("%(url)s: %(why)s", url=url, why=error.said)]))
                return None
            except FetchError as error:
                if backfill.pages and (isinstance(error, AddressRefused) or error.status in (404, 410)):
                    self._tally.take_in(Tally(self._way.slug, problems=[error.said]))
                    return None
                if not await self._sits_out(backfill, error.retry_after):
                    raise
            else:
                return leaf

    async def _take(self, backfill: Backfill, leaf: Leaf) -> Taken:
        """Look at all that a page of the list has and that no release came of yet."""
        way, now, part = self._way, self._now(), Tally(self._way.slug, problems=list(leaf.problems))
        whole = {c.url: c for c in distinct(past.wanted(leaf, way.extent.until))}
        listed = past.bounded(backfill, whole, way.extent)
        unread = 0
        try:
            for some in slices(listed, SLICE):
                unread += await self._expect(backfill, some, part, now)
                unread += await self._look_at_all(backfill, some, part, now)
        finally:
            self._new += part.counts[Outcome.NEW]
            self._tally.take_in(part)
        self._tally.found += len(listed)
        self._tally.counts[Outcome.UNCHANGED] += max(len(listed) - unread, 0)
        if len(listed) < len(whole):  # the clock goes no further; whoever asks for a backfill begins with this page
            await asyncio.to_thread(self._store.save_backfill, replace(backfill, first=False))
            said = "the first %(n)s releases of its list were read"
            raise _Stop(reason=Said(said, n=backfill.found + len(listed)))
        kept = await asyncio.to_thread(self._store.known, keys_of(listed.values()))
        dates = [c.published for c in leaf.candidates if c.published is not None] or part.dates
        return Taken(unread, part.counts[Outcome.NEW], sum(id is not None for id in kept.values()), dates)

    async def _expect(self, backfill: Backfill, listed: Mapping[str, Candidate], part: Tally, now: datetime) -> int:
        """Write down what is to be looked at next; no more than that, as whoever collects meanwhile looks at it too.

        What another source found at the very address is put into the feed of this one; how many those are.
        """
        known = await asyncio.to_thread(self._store.known, keys_of(listed.values()))
        new = [KnownPage(url, self._way.slug, now, backfill.mailable) for url in listed if url not in known]
        await asyncio.to_thread(self._store.expect, new)
        elsewhere = {url: id for url, id in known.items() if id is not None}
        unlisted = await asyncio.to_thread(self._store.unlisted, self._way.slug, elsewhere)
        looker = self._looker(backfill, part, now)
        for url, stored in unlisted.items():
            await looker.find_too(listed[url], stored, archive=not backfill.mailable)
        return len(unlisted)

    def _looker(self, backfill: Backfill, part: Tally, now: datetime) -> Looker:
        placed = None if backfill.first else backfill.oldest
        sight = Sight(self._way.slug, self._way.feed, now, self._way.zone, placed=placed)
        return Looker(sight, self._fetched, self._store, part, self._way.deciding, past=backfill)

    async def _look_at_all(
        self, backfill: Backfill, listed: Mapping[str, Candidate], part: Tally, now: datetime
    ) -> int:
        """How many were looked at. Raises _Stop where some were not."""
        seen: set[str] = set()
        while unread := await asyncio.to_thread(self._store.unread, self._way.slug, list(listed), now):
            if self._way.turn.over:
                part.problems.append(Said("%(n)s more pages wait for the next collect", n=len(unread)))
                raise _Stop
            room = self._room(part)
            if room <= 0:
                raise _Stop(reason=Said(ENOUGH, n=self._way.extent.most))
            seen |= await self._look_at(backfill, in_order(unread, listed)[:room], listed, part, now)
        return len(seen)

    def _room(self, part: Tally) -> int:
        """How many pages may be looked at next."""
        most = self._way.extent.most
        return SLICE if most is None else min(SLICE, most - self._new - part.counts[Outcome.NEW])

    async def _look_at(
        self,
        backfill: Backfill,
        pages: Sequence[Standing],
        listed: Mapping[str, Candidate],
        part: Tally,
        now: datetime,
    ) -> set[str]:
        looker = self._looker(backfill, part, now)
        before = part.unreached
        await looker.look_at(pages, listed, self._way.turn)
        if looker.rests:
            rest = max(looker.rests.values())
            if not await self._sits_out(backfill, rest):
                raise _Stop(FetchError(part.problems[-1], retry_after=rest))
        else:
            self._waits = 0
        if part.unreached > before:
            await self._check_reached(backfill)
        return {standing.page.url for standing in pages}

    async def _check_reached(self, backfill: Backfill) -> None:
        """Raises _Stop where the portal is down: then the pages that were not to be had are not at fault."""
        try:
            await self._kind.leaf(self._visit, backfill.ahead[0])
        except NewsletterError as error:
            raise _Stop(error) from error

    async def _sits_out(self, backfill: Backfill, rest: float | None) -> bool:
        """Wait as long as the portal asked for; False where nobody waits for that."""
        self._waits += 1
        if rest is None or not self._way.patient or rest > PATIENT or self._waits > WAITS:
            return False
        self._say(backfill=backfill, rests=rest)
        await asyncio.sleep(rest)
        self._say(rests=None)
        return True

    def _says_nothing_more(self, leaf: Leaf) -> bool:
        """Whether the pages before list all that this one does: some lists show their last page under new addresses."""
        here = past.keys(leaf.candidates)
        repeated = bool(here) and bool(self._recent) and here <= frozenset[int]().union(*self._recent)
        self._recent.append(here)
        return repeated

    async def _fetched(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Page:
        page = await self._fetch(url, etag=etag, last_modified=last_modified)
        self._say(fetched=self._progress.fetched + 1)
        return page

    def _say(self, **news: Any) -> None:
        self._progress = replace(self._progress, **news)
        self._way.tell(self._progress)


async def _none_is_news(candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    return ()
