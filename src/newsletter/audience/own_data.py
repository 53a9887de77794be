"""A reader's own data: seen, taken along, moved to another address, erased; by a link mailed a moment before.

Art. 15, 16, 17 and 20 GDPR. Nothing here tells whether an address is known. A new address takes the place of the old
one only once it has answered itself; that is a goodbye to the old one, which is told, and written to no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from newsletter.audience import wording
from newsletter.audience.address import masked, normalised
from newsletter.audience.exporting import consent_values, iso, subscription_values
from newsletter.audience.leaving import end, erase
from newsletter.audience.limits import DAY, MONTH, UNASKED, may_confirm, may_lead
from newsletter.audience.offer import Offer
from newsletter.audience.store import AudienceStore, Journal, Rows
from newsletter.errors import BadInput, NotFound, StateError
from newsletter.model import Consent, NoticeKind, SentMail, Subscriber, Subscription, SubscriptionState
from newsletter.tokens import Keys, Purpose


@dataclass(frozen=True, slots=True)
class Holdings:
    """All that is kept of a reader whose address is there."""

    person: Subscriber
    subscriptions: tuple[Subscription, ...]
    consents: tuple[Consent, ...]
    mails: tuple[SentMail, ...] = ()
    until: datetime | None = None  # as long the link holds

    @property
    def active(self) -> tuple[Subscription, ...]:
        """What they get."""
        return tuple(own for own in self.subscriptions if own.state is SubscriptionState.ACTIVE)

    @property
    def language(self) -> str:
        """In which they are written to, or were last; "" where they never were."""
        return next((own.language for own in (*self.active, *self.subscriptions)), "")

    def values(self) -> dict[str, Any]:
        """It as its owner takes it along: JSON, moments in UTC (Art. 20 GDPR)."""
        return {
            "email": self.person.email,
            "known_since": iso(self.person.created_at),
            "subscriptions": [subscription_values(own) for own in self.subscriptions],
            "consents": [consent_values(consent) for consent in self.consents],
            "mails": [{"what": mail.what, "state": mail.state, "at": iso(mail.at)} for mail in self.mails],
        }


@dataclass(frozen=True, slots=True)
class Change:
    """What a new address is asked: to take these subscriptions over. Both addresses are masked."""

    old: str
    new: str
    subscriptions: tuple[Subscription, ...]


class OwnData:
    """What readers may ask about themselves. Every `now` is an aware moment in UTC."""

    def __init__(self, store: AudienceStore, journal: Journal, keys: Keys, offer: Offer) -> None:
        self._store = store
        self._journal = journal
        self._keys = keys
        self._offer = offer

    def send_link(self, address: str, now: datetime) -> None:
        """Queue a mail with the link to this address's data, where it is known, at most one in 24 hours.

        Raises BadInput for what is no address. Whether it is known cannot be told.
        """
        email_hash = self._keys.address_hash(normalised(address))
        self._store.write(lambda rows: _lead(rows, rows.subscriber(email_hash), now))

    def send_own_link(self, token: str, now: datetime) -> None:
        """The same for who has the address of their preferences. Raises TokenError or NotFound."""
        number = self._keys.subject(Purpose.PREFERENCES, token, now=now)

        def work(rows: Rows) -> None:
            found = rows.subscription(number)
            if found is None:
                raise NotFound("this subscription is no more")
            _lead(rows, found[1], now)

        self._store.write(work)

    def see(self, token: str, now: datetime) -> Holdings:
        """All that is kept of whoever the link was sent to. Raises TokenError, or NotFound where it is erased."""
        number, until = self._keys.opened(Purpose.DATA, token, now=now)

        return self._store.read(lambda rows: replace(holdings_of(rows, number), until=until))

    def erase(self, token: str, now: datetime) -> None:
        """End all their subscriptions and forget their address, for good. Raises TokenError or NotFound."""
        number = self._keys.subject(Purpose.DATA, token, now=now)
        self._store.write(lambda rows: erase(rows, self._journal, _there(rows.person(number)), "page", now))
        self._store.scrub()

    def move(self, token: str, address: str, now: datetime, shown_in: str) -> None:
        """Ask a new address whether it is to take the place of the old one.

        Raises TokenError or NotFound for a link that is not ours, StateError where nothing is subscribed, BadInput for
        what is no address, or the same. Whether the new one is known, suppressed or was asked today cannot be told.
        """
        number, email = self._keys.subject(Purpose.DATA, token, now=now), normalised(address)
        self._store.write(lambda rows: self._move(rows, number, email, now, shown_in))

    def change(self, token: str, now: datetime) -> Change:
        """What a new address is asked. Raises TokenError, or StateError where nothing is asked any more."""
        number = self._keys.subject(Purpose.ADDRESS, token, now=now)
        return self._store.read(lambda rows: _change(*_asked(rows, number)))

    def confirm(self, token: str, now: datetime, shown_in: str) -> Change:
        """Let the new address take the place of the old one. Raises as `change`."""
        number = self._keys.subject(Purpose.ADDRESS, token, now=now)
        return self._store.write(lambda rows: self._confirm(rows, number, now, shown_in))

    def agreed(self, subscription: Subscription, shown_in: str) -> str:
        """What the owner of the new address agrees to, of one of the subscriptions."""
        newsletter, wish = self._offer.newsletter(subscription.newsletter), subscription.wish
        return wording.agreed(self._offer.site, newsletter, wish, self._offer.titles(wish), shown_in)

    # Each of these runs inside one transaction.

    def _move(self, rows: Rows, number: int, email: str, now: datetime, shown_in: str) -> None:
        old, email_hash = _there(rows.person(number)), self._keys.address_hash(email)
        if email_hash == old.email_hash:
            raise BadInput("this is the address that it is already")
        active = _holdings(rows, old).active
        if not active:
            raise StateError("nothing is subscribed that could come to another address")
        if rows.suppressed([email_hash]):
            return
        new = rows.add_subscriber(email, email_hash, now)
        if not may_confirm(rows.told_since(new.id, UNASKED, now - MONTH), now):
            return
        notice = rows.add_notice(NoticeKind.ADDRESS, active[0], new.id, now)
        rows.drop_changes(old.id)  # what was asked last counts
        rows.add_change(notice, old.id)
        text = wording.on_record(wording.moved(shown_in))
        rows.add_consent(old.email_hash, Consent(active[0].id, "asked", text, now, "page", f"notice {notice}"))

    def _confirm(self, rows: Rows, number: int, now: datetime, shown_in: str) -> Change:
        old, new, active = _asked(rows, number)
        there = {own.newsletter for own in _active(rows.subscriptions(new.id))}
        offered = {newsletter.id for newsletter in self._offer.newsletters}
        for own in active:
            if own.newsletter in there or own.newsletter not in offered:
                continue
            taken = rows.ask(new.id, own.wish, now)
            rows.activate(taken.id, now)
            text = wording.on_record(self.agreed(own, shown_in))
            consent = Consent(taken.id, "moved", text, now, "page", f"subscription {own.id}")
            rows.add_consent(new.email_hash, consent)
        self._journal.goodbye("left", old.email_hash, None, now)
        end(rows, old, rows.subscriptions(old.id), "moved", now, wording.moved)
        rows.drop_changes(old.id)
        rows.add_notice(NoticeKind.MOVED, active[0], old.id, now)
        return _change(old, new, active)


def holdings_of(rows: Rows, subscriber: int) -> Holdings:
    """All that is kept of somebody, with their mails. Raises NotFound where nobody is there, or is erased."""
    return replace(_holdings(rows, _there(rows.person(subscriber))), mails=tuple(rows.mails(subscriber)))


def _lead(rows: Rows, person: Subscriber | None, now: datetime) -> None:
    """Queue the link, in the language of what they get, or got last."""
    if person is None or person.email is None or rows.suppressed([person.email_hash]):
        return
    subscriptions = rows.subscriptions(person.id)
    if not subscriptions or not may_lead(rows.told_since(person.id, [NoticeKind.DATA], now - DAY), now):
        return
    rows.add_notice(NoticeKind.DATA, (*_active(subscriptions), *subscriptions)[0], person.id, now)


def _there(person: Subscriber | None) -> Subscriber:
    if person is None or person.email is None:
        raise NotFound("nobody is known here any more")
    return person


def _holdings(rows: Rows, person: Subscriber) -> Holdings:
    consents = [consent for _, consent in rows.consents([person.email_hash])]
    return Holdings(person, tuple(rows.subscriptions(person.id)), tuple(consents))


def _asked(rows: Rows, notice: int) -> tuple[Subscriber, Subscriber, tuple[Subscription, ...]]:
    """Old, new, and what is to be taken over. Raises StateError where nothing is asked any more."""
    pair = rows.change_of(notice)
    old, new = (rows.person(pair[0]), rows.person(pair[1])) if pair else (None, None)
    if old is None or new is None or new.email is None or rows.suppressed([new.email_hash]):
        raise StateError("this change of address is no longer open")
    active = _active(rows.subscriptions(old.id))
    if not active:
        raise StateError("there is nothing any more that could come to another address")
    return old, new, active


def _active(subscriptions: Sequence[Subscription]) -> tuple[Subscription, ...]:
    return tuple(own for own in subscriptions if own.state is SubscriptionState.ACTIVE)


def _change(old: Subscriber, new: Subscriber, subscriptions: tuple[Subscription, ...]) -> Change:
    return Change(masked(old.email or ""), masked(new.email or ""), subscriptions)
