"""What other programs may do, and what they are told: tokens with their scopes, and the events of webhooks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Scope(StrEnum):
    """What a token may be used for."""

    RELEASES_READ = "releases:read"
    RELEASES_WRITE = "releases:write"
    SUBSCRIBERS_READ = "subscribers:read"
    SUBSCRIBERS_WRITE = "subscribers:write"
    EDITIONS_READ = "editions:read"
    EDITIONS_WRITE = "editions:write"
    DELIVERIES_READ = "deliveries:read"
    SUPPRESSION_READ = "suppression:read"
    SUPPRESSION_WRITE = "suppression:write"
    SUPPRESSION_LIFT = "suppression:lift"


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A program's token, without its secret. `last_used_at` is the day, no more."""

    id: int
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    def valid(self, now: datetime) -> bool:
        """Whether it may be used at `now`."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class Happening(StrEnum):
    """What webhooks can be told of; each names what it is about by its id, never by an address."""

    RELEASE_PUBLISHED = "release.published"
    EDITION_APPROVED = "edition.approved"
    EDITION_HELD = "edition.held"
    EDITION_FINISHED = "edition.finished"
    SUBSCRIBER_CONFIRMED = "subscriber.confirmed"
    SUBSCRIBER_LEFT = "subscriber.left"
    DELIVERY_BOUNCED = "delivery.bounced"
