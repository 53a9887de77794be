"""One collect of one source: what it is about, and how the source stands after it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic

from newsletter.collect.identity import address_key
from newsletter.collect.kinds import Discovery
from newsletter.collect.report import Tally
from newsletter.collect.schedule import next_look
from newsletter.collect.turns import Turn
from newsletter.config import FeedSettings
from newsletter.model import Backfill, Candidate, Source, Standing

DAY = timedelta(days=1)  # lists date by the day


@dataclass(frozen=True, slots=True)
class Run:
    """One collect of one source. `past`: as far as it was read, where that is not at its end."""

    slug: str
    feed: FeedSettings
    source: Source
    tally: Tally
    now: datetime
    turn: Turn
    past: Backfill | None = None
    dry_run: bool = False
    accept: bool = False  # a person says that what is withheld as unusual is right

    @property
    def first(self) -> bool:
        """Whether nothing of the list was read to the end of a page: what stands there is no news."""
        return self.source.collected_at is None or place_of(self.source.fingerprint) != place_of(fingerprint(self.feed))

    def leaves(self, standing: Standing) -> bool:
        """Whether a page is left to the backfill that is under way, which reads what its list says of it as well."""
        page = standing.page
        return self.past is not None and page.checked_at is None and not page.mailable

    def mails(self, candidate: Candidate) -> bool:
        """Whether what is new on the list is news: not where the list dates it before the first collect, and its past
        was not read to the end."""
        dated, begun = candidate.published or candidate.modified, self.source.collected_at
        return self.past is None or dated is None or begun is None or dated > begun - DAY

    def collected(self, problem: str | None) -> Source:
        """The source when it was collected."""
        return replace(
            self.source,
            next_at=next_look(self.now, self.feed.every, 0),
            collected_at=self.now if self.first else self.source.collected_at,
            succeeded_at=self.now,
            failures=0,
            problem=problem,
            fingerprint=fingerprint(self.feed),
        )

    def nothing_read(self) -> Backfill:
        """The past of its source, of which nothing was read."""
        return Backfill(
            self.slug,
            place_of(fingerprint(self.feed)),
            self.now,
            first=self.first,
            mailable=self.feed.first_collect == "send",
            ahead=(self.feed.url,),
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look at the list came to: how many pages are left, and the seconds of rest that its host asked for."""

    discovery: Discovery
    left: int = 0
    rest: float | None = None


def running(now: datetime) -> Callable[[], datetime]:
    """A clock that was set to `now` and goes on."""
    begun = monotonic()
    return lambda: now + timedelta(seconds=monotonic() - begun)


def fingerprint(feed: FeedSettings) -> str:
    """Of what a list is read with; before the space, of where it lies: another place is another source."""
    profile = hashlib.sha256(feed.item.model_dump_json().encode()).hexdigest()[:12]
    return f"{feed.kind}:{address_key(feed.url)} {profile}"


def place_of(fingerprint: str | None) -> str:
    return (fingerprint or "").rpartition(" ")[0]
