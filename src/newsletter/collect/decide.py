"""What becomes of a draft: a new release, a revision of one that is stored, or nothing. Fetches and stores nothing.

A revision is told only where the text differs (see digest.py); anything else that changed is mended silently. What an
editor decided stays: a withheld or withdrawn release does not come back by itself, an alt text of theirs is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, tzinfo
from enum import StrEnum
from uuid import uuid4

from newsletter.collect.contract import fault
from newsletter.collect.digest import picture_name, settled, text_digest
from newsletter.collect.read import reading_minutes, without_credit
from newsletter.collect.recognising import Known
from newsletter.collect.topics import topics_of
from newsletter.config import FeedSettings
from newsletter.model import (
    AltFrom,
    Candidate,
    Change,
    Draft,
    Image,
    Precision,
    Release,
    ReleaseState,
    Revised,
    Stored,
)

GONE = "its page is no longer on the portal"
LEFT_EARLY = "its page left the portal before it was to be published"
FIRST_SEEN = "first seen"
MAX_ALIASES = 20


class Outcome(StrEnum):
    """What became of a page, in the words of `collect --json`; a cosmetic change counts as unchanged."""

    NEW = "new"
    UPDATED = "updated"
    WITHDRAWN = "withdrawn"
    WITHHELD = "withheld"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Sight:
    """The circumstances of a look: whose feed, when, and whether what is new goes to the archive only.

    `reread`: what is stored was read with another profile, by another version of the program or from another page;
    where the text differs, that need be no change of the release, so nobody is told of an update. `listed` are the keys
    of the addresses on the source's list; `rebuilt` says that the source seems to have given new ones to all it has.
    `placed`: the date that a list has come back to; an undated release that stands there is no newer.
    """

    slug: str
    feed: FeedSettings
    now: datetime
    zone: tzinfo
    archive: bool = False
    reread: bool = False
    listed: frozenset[str] = frozenset()
    rebuilt: bool = False
    placed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do. `revised` is what to store, None where nothing is; `reason` says why something is kept back."""

    outcome: Outcome
    revised: Revised | None = None
    reason: str | None = None


def decide(draft: Draft, candidate: Candidate, stored: Stored | None, known: Known, sight: Sight) -> Decision:
    """What becomes of `draft`, which is `stored` as it is now (None: nobody has seen it before), by its authority."""
    reason = fault(draft, candidate, stored.release if stored else None)
    if reason is not None:
        return Decision(Outcome.UNCHANGED if stored else Outcome.WITHHELD, reason=reason)
    if stored is None:
        return Decision(Outcome.NEW, _new(draft, known, sight))
    return _revision(draft, stored, known, sight)


def withdraw(stored: Stored, now: datetime) -> Decision:
    """What becomes of a release whose page is gone: a withdrawal, or, where nobody had seen it yet, withheld."""
    release = stored.release
    if release.state is ReleaseState.WITHDRAWN:
        return Decision(Outcome.UNCHANGED)
    if not release.visible(now):
        kept = replace(release, state=ReleaseState.WITHHELD, reason=release.reason or LEFT_EARLY)
        return Decision(Outcome.WITHHELD, revised(kept, stored), LEFT_EARLY)
    gone = release.taken_back(GONE, now)
    return Decision(Outcome.WITHDRAWN, revised(gone, stored, change=Change.WITHDRAWAL), GONE)


def local_moment(published: datetime, precision: Precision | None, zone: tzinfo) -> datetime:
    """When a date begins: a day (kept as 00:00 UTC of its date) at its midnight in `zone`."""
    if precision is not Precision.DAY:
        return published
    return datetime.combine(published.astimezone(UTC).date(), time(), zone).astimezone(UTC)


def _new(draft: Draft, known: Known, sight: Sight) -> Revised:
    release = Release(
        id=str(uuid4()),
        source=sight.slug,
        url=draft.url,
        headline=draft.headline,
        body_html=draft.body_html,
        body_text=draft.body_text,
        language=draft.language or sight.feed.language,
        first_seen=sight.now,
        updated=draft.published or sight.placed or sight.now,
        placed=None if draft.published else sight.placed,
        mailable=mailable(draft, sight),
        not_before=_embargo(draft, sight, None),
    )
    return revised(_worded(release, draft, known, sight), None, known.keys)


def _revision(draft: Draft, stored: Stored, known: Known, sight: Sight) -> Decision:
    before = stored.release
    after = _worded(before, _as_dated_before(draft, before, sight), known, sight)
    if before.state is ReleaseState.WITHDRAWN:
        if before.reason != GONE:
            return Decision(Outcome.UNCHANGED)
        after = after.brought_back(sight.now)
    if _text(after) != _text(before) and not sight.reread:
        after = replace(after, revision=before.revision + 1, change=Change.UPDATE, updated=sight.now)
        return Decision(Outcome.UPDATED, revised(after, stored, known.keys, Change.UPDATE, told=after.revision))
    if _seen(after) == _seen(before):
        return Decision(Outcome.UNCHANGED)
    # Cosmetic revisions in a row share one number: a page that changes with every look must not fill the store.
    back = before.state is not after.state
    fresh = before.revision == stored.told_revision or back
    after = replace(after, revision=before.revision + fresh)
    change = Change.RETURN if back else Change.COSMETIC
    return Decision(Outcome.UPDATED if back else Outcome.UNCHANGED, revised(after, stored, known.keys, change))


