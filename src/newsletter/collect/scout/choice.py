"""Which way is best. Pure; the reason is a sentence for the person who asked.

What was named counts: a list of releases is collected as it stands there, and a feed takes its place only where it
carries the same releases. Then the feed is better: it says itself what is a release, with its id and exact date, and
does not change with the looks of the portal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from newsletter.collect.scout.way import Way
from newsletter.errors import BadInput


@dataclass(frozen=True, slots=True)
class Choice:
    """The way to go, why, and the ways that were left."""

    way: Way
    reason: str
    others: tuple[Way, ...] = ()

    def instead(self, kind: str) -> Choice:
        """The same, but for the way of a kind that somebody asked for. Raises BadInput where there is none."""
        ways = (self.way, *self.others)
        way = next((one for one in ways if one.kind == kind), None)
        if way is None:
            found = ", ".join(dict.fromkeys(one.kind for one in ways))
            raise BadInput(f"there is nothing of the kind {kind!r}; found: {found}")
        return self if way is self.way else _chosen(way, "it was asked for", None, ways)

    def with_problems(self, problems: Iterable[str]) -> Choice:
        """The same, with what went wrong on the way to it."""
        return replace(self, way=replace(self.way, problems=(*self.way.problems, *problems)))


def choose(listing: Way | None, feeds: Sequence[Way], asked: str) -> Choice | None:
    """The best of the list on the page at `asked` and the feeds that it declares; None where there is nothing."""
    ranked = sorted((feed for feed in feeds if feed.candidates), key=_rank, reverse=True)
    if listing is None or not listing.sure:
        reason = "the page declares this feed, and shows no list that is surely one of releases"
        return _chosen(ranked[0], reason, listing, ranked) if ranked else _only(listing)
    own = next((feed for feed in ranked if asked in {candidate.url for candidate in feed.candidates}), None)
    if own is not None:
        return _chosen(own, "the page is itself a release, which this feed carries", None, ranked)
    same = next((feed for feed in ranked if carries(feed, listing)), None)
    if same is not None:
        text = "with their whole text" if same.whole else "and does not change with the looks of the portal"
        return _chosen(same, f"this feed carries the releases of the page, {text}", listing, ranked)
    if ranked and urlsplit(asked).path in ("", "/"):
        reason = "the address is the site's front page, which may show anything; it declares this feed"
        return _chosen(ranked[0], reason, listing, ranked)
    reason = "the page lists these releases"
    if ranked:
        reason += "; no feed that it declares carries the same ones"
    return _chosen(listing, reason, None, ranked)


def with_sitemap(choice: Choice | None, sitemap: Way | None) -> Choice | None:
    """The choice where a site's sitemap is known too: the last resort, unless it lists news and nothing is sure."""
    if sitemap is None:
        return choice
    if choice is None or (sitemap.news and not choice.way.sure):
        reason = (
            "the page shows no list that is surely one of releases and declares no feed; the site's sitemap lists them"
        )
        return Choice(sitemap, reason, (choice.way, *choice.others) if choice else ())
    return replace(choice, others=(*choice.others, sitemap))


def carries(feed: Way, listing: Way) -> bool:
    """Whether a feed carries the releases of a list and, as far down as it does, hardly anything else."""
    shared = [place for place, candidate in enumerate(feed.candidates, 1) if listing.holds(candidate)]
    if not shared or len(shared) * 2 < min(len(feed.candidates), len(listing.candidates)):
        return False
    return len(shared) >= 0.8 * shared[-1]


def _rank(feed: Way) -> tuple[bool, int]:
    return feed.whole, len(feed.candidates)


def _only(listing: Way | None) -> Choice | None:
    return Choice(listing, "the page lists these, and declares no feed") if listing is not None else None


def _chosen(way: Way, reason: str, listing: Way | None, feeds: Sequence[Way]) -> Choice:
    return Choice(way, reason, tuple(one for one in (listing, *feeds) if one is not None and one is not way))
