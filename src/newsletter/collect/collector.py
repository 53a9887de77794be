"""Collecting: each source is looked at, what may be a release is read, decided upon and kept.

What is to be looked at is written down before it is looked at, so that a crash forgets nothing and doubles nothing;
each page is kept in a transaction of its own. A page, a feed or a source that is broken never stops the others.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

import structlog

from newsletter.collect.contract import list_fault
from newsletter.collect.decide import Outcome
from newsletter.collect.fetch import Fetcher
from newsletter.collect.identity import MAX_KEY, address_key, uncounted
from newsletter.collect.kinds import Discovery, Visit, kind_of
from newsletter.collect.looking import Looker, due, host_of
from newsletter.collect.read.dates import BERLIN
from newsletter.collect.report import PATIENCE, SourceReport, Tally
from newsletter.collect.schedule import OLDEST, next_look
from newsletter.collect.store import CollectStore
from newsletter.config import FeedSettings
from newsletter.errors import AddressRefused, FetchError, NewsletterError, UnreadablePage
from newsletter.model import Candidate, KnownPage, Source, Standing

log = structlog.get_logger(__name__)

SOURCES_AT_ONCE = 100  # most of them wait for their portal; what of their pages is in hand is bounded by hand.py
LEASE = timedelta(minutes=30)  # how long a source belongs to one process
MOST_PAGES = 100  # of a list, at a first collect and at a backfill; after that it is read as far as it is new
MOST_LOOKS = 2_000  # at pages of releases, in one collect; the others wait for the next
PAGES_AFTER_FAILURE = 5  # of a list, at least: what the failed collect had not come to


@dataclass(frozen=True, slots=True)
class _Run:
    """One collect of one source."""

    slug: str
    feed: FeedSettings
    source: Source
    tally: Tally
    now: datetime
    first: bool
    backfill: bool
    dry_run: bool

    @property
    def archive(self) -> bool:
        """Whether what is found goes to the archive only (DESIGN, decision 4)."""
        return self.backfill or (self.first and self.feed.first_collect == "archive")


class Collector:
    """Collects sources through `fetcher` into `store`; dates without an offset are local to `zone`."""

    def __init__(self, fetcher: Fetcher, store: CollectStore, *, zone: tzinfo = BERLIN) -> None:
        self._fetch = fetcher.fetch
        self._store = store
        self._zone = zone
        self._turn = asyncio.Semaphore(SOURCES_AT_ONCE)  # over all calls, of which one may be long
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def collect(
        self, slug: str, feed: FeedSettings, *, now: datetime, backfill: bool = False, dry_run: bool = False
    ) -> SourceReport:
        """Collect one source. A backfill takes the whole list into the archive; a dry run keeps nothing.

        Raises StoreError; whatever is wrong with the source stands in the report.
        """
        async with self._turns[slug]:
            if backfill and not dry_run and (await self._source(slug)).collected_at is not None:
                await self._collect(slug, feed, now, backfill=False, dry_run=False)  # news first: it goes to mail
            return await self._collect(slug, feed, now, backfill=backfill, dry_run=dry_run)

    async def collect_due(self, feeds: Mapping[str, FeedSettings], now: datetime) -> list[SourceReport]:
        """Collect the sources that are due, several at once; a report for each, in no order. Raises StoreError."""
        slugs = await asyncio.to_thread(self._store.claim, list(feeds), now, now + LEASE)
        unfinished = set(slugs)

        async def one(slug: str) -> SourceReport:
            async with self._turn:
                report = await self.collect(slug, feeds[slug], now=now)
            unfinished.discard(slug)
            return report

        try:
            ends = await asyncio.gather(*map(one, slugs), return_exceptions=True)
        finally:  # we are stopped, or the store failed: whoever starts next need not wait for our lease to run out
            if unfinished:
                await asyncio.to_thread(self._store.give_back, sorted(unfinished), now + LEASE, now)
        if failures := [end for end in ends if isinstance(end, BaseException)]:
            raise failures[0]
        return [end for end in ends if isinstance(end, SourceReport)]

    async def _collect(
        self, slug: str, feed: FeedSettings, now: datetime, *, backfill: bool, dry_run: bool
    ) -> SourceReport:
        source = await self._source(slug)
        first = source.collected_at is None or _place(source.fingerprint) != _place(_fingerprint(feed))
        run = _Run(slug, feed, source, Tally(slug), now, first, backfill, dry_run)
        try:
            discovery = await self._discover(run)
        except NewsletterError as error:
            return await self._failed(run, error)
        except Exception as error:
            log.exception("a source could not be handled", source=slug)
            return await self._failed(run, UnreadablePage(f"it could not be read ({type(error).__name__}: {error})"))
        looker = Looker(slug, feed, self._fetch, self._store, run.tally, now=now, zone=self._zone, dry_run=dry_run)
        await self._take(run, discovery, looker)
        return await self._done(run, discovery, looker)

    async def _source(self, slug: str) -> Source:
        return await asyncio.to_thread(self._store.source, slug)

    async def _discover(self, run: _Run) -> Discovery:
        kind, source = kind_of(run.slug, run.feed), run.source
        whole = (run.first or run.backfill) and not run.dry_run
        same = source.fingerprint == _fingerprint(run.feed) and not whole and not run.dry_run
        visit = Visit(
            feed=run.feed,
            zone=self._zone,
            fetch=self._fetch,
            news=self._news,
            whole=whole,
            most=1 if run.dry_run else MOST_PAGES,
            least=PAGES_AFTER_FAILURE if source.failures else 1,
            etag=source.etag if same else None,
            last_modified=source.last_modified if same else None,
        )
        discovery = await kind.discover(visit)
        discovery = replace(discovery, candidates=_distinct(discovery.candidates))
        if discovery.unchanged or run.first:
            return discovery
        if not discovery.candidates:
            raise UnreadablePage(
                "the portal answers with an empty or changed page: its list is empty; what was there stays"
            )
        if kind.GUESSED and not run.backfill:
            news = await self._news(discovery.candidates)
            if reason := list_fault(discovery.candidates, len(discovery.candidates) - len(news)):
                raise UnreadablePage(reason)
        return discovery

    async def _news(self, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
        """Those of the candidates that were never seen."""
        known = await asyncio.to_thread(self._store.known, _keys(candidates))
        return [candidate for candidate in candidates if uncounted(candidate.url) not in known]

    async def _take(self, run: _Run, discovery: Discovery, looker: Looker) -> None:
        """Write down what is new, then look at all that is due."""
        listed = {candidate.url: candidate for candidate in discovery.candidates}
        run.tally.found = len(listed)
        run.tally.problems += discovery.problems
        if run.dry_run:
            pages = [Standing(KnownPage(url, run.slug, run.now, not run.archive)) for url in listed]
            await looker.look_at(pages, listed)
            return
        known = await asyncio.to_thread(self._store.known, _keys(discovery.candidates))
        new = [KnownPage(url, run.slug, run.now, not run.archive) for url in listed if url not in known]
        await asyncio.to_thread(self._store.expect, new)
        standings = await asyncio.to_thread(self._store.standings, run.slug, run.now - OLDEST)
        ids = frozenset(id for id in known.values() if id is not None)
        pages = _in_order(due(standings, listed, ids, run.now), listed)
        if len(pages) > MOST_LOOKS:
            run.tally.problems.append(f"{len(pages) - MOST_LOOKS} more pages wait for the next collect")
        pages = pages[:MOST_LOOKS]
        await looker.look_at(pages, listed)
        looked_at = {standing.page.url for standing in pages}
        run.tally.counts[Outcome.UNCHANGED] += sum(url in known and url not in looked_at for url in listed)

    async def _done(self, run: _Run, discovery: Discovery, looker: Looker) -> SourceReport:
        """Keep how it went, and when to come again."""
        tally = run.tally
        if run.dry_run:
            return tally.report()
        rest = looker.rests.get(host_of(run.feed.url))
        failures = run.source.failures + 1 if discovery.incomplete else 0
        given_up = failures >= PATIENCE  # a list that never shows its later pages is collected as far as it goes
        listed = discovery.incomplete is None or given_up
        source = replace(
            run.source,
            next_at=next_look(run.now, run.feed.every, failures, rest),
            collected_at=run.now if run.first and listed else run.source.collected_at,
            succeeded_at=run.now,
            failures=failures,
            problem=discovery.incomplete,
            etag=discovery.etag if listed else None,
            last_modified=discovery.last_modified if listed else None,
            fingerprint=_fingerprint(run.feed) if listed else run.source.fingerprint,
        )
        await asyncio.to_thread(self._store.save_source, source)
        broken = _all_kept_back(tally)
        if discovery.incomplete:
            tally.problems.insert(0, discovery.incomplete)
        return tally.report(broken, broken)

    async def _failed(self, run: _Run, error: NewsletterError) -> SourceReport:
        """Keep that a source could not be collected; it is tried again ever later."""
        reason = str(error)
        run.tally.problems.append(reason)
        failures = run.source.failures + 1
        passing = (
            isinstance(error, FetchError) and not isinstance(error, AddressRefused) and error.status not in (404, 410)
        )
        rest = error.retry_after if isinstance(error, FetchError) else None
        if not run.dry_run:
            source = replace(
                run.source,
                next_at=next_look(run.now, run.feed.every, failures, rest),
                failures=failures,
                problem=reason,
                etag=None,
                last_modified=None,
            )
            await asyncio.to_thread(self._store.save_source, source)
        return run.tally.report(reason, reason if not passing or failures >= PATIENCE else None)


def _all_kept_back(tally: Tally) -> str | None:
    """Why a source counts as broken although its list is sound: of several new pages not one could be taken."""
    if tally.counts[Outcome.NEW] or tally.kept_back < 3:
        return None
    return f"none of {tally.kept_back} new pages could be taken; the first: {tally.problems[0]}"


def _distinct(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Each page once, under an address that tracks nobody; addresses too long to be kept are left out.

    What several candidates have as their headline is none: "Read the press release".
    """
    found: dict[str, Candidate] = {}
    times = Counter(candidate.headline for candidate in candidates)
    for given in candidates:
        candidate = given if times[given.headline] == 1 else replace(given, headline=None)
        url = uncounted(candidate.url)
        if len(url) <= MAX_KEY:
            entry = replace(candidate.entry, url=url) if candidate.entry else None
            found.setdefault(address_key(url), replace(candidate, url=url, entry=entry))
    return tuple(found.values())


def _keys(candidates: Sequence[Candidate]) -> dict[str, str]:
    return {url: address_key(url) for url in (uncounted(candidate.url) for candidate in candidates)}


def _in_order(standings: Sequence[Standing], listed: Mapping[str, Candidate]) -> list[Standing]:
    """The pages in the order of the list, then the others."""
    place = {url: number for number, url in enumerate(listed)}
    return sorted(standings, key=lambda standing: place.get(standing.page.url, len(place)))


def _fingerprint(feed: FeedSettings) -> str:
    """Of what a list is read with; before the space, of where it lies: another place is another source."""
    profile = hashlib.sha256(feed.item.model_dump_json().encode()).hexdigest()[:12]
    return f"{feed.kind}:{address_key(feed.url)} {profile}"


def _place(fingerprint: str | None) -> str:
    return (fingerprint or "").rpartition(" ")[0]
