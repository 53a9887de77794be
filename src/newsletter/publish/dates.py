"""Which moments feeds give for a release. Pages say a date as exactly as the source did; a feed must name a moment.

- A release of which only the day is known gets noon of that day in the site's zone, which is that day for readers
  nearly everywhere; midnight would be the day before west of us.
- Nothing lies in the future (validators warn, some readers hide it): no moment is later than when we first saw it.
- An undated release has no `published`; `updated` is when it was first seen, which never moves.
- Two entries of one Atom feed should not share `updated` (the W3C validator's DuplicateUpdated), as those of date-only
  portals would: a fraction of a second made from the id tells them apart, and no reader shows it.
"""

from __future__ import annotations

from datetime import datetime, time
from zlib import crc32
from zoneinfo import ZoneInfo

from newsletter.model import Precision, Release


def told_update(release: Release) -> datetime | None:
    """When people were last told of an update, None before any; a cosmetic revision after it does not take it back."""
    if release.was_updated or (release.revision > 1 and release.updated > release.published_at):
        return release.updated
    return None


def published(release: Release, zone: ZoneInfo) -> datetime | None:
    """When a feed says the release was published, in local time; None where its source gave no date."""
    if release.published is None:
        return None
    local = release.published.astimezone(zone)
    if release.published_precision is Precision.DAY:
        local = datetime.combine(local.date(), time(12), zone)
    seen = max(release.first_seen, told_update(release) or release.first_seen)
    return min(local, seen.astimezone(zone))


def updated(release: Release, zone: ZoneInfo) -> datetime:
    """When a feed says the release last changed for its readers, in local time."""
    first = published(release, zone) or release.first_seen.astimezone(zone)
    latest = max(first, told_update(release) or first).astimezone(zone)
    return latest.replace(microsecond=crc32(release.id.encode()) % 1_000_000)
