"""How often an address may be written to that has not agreed yet: nobody can bomb another with our confirmations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

DAY = timedelta(hours=24)
MONTH = timedelta(days=30)
MOST_IN_A_MONTH = 3
UNCONFIRMED_STAYS = timedelta(days=7)


def may_confirm(sent: Sequence[datetime], now: datetime) -> bool:
    """Whether one more confirmation may go to an address: at most one in 24 hours and three in 30 days."""
    ages = [now - at for at in sent]
    return all(age >= DAY for age in ages) and sum(age < MONTH for age in ages) < MOST_IN_A_MONTH
