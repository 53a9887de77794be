"""Taking a release out of editions: which hold one that may not be shown, and whose mails are to be others."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, delete, func, not_, select, union_all, update

from newsletter.model import DeliveryState, EditionState
from newsletter.store.database import Database
from newsletter.store.releases import visible
from newsletter.store.sheet_tables import variants
from newsletter.store.states import is_in
from newsletter.store.tables import deliveries, edition_releases, editions, releases

CHUNK = 2_000  # deliveries a transaction: some 50 ms
OPEN_STATES = (
    EditionState.COMPOSED,
    EditionState.HELD,
    EditionState.APPROVED,
    EditionState.SENDING,
    EditionState.PAUSED,
)
NOT_FENCED = (DeliveryState.QUEUED, DeliveryState.CLAIMED, DeliveryState.DEFERRED)
MAY_HAVE_IT = (DeliveryState.COMMITTING, DeliveryState.ACCEPTED, DeliveryState.UNCERTAIN)
WITHDRAWN = "all that it was to bring was withdrawn"

own = deliveries.c


class Recalls:
    """Queries and moves for `app.recall`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def hidden(self, now: datetime) -> dict[str, list[str]]:
        """The editions that are not over and carry a release that may not be shown at `now`, with those releases."""
        query = (
            select(edition_releases.c.edition, edition_releases.c.release)
            .join(releases, releases.c.id == edition_releases.c.release)
            .join(editions, editions.c.id == edition_releases.c.edition)
            .where(editions.c.state.in_(OPEN_STATES), not_(visible(now)))
            .order_by(editions.c.slot, editions.c.id)
        )
        found: dict[str, list[str]] = {}
        for edition, release in self._database.read(lambda connection: connection.execute(query).all()):
            found.setdefault(edition, []).append(release)
        return found

    def drop(self, edition: str, ids: Collection[str]) -> None:
        """Let an edition no longer carry these releases."""
        gone = delete(edition_releases).where(
            edition_releases.c.edition == edition, edition_releases.c.release.in_(ids)
        )
        self._database.write(lambda connection: connection.execute(gone))

    def redirect(self, edition: str, variant: str, instead: str | None, now: datetime) -> int:
        """Give whoever has not been sent `variant` of an edition another one (None: nothing); how many that were.

        A claim made before is void, so that nobody who holds the old bytes can send them any more.
        """
        theirs = select(own.id).where(own.edition == edition, own.variant == variant)
        ids = union_all(*(theirs.where(is_in(state)) for state in NOT_FENCED)).limit(CHUNK)
        change = update(deliveries).where(own.id.in_(ids), own.state.in_(NOT_FENCED))
        values: dict[str, Any]
        if instead is None:
            values = {"state": DeliveryState.CANCELLED.value, "answer": WITHDRAWN, "retry_at": None}
        else:
            queued = (own.state == DeliveryState.CLAIMED, DeliveryState.QUEUED.value)
            values = {"state": case(queued, else_=own.state), "variant": instead}
        change = change.values(**values, token=own.token + 1, lease_until=None, changed_at=now)
        total = 0
        while moved := self._database.write(lambda connection: connection.execute(change).rowcount):
            total += moved
        return total

    def reached(self, release: str) -> dict[str, int]:
        """How many people have, or may have, a mail with the release, by edition."""

        def look(connection: Connection) -> dict[str, int]:
            rows = connection.execute(select(variants.c.edition, variants.c.key, variants.c.selection)).all()
            found: dict[str, int] = {}
            for edition, key, selection in rows:
                if release in selection:
                    query = select(func.count()).where(
                        own.edition == edition, own.variant == key, own.state.in_(MAY_HAVE_IT)
                    )
                    if count := connection.execute(query).scalar_one():
                        found[edition] = found.get(edition, 0) + count
            return found

        return self._database.read(look)
