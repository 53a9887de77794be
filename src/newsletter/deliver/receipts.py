"""What became of an attempt, as the ledger writes it down."""

from __future__ import annotations

from datetime import datetime

from newsletter.deliver.patience import gave_up, next_try
from newsletter.deliver.verdict import Fate, Outcome
from newsletter.model import Claim, DeliveryState, Receipt

STATES = {
    Fate.ACCEPTED: DeliveryState.ACCEPTED,
    Fate.DEFERRED: DeliveryState.DEFERRED,
    Fate.BARRED: DeliveryState.DEFERRED,  # it goes on once a person has seen to the sender
    Fate.FAILED: DeliveryState.FAILED,
    Fate.UNKNOWN: DeliveryState.FAILED,
    Fate.UNCERTAIN: DeliveryState.UNCERTAIN,
    Fate.UNFIT: DeliveryState.QUARANTINED,
}


def receipt(claim: Claim, outcome: Outcome, now: datetime) -> Receipt:
    """What an outcome means to the ledger; a mail that would be tried again too late has failed."""
    state = STATES[outcome.fate]
    answer = outcome.answer
    retry_at = None
    if state is DeliveryState.DEFERRED:
        retry_at = next_try(claim.attempts, now) if outcome.wait is None else now + outcome.wait
    if retry_at and gave_up(claim.dated, retry_at, notice=claim.edition is None) and outcome.fate is not Fate.BARRED:
        state, retry_at, answer = DeliveryState.FAILED, None, f"gave up; the last answer was {answer}"
    return Receipt(
        delivery=claim.delivery,
        token=claim.token,
        state=state,
        at=now,
        answer=answer,
        retry_at=retry_at,
        suppress=outcome.fate is Fate.UNKNOWN,
    )
