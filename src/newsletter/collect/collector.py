"""Collecting: each source is looked at, what may be a release is read, decided upon and kept.

What is to be looked at is written down before it is looked at, so that a crash forgets nothing and doubles nothing;
each page is kept in a transaction of its own. A page, a feed or a source that is broken never stops the others.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo

import structlog

from newsletter.collect import past
from newsletter.collect.backfilling import Backfiller, Way
from newsletter.collect.contract import list_fault
from newsletter.collect.decide import Outcome, Sight
from newsletter.collect.due import due
from newsletter.collect.fetch import Fetcher
from newsletter.collect.identity import uncounted
from newsletter.collect.kinds import Discovery, Visit, kind_of
from newsletter.collect.leases import LEASE, Leases, renewed
from newsletter.collect.listed import distinct, in_order, keys_of
from newsletter.collect.looking import Looker, host_of
from newsletter.collect.past import WHOLE, Extent
from newsletter.collect.progress import Progress, Walked
from newsletter.collect.read.dates import BERLIN
from newsletter.collect.report import PATIENCE, SourceReport, Tally, all_kept_back, of_news
from newsletter.collect.run import Run, Seen, fingerprint, place_of, running
from newsletter.collect.schedule import OLDEST, latest_look, next_look
from newsletter.collect.store import CollectStore
from newsletter.collect.turns import Places, Turn
from newsletter.config import FeedSettings
from newsletter.errors import AddressRefused, FetchError, NewsletterError, StateError, StoreError, UnreadablePage
from newsletter.model import Candidate, KnownPage, Standing
from newsletter.said import Said

log = structlog.get_logger(__name__)

HOSTS_AT_ONCE = 100  # most of them wait for their portal; what of their pages is in hand is bounded by hand.py
MOST_PAGES = 100  # of a list, as far as it is new
MOST_LOOKS = 2_000  # at pages of releases, in one turn; the others wait for the next
PAGES_AFTER_FAILURE = 5  # of a list, at least: what the failed collect had not come to
SHORT_PAST = 3  # pages: news may lie as deep as this, so that what is unknown below is not taken for news
EMPTY = Said("the portal answers with an empty or changed page: its list is empty; what was there stays")


class Collector:
    """Collects sources through `fetcher` into `store`; dates without an offset are local to `zone`."""

    def __init__(self, fetcher: Fetcher, store: CollectStore, *, zone: tzinfo = BERLIN) -> None:
        self._fetch = fetcher.fetch
        self._store = store
        self._zone = zone
        self.deciding = asyncio.Lock()  # also of what is pushed in
        self._places = Places(HOSTS_AT_ONCE)
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def collect(
        self,
        slug: str,
        feed: FeedSettings,
        *,
        now: datetime,
        dry_run: bool = False,
        accept: bool = False,
        seconds: float | None = None,
    ) -> SourceReport:
        """Collect one source, for so many seconds at most (as far as pages can be left for the next turn).

        A dry run keeps nothing. `accept`: what is withheld because it is unusual is right; it is taken, and what is
        usual is learned anew. Raises StoreError; whatever is wrong with the source stands in the report.
        """
        async with self._turns[slug], self._places.of(host_of(feed.url)):
            run = await self._run(slug, feed, now, Turn(seconds, MOST_LOOKS), dry_run=dry_run)
            return await self._collect(replace(run, accept=accept))

    async def collect_due(
        self, feeds: Mapping[str, FeedSettings], now: datetime, seconds: float | None = None
    ) -> list[SourceReport]:
        """Collect the sources that are due, several at once; a report for each, in no order. Raises StoreError."""
        latest = {slug: latest_look(now, feed.every) for slug, feed in feeds.items()}
        slugs = await asyncio.to_thread(self._store.claim, latest, now, now + LEASE)

        async def one(slug: str, leases: Leases) -> SourceReport:
            report = await self.collect(slug, feeds[slug], now=now, seconds=seconds)
            await leases.give_back(slug)
            return report

        async with renewed(Leases(self._store, slugs, now + LEASE), running(now)) as leases:
            ends = await asyncio.gather(*(one(slug, leases) for slug in slugs), return_exceptions=True)
        if failures := [end for end in ends if isinstance(end, BaseException)]:
            raise failures[0]
        return [end for end in ends if isinstance(end, SourceReport)]

    async def backfill(
        self,
        slug: str,
        feed: FeedSettings,
        *,
        now: datetime,
        extent: Extent = WHOLE,
        tell: Callable[[Progress], None] = lambda _: None,
    ) -> SourceReport:
        """Read the past of a source into the archive, from where it was left to its end, or as far as `extent` says.

        News still go to mail: they are collected first, and then as often as ever. Raises StateError where another
        process collects the source, and StoreError; whatever is wrong with the source stands in the report.
        """
        if not await asyncio.to_thread(self._store.hold, slug, now, now + LEASE):
            raise StateError(f"feeds/{slug}.toml: another process collects this source just now; try again in a minute")
        clock = running(now)
        async with renewed(Leases(self._store, [slug], now + LEASE), clock), self._turns[slug]:
            tally, run = Tally(slug), await self._run(slug, feed, now, Turn())
            if not run.first:
                tally.counts += of_news(await self._collect(run))
            way = Way(
                slug,
                feed,
                extent,
                Turn(),
                self._zone,
                self.deciding,
                patient=True,
                between=self._news(run, clock, tally),
                tell=tell,
            )
            begun = past.asked_for(run.past or run.nothing_read(), run.source.collected_at)
            await asyncio.to_thread(self._store.save_backfill, begun)
            try:
                walked = await Backfiller(way, self._fetch, self._store, tally, clock).go_on(begun)
            except (FetchError, UnreadablePage) as error:
                walked = Walked(begun, error)
            return tally.report(walked.stopped(clock()), backfill=replace(walked.backfill, reason=walked.reason))

    def _news(self, begun: Run, clock: Callable[[], datetime], tally: Tally) -> Callable[[], Awaitable[None]]:
        """What a backfill does between two pages of the list: collect the news where it is time."""

        async def collect() -> None:
            run = await self._run(begun.slug, begun.feed, clock(), Turn())
            if run.first:
                await asyncio.to_thread(self._store.save_source, run.collected(None))
            elif run.source.next_at is None or run.source.next_at <= run.now:
                tally.counts += of_news(await self._collect(run))

        return collect

    async def _run(self, slug: str, feed: FeedSettings, now: datetime, turn: Turn, *, dry_run: bool = False) -> Run:
        source = await asyncio.to_thread(self._store.source, slug)
        kept = await asyncio.to_thread(self._store.backfill, slug)
        open_ = kept is not None and kept.ended_at is None and kept.place == place_of(fingerprint(feed))
        return Run(slug, feed, source, Tally(slug), now, turn, kept if open_ else None, dry_run)

    async def _collect(self, run: Run) -> SourceReport:
        try:
            seen = await self._look(run) if run.dry_run or not run.first else Seen(Discovery())
            walked = await self._go_on(run)
        except StoreError:
            raise
        except NewsletterError as error:
            return await self._failed(run, error)
        except Exception as error:
            log.exception("a source could not be handled", source=run.slug)
            return await self._failed(run, UnreadablePage(f"it could not be read ({type(error).__name__}: {error})"))
        return run.tally.report() if run.dry_run else await self._done(run, seen, walked)

    async def _look(self, run: Run) -> Seen:
        """What the source lists, as far as it is new, and what is due of its pages."""
        discovery = await self._discover(run)
        sight = Sight(run.slug, run.feed, run.now, self._zone)
        looker = Looker(sight, self._fetch, self._store, run.tally, self.deciding, dry_run=run.dry_run)
        left = await self._take(run, discovery, looker)
        return Seen(discovery, left, looker.rests.get(host_of(run.feed.url)))

    async def _discover(self, run: Run) -> Discovery:
        kind, source = kind_of(run.slug, run.feed), run.source
        same = source.fingerprint == fingerprint(run.feed) and not run.dry_run
        visit = Visit(
            feed=run.feed,
            zone=self._zone,
            fetch=self._fetch,
            news=self._unknown,
            most=1 if run.dry_run else MOST_PAGES,
            least=PAGES_AFTER_FAILURE if source.failures else 1,
            past=run.past is not None and run.past.pages < SHORT_PAST,
            etag=source.etag if same else None,
            last_modified=source.last_modified if same else None,
        )
        discovery = await kind.discover(visit)
        discovery = replace(discovery, candidates=distinct(discovery.candidates))
        if discovery.unchanged or run.first:
            return discovery
        if not discovery.candidates:
            raise UnreadablePage(EMPTY)
        if kind.GUESSED:
            news = await self._unknown(discovery.candidates)
            if reason := list_fault(discovery.candidates, len(discovery.candidates) - len(news)):
                raise UnreadablePage(reason)
        return discovery

    async def _unknown(self, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
        """Those of the candidates that were never seen."""
        known = await asyncio.to_thread(self._store.known, keys_of(candidates))
        return [candidate for candidate in candidates if uncounted(candidate.url) not in known]

    async def _take(self, run: Run, discovery: Discovery, looker: Looker) -> int:
        """Write down what is new, then look at all that is due; how many pages are left for the next turn."""
        listed = {candidate.url: candidate for candidate in discovery.candidates}
        run.tally.found = len(listed)
        run.tally.problems += discovery.problems
        if run.dry_run:
            pages = [Standing(KnownPage(url, run.slug, run.now, mailable=False)) for url in listed]
            return await looker.look_at(pages, listed)
        known = await asyncio.to_thread(self._store.known, keys_of(discovery.candidates))
        new = [KnownPage(url, run.slug, run.now, run.mails(one)) for url, one in listed.items() if url not in known]
        await asyncio.to_thread(self._store.expect, new)
        elsewhere = {url: id for url, id in known.items() if id is not None and url in listed}
        unlisted = await asyncio.to_thread(self._store.unlisted, run.slug, elsewhere)
        for url, stored in unlisted.items():
            await looker.find_too(listed[url], stored, archive=not run.mails(listed[url]))
        standings = await asyncio.to_thread(self._store.standings, run.slug, run.now - OLDEST)
        ids = frozenset(id for id in known.values() if id is not None)
        mine = [one for one in standings if not run.leaves(one)]
        anew = await looker.anew(mine, accept=run.accept)
        pages = in_order(due(mine, listed, ids, run.now, anew), listed)
        left = await looker.look_at(pages, listed, run.turn)
        if left:
            run.tally.problems.append(Said("%(n)s more pages wait for the next collect", n=left))
        looked_at = {standing.page.url for standing in pages} | unlisted.keys()
        run.tally.counts[Outcome.UNCHANGED] += sum(url in known and url not in looked_at for url in listed)
        return left

    async def _go_on(self, run: Run) -> Walked | None:
        """Go on with the past that belongs to a first collect; None where there is none."""
        if run.dry_run or not (run.first or (run.past is not None and run.past.first)):
            return None
        kind = kind_of(run.slug, run.feed)
        extent = Extent(kind.FIRST_PAGES, kind.FIRST_RELEASES)
        way = Way(run.slug, run.feed, extent, run.turn, self._zone, self.deciding)
        backfiller = Backfiller(way, self._fetch, self._store, run.tally, lambda: run.now)
        return await backfiller.go_on(run.past or run.nothing_read())

    async def _done(self, run: Run, seen: Seen, walked: Walked | None) -> SourceReport:
        """Keep how it went, and when to come again."""
        tally, incomplete = run.tally, seen.discovery.incomplete or (walked.failure if walked else None)
        failures = run.source.failures + 1 if incomplete else 0
        given_up = failures >= PATIENCE  # a list that never shows its later pages is collected as far as it goes
        listed = incomplete is None or given_up
        rest = seen.rest or (walked.rest if walked else None)
        more = bool(seen.left or (walked and walked.more)) and not rest
        source = replace(
            run.collected(incomplete),
            next_at=run.now if more else next_look(run.now, run.feed.every, failures, rest),
            failures=failures,
            etag=seen.discovery.etag if listed and not seen.left else None,
            last_modified=seen.discovery.last_modified if listed and not seen.left else None,
            fingerprint=fingerprint(run.feed) if listed or run.first else run.source.fingerprint,
        )
        await asyncio.to_thread(self._store.save_source, source)
        if walked is not None and walked.failure and given_up:
            await asyncio.to_thread(self._store.save_backfill, replace(walked.backfill, first=False))
        broken = all_kept_back(tally)
        if incomplete:
            tally.problems.insert(0, incomplete)
        if walked is None or walked.backfill is run.past:
            return tally.report(broken, broken, read=True)
        tally.problems += [walked.cut] if walked.cut else []
        return tally.report(broken, broken, walked.backfill, read=True)

    async def _failed(self, run: Run, error: NewsletterError) -> SourceReport:
        """Keep that a source could not be collected; it is tried again ever later."""
        reason = error.said
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
