"""What became of a source at one collect."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from newsletter.collect.decide import Outcome
from newsletter.model import Backfill, Draft
from newsletter.said import Said

MOST_PROBLEMS = 20
PATIENCE = 3  # failures in a row of a source that was merely not reached, before a person is told


@dataclass(frozen=True, slots=True)
class SourceReport:
    """The counts of `collect --json`, and what is wrong.

    `broken`: why the source as a whole could not be collected. `alarm`: the same, where a person must see to it: at
    once where the portal answers with something else than it did, on the third time in a row where it was not reached.
    `drafts`: what a dry run read. `backfill`: how far the source's past was read, where this had a part in it.
    `read`: the source answered, and what it lists was looked at and kept.
    """

    slug: str
    found: int = 0
    new: int = 0
    updated: int = 0
    withdrawn: int = 0
    withheld: int = 0
    unchanged: int = 0
    problems: tuple[str, ...] = ()
    broken: str | None = None
    alarm: str | None = None
    drafts: tuple[Draft, ...] = ()
    backfill: Backfill | None = None
    read: bool = False


@dataclass(slots=True)
class Tally:
    """A report in the making."""

    slug: str
    found: int = 0
    kept_back: int = 0  # of the pages never looked at before
    counts: Counter[Outcome] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    unreached: int = 0  # pages that were not to be had, through no fault of theirs
    dates: list[datetime] = field(default_factory=list)  # of the releases that were read
    more: int = 0  # problems that are not listed

    def take_in(self, part: Tally) -> None:
        """Add what a part of the collect came to; however many parts there are, this stays small."""
        self.found += part.found
        self.kept_back += part.kept_back
        self.counts += part.counts
        room = max(MOST_PROBLEMS - len(self.problems), 0)
        self.problems += part.problems[:room]
        self.more += len(part.problems[room:]) + part.more

    def report(
        self,
        broken: str | None = None,
        alarm: str | None = None,
        backfill: Backfill | None = None,
        *,
        read: bool = False,
    ) -> SourceReport:
        """The report; of many problems the first twenty."""
        told = self.problems[:MOST_PROBLEMS]
        if more := len(self.problems) - len(told) + self.more:
            told.append(Said("and %(n)s more", n=more))
        counts = {str(outcome): self.counts[outcome] for outcome in Outcome}
        return SourceReport(
            self.slug,
            self.found,
            **counts,
            problems=tuple(told),
            broken=broken,
            alarm=alarm,
            drafts=tuple(self.drafts),
            backfill=backfill,
            read=read,
        )


def of_news(report: SourceReport) -> Counter[Outcome]:
    """What a collect of news came to, but for what stays as it is."""
    told = (Outcome.NEW, Outcome.UPDATED, Outcome.WITHDRAWN)
    return Counter({outcome: getattr(report, outcome) for outcome in told})


def all_kept_back(tally: Tally) -> str | None:
    """Why a source counts as broken although its list is sound: of several new pages not one could be taken."""
    if tally.counts[Outcome.NEW] or tally.kept_back < 3:
        return None
    none = "none of %(n)s new pages could be taken; the first: %(first)s"
    return Said(none, n=tally.kept_back, first=tally.problems[0])
