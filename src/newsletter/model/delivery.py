"""One mail to one person: its states, claims and receipts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class DeliveryState(StrEnum):
    QUEUED = "queued"
    CLAIMED = "claimed"
    COMMITTING = "committing"
    ACCEPTED = "accepted"  # the next server took responsibility; never "delivered"
    DEFERRED = "deferred"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    UNCERTAIN = "uncertain"
    QUARANTINED = "quarantined"
    CANCELLED = "cancelled"


DELIVERY_MOVES: Final[Mapping[DeliveryState, frozenset[DeliveryState]]] = {
    DeliveryState.QUEUED: frozenset(
        {DeliveryState.CLAIMED, DeliveryState.SUPPRESSED, DeliveryState.QUARANTINED, DeliveryState.CANCELLED}
    ),
    DeliveryState.CLAIMED: frozenset(
        {
            DeliveryState.COMMITTING,  # the fence
            DeliveryState.QUEUED,  # lease expired, or the edition was paused
            DeliveryState.DEFERRED,
            DeliveryState.FAILED,
            DeliveryState.SUPPRESSED,
            DeliveryState.QUARANTINED,
            DeliveryState.CANCELLED,
        }
    ),
    DeliveryState.COMMITTING: frozenset(
        {DeliveryState.ACCEPTED, DeliveryState.DEFERRED, DeliveryState.FAILED, DeliveryState.UNCERTAIN}
    ),
    DeliveryState.DEFERRED: frozenset(
        {DeliveryState.CLAIMED, DeliveryState.FAILED, DeliveryState.SUPPRESSED, DeliveryState.CANCELLED}
    ),
    DeliveryState.UNCERTAIN: frozenset(
        {
            DeliveryState.ACCEPTED,
            DeliveryState.QUEUED,
            DeliveryState.FAILED,  # a person says so
            DeliveryState.CANCELLED,
        }
    ),
    DeliveryState.ACCEPTED: frozenset(),
    DeliveryState.FAILED: frozenset(),
    DeliveryState.SUPPRESSED: frozenset(),
    DeliveryState.QUARANTINED: frozenset(),
    DeliveryState.CANCELLED: frozenset(),
}

OPEN: Final = frozenset({DeliveryState.QUEUED, DeliveryState.CLAIMED, DeliveryState.COMMITTING, DeliveryState.DEFERRED})
"""States in which the ledger still has work to do; an edition finishes when no delivery is in one of them."""


class Settled(StrEnum):
    """What a person decides about mails that are uncertain."""

    ARRIVED = "arrived"  # they count as accepted
    AGAIN = "again"  # they did not arrive, and go out once more
    FAILED = "failed"  # they did not arrive, and stay so


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that a worker holds until `lease_until`, under `token`; what it needs to write the message.

    Exactly one of `edition` and `notice` is set. `variant` is the variant's key (for a notice: its kind and language).
    `key_id` names the secret that the Message-ID is made with, fixed at freeze like `dated`.
    """

    delivery: int
    token: int
    edition: str | None
    notice: int | None
    variant: str
    subscriber: int
    subscription: int
    email: str
    dated: datetime
    attempts: int
    lease_until: datetime


@dataclass(frozen=True, slots=True)
class Grant:
    """So many mails may be begun until a moment; where none may, `room_at` is when there is room again."""

    id: int
    mails: int
    until: datetime
    room_at: datetime | None


@dataclass(frozen=True, slots=True)
class Doubt:
    """A delivery of which nobody knows whether it was taken, since when; `dated` as its message is."""

    delivery: int
    dated: datetime
    since: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one attempt. `answer` is the server's reply, redacted of addresses; `at` when it came.

    `retry_at` is set for DEFERRED. `suppress` says that the address itself is at fault for good (5.1.1, 5.1.10).
    """

    delivery: int
    token: int
    state: DeliveryState
    at: datetime
    answer: str | None = None
    retry_at: datetime | None = None
    suppress: bool = False


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One subscriber of a frozen audience and what became of the mail."""

    delivery: int
    subscriber: int
    state: DeliveryState
    attempts: int
    uncertain: int  # how often an attempt ended in doubt: each names a possible double
    message_id: str
    answer: str | None
    returned: str | None = None  # what came back of it later, as "bounced: user-unknown: 5.1.1"
