"""Looking at the pages of one source: which are due, and what becomes of each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import replace
from html import escape
from urllib.parse import urljoin, urlsplit

import structlog

from newsletter.collect.contract import Verdict
from newsletter.collect.decide import Outcome, Sight
from newsletter.collect.examining import Examiner, Seen
from newsletter.collect.hand import read_in_turn
from newsletter.collect.identity import ENTRY, address_key, guid_key
from newsletter.collect.kinds import Fetch
from newsletter.collect.merge import fill
from newsletter.collect.noting import BY_ENTRY, Notes
from newsletter.collect.places import found_too, settle
from newsletter.collect.read import read_release
from newsletter.collect.recognising import Place, known_by, new_on_list
from newsletter.collect.remembering import heir, recalled, seems_rebuilt
from newsletter.collect.report import Tally
from newsletter.collect.store import CollectStore
from newsletter.collect.turns import Turn
from newsletter.errors import AddressRefused, FetchError, StoreError, UnreadablePage
from newsletter.model import Backfill, Candidate, Draft, KnownPage, Page, Standing, Stored
from newsletter.said import Said, joined

log = structlog.get_logger(__name__)

AT_ONCE = 2  # pages in hand; the fetcher asks a host for one at a time, the other is read meanwhile
LOOKS_BEFORE_GONE = 2
TRIES = 3  # at a release that somebody else writes at the same moment
AT_ONCE_GONE = 5  # releases whose pages are gone in one look: no editor's doing, but a portal that was rebuilt
HTML = ("text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml", "")


class Looker:
    """Looks at pages of one source in one collect, and keeps what becomes of them (in a dry run: only counts it)."""

    def __init__(
        self,
        sight: Sight,
        fetch: Fetch,
        store: CollectStore,
        tally: Tally,
        deciding: asyncio.Lock,
        *,
        dry_run: bool = False,
        past: Backfill | None = None,
    ) -> None:
        self._sight, self._feed = sight, sight.feed
        self._fetch, self._store, self._tally = fetch, store, tally
        self._examiner = Examiner(sight.slug, sight.feed, store, sight.now, dry_run, past)
        self._dry_run = dry_run
        self._notes = Notes(sight, store, tally, self._examiner, dry_run=dry_run)
        self._many_gone = False
        self._deciding = deciding  # two pages with one text must not become two releases; shared by all sources
        self.rests: dict[str, float] = {}  # hosts that asked for a rest, in seconds

    async def look_at(
        self, standings: Sequence[Standing], listed: Mapping[str, Candidate], turn: Turn | None = None
    ) -> int:
        """Look at all of them, as long as the turn lasts; how many are left.

        One that fails in whatever way is counted, and the others go on. Raises StoreError.
        """
        places, begun = asyncio.Semaphore(AT_ONCE), 0
        await self._look_around(standings, listed)
        self._examiner.order = tuple(listed)

        async def one(standing: Standing) -> None:
            nonlocal begun
            async with places:
                if turn is None or turn.begins_look():
                    begun += 1
                    await self._guarded(standing, self._look(standing, listed.get(standing.page.url)))

        ends = await asyncio.gather(*map(one, standings), return_exceptions=True)
        if failures := [end for end in ends if end is not None]:
            raise failures[0]
        await self._conclude()
        return len(standings) - begun

    async def anew(self, standings: Iterable[Standing], *, accept: bool) -> frozenset[str]:
        """The pages that there is a reason to look at now: kept back, and read with another profile since, a day ago,
        or a person says that they are right."""
        await self._examiner.prepare(accept=accept)
        pages = [standing.page for standing in standings if standing.page.problem]
        otherwise = {page.url for page in pages if page.digest and self._notes.by_another(page.digest)}
        day_old = {page.url for page in pages if (self._sight.now - (page.checked_at or page.found_at)).days >= 1}
        return self._examiner.anew | otherwise | (day_old & self._examiner.broken)

    async def _conclude(self) -> None:
        """Keep what becomes of the pages that wait for their verdict."""
        for seen, verdict in await self._examiner.judged():
            await self._guarded(seen.standing, self._settle(seen, verdict))

    async def find_too(self, candidate: Candidate, stored: Stored, *, archive: bool) -> None:
        """Put a release that another source found at this very address into the feed of this one."""
        published = candidate.published or stored.release.published
        tags = candidate.entry.topics if candidate.entry is not None else ()
        draft = Draft(candidate.url, candidate.headline or "", candidate.kicker, published=published, topics=tags)
        known = known_by(draft, candidate, self._guid(candidate))
        async with self._deciding:
            for _ in range(TRIES):
                (now_stored,) = await asyncio.to_thread(self._store.stored, [stored.release.id])
                decision = found_too(draft, now_stored, known, replace(self._sight, archive=archive))
                if await self._notes.keep(decision):
                    break
        self._tally.counts[decision.outcome] += 1

    async def _look_around(self, standings: Sequence[Standing], listed: Mapping[str, Candidate]) -> None:
        """See what only all pages together tell: that the portal gave them new addresses, or was lost in parts."""
        new = new_on_list(standings, listed)
        # In a dry run all pages are new, whatever is known of them.
        rebuilt = not self._dry_run and await seems_rebuilt(self._store, self._sight.slug, new)
        if rebuilt:
            said = (
                "%(n)s new pages, most with headlines of releases that are known: the portal seems to have new "
                "addresses; what is known stays what it is, and what is not goes to the archive only"
            )
            self._tally.problems.append(Said(said, n=len(new)))
        self._sight = replace(self._sight, listed=frozenset(map(address_key, listed)), rebuilt=rebuilt)
        stand = [one for one in standings if one.release is not None and not one.withdrawn]
        gone = sum(one.page.gone >= LOOKS_BEFORE_GONE - 1 for one in stand)
        self._many_gone = gone >= AT_ONCE_GONE and gone * 5 >= len(stand)

    async def _guarded(self, standing: Standing, look: Awaitable[Outcome | None]) -> None:
        url = standing.page.url
        try:
            outcome = await look
        except StoreError:
            raise
        except Exception as error:
            log.exception("a page could not be handled", source=self._sight.slug, url=url)
            said = Said("it could not be handled (%(why)s)", why=f"{type(error).__name__}: {error}"[:270])
            outcome = await self._notes.keep_back(standing, said)
        if outcome is not None:
            self._tally.counts[outcome] += 1
            self._tally.kept_back += outcome is Outcome.WITHHELD and standing.page.checked_at is None

    async def _look(self, standing: Standing, candidate: Candidate | None) -> Outcome | None:
        """What became of a page; None where it was not looked at after all, or waits for its verdict."""
        page = standing.page
        if candidate is not None and candidate.entry is not None and candidate.entry.body_html:
            looked_at = replace(page, digest=self._notes.digest(None))
            return await self._wait(Seen(standing, candidate, looked_at, candidate.entry))
        if urlsplit(page.url).fragment.startswith(ENTRY):
            return await self._notes.keep_back(standing, Said("its entry left the feed before it was read"))
        if host_of(page.url) in self.rests:
            return None
        try:
            fetched = await self._fetch(page.url, **self._notes.validators(standing))
        except AddressRefused as error:
            if candidate is not None and candidate.entry is not None and candidate.entry.teaser:
                looked_at = replace(page, digest=self._notes.digest(None))
                return await self._wait(Seen(standing, candidate, looked_at, _alone(candidate.entry)))
            return await self._notes.keep_back(standing, error.said)
        except FetchError as error:
            if error.retry_after is None:
                self._tally.unreached += error.status is None or error.status >= 500
                return await self._notes.keep_back(standing, error.said)
            self.rests[host_of(page.url)] = error.retry_after
            self._tally.problems.append(error.said)
            return None
        return await self._answered(standing, candidate, fetched)

    async def _answered(self, standing: Standing, candidate: Candidate | None, fetched: Page) -> Outcome | None:
        page = standing.page
        if fetched.status in (404, 410) or self._leads_away(page.url, fetched.url):
            return await self._gone(standing, fetched)
        by_entry = standing.release is not None and (page.digest or "").endswith(BY_ENTRY)  # its text is not the page's
        digest = self._notes.digest(fetched.body)
        same = digest == page.digest and not standing.withdrawn and page.url not in self._examiner.anew
        if fetched.status == 304 or same or by_entry:
            return await self._same(standing, candidate)
        looked_at = replace(page, etag=fetched.etag, last_modified=fetched.last_modified, digest=digest)
        if fetched.content_type not in HTML:
            said = Said("it is %(type)s, not a web page", type=fetched.content_type)
            return await self._notes.keep_back(standing, said, looked_at)
        try:
            draft = await read_in_turn(read_release, fetched, self._feed.release, zone=self._sight.zone)
        except UnreadablePage as error:
            await self._examiner.keep_unreadable(standing, candidate or Candidate(page.url), fetched, error.said)
            return await self._notes.keep_back(standing, error.said, looked_at)
        return await self._wait(Seen(standing, candidate or Candidate(page.url), looked_at, draft, fetched))

    async def _wait(self, seen: Seen) -> Outcome | None:
        """Let what was read wait for its verdict, together with others."""
        if self._examiner.wait(replace(seen, draft=fill(seen.draft, seen.candidate))):
            await self._conclude()
        return None

    async def _settle(self, seen: Seen, verdict: Verdict) -> Outcome:
        """Decide on a draft, as far as it may be taken, and keep what was decided."""
        standing, candidate, looked_at, draft = seen.standing, seen.candidate, seen.looked_at, seen.draft
        if verdict.reason is not None:
            await self._examiner.keep_withheld(seen, verdict)
            self._tally.drafts += [draft] if self._dry_run else []
            return await self._notes.keep_back(standing, verdict.reason, self._notes.checked(looked_at, candidate))
        read_before = standing.page.digest
        reread = read_before is not None and self._notes.by_another(read_before)
        sight = replace(self._sight, archive=not looked_at.mailable, reread=reread)
        known = known_by(draft, candidate, self._guid(candidate))
        place = Place(sight.slug, sight.listed, sight.rebuilt)
        looked_at = self._notes.checked(looked_at, candidate)
        async with self._deciding:
            for _ in range(TRIES):
                stored, by_guid = await recalled(self._store, draft, known, place)
                decision = settle(draft, candidate, stored, known, sight, by_guid=by_guid)
                if await self._notes.keep(decision, *(_at(draft.url, looked_at) if decision.revised else [looked_at])):
                    break
        await self._examiner.decided(seen, decision.revised is not None, decision.reason)
        noted = joined(verdict.notes) if verdict.notes else None
        self._notes.note(draft, replace(decision, reason=decision.reason or noted))
        return decision.outcome

    async def _gone(self, standing: Standing, fetched: Page) -> Outcome:
        """Count that a page is not there; the second time in a row its release is withdrawn."""
        page = standing.page
        moved = Said("leads to %(url)s now", url=fetched.url)
        said = moved if fetched.status == 200 else Said("answered %(code)s", code=fetched.status)
        missing = replace(self._notes.checked(page, None), gone=page.gone + 1, problem=said)
        if standing.release is None or missing.gone < LOOKS_BEFORE_GONE:
            if standing.release is not None:
                said = joined([said, Said("if it does so once more, its release counts as withdrawn")])
            await self._examiner.forget(standing)
            return await self._notes.keep_back(standing, said, gone=page.gone + 1)
        if self._many_gone:
            many = "many pages are gone at once, so no release is withdrawn: `newsletter releases withdraw ID` does it"
            return await self._notes.keep_back(standing, joined([said, Said(many)]), gone=missing.gone)
        async with self._deciding:
            for _ in range(TRIES):
                (stored,) = await asyncio.to_thread(self._store.stored, [standing.release])
                decision, pages = await heir(self._store, stored, page, self._stands, self._sight.now)
                if await self._notes.keep(decision, *pages, missing):
                    break
        return decision.outcome

    async def _stands(self, page: KnownPage) -> bool:
        try:
            fetched = await self._fetch(page.url)
        except FetchError:
            return False
        return fetched.status == 200 and not self._leads_away(page.url, fetched.url)

    async def _same(self, standing: Standing, candidate: Candidate | None) -> Outcome:
        page = standing.page
        if not self._dry_run:
            await asyncio.to_thread(self._store.save_pages, self._notes.checked(page, candidate))
        return Outcome.UNCHANGED if standing.release is not None or not page.problem else Outcome.WITHHELD

    def _guid(self, candidate: Candidate) -> str | None:
        return guid_key(self._sight.slug, candidate.guid) if candidate.guid else None

    def _leads_away(self, asked: str, came_to: str) -> bool:
        """Whether a page only leads to the list or to the front page: many portals say "gone" that way."""
        away = {
            address_key(self._feed.url),
            address_key(urljoin(self._feed.url, "/")),
            address_key(urljoin(asked, "/")),
        }
        return address_key(came_to) in away and address_key(asked) not in away


def _at(url: str, page: KnownPage) -> list[KnownPage]:
    """The page, and before it, where it leads elsewhere, the one there, which is looked at from now on."""
    return [page] if url == page.url else [replace(page, url=url), replace(page, digest=None)]


def _alone(entry: Draft) -> Draft:
    """A draft of an entry that has but a teaser, where its page may not be fetched."""
    return replace(entry, body_html=f"<p>{escape(entry.teaser or '')}</p>", body_text=entry.teaser or "", teaser=None)


def host_of(url: str) -> str:
    """Host and port of an address: what may ask for a rest."""
    return urlsplit(url).netloc
