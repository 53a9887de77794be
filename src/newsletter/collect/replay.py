"""Kept pages read again, as the profile is now: what would be read otherwise, and what is withheld and would pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from newsletter.collect.contract import SAMPLE, Case, Contract, fault, features_of, judge, learn
from newsletter.collect.contract.judging import Circumstances
from newsletter.collect.merge import fill
from newsletter.collect.read import read_release
from newsletter.collect.store import ContractStore
from newsletter.config import FeedSettings
from newsletter.errors import UnreadablePage
from newsletter.model import Draft, KeptPage, Release

FIELDS = (
    "headline",
    "kicker",
    "teaser",
    "body",
    "published",
    "language",
    "author",
    "issuer",
    "topics",
    "documents",
    "alternates",
)
OF_IMAGE = ("src", "alt", "caption", "credit")


@dataclass(frozen=True, slots=True)
class Changed:
    """A field that is read otherwise than it was, and the steps that found it then and now."""

    field: str
    before: str | None
    after: str | None
    before_from: str | None
    after_from: str | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """A kept page, read again. `reason`: why it is withheld; `problem`: why it would be now, None where it passes."""

    url: str
    withheld: bool
    reason: str | None
    problem: str | None
    changes: tuple[Changed, ...]


@dataclass(frozen=True, slots=True)
class Replay:
    """All pages kept of a source, and what was learned of its releases."""

    contract: Contract
    pages: Sequence[Replayed]


def replay_kept(store: ContractStore, slug: str, feed: FeedSettings, now: datetime, zone: tzinfo) -> Replay:
    """The pages that `store` keeps of a source, read again. Raises StoreError."""
    releases = store.latest(slug, SAMPLE)
    contract = learn(releases, store.accepted(slug))
    reread = Rereading(feed, now, zone, contract, {release.url: release for release in releases})
    return Replay(contract, reread.all(store.kept(slug)))


@dataclass(frozen=True, slots=True)
class Rereading:
    """Reads kept pages again, by a feed's settings as they are; `releases`: those stored, by address."""

    feed: FeedSettings
    now: datetime
    zone: tzinfo
    contract: Contract
    releases: Mapping[str, Release]

    def all(self, kept: Sequence[KeptPage]) -> list[Replayed]:
        """Each page read again, in their order; what was too large to be kept is left out."""
        read = [(page, *self._read(page)) for page in kept if page.page is not None or page.candidate.entry is not None]
        unfit = self._unfit([(page, draft) for page, draft, _ in read if page.withheld and draft is not None])
        return [
            Replayed(
                page.url,
                page.withheld,
                page.reason,
                problem or unfit.get(page.url),
                tuple(_changes(page.draft, draft)) if draft is not None else (),
            )
            for page, draft, problem in read
        ]

    def _read(self, kept: KeptPage) -> tuple[Draft | None, str | None]:
        """What is read of a page now, and why it is no release."""
        draft = kept.candidate.entry
        try:
            if kept.page is not None:
                draft = read_release(kept.page, self.feed.release, zone=self.zone)
        except UnreadablePage as error:
            return None, error.said
        filled = fill(draft or Draft(kept.url), kept.candidate)
        return filled, fault(filled, kept.candidate, self.releases.get(kept.url))

    def _unfit(self, withheld: Sequence[tuple[KeptPage, Draft]]) -> Mapping[str, str]:
        """By address, why pages that are withheld still would be, judged together."""
        cases = [Case(draft, features_of(draft), page.candidate.headline) for page, draft in withheld]
        verdicts = judge(self.contract, cases, Circumstances(self.now, title=self.feed.title))
        both = zip(withheld, verdicts, strict=True)
        return {page.url: verdict.reason for (page, _), verdict in both if verdict.reason is not None}


def _changes(before: Draft | None, after: Draft) -> Iterator[Changed]:
    was, now = _fields(before), _fields(after)
    for name, value in now.items():
        if was.get(name) != value:
            step = name.partition(".")[0]
            yield Changed(
                name, was.get(name), value, before.origin.get(step) if before else None, after.origin.get(step)
            )


def _fields(draft: Draft | None) -> dict[str, str | None]:
    """What a draft says, as text; times in UTC, the lead image in its parts."""
    if draft is None:
        return {}
    when = draft.published
    day = when is not None and draft.published_precision == "day"
    said: dict[str, str | None] = {name: getattr(draft, name, None) for name in FIELDS}
    said |= {
        "body": draft.body_text or None,
        "published": (when.date() if day else when).isoformat() if when is not None else None,
        "topics": ", ".join(draft.topics) or None,
        "documents": ", ".join(document.url for document in draft.documents) or None,
        "alternates": ", ".join(one.url for one in draft.alternates) or None,
    }
    return said | {f"image.{part}": getattr(draft.lead, part, None) for part in OF_IMAGE}
