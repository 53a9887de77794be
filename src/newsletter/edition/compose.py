"""Which releases stand where in an edition, and what the edition is called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from newsletter.config import Newsletter, Site
from newsletter.edition.content import EditionContent, Group
from newsletter.model import Cadence, Carried, Edition, EditionState, Release, Topic
from newsletter.said import Said


def compose(
    site: Site,
    newsletter: Newsletter,
    cadence: Cadence,
    slot: datetime,
    releases: Iterable[Release],
    topic_order: Sequence[str] = (),
    *,
    ordered: bool = False,
) -> EditionContent:
    """The releases that are due, in their reading order.

    Topics come in `topic_order` (slugs), the others after them by their newest release, what has no topic last; within
    a topic the newest comes first. A release with several topics stands under its first. What is `ordered` stands as it
    is given, that of one topic together: each has one heading. `slot` is in UTC; for `immediate` it is the moment of
    composing, and the edition is called by the first release.
    """
    releases = tuple(releases)
    id = immediate_id(newsletter, releases[0]) if cadence is Cadence.IMMEDIATE else slot_id(newsletter, cadence, slot)
    groups = _groups(releases) if ordered else _by_topic_and_day(releases, topic_order)
    return EditionContent(id, site, newsletter, cadence, slot, groups)


def slot_id(newsletter: Newsletter, cadence: Cadence, slot: datetime) -> str:
    """The id of the edition of a slot, as `presse-daily-20261122T0600Z`."""
    return f"{newsletter.id}-{cadence}-{slot.astimezone(UTC):%Y%m%dT%H%MZ}"


def immediate_id(newsletter: Newsletter, release: Release) -> str:
    """The id of the edition that carries one release at its revision at once, as `presse-immediate-<release>-1`."""
    return f"{newsletter.id}-{Cadence.IMMEDIATE}-{release.id}-{release.revision}"


def extra_id(newsletter: Newsletter, cadence: Cadence, now: datetime) -> str:
    """The id of an edition that an editor puts together, as `presse-daily-extra-20261122T061502Z`."""
    return f"{newsletter.id}-{cadence}-extra-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def edition_of(content: EditionContent, now: datetime) -> Edition:
    """The edition that carries `content`: composed, or skipped when there is nothing in it."""
    carried = tuple(Carried(release.id, release.revision) for release in content.releases)
    return Edition(
        id=content.id,
        newsletter=content.newsletter.id,
        cadence=content.cadence,
        slot=content.slot,
        state=EditionState.COMPOSED if carried else EditionState.SKIPPED,
        carried=carried,
        composed_at=now,
        reason=None if carried else Said("nothing was due"),
        subject=content.subject,
        intro=content.intro,
    )


def _by_topic_and_day(releases: Sequence[Release], topic_order: Sequence[str]) -> tuple[Group, ...]:
    newest_first = _groups(sorted(releases, key=lambda release: (-release.published_at.timestamp(), release.id)))

    def place(group: Group) -> tuple[bool, int]:
        slug = group.topic.slug if group.topic else ""
        return slug == "", topic_order.index(slug) if slug in topic_order else len(topic_order)

    return tuple(sorted(newest_first, key=place))


def _groups(releases: Iterable[Release]) -> tuple[Group, ...]:
    """Each topic where its first release is, with its releases as they follow each other."""
    under: dict[str, list[Release]] = {}
    topics: dict[str, Topic | None] = {}
    for release in releases:
        topic = release.topics[0] if release.topics else None
        slug = topic.slug if topic else ""
        topics.setdefault(slug, topic)
        under.setdefault(slug, []).append(release)
    return tuple(Group(topics[slug], tuple(those)) for slug, those in under.items())
