"""Ending a subscription, a part of it, and what may be taken back of that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from newsletter.audience import wording
from newsletter.audience.offer import Offer
from newsletter.audience.store import Journal, Rows
from newsletter.errors import BadInput
from newsletter.model import Consent, Subscriber, Subscription, SubscriptionState
from newsletter.tokens import LASTS, Purpose

BACK_WITHIN: Final = LASTS[Purpose.UNDO]
OWN_WAYS: Final = ("page", "one-click", "mail")


def end(
    rows: Rows,
    person: Subscriber,
    subscriptions: Sequence[Subscription],
    how: str,
    now: datetime,
    said: Callable[[str], str] = wording.withdrawn,
    evidence: str | None = None,
) -> list[str]:
    """End what its owner has not ended yet, each with its consent withdrawn; of which newsletters."""
    open_ = [own for own in subscriptions if own.state is not SubscriptionState.ENDED or own.ended_at is None]
    for own in open_:
        rows.end(own.id, now)
        text = wording.on_record(said(own.language))
        rows.add_consent(person.email_hash, Consent(own.id, "withdrawn", text, now, how, evidence))
    return [own.newsletter for own in open_]


def erase(rows: Rows, journal: Journal, person: Subscriber, how: str, now: datetime) -> int:
    """End what somebody has and forget the address, but for its hash; how many subscriptions ended."""
    journal.goodbye("erased", person.email_hash, None, now)
    ended = end(rows, person, rows.subscriptions(person.id), how, now)
    rows.drop_changes(person.id)
    rows.forget_address(person.id)
    return len(ended)


def kept_topics(subscription: Subscription, offer: Offer, given_up: Sequence[str]) -> tuple[str, ...]:
    """What is left of a subscription's topics, sorted. Raises BadInput where none of those given up is its own.

    Who had chosen no topics had all there are: what is left of them is chosen from now on.
    """
    newsletter = offer.newsletter(subscription.newsletter)
    own = subscription.topics or tuple(topic.slug for topic in offer.topics(newsletter))
    kept = tuple(sorted(set(own) - set(given_up)))
    if len(kept) == len(set(own)):
        raise BadInput("none of these topics is chosen")
    return kept


def undoable(subscription: Subscription, now: datetime, last: Consent | None = None) -> bool:
    """Whether it was active until its owner left, not longer ago than may be taken back.

    `last` is what is on record of it last: a complaint, an erasure or a change of address is not taken back.
    """
    if subscription.state is not SubscriptionState.ENDED or subscription.ended_at is None:
        return False
    by_owner = last is None or (last.action == "withdrawn" and last.how in OWN_WAYS)
    return by_owner and subscription.confirmed_at is not None and now < subscription.ended_at + BACK_WITHIN
