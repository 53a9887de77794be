"""How far the past of a source was read: while it goes on, and where it stopped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter.errors import FetchError, NewsletterError
from newsletter.model import Backfill
from newsletter.said import Said


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is. `of`: the pages of the list in all, as far as it tells; `fetched` and `new`: in this call;
    `rests`: seconds that the portal asked us to wait for."""

    slug: str
    backfill: Backfill | None = None
    of: int | None = None
    fetched: int = 0
    new: int = 0
    rests: float | None = None


@dataclass(frozen=True, slots=True)
class Walked:
    """How far it came, and why it goes no further for now: `problem`, or, where it may go on at once, `more`."""

    backfill: Backfill
    problem: NewsletterError | None = None
    more: bool = False
    reason: str | None = None

    @property
    def rest(self) -> float | None:
        """Seconds that the portal asked us to leave it alone, if it did."""
        return self.problem.retry_after if isinstance(self.problem, FetchError) else None

    @property
    def failure(self) -> str | None:
        """Why the next page of the list could not be had, where that is not merely a rest that was asked for."""
        return self.problem.said if self.problem is not None and self.rest is None else None

    @property
    def cut(self) -> str | None:
        """What to do where a first collect was bounded and its list is longer."""
        if self.reason is None or self.backfill.ended_at is not None:
            return None
        said = "%(why)s; `newsletter collect %(slug)s --backfill` reads what comes after them"
        return Said(said, why=self.reason, slug=self.backfill.slug)

    def stopped(self, now: datetime) -> str | None:
        """Why it stopped before its end, and how to go on, None where nothing was in the way."""
        if self.problem is None:
            return None
        page, slug = self.backfill.pages + 1, self.backfill.slug
        goes_on = "%(why)s; stopped at page %(n)s of the list; `newsletter collect %(slug)s --backfill` goes on there"
        said = Said(goes_on, why=self.problem.said, n=page, slug=slug)
        if not self.rest:
            return said
        until = f"{now + timedelta(seconds=self.rest):%Y-%m-%d %H:%M:%S}"
        return Said("%(said)s, not before %(at)s UTC", said=said, at=until)
