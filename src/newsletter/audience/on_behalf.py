"""What an editor does for one subscriber who asked by telephone or letter: change what they get, end it, see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from newsletter.audience import wording
from newsletter.audience.leaving import end
from newsletter.audience.own_data import Holdings, holdings_of
from newsletter.audience.store import AudienceStore, Journal, Rows
from newsletter.errors import BadInput, NotFound, StateError
from newsletter.model import Consent, Subscriber, Subscription, SubscriptionState, Wish


class OnBehalf:
    """`reason` says who asked, when and how; it is kept with the consent. `now` is an aware moment in UTC."""

    def __init__(self, store: AudienceStore, journal: Journal, language: str) -> None:
        self._store = store
        self._journal = journal
        self._language = language  # of what is put on record

    def holdings(self, subscriber: int) -> Holdings:
        """All that is kept of somebody. Raises NotFound where nobody is known, or their address is erased."""
        return self._store.read(lambda rows: holdings_of(rows, subscriber))

    def change(self, subscription: int, wish: Wish, reason: str, now: datetime) -> bool:
        """Give an active subscription another wish; False where it is the one that it has.

        Raises NotFound, StateError where it is not active, BadInput without a reason.
        """

        def work(rows: Rows, own: Subscription, person: Subscriber) -> bool:
            if own.state is not SubscriptionState.ACTIVE or own.newsletter != wish.newsletter:
                raise StateError("only an active subscription can be changed")
            if wish == own.wish:
                return False
            rows.change(subscription, wish)
            text = wording.on_record(wording.elsewhere(self._language))
            rows.add_consent(person.email_hash, Consent(subscription, "changed", text, now, "command", reason))
            return True

        return self._with(subscription, reason, work)

    def end(self, subscription: int, reason: str, now: datetime) -> bool:
        """End a subscription as its owner would; False where they have. Raises NotFound, BadInput without a reason."""

        def work(rows: Rows, own: Subscription, person: Subscriber) -> bool:
            ended = end(rows, person, [own], "command", now, evidence=reason)
            for newsletter in ended:
                self._journal.goodbye("left", person.email_hash, newsletter, now)
            return bool(ended)

        return self._with(subscription, reason, work)

    def _with(self, subscription: int, reason: str, work: Callable[[Rows, Subscription, Subscriber], bool]) -> bool:
        if not reason.strip():
            raise BadInput("no reason: say who asked for it, when and how")

        def run(rows: Rows) -> bool:
            found = rows.subscription(subscription)
            if found is None:
                raise NotFound("this subscription is no more")
            return work(rows, *found)

        return self._store.write(run)
