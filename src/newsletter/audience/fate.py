"""What becomes of people whose consent was given elsewhere: who may come in, and who said goodbye."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from newsletter.audience.store import Rows
from newsletter.model import Enrolment, Subscriber, Subscription, SubscriptionState


class Fate(StrEnum):
    """What becomes of an enrolment."""

    NEW = "new"
    ALREADY = "subscribed already"
    LEFT = "ended by its owner, who alone can subscribe again, on the page"
    SUPPRESSED = "the address is suppressed"


LEFT_OUT = (Fate.LEFT, Fate.SUPPRESSED)


def fates(rows: Rows, people: Sequence[Enrolment], known: Mapping[str, Subscriber]) -> list[Fate]:
    """The fate of each, as if they came one after the other; `known` are those whom the database knows, by the hash."""
    hashes = [who.email_hash for who in people]
    suppressed, lifted = rows.suppressed(hashes), rows.lifted(hashes)
    subscriptions = rows.subscriptions_of(known.values())
    told, earlier = [], Earlier()
    for who in people:
        person = known.get(who.email_hash)
        own = subscriptions[person.id] if person else ()
        fate = _fate(own, who.wish.newsletter, lifted=who.email_hash in lifted)
        told.append(Fate.SUPPRESSED if who.email_hash in suppressed else earlier.fate(who, fate))
    return told


class Earlier:
    """Who came in by earlier rows of which the database knows nothing (yet).

    They are known by numbers of 64 bits: a dry run of a long list costs no more memory than that.
    """

    def __init__(self) -> None:
        self._met = set[int]()

    def fate(self, who: Enrolment, fate: Fate) -> Fate:
        """What becomes of a row for which the database alone says `fate`."""
        if fate is not Fate.NEW:
            return fate
        key = hash((who.email_hash, who.wish.newsletter))
        if key in self._met:
            return Fate.ALREADY
        self._met.add(key)
        return fate

    def reads(self, email_hash: str, newsletters: Iterable[str]) -> bool:
        """Whether somebody came in, for one of these."""
        return any(hash((email_hash, newsletter)) in self._met for newsletter in newsletters)


def is_active(own: Subscription) -> bool:
    """Whether it is read now."""
    return own.state is SubscriptionState.ACTIVE


def _fate(subscriptions: Sequence[Subscription], newsletter: str, *, lifted: bool) -> Fate:
    active = {own.newsletter for own in subscriptions if is_active(own)}
    if newsletter in active:
        return Fate.ALREADY
    ended = {own.newsletter for own in subscriptions if own.ended_at is not None}
    # Who ended all they had ended it for good: no file brings them back, only they themselves. So with who was
    # suppressed: taken off the list, they may be asked again, no more.
    return Fate.LEFT if newsletter in ended or ((ended or lifted) and not active) else Fate.NEW
