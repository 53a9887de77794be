"""What delivery needs of the store, of whoever renders, and of whoever tells people: five small protocols."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Protocol

from newsletter.deliver.message import Envelope
from newsletter.model import AlarmKind, Claim, DomainReport, DomainsHeard, Doubt, Grant, Receipt, Variant


class Neighbours(Protocol):
    """The other processes that send from the same ledger, where there may be some."""

    def exchange(self, reports: Mapping[str, DomainReport], connections: int) -> DomainsHeard:
        """Tell of domains that refuse for now, hear what others told and what our share of each is.

        Of what is in no report we hold no share any more. Each process has so many `connections`. Blocks; raises
        StoreError.
        """


class Ledger(Protocol):
    """The truth about every delivery. Every method is one durable transaction, blocks, and raises StoreError."""

    @property
    def neighbours(self) -> Neighbours | None:
        """The other processes that send from it, where there may be some."""

    def tidy(self, now: datetime) -> None:
        """Settle what time has settled: leases run out, crashes (`uncertain`), cancelled editions, give-up times."""

    def claim(self, limit: int, now: datetime, *, regular: bool = True) -> list[Claim]:
        """Take up to `limit` deliveries that are due: notices first, then editions in the order of their variants.

        Without `regular` only notices, and editions that a person put together.
        """

    def settle(self, fences: Sequence[Claim], receipts: Sequence[Receipt], now: datetime) -> Future[frozenset[int]]:
        """Ask the fences, then write the receipts; the deliveries that may be sent now. Does not block.

        What is refused a fence has got its new state. Claims and receipts of an older token are void, without an error.
        """

    def renew(self, claims: Sequence[Claim], now: datetime) -> None:
        """Prolong the leases of those claims that still hold; what is past its fence is held for its answer."""

    def release(self, claims: Sequence[Claim], now: datetime) -> None:
        """Give claims back untried."""

    def put_off(self, later: Sequence[tuple[Claim, datetime]], now: datetime) -> None:
        """Give claims back untried that are due again at a moment of their own."""

    def pause(self, reason: str, now: datetime, edition: str | None = None) -> list[str]:
        """Pause every edition that is being sent, or this one; their ids."""

    def doubtful(self, limit: int, now: datetime) -> list[Doubt]:
        """Deliveries in doubt of which somebody is to be asked now; a read only."""

    def resolve(self, asked: Sequence[Doubt], found: Mapping[int, str], now: datetime) -> None:
        """Write down what was found to be taken, and how; the others are sent again or held, as is wished."""

    def finish(self, now: datetime) -> list[str]:
        """Finish the editions that have no open delivery left; their ids."""


class Budget(Protocol):
    """What may go out under caps on all processes. Both block, are durable, and raise StoreError."""

    def grant(self, windows: Sequence[tuple[timedelta, int]], wanted: int, now: datetime, spent: int = 0) -> Grant:
        """Take up to `wanted` mails under the caps, each so many in a window that slides (0: any number).

        `spent` is the id of the grant that was used up last; of others some may be given back soon.
        """
        ...

    def give_back(self, grant: Grant, mails: int) -> None:
        """Leave to others what of a grant was not begun."""
        ...


class Variants(Protocol):
    """Where the variants come from."""

    def load(self, claim: Claim) -> tuple[Variant, Envelope]:
        """The variant of a claimed edition or notice, as frozen. Blocks; raises NewsletterError."""


class Alarms(Protocol):
    """Where a person is told. Both block."""

    def sound(self, key: str, kind: AlarmKind, message: str, now: datetime) -> None:
        """Raise an alarm unless it stands already; `message` says what, where and what to do, and holds no address."""

    def resolve(self, key: str) -> None:
        """Take an alarm back whose cause is gone."""
