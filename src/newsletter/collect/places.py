"""A release that stands in several places: which of its pages is its authority, and what a page means that is not.

One page is the authority: its text is the release's, and it alone brings revisions. It is the first that was found,
until a source of ours collects the page that this one calls canonical. Any other page is an alias; found by another
source, it puts the release into that source's feed too. So two copies that differ never take turns. The authority
passes on, and nobody is told, where its page is gone: to another page of the same source, else to that of another
source. Only a release none of whose pages is left is withdrawn.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from newsletter.collect.decide import GONE, MAX_ALIASES, Decision, Outcome, Sight, decide, mailable, revised, withdraw
from newsletter.collect.digest import normalised
from newsletter.collect.identity import address_key
from newsletter.collect.recognising import Known
from newsletter.collect.topics import topics_of
from newsletter.model import Candidate, Draft, Release, ReleaseState, Sighting, Stored


def settle(
    draft: Draft, candidate: Candidate, stored: Stored | None, known: Known, sight: Sight, *, by_guid: bool = False
) -> Decision:
    """What becomes of a draft that was read, which is `stored` (None: nobody has seen it before).

    `by_guid`: its entry's id says that it is.
    """
    if stored is None or _speaks_for(stored.release, known, sight):
        return decide(draft, candidate, stored, known, sight)
    if _takes_over(stored.release, draft, known, sight):
        own = sight.slug == stored.release.source
        told = own and (by_guid or _only_renamed(draft, stored.release))
        return _taken_over(draft, candidate, stored, known, replace(sight, reread=sight.reread or not told))
    return found_too(draft, stored, known, sight)


def found_too(draft: Draft, stored: Stored, known: Known, sight: Sight) -> Decision:
    """What becomes of a release at a page that is not its authority: an alias, and a place in the source's feed."""
    release = stored.release
    if release.state is ReleaseState.WITHDRAWN:
        return Decision(Outcome.UNCHANGED)
    after = replace(release, aliases=_aliases(release, known))
    if sight.slug != release.source:
        others = (seen for seen in release.sightings if seen.source != sight.slug)
        after = replace(after, sightings=(*others, _sighting(draft, release, sight)))
    if after == release:
        return Decision(Outcome.UNCHANGED)
    new = sight.slug not in (seen.source for seen in release.seen_by)
    return Decision(Outcome.NEW if new else Outcome.UNCHANGED, revised(after, stored, known.keys))


def left(stored: Stored, slug: str, url: str, now: datetime) -> Decision:
    """What becomes of a release one of whose pages, that of a source, is gone for good."""
    release, key = stored.release, address_key(url)
    if release.state is ReleaseState.WITHDRAWN:
        return Decision(Outcome.UNCHANGED)
    if release.source != slug or address_key(release.url) != key:
        kept = tuple(one for one in release.sightings if one.source != slug or address_key(one.url) != key)
        alone = replace(release, sightings=kept)
        return Decision(Outcome.UNCHANGED, revised(alone, stored) if alone != release else None, GONE)
    for other in release.sightings:
        if address_key(other.url) != key:
            handed = _handed_to(release, other)
            still = tuple(one for one in handed.sightings if one.source != slug)  # what is gone is in its feed no more
            return Decision(Outcome.UNCHANGED, revised(replace(handed, sightings=still), stored), GONE)
    return withdraw(stored, now)


def moved_back(stored: Stored, url: str) -> Decision:
    """What becomes of a release whose page is gone while another page of its source, at `url`, still stands."""
    release = stored.release
    aliases = tuple(dict.fromkeys((*(alias for alias in release.aliases if alias != url), release.url)))
    return Decision(Outcome.UNCHANGED, revised(replace(release, url=url, aliases=aliases), stored), GONE)


def _speaks_for(release: Release, known: Known, sight: Sight) -> bool:
    return release.source == sight.slug and address_key(release.url) in known.sure


def _takes_over(release: Release, draft: Draft, known: Known, sight: Sight) -> bool:
    """Whether a page becomes the authority in place of the one that is it."""
    gone = release.state is ReleaseState.WITHDRAWN and release.reason == GONE
    if sight.slug == release.source:
        return gone or address_key(release.url) not in sight.listed
    itself = draft.canonical is None or address_key(draft.canonical) in known.sure
    named = itself and release.canonical is not None and address_key(release.canonical) in known.sure
    return gone or named


def _taken_over(draft: Draft, candidate: Candidate, stored: Stored, known: Known, sight: Sight) -> Decision:
    """The decision on a draft whose page becomes the authority."""
    release = stored.release
    if sight.slug != release.source:
        release = _handed_to(release, _sighting(draft, release, sight))
    there = replace(stored, release=release)
    decision = decide(draft, candidate, there, known, sight)
    if decision.reason is not None:
        return decision
    if decision.revised is None:
        return (
            Decision(decision.outcome, revised(release, stored, known.keys)) if release != stored.release else decision
        )
    return replace(decision, revised=replace(decision.revised, before=stored.release))


def _only_renamed(draft: Draft, release: Release) -> bool:
    """Whether a page under a new address has all but its headline: no other template made the difference."""
    same = normalised(draft.body_text) == normalised(release.body_text)
    return same and normalised(draft.teaser) == normalised(release.teaser)


def _handed_to(release: Release, mine: Sighting) -> Release:
    """The release with the page of another sighting as its authority; the old one stays a sighting of its source."""
    own, *others = release.seen_by
    kept = () if release.state is ReleaseState.WITHDRAWN else (own,)
    return replace(
        release,
        source=mine.source,
        url=mine.url,
        mailable=mine.mailable,
        topics=mine.topics,
        aliases=tuple(dict.fromkeys((*release.aliases, release.url)))[-MAX_ALIASES:],
        sightings=(*kept, *(other for other in others if other.source != mine.source)),
    )


def _sighting(draft: Draft, release: Release, sight: Sight) -> Sighting:
    before = next((seen for seen in release.sightings if seen.source == sight.slug), None)
    names = draft.topics or tuple(topic.title for topic in release.topics)
    return Sighting(
        source=sight.slug,
        url=draft.url,
        first_seen=before.first_seen if before else sight.now,
        mailable=before.mailable if before else mailable(draft, sight),
        topics=topics_of(draft.kicker or release.kicker, names, sight.feed.topics),
    )


def _aliases(release: Release, known: Known) -> tuple[str, ...]:
    found = dict.fromkeys((*release.aliases, *known.addresses))
    return tuple(alias for alias in found if alias != release.url)[-MAX_ALIASES:]
