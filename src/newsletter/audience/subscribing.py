"""What readers do themselves: ask, confirm, change, leave.

Nothing here tells whether an address is known: who asks gets the same answer always, and what is not theirs to know
stands only in the mail. Nothing is done by looking. Nobody is written to before they confirmed, but for the
confirmation itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from newsletter.audience import wording
from newsletter.audience.address import masked, normalised
from newsletter.audience.leaving import BACK_WITHIN, end, kept_topics, undoable
from newsletter.audience.limits import MONTH, UNASKED, UNCONFIRMED_STAYS, may_confirm
from newsletter.audience.offer import Offer
from newsletter.audience.own_data import OwnData
from newsletter.audience.store import AudienceStore, Journal, Rows
from newsletter.errors import NotFound, StateError, TokenError
from newsletter.model import Consent, NoticeKind, Subscriber, Subscription, SubscriptionState, Wish
from newsletter.tokens import Keys, Purpose

LAPSED_AT_ONCE = 200


class Withheld(Exception):
    """That an address is suppressed, so that what was written of it is undone."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A subscription as its owner may see it by a mailed address; `address` is masked, "" once erased."""

    subscription: Subscription
    address: str


class Subscribing:
    """The readers' side of the audience. Every `now` is an aware moment in UTC."""

    def __init__(
        self,
        store: AudienceStore,
        journal: Journal,
        keys: Keys,
        offer: Offer,
        keep_unconfirmed: timedelta = UNCONFIRMED_STAYS,
    ) -> None:
        self.offer = offer
        self.keep_unconfirmed = keep_unconfirmed
        self.keys = self._keys = keys
        self._store = store
        self._journal = journal
        self.data = OwnData(store, journal, keys, offer)

    def subscribe(self, address: str, wish: Wish, now: datetime, shown_in: str) -> None:
        """Put the wish on record as unconfirmed and queue a confirmation, if one may be sent.

        `shown_in` is the language they read the wording in, here and below. Raises BadInput for what is no address.
        Whether it is known, active or suppressed cannot be told.
        """
        email = normalised(address)
        with suppress(Withheld):
            self._store.write(lambda rows: self._ask(rows, email, wish, now, shown_in))

    def standing(self, purpose: Purpose, token: str, now: datetime) -> Standing:
        """The subscription a mailed address stands for. Raises TokenError, or NotFound where it is no more."""
        number = self._keys.subject(purpose, token, now=now)
        return _standing(*_found(self._store.read(lambda rows: rows.subscription(number))))

    def token(self, purpose: Purpose, subscription: Subscription) -> str:
        """What stands in the address by which its owner confirms, changes or leaves."""
        return self._keys.token(purpose, subscription.id)

    def confirm(self, token: str, now: datetime, shown_in: str) -> Standing:
        """Make the subscription active; again does nothing.

        Raises TokenError or NotFound for an address that is not ours, StateError where the wish has lapsed or ended.
        """
        number = self._keys.subject(Purpose.CONFIRM, token, now=now)
        self._store.write(lambda rows: self._confirm(rows, number, now, shown_in))
        return self.standing(Purpose.CONFIRM, token, now)

    def change(self, token: str, wish: Wish, now: datetime, shown_in: str) -> Standing:
        """Give an active subscription another wish.

        Raises TokenError or NotFound for an address that is not ours, StateError where it is not active.
        """
        number = self._keys.subject(Purpose.PREFERENCES, token, now=now)
        self._store.write(lambda rows: self._change(rows, number, wish, now, shown_in))
        return self.standing(Purpose.PREFERENCES, token, now)

    def leave(self, token: str, now: datetime, *, how: str = "page", everything: bool = False) -> Standing:
        """End the subscription, or every one of the same person; again does nothing.

        It is on disk when this returns, and no fence lets a mail pass any more. `how` is "page", "one-click" or "mail".
        Raises TokenError or NotFound for an address that is not ours.
        """
        number = self._keys.subject(Purpose.UNSUBSCRIBE, token, now=now)
        self._store.write(lambda rows: self._leave(rows, number, now, how, everything))
        return self.standing(Purpose.UNSUBSCRIBE, token, now)

    def leave_topics(self, token: str, topics: Sequence[str], now: datetime, shown_in: str) -> Standing:
        """Give up topics of an active subscription; with the last of them it ends.

        Raises TokenError or NotFound for an address that is not ours, StateError where it is not active, BadInput where
        none of the topics is one of its own.
        """
        number = self._keys.subject(Purpose.UNSUBSCRIBE, token, now=now)
        self._store.write(lambda rows: self._leave_topics(rows, number, topics, now, shown_in))
        return self.standing(Purpose.UNSUBSCRIBE, token, now)

    def undo_token(self, standing: Standing, now: datetime) -> str | None:
        """What takes back that a subscription was left just now; None where that is not possible, or not any more."""
        own = standing.subscription
        if not standing.address or not undoable(own, now):
            return None
        assert own.ended_at is not None  # noqa: S101 - what can be undone has ended
        return self._keys.token(Purpose.UNDO, own.id, expires=own.ended_at + BACK_WITHIN)

    def undo(self, token: str, now: datetime, shown_in: str) -> Standing:
        """Make active again what was left with this subscription, at the same moment; again does nothing.

        Raises TokenError or NotFound for an address that is not ours, StateError where another leaving came after it,
        or the address is suppressed or erased by now.
        """
        number, until = self._keys.opened(Purpose.UNDO, token, now=now)
        if until is None:
            raise TokenError("the token holds no time")
        self._store.write(lambda rows: self._undo(rows, number, until, now, shown_in))
        return self.standing(Purpose.UNDO, token, now)

    def forget_unconfirmed(self, now: datetime) -> int:
        """Erase the addresses of those who did not confirm in time; how many subscriptions and addresses lapsed."""
        lapsed, more = 0, LAPSED_AT_ONCE
        while more == LAPSED_AT_ONCE:
            more = self._store.write(lambda rows: _lapse(rows, now, now - self.keep_unconfirmed))
            lapsed += more
        lapsed += self._store.write(lambda rows: rows.lapse_changes(now - self.keep_unconfirmed))
        if lapsed:
            self._store.scrub()
        return lapsed

    # Each of these runs inside one transaction.

    def _ask(self, rows: Rows, email: str, wish: Wish, now: datetime, shown_in: str) -> None:
        """The same statements whoever it is: nobody can tell by the time it takes who is known."""
        email_hash = self._keys.address_hash(email)
        withheld = bool(rows.suppressed([email_hash]))
        subscriber = rows.add_subscriber(email, email_hash, now)
        subscription = rows.ask(subscriber.id, wish, now)
        notice = None
        if may_confirm(rows.told_since(subscriber.id, UNASKED, now - MONTH), now):
            known = subscription.state is SubscriptionState.ACTIVE
            kind = NoticeKind.KNOWN if known else NoticeKind.CONFIRMATION
            notice = rows.add_notice(kind, subscription, subscriber.id, now)
        newsletter = self.offer.newsletter(wish.newsletter)
        text = wording.on_record(wording.asked(self.offer.site, newsletter, shown_in))
        evidence = None if notice is None else f"notice {notice}"
        rows.add_consent(email_hash, Consent(subscription.id, "asked", text, now, "page", evidence))
        if withheld:
            raise Withheld

    def _confirm(self, rows: Rows, number: int, now: datetime, shown_in: str) -> None:
        subscription, subscriber = _found(rows.subscription(number))
        if subscription.state is SubscriptionState.ACTIVE:
            return
        if subscription.state is SubscriptionState.ENDED or rows.suppressed([subscriber.email_hash]):
            raise StateError("this confirmation is no longer open")
        rows.activate(number, now)
        rows.add_consent(subscriber.email_hash, self._agreed(number, "confirmed", subscription.wish, now, shown_in))

    def _change(self, rows: Rows, number: int, wish: Wish, now: datetime, shown_in: str) -> None:
        subscription, subscriber = _found(rows.subscription(number))
        if subscription.state is not SubscriptionState.ACTIVE or subscription.newsletter != wish.newsletter:
            raise StateError("only an active subscription can be changed")
        if wish != subscription.wish:
            rows.change(number, wish)
            rows.add_consent(subscriber.email_hash, self._agreed(number, "changed", wish, now, shown_in))

    def _leave(self, rows: Rows, number: int, now: datetime, how: str, everything: bool) -> None:
        subscription, subscriber = _found(rows.subscription(number))
        leaving = rows.subscriptions(subscriber.id) if everything else [subscription]
        for newsletter in end(rows, subscriber, leaving, how, now):
            self._journal.goodbye("left", subscriber.email_hash, newsletter, now)

    def _leave_topics(self, rows: Rows, number: int, topics: Sequence[str], now: datetime, shown_in: str) -> None:
        subscription, _ = _found(rows.subscription(number))
        if subscription.state is not SubscriptionState.ACTIVE:
            raise StateError("only an active subscription can be changed")
        kept = kept_topics(subscription, self.offer, topics)
        if kept:
            self._change(rows, number, replace(subscription.wish, topics=kept), now, shown_in)
        else:
            self._leave(rows, number, now, "page", everything=False)

    def _undo(self, rows: Rows, number: int, until: datetime, now: datetime, shown_in: str) -> None:
        subscription, person = _found(rows.subscription(number))
        if subscription.state is SubscriptionState.ACTIVE:
            return
        left_at = subscription.ended_at
        theirs = bool(person.email) and not rows.suppressed([person.email_hash])
        if not theirs or left_at is None or int((left_at + BACK_WITHIN).timestamp()) != int(until.timestamp()):
            raise StateError("this cannot be taken back any more")
        last = {consent.subscription: consent for _, consent in rows.consents([person.email_hash])}
        text = wording.on_record(wording.undone(shown_in))
        for own in rows.subscriptions(person.id):
            if own.ended_at == left_at and undoable(own, now, last.get(own.id)):
                rows.activate(own.id, now)
                rows.add_consent(person.email_hash, Consent(own.id, "undone", text, now, "page"))

    def _agreed(self, number: int, action: str, wish: Wish, now: datetime, shown_in: str) -> Consent:
        newsletter = self.offer.newsletter(wish.newsletter)
        text = wording.agreed(self.offer.site, newsletter, wish, self.offer.titles(wish), shown_in)
        return Consent(number, action, wording.on_record(text), now, "page")


def _lapse(rows: Rows, now: datetime, asked_before: datetime) -> int:
    """Lapsing is no goodbye: `ended_at` stays empty, unless they had ended it before they were asked for again."""
    lapsing = rows.unconfirmed(asked_before, LAPSED_AT_ONCE)
    for subscription, subscriber in lapsing:
        rows.lapse(subscription.id)
        if all(own.state is SubscriptionState.ENDED for own in rows.subscriptions(subscriber.id)):
            rows.forget_address(subscriber.id)
    return len(lapsing)


def _found(row: tuple[Subscription, Subscriber] | None) -> tuple[Subscription, Subscriber]:
    if row is None:
        raise NotFound("this subscription is no more")
    return row


def _standing(subscription: Subscription, subscriber: Subscriber) -> Standing:
    return Standing(subscription, masked(subscriber.email) if subscriber.email else "")
