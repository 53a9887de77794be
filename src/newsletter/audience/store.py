"""What the audience asks of the store and of the journal."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from newsletter.model import Consent, Enrolment, NoticeKind, SentMail, Subscriber, Subscription, Suppression, Wish

T = TypeVar("T")


class Rows(Protocol):
    """The rows of the audience inside one transaction. Addresses are normalised, hashes keyed."""

    def subscriber(self, email_hash: str) -> Subscriber | None:
        """Who has or had this address."""
        ...

    def add_subscriber(self, email: str, email_hash: str, now: datetime) -> Subscriber:
        """The subscriber with this address: found, new, or known by the hash alone and now with the address again."""
        ...

    def forget_address(self, subscriber: int) -> None:
        """Leave nothing of the address but its hash."""
        ...

    def subscription(self, subscription: int) -> tuple[Subscription, Subscriber] | None:
        """A subscription and whose it is."""
        ...

    def subscriptions(self, subscriber: int) -> Sequence[Subscription]:
        """All subscriptions of a subscriber, whatever their state."""
        ...

    def ask(self, subscriber: int, wish: Wish, now: datetime) -> Subscription:
        """Make the subscription pending with this wish, new or not, and return it; `ended_at` stays as it is.

        One that is active stays whole.
        """
        ...

    def activate(self, subscription: int, now: datetime) -> None:
        """Make it active; it no longer counts as ended."""
        ...

    def change(self, subscription: int, wish: Wish) -> None:
        """Give it another wish."""
        ...

    def end(self, subscription: int, now: datetime) -> None:
        """Make it ended, by its owner's wish."""
        ...

    def lapse(self, subscription: int) -> None:
        """Make it ended, nobody having confirmed it; `ended_at` stays as it is."""
        ...

    def add_consent(self, email_hash: str, consent: Consent) -> None:
        """Put on record; nothing is ever taken from it."""
        ...

    def consents(self, email_hashes: Sequence[str]) -> Sequence[tuple[str, Consent]]:
        """What is on record of these addresses, each with its hash, oldest first."""
        ...

    def told_since(self, subscriber: int, kinds: Collection[NoticeKind], since: datetime) -> Sequence[datetime]:
        """When notices of these kinds were queued for a subscriber."""
        ...

    def add_notice(self, kind: NoticeKind, subscription: Subscription, subscriber: int, now: datetime) -> int:
        """Queue a notice in the language of a subscription and return its id."""
        ...

    def person(self, subscriber: int) -> Subscriber | None:
        """A subscriber by number."""
        ...

    def mails(self, subscriber: int) -> Sequence[SentMail]:
        """What is known of the mails to a subscriber, oldest first."""
        ...

    def add_change(self, notice: int, subscriber: int) -> None:
        """Note whose place the reader of a notice is to take."""
        ...

    def change_of(self, notice: int) -> tuple[int, int] | None:
        """The old and the new subscriber of a change that waits for its answer."""
        ...

    def drop_changes(self, subscriber: int) -> None:
        """Let no change wait any more that would take this subscriber's place."""
        ...

    def lapse_changes(self, asked_before: datetime) -> int:
        """Let changes lapse that were not answered in time, and forget addresses that came to nothing; how many."""
        ...

    def suppressed(self, email_hashes: Sequence[str]) -> set[str]:
        """Those of these addresses that nothing may ever be sent to."""
        ...

    def suppression(self, email_hash: str) -> Suppression | None:
        """Whether, why and since when nothing is sent to this address."""
        ...

    def suppress(self, email_hash: str, reason: str, now: datetime) -> datetime:
        """Never send to this address again; the first reason stays, but a bounce gives way to a person's word.

        Since when: after it was lifted last.
        """
        ...

    def lift(self, email_hash: str, reason: str, now: datetime) -> None:
        """Take an address off the list, and keep that it was on it."""
        ...

    def lifted(self, email_hashes: Sequence[str]) -> set[str]:
        """Those of these addresses that were taken off the list, ever."""
        ...

    def unconfirmed(self, asked_before: datetime, limit: int) -> Sequence[tuple[Subscription, Subscriber]]:
        """Pending subscriptions that were asked for before then, oldest first."""
        ...

    def people(self, email_hashes: Sequence[str]) -> Mapping[str, Subscriber]:
        """Who is known of these addresses, each by the hash."""
        ...

    def subscriptions_of(self, people: Collection[Subscriber]) -> Mapping[int, Sequence[Subscription]]:
        """All that these people have, by who they are."""
        ...

    def hold(self, people: Sequence[Enrolment], now: datetime) -> Mapping[str, Subscriber]:
        """Let all of these be known who are not suppressed, and nobody else decide on them until the end.

        Each comes by the hash.
        """
        ...

    def enrol(self, held: Sequence[tuple[Subscriber, Enrolment]], wording: str, how: str, now: datetime) -> int:
        """Add active subscriptions with their consents, of people that are held; how many are new.

        What is active, or was ended by its owner, stays as it is.
        """
        ...

    def everybody(self, after: int, limit: int) -> Sequence[tuple[Subscription, Subscriber, bool]]:
        """Subscriptions with an id above `after`, in that order, of people whose address is there; True: suppressed."""
        ...


class AudienceStore(Protocol):
    """Transactions over `Rows`. `at_once`: how many people of an import one takes, so that nobody waits long for it."""

    at_once: int

    def read(self, work: Callable[[Rows], T]) -> T:
        """Run `work` in one read snapshot."""
        ...

    def write(self, work: Callable[[Rows], T]) -> T:
        """Run `work` in one transaction; durable when this returns, undone when it raises."""
        ...

    def scrub(self) -> None:
        """Leave nothing of what was overwritten in the database's own log files."""
        ...


class Journal(Protocol):
    """The hash journal outside the database (DESIGN, decision 9)."""

    def goodbye(self, kind: str, email_hash: str, newsletter: str | None, at: datetime) -> None:
        """Note durably that somebody ended a newsletter (None: every one); `kind`: left | erased | suppressed."""
        ...

    def lifted(self, email_hash: str, newsletters: Sequence[str], at: datetime) -> None:
        """Note durably that an address was taken off the suppression list, and gets these newsletters again.

        Call it once that is committed.
        """
        ...