def _worded(release: Release, draft: Draft, known: Known, sight: Sight) -> Release:
    """The release as the draft has it, whatever its state."""
    aliases = dict.fromkeys((*release.aliases, release.url, *known.addresses))
    origin = dict(draft.origin)
    if draft.language is None:
        origin["language"] = "feed's settings"
    if draft.published is None:
        origin["published"] = FIRST_SEEN
    return replace(
        release,
        url=draft.url,
        headline=draft.headline,
        kicker=draft.kicker,
        teaser=draft.teaser,
        body_html=draft.body_html,
        body_text=draft.body_text,
        language=draft.language or sight.feed.language,
        author=draft.author,
        issuer=draft.issuer,
        published=draft.published,
        published_precision=draft.published_precision,
        reading_minutes=reading_minutes(draft.body_text),
        images=_images(draft.images, release.images),
        documents=draft.documents,
        alternates=draft.alternates,
        contact=draft.contact,
        topics=topics_of(draft.kicker, draft.topics, sight.feed.topics),
        aliases=tuple(alias for alias in aliases if alias != draft.url)[-MAX_ALIASES:],
        not_before=_embargo(draft, sight, release),
        origin=origin,
        canonical=draft.canonical if draft.canonical and draft.canonical != draft.url else None,
    )


def _as_dated_before(draft: Draft, before: Release, sight: Sight) -> Draft:
    """The draft with the date of its release where it gives none, or a later one: many portals put the day of the
    last change there. A release still under embargo follows its page."""
    if before.published is None or (before.not_before is not None and before.not_before > sight.now):
        return draft
    same_day = draft.published is not None and draft.published.date() == before.published.date()
    sharper = before.published_precision is Precision.DAY and same_day
    if draft.published is not None and (draft.published <= before.published or sharper):
        return draft
    origin = {**draft.origin, "published": before.origin.get("published", "")}
    return replace(draft, published=before.published, published_precision=before.published_precision, origin=origin)


def _embargo(draft: Draft, sight: Sight, before: Release | None) -> datetime | None:
    """The page's own date, where it is to come; an editor's later one stays, unless the publisher says another."""
    if draft.not_before is not None:
        begins = _begins(draft, sight)
        return draft.not_before if begins is None or begins <= sight.now else max(begins, draft.not_before)
    by_hand = before.not_before if before is not None and before.not_before != _begins(before, sight) else None
    begins = _begins(draft, sight)
    waits = [moment for moment in (begins, by_hand) if moment is not None and moment > sight.now]
    if waits:
        return max(waits)
    return before.not_before if before and before.not_before and before.not_before <= sight.now else None


def _begins(of: Draft | Release, sight: Sight) -> datetime | None:
    return None if of.published is None else local_moment(of.published, of.published_precision, sight.zone)


def mailable(draft: Draft, sight: Sight) -> bool:
    """Whether what is found now may be mailed (DESIGN, decision 4)."""
    return not sight.archive and not sight.rebuilt and not _too_old(draft, sight)


def _too_old(draft: Draft, sight: Sight) -> bool:
    if draft.published is None or sight.feed.max_age is None:
        return False
    return local_moment(draft.published, draft.published_precision, sight.zone) < sight.now - sight.feed.max_age


def _images(images: Sequence[Image], before: Sequence[Image]) -> tuple[Image, ...]:
    """The pictures with alt texts as they are read aloud, and with those that an editor gave."""
    by_hand = {picture_name(i.src): i for i in before if i.alt_from in (AltFrom.EDITOR, AltFrom.DECORATIVE)}
    found = []
    for image in map(without_credit, images):
        edited = by_hand.get(picture_name(image.src))
        found.append(replace(image, alt=edited.alt, alt_from=edited.alt_from) if edited else image)
    return tuple(found)


def _text(release: Release) -> str:
    return text_digest(release.headline, release.teaser, release.body_text)


def _seen(release: Release) -> Release:
    """The release as readers would notice it: without what systems make up anew."""
    pictures = tuple(replace(image, src=picture_name(image.src)) for image in release.images)
    return replace(release, body_html=settled(release.body_html), images=pictures, origin={})


def revised(
    release: Release,
    stored: Stored | None,
    keys: Sequence[str] = (),
    change: Change | None = None,
    told: int | None = None,
) -> Revised:
    """What to store in place of `stored`; people are told of revision `told`, where that is another than before."""
    return Revised(
        release=release,
        before=stored.release if stored else None,
        told_revision=told or (stored.told_revision if stored else release.revision),
        digest=_text(release),
        keys=keys,
        change=change,
    )
