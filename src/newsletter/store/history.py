"""What happened on which day, for charts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from newsletter.model import DeliveryState
from newsletter.store.database import Database
from newsletter.store.states import by_state
from newsletter.store.tables import editions, releases


class History:
    """Counts by local day since a moment. What was collected for the archive alone is not counted."""

    def __init__(self, database: Database, zone: ZoneInfo) -> None:
        self._database = database
        self._zone = zone

    def releases(self, since: datetime) -> Counter[date]:
        """New releases by the day on which they were first seen."""
        query = select(releases.c.first_seen).where(releases.c.first_seen >= since, releases.c.mailable)
        return self._days((at, 1) for at in self._database.read(lambda c: c.execute(query).scalars().all()))

    def mails(self, since: datetime, state: DeliveryState) -> Counter[date]:
        """Deliveries of editions that ended in this state, by the day on which the edition began to go out."""
        began = select(editions.c.id, editions.c.first_fence_at).where(editions.c.first_fence_at >= since)

        def work(connection: Connection) -> list[tuple[datetime, int]]:
            begun = {row.id: row.first_fence_at for row in connection.execute(began)}
            return [(begun[id], counts[state]) for id, counts in by_state(connection, begun).items()]

        kept = select(editions.c.first_fence_at, editions.c.outcome)
        kept = kept.where(editions.c.first_fence_at >= since, editions.c.outcome.is_not(None))
        rows = self._database.read(work)
        old = self._database.read(lambda c: c.execute(kept).all())
        return self._days([*rows, *((at, (outcome or {}).get(state, 0)) for at, outcome in old)])

    def _days(self, found: Iterable[tuple[datetime, int]]) -> Counter[date]:
        days: Counter[date] = Counter()
        for at, n in found:
            days[at.astimezone(self._zone).date()] += n
        return days
