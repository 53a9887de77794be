"""The count: what a mail server took, by its identifier, against what the ledger says of each delivery."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from newsletter.model import OPEN, DeliveryState
from newsletter.store.database import Database
from newsletter.store.tables import deliveries, editions, events, notices
from tests.integration.deliver.world import KEYS
from tests.proof.mailserver import DOMAIN
from tests.proof.outcome import Outcome

UNSENT = (*OPEN, DeliveryState.CANCELLED, DeliveryState.QUARANTINED)
own = deliveries.c


def weighed(
    database: Database,
    taken: Counter[str],
    *,
    after: int = 0,
    left: Mapping[int, int] | None = None,
    refused: frozenset[int] = frozenset(),
) -> Outcome:
    """What became of the deliveries that come after one.

    `left`: who said goodbye, with the copies that were possible at that moment. `refused`: those that the mail server
    refused for good, the only ones that may have failed.
    """
    unknown, outcome = taken.copy(), Outcome(mails=taken.total())
    for id, dated, state, doubts in _ledger(database, after):
        copies = unknown.pop(KEYS.message_id(id, dated, DOMAIN), 0)
        possible = (left or {}).get(id)
        outcome += _weigh(DeliveryState(state), doubts, copies, possible, may_fail=id in refused)
    return outcome + Outcome(unexplained=unknown.total())  # what is left belongs to no delivery


def _weigh(state: DeliveryState, doubts: int, copies: int, at_goodbye: int | None, *, may_fail: bool) -> Outcome:
    gone = at_goodbye is not None
    missing = (
        state in UNSENT
        or (state is DeliveryState.ACCEPTED and not copies)
        or (state is DeliveryState.UNCERTAIN and not doubts)
        or (state is DeliveryState.SUPPRESSED and not gone)
        or (state is DeliveryState.FAILED and not may_fail)
    )
    return Outcome(
        lost=missing,
        unexplained=max(0, copies - doubts - (state is DeliveryState.ACCEPTED)),
        after_goodbye=max(0, copies - (at_goodbye or 0)) if gone else 0,
        doubled=max(0, copies - 1),
        uncertain=doubts,
    )


def _ledger(database: Database, after: int) -> Sequence[Any]:
    doubts = select(func.count()).where(events.c.delivery == own.id, events.c.kind == "uncertain").scalar_subquery()
    query = (
        select(own.id, func.coalesce(editions.c.dated, notices.c.dated), own.state, doubts)
        .join_from(deliveries, editions, editions.c.id == own.edition, isouter=True)
        .join(notices, notices.c.id == own.notice, isouter=True)
        .where(own.id > after)
        .order_by(own.id)
    )
    return database.read(lambda connection: connection.execute(query).all())
