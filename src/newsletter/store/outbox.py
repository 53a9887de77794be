"""What happened, for webhooks to be told: `happened` writes it down in the transaction in which it did."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from newsletter.model import EditionState, Happening, Release, ReleaseState
from newsletter.store.program_tables import outbox

own = outbox.c
MOVES = {
    EditionState.APPROVED: Happening.EDITION_APPROVED,
    EditionState.HELD: Happening.EDITION_HELD,
    EditionState.FINISHED: Happening.EDITION_FINISHED,
}


def happened(
    connection: Connection, event: Happening, subject: object, at: datetime, due: datetime | None = None, **said: Any
) -> None:
    """Write down that something happened to `subject` (its id); nobody is told of it before `due`."""
    row = {"event": event, "subject": str(subject), "said": said, "at": at, "due_at": due or at}
    connection.execute(insert(outbox).values(row))


def moved_to(connection: Connection, edition: str, state: EditionState, now: datetime) -> None:
    """Write down that an edition came to a state, where anybody may ask for that."""
    if state in MOVES:
        happened(connection, MOVES[state], edition, now)


def appeared(connection: Connection, release: Release, before: Release | None, now: datetime) -> None:
    """Write down that a release is there for people to see, or will be; not where that was so before, nor of one that
    goes to the archive only."""
    seen_before = before is not None and before.visible(now)
    if not release.mailable or seen_before or release.state is not ReleaseState.LIVE:
        return
    waiting = connection.execute(
        select(own.id).where(own.event == Happening.RELEASE_PUBLISHED, own.subject == release.id)
    ).first()
    due = max(now, release.not_before or now)
    if waiting is None:
        happened(connection, Happening.RELEASE_PUBLISHED, release.id, now, due)
    else:
        connection.execute(update(outbox).where(own.id == waiting.id).values(due_at=due))


def settle(connection: Connection, id: int, due: datetime | None) -> None:
    """Forget what webhooks were told of, or put it off until `due`."""
    if due is None:
        connection.execute(delete(outbox).where(own.id == id))
    else:
        connection.execute(update(outbox).where(own.id == id).values(due_at=due))
