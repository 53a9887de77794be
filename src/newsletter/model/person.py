"""Who reads: subscribers, subscriptions, consents, and the notices they are sent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from newsletter.model.delivery import DeliveryState
from newsletter.model.edition import Cadence, Format


class SubscriptionState(StrEnum):
    PENDING = "pending"  # asked for, not confirmed
    ACTIVE = "active"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A person with an address. `email` is None once erased; `email_hash` (keyed) is what stays."""

    id: int
    email: str | None
    email_hash: str
    created_at: datetime


BOUNCED: Final = re.compile(r"bounce: (?!not-allowed|unexplained)|(RCPT: )?5\d\d[ -]5\.1\.(1|10)\b")
"""As returned mail and receipts say it. What its reader's own rule refused ("not-allowed") is somebody's word."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """That nothing is sent to an address, which only its keyed hash stands for; why, and since when."""

    email_hash: str
    reason: str
    at: datetime

    @property
    def bounced(self) -> bool:
        """Whether it is the mailbox that was gone, not somebody who wants no mail. In doubt it is somebody."""
        return BOUNCED.match(self.reason) is not None


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks of a newsletter. Empty `topics` means all; they are sorted."""

    newsletter: str
    cadence: Cadence
    language: str
    format: Format
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subscription:
    """A person's wish for one newsletter; unique on subscriber and newsletter. Empty `topics` means all."""

    id: int
    subscriber: int
    newsletter: str
    cadence: Cadence
    language: str
    format: Format
    topics: tuple[str, ...]
    state: SubscriptionState
    created_at: datetime
    confirmed_at: datetime | None = None
    ended_at: datetime | None = None  # when they said goodbye; None too where a wish lapsed that nobody confirmed

    @property
    def wish(self) -> Wish:
        """What it asks for."""
        return Wish(self.newsletter, self.cadence, self.language, self.format, self.topics)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Somebody whose consent was given elsewhere; `evidence` says where and when. `email` is normalised."""

    email: str
    email_hash: str
    wish: Wish
    evidence: str


@dataclass(frozen=True, slots=True)
class Consent:
    """The wording somebody agreed to (or took back), when and how; append-only."""

    subscription: int
    action: str  # asked | confirmed | changed | withdrawn | undone | moved | imported
    wording: str
    at: datetime
    how: str  # page | command | import | one-click | mail | complaint | moved
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail to a reader, as the ledger knows it: the edition, or the kind of notice; what became of it, and when."""

    what: str
    state: DeliveryState
    at: datetime


class NoticeKind(StrEnum):
    CONFIRMATION = "confirmation"  # asks whether a subscription is wanted
    KNOWN = "known"  # instead, where it is active: nothing that is asked for is answered by silence
    DATA = "data"  # leads to what is kept of its reader
    ADDRESS = "address"  # asks at a new address whether it is to take the place of the old one
    MOVED = "moved"  # tells the old address that another has taken its place


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail to a person that is no edition; same ledger, same fence."""

    id: int
    kind: NoticeKind
    subscription: int
    subscriber: int
    language: str
    created_at: datetime
