"""What was read of a source waits here until several pages can be judged together; what becomes of it is kept.

A page alone cannot tell an odd page from a portal that changed. What waits is written down as not looked at yet, so a
crash costs but a second look.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from newsletter.collect.contract import SAMPLE, Case, Contract, Field, Verdict, features_of, judge, learn
from newsletter.collect.contract.judging import Circumstances
from newsletter.collect.store import ContractStore
from newsletter.config import FeedSettings
from newsletter.model import Backfill, Breach, Candidate, Draft, KeptPage, KnownPage, Page, Standing

TOGETHER = 20  # pages that are judged together
MOST_WAITING = 2_000_000  # bytes of them
LARGEST = 1_000_000  # bytes of a page that is kept
FIRST_KEPT = 20  # of a first collect or backfill: the top of the list stands for the others


@dataclass(frozen=True, slots=True)
class Seen:
    """A page that was read, its gaps filled from its list; `page` is None where its feed brought it whole."""

    standing: Standing
    candidate: Candidate
    looked_at: KnownPage
    draft: Draft
    page: Page | None = None

    @property
    def size(self) -> int:
        """Bytes, about."""
        return len(self.page.body if self.page else b"") + len(self.draft.body_html) + len(self.draft.body_text)


@dataclass(slots=True)
class Examiner:
    """Judges what one collect reads of a source. `order`: the addresses on its list; `dry_run`: nothing is kept.

    `past`: it is a backfill. Pages of other years and designs are measured by no contract, and only the first of a
    first collect are kept.
    """

    slug: str
    feed: FeedSettings
    store: ContractStore
    now: datetime
    dry_run: bool = False
    past: Backfill | None = None
    order: Sequence[str] = ()
    accept: bool = False  # a person said that what comes is right
    excused: frozenset[str] = frozenset()  # withheld as if the portal had changed, which it has not
    accepted: frozenset[str] = frozenset()  # withheld until a person said that they are right
    broken: frozenset[str] = frozenset()  # withheld for a field, whatever becomes of them
    _waiting: list[Seen] = field(default_factory=list)

    async def prepare(self, *, accept: bool) -> None:
        """Find out which withheld pages are to be read anew, whatever was read of them before. Raises StoreError."""
        self.accept = accept
        breaches = await asyncio.to_thread(self.store.breaches, self.slug)
        self.broken = frozenset(breach.url for breach in breaches)
        if self.accept:
            fields = {name for breach in breaches for name in breach.fields}
            await asyncio.to_thread(self.store.accept, self.slug, fields, self.now)
            self.accepted = self.broken
        elif breaches:
            contract = await self._contract()
            self.excused = frozenset(breach.url for breach in breaches if _was_no_change(breach, contract))

    @property
    def anew(self) -> frozenset[str]:
        """The pages to be read anew."""
        return self.excused | self.accepted

    def wait(self, seen: Seen) -> bool:
        """Let a page wait for its verdict; whether so many wait that they can be judged."""
        self._waiting.append(replace(seen, page=_apart(seen.page)))
        return len(self._waiting) >= TOGETHER or sum(one.size for one in self._waiting) >= MOST_WAITING

    async def judged(self) -> list[tuple[Seen, Verdict]]:
        """The verdicts on all that waits. Raises StoreError."""
        waiting, self._waiting = self._waiting, []
        if self.accept or not waiting:
            return [(seen, Verdict()) for seen in waiting]
        old = self.past is not None or all(not seen.looked_at.mailable for seen in waiting)
        contract = Contract() if old else await self._contract()
        around = Circumstances(self.now, await self._withheld(contract, waiting), self.order, self.feed.title)
        cases = [self._case(seen, contract) for seen in waiting]
        verdicts = await asyncio.to_thread(judge, contract, cases, around)
        return list(zip(waiting, verdicts, strict=True))

    async def decided(self, seen: Seen, taken: bool, reason: str | None) -> None:
        """Keep a page that was taken, or that is no release for a `reason`; what is as it was is kept already."""
        kept = self._kept(seen.standing, seen.candidate, seen.page, seen.draft)
        if reason is not None:
            await self._keep(replace(kept, withheld=True, fields=self._told(seen.standing), reason=reason))
            return
        await self.forget(seen.standing)
        if taken and (self.past is None or self._is_first(seen.standing)):
            await self._keep(kept)

    async def keep_withheld(self, seen: Seen, verdict: Verdict) -> None:
        """Keep a page that was not."""
        kept = self._kept(seen.standing, seen.candidate, seen.page, seen.draft)
        fields = (verdict.field,) if verdict.field is not None else ()
        await self._keep(replace(kept, withheld=True, fields=fields, reason=verdict.reason, changed=verdict.changed))

    async def keep_unreadable(self, standing: Standing, candidate: Candidate, page: Page, reason: str) -> None:
        """Keep a page of which no release could be read."""
        kept = self._kept(standing, candidate, page, None)
        await self._keep(replace(kept, withheld=True, fields=self._told(standing), reason=reason))

    async def forget(self, standing: Standing) -> None:
        """A page is not withheld any more, or is gone."""
        if standing.page.problem and not self.dry_run:
            await asyncio.to_thread(self.store.release_kept, self.slug, [standing.page.url])

    def _is_first(self, standing: Standing) -> bool:
        """Whether a page stands at the top of a list that is collected for the first time."""
        first = self.past is not None and self.past.first and not self.past.pages
        return first and standing.page.url in self.order[:FIRST_KEPT]

    def _told(self, standing: Standing) -> tuple[Field, ...]:
        """For which field a page is withheld that is no release at all; of what nobody waits for, nobody is told."""
        return (Field.BODY,) if standing.page.mailable and self.past is None else ()

    def _kept(self, standing: Standing, candidate: Candidate, page: Page | None, draft: Draft | None) -> KeptPage:
        return KeptPage(standing.page.url, self.slug, self.now, candidate, _apart(page), draft)

    async def _keep(self, page: KeptPage) -> None:
        old_and_odd = self.past is not None and page.withheld and not page.fields
        if not self.dry_run and not old_and_odd:
            await asyncio.to_thread(self.store.keep, page)

    async def _contract(self) -> Contract:
        releases = await asyncio.to_thread(self.store.latest, self.slug, SAMPLE)
        before = [release for release in releases if release.first_seen < self.now]  # a first collect knows no habits
        return learn(before, await asyncio.to_thread(self.store.accepted, self.slug))

    async def _withheld(self, contract: Contract, waiting: Sequence[Seen]) -> Counter[Field]:
        """How many other pages are withheld for a field since the latest release was taken."""
        here = {seen.standing.page.url for seen in waiting}
        breaches = await asyncio.to_thread(self.store.breaches, self.slug)
        others = [breach for breach in breaches if breach.url not in here and not _taken_since(breach, contract)]
        return Counter(Field(name) for breach in others for name in breach.fields)

    def _case(self, seen: Seen, contract: Contract) -> Case:
        features = features_of(seen.draft)
        older = seen.standing.release is not None and features.url not in contract.releases
        return Case(
            seen.draft,
            features,
            listed=seen.candidate.headline,
            archive=self.past is not None or not seen.looked_at.mailable or older,
            excused=seen.standing.page.url in self.excused,
        )


def _apart(page: Page | None) -> Page | None:
    """The page as it is kept: a large one would have its part of the fetcher's room for as long as it waits, and others
    could not be fetched until then; so what waits is another object, and bounded by itself."""
    return replace(page) if page is not None and len(page.body) <= LARGEST else None


def _taken_since(breach: Breach, contract: Contract) -> bool:
    """Whether a release was taken after a page was withheld: then the portal has not changed, the page was odd."""
    return contract.taken is not None and contract.taken > breach.since


def _was_no_change(breach: Breach, contract: Contract) -> bool:
    lacks = Field.BODY not in breach.fields and Field.HEADLINE not in breach.fields
    return breach.changed and lacks and _taken_since(breach, contract)
