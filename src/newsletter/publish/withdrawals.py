"""What feeds say of a release that was withdrawn: for 30 days an entry with its id and a notice, and a tombstone.

Most readers know no tombstones (RFC 6721) and keep what they have: only an entry with the same id and a later `updated`
takes the text away from them. A reader that does know them drops the entry, for `when` is not before its `updated`
(section 3). After 30 days the notice would only be in the way of what is new. The tombstone stays as long as the entry
would stand in the feed: whoever comes back after months finds for each entry of that time the entry itself or its
tombstone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from newsletter.model import Release
from newsletter.publish import dates
from newsletter.publish.content import Deleted

NOTICED = timedelta(days=30)


class Withdrawals(NamedTuple):
    """The withdrawn releases of a feed that it has to speak of, and those that a notice stands for."""

    all: list[Release]
    noticed: list[Release]


def withdrawals(withdrawn: Sequence[Release], listed: Sequence[Release], now: datetime) -> Withdrawals:
    """Which of the `withdrawn` are spoken of at `now` in a feed that lists these releases."""
    oldest = min((release.published_at for release in listed), default=None)
    noticed = [release for release in withdrawn if release.updated > now - NOTICED]
    window = [release for release in withdrawn if oldest is None or release.published_at >= oldest]
    return Withdrawals([one for one in withdrawn if one in noticed or one in window], noticed)


def deleted(release: Release, zone: ZoneInfo) -> Deleted:
    """The tombstone of a withdrawn release."""
    return Deleted(f"urn:uuid:{release.id}", dates.updated(release, zone))
