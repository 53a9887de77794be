"""Taking an address off the suppression list: what that may bring back, and what it never does.

Whose mailbox was gone, and is there again, agreed to the mails and did not take it back: they get them again, unless it
is so long ago that another may have the address by now. Everybody else on the list did not want them, or may not have
(a complaint, a call, another program's list): they may be asked again, and subscribe anew with a confirmation (Art. 7
and 21 GDPR, § 7 UWG). What they had is ended, so that no command and no imported list brings it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from newsletter.audience.leaving import end
from newsletter.audience.store import AudienceStore, Journal, Rows
from newsletter.errors import BadInput, NotFound
from newsletter.model import SubscriptionState, Suppression

SAME_READER: Final = timedelta(days=180)
"""What was gone for longer may be another person's: providers give addresses out again (RFC 7293, section 1)."""


@dataclass(frozen=True, slots=True)
class Lift:
    """What comes, or came, of it: newsletters that are sent again, and those whose subscription ends."""

    resumed: tuple[str, ...]
    ended: tuple[str, ...]


class Lifting:
    """Takes addresses off the list. Every `now` is an aware moment in UTC."""

    def __init__(self, store: AudienceStore, journal: Journal) -> None:
        self._store = store
        self._journal = journal

    def foreseen(self, email_hash: str, now: datetime) -> tuple[Suppression, Lift]:
        """Why nothing is sent to an address, and what would come of lifting that. Raises NotFound."""
        return self._store.read(lambda rows: _foreseen(rows, email_hash, now))

    def lift(self, email_hash: str, reason: str, now: datetime) -> Lift:
        """Let an address be written to again; `reason` says at whose word. Raises BadInput for none, or NotFound."""
        if not reason.strip():
            raise BadInput("no reason: say who asked for it, when and how")
        done, at = self._store.write(partial(_lift, email_hash=email_hash, reason=reason.strip(), now=now))
        self._journal.lifted(email_hash, done.resumed, at)
        return done


def _foreseen(rows: Rows, email_hash: str, now: datetime) -> tuple[Suppression, Lift]:
    known = rows.suppression(email_hash)
    if known is None:
        raise NotFound("this address is not suppressed")
    person = rows.subscriber(email_hash)
    own = () if person is None else rows.subscriptions(person.id)
    if _mailbox_is_back(known, now):
        return known, Lift(tuple(sorted(one.newsletter for one in own if one.state is SubscriptionState.ACTIVE)), ())
    return known, Lift((), tuple(sorted(one.newsletter for one in own if one.state is not SubscriptionState.ENDED)))


def _lift(rows: Rows, email_hash: str, reason: str, now: datetime) -> tuple[Lift, datetime]:
    known, foreseen = _foreseen(rows, email_hash, now)
    person = rows.subscriber(email_hash)
    if person is not None and not _mailbox_is_back(known, now):
        end(rows, person, rows.subscriptions(person.id), "command", now, evidence=f"suppressed: {known.reason}")
    at = max(now, known.at)  # where the clock that suppressed it is ahead of this one
    rows.lift(email_hash, reason, at)
    return foreseen, at


def _mailbox_is_back(known: Suppression, now: datetime) -> bool:
    return known.bounced and now - known.at < SAME_READER
