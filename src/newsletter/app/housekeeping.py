"""Forgetting in time: what `[privacy]` says of how long is known who asked, who got what, and who was here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from newsletter.store.retention import Retention

if TYPE_CHECKING:
    from newsletter.app.program import Program

DONE = "housekept"  # a fact of the store: the moment of the last time
STEP = timedelta(days=2)
CONFIRMATIONS_KNOWN = timedelta(days=30)  # at least: how many were sent limits how many more are


def trusted(now: datetime, last: datetime | None) -> datetime:
    """The moment by which is forgotten: what is gone is gone, so a clock that leaps ahead is followed in steps only."""
    return now if last is None else min(now, last + STEP)


def housekeep(program: Program) -> dict[str, int]:
    """Forget what has had its time; how much of what. Safe to break off and to repeat. Raises StoreError."""
    last, privacy, rows = program.state.get(DONE), program.settings.privacy, Retention(program.database)
    now = trusted(program.now(), datetime.fromisoformat(last) if last else None)
    program.state.set(DONE, now.isoformat())
    seen = now - privacy.keep_deliveries
    done = {
        "answers": program.programs.answers.forget(now),
        "webhook_calls": program.programs.webhooks.forget(now),
        "unconfirmed": program.subscribing.forget_unconfirmed(now),
        "deliveries": rows.forget_deliveries(seen),
        "notices": rows.forget_notices(min(seen, now - CONFIRMATIONS_KNOWN)),
        "addresses": rows.forget_addresses(seen),
        "imports": program.imports.tidy(),
        "sessions": program.signin.forget_sessions(program.now()),
        "people": rows.forget_people(min(seen, now - privacy.keep_consent_after_leaving)),
    }
    if any(done.values()):
        program.database.scrub()
    return done
