"""What a returned mail leads to; decided by what it says and by how the reader's mails fared before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from newsletter.deliver.feedback.returned import Complaint, Kind, Reason, Returned

PATIENT_FOR: Final = timedelta(days=14)  # with a mailbox that is full or locked
PATIENT_TIMES: Final = 5
OURS: Final = frozenset(
    {
        *(Reason.AUTHENTICATION, Reason.BLOCKED, Reason.SENDER, Reason.RELAY),
        *(Reason.SPAM, Reason.VIRUS, Reason.POLICY, Reason.CONTENT),
    }
)
"""Reasons that are the sender's or the mail's: no reader is given up for them."""
UNWANTED: Final = frozenset({Complaint.ABUSE, Complaint.OPT_OUT, Complaint.FRAUD, Complaint.VIRUS, Complaint.OTHER})


class Consequence(StrEnum):
    """What is done about it."""

    NOTHING = "nothing"  # a machine's answer, a report of success, a mail of somebody's
    NOTED = "noted"  # it stands beside the delivery
    SUPPRESSED = "suppressed"  # nothing is sent to this address any more
    LEFT = "left"  # all of the reader's subscriptions are ended, and the address suppressed
    UNSUBSCRIBED = "unsubscribed"  # one subscription is ended, as its reader asked for
    FORGED = "not ours"  # it proves no delivery of ours: whoever sent it, nothing is done


class Sign(StrEnum):
    """What stands beside a delivery that came back."""

    BOUNCED = "bounced"  # the address does not take it
    REFUSED = "refused"  # we, or the mail, are refused
    DELAYED = "delayed"  # a server goes on trying
    COMPLAINED = "complained"


def sign(returned: Returned) -> Sign:
    """What a bounce or a complaint leaves beside its delivery."""
    if returned.kind is Kind.COMPLAINT:
        return Sign.COMPLAINED
    if returned.reason is Reason.DELAYED:
        return Sign.DELAYED
    return Sign.REFUSED if returned.reason in OURS else Sign.BOUNCED


def consequence(returned: Returned, bounced: Sequence[datetime]) -> Consequence:
    """What follows from a mail about a delivery of ours.

    `bounced`: when the reader's latest mails were sent that came back one after the other, this one among them; a mail
    that did not come back ends the row.
    """
    if returned.kind is Kind.COMPLAINT:
        return Consequence.LEFT if returned.reason in UNWANTED else Consequence.NOTED
    if returned.kind is not Kind.BOUNCE:
        return Consequence.NOTHING
    if returned.reason in OURS or returned.reason is Reason.DELAYED:
        return Consequence.NOTED
    if returned.permanent:
        return Consequence.SUPPRESSED
    long = bool(bounced) and max(bounced) - min(bounced) >= PATIENT_FOR
    return Consequence.SUPPRESSED if long and len(bounced) >= PATIENT_TIMES else Consequence.NOTED
