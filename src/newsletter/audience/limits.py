"""How often an address may be written to that has not agreed yet: nobody can bomb another with our confirmations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from newsletter.model import NoticeKind

DAY = timedelta(hours=24)
MONTH = timedelta(days=30)
MOST_IN_A_MONTH = 3
UNCONFIRMED_STAYS = timedelta(days=7)


UNASKED = (NoticeKind.CONFIRMATION, NoticeKind.KNOWN, NoticeKind.ADDRESS)
"""What anybody can cause an address to get by typing it into a form."""


def may_confirm(sent: Sequence[datetime], now: datetime) -> bool:
    """Whether one more of what nobody asked for may go to an address: at most one in 24 hours and three in 30 days."""
    ages = [now - at for at in sent]
    return all(age >= DAY for age in ages) and sum(age < MONTH for age in ages) < MOST_IN_A_MONTH


def may_lead(sent: Sequence[datetime], now: datetime) -> bool:
    """Whether one more link to their own data may go to a reader: at most one in 24 hours."""
    return all(now - at >= DAY for at in sent)
