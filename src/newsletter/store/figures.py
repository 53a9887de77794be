"""Counting what there is, for those who watch. Editions that are over are not counted mail by mail."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import Column, Connection, Table, and_, func, or_, select

from newsletter.model import DeliveryState, EditionState, Figures, SourceFigures
from newsletter.store import state
from newsletter.store.alarms import Alarms
from newsletter.store.database import Database
from newsletter.store.source_tables import sources
from newsletter.store.states import by_state
from newsletter.store.suppression_tables import suppressions
from newsletter.store.tables import deliveries, editions, releases, subscriptions

UNDER_WAY = (EditionState.SENDING, EditionState.PAUSED)


class Count:
    """Reads figures in one snapshot, and the alarms that stand."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._alarms = Alarms(database)

    def at(self, now: datetime) -> Figures:
        """How it stands at `now`."""
        alarms = tuple(self._alarms.standing())

        def work(connection: Connection) -> Figures:
            return Figures(
                deliveries=_deliveries(connection),
                waits_since=_waits_since(connection, now),
                editions=_by(connection, editions, editions.c.state),
                releases=_by(connection, releases, releases.c.state),
                subscriptions=_subscriptions(connection),
                suppressed=connection.execute(select(func.count()).select_from(suppressions)).scalar_one(),
                sources=_sources(connection),
                alarms=alarms,
                paused=state.read(connection, state.PAUSED),
            )

        return self._database.read(work)


def _by(connection: Connection, table: Table, column: Column[str]) -> dict[str, int]:
    rows = connection.execute(select(column, func.count()).select_from(table).group_by(column)).all()
    return {str(name): int(count) for name, count in rows}


def _deliveries(connection: Connection) -> dict[str, int]:
    moving = connection.execute(select(editions.c.id).where(editions.c.state.in_(UNDER_WAY))).scalars().all()
    of_notice = deliveries.c.edition.is_(None)  # said so for the index
    query = select(deliveries.c.state, func.count()).where(of_notice).group_by(deliveries.c.state)
    sums = Counter({str(name): int(count) for name, count in connection.execute(query)})
    for counts in by_state(connection, moving).values():
        sums.update({state.value: count for state, count in counts.items()})
    return dict(sums)


def _waits_since(connection: Connection, now: datetime) -> datetime | None:
    """Of mail that nothing but a worker keeps from going."""
    running = select(editions.c.id).where(editions.c.state == EditionState.SENDING)
    query = select(func.min(deliveries.c.changed_at)).where(
        and_(
            deliveries.c.state.in_((DeliveryState.QUEUED, DeliveryState.DEFERRED)),
            or_(deliveries.c.retry_at.is_(None), deliveries.c.retry_at <= now),
            or_(deliveries.c.notice.is_not(None), deliveries.c.edition.in_(running)),
        )
    )
    return connection.execute(query).scalar()


def _subscriptions(connection: Connection) -> dict[tuple[str, str], int]:
    columns = subscriptions.c.newsletter, subscriptions.c.state
    rows = connection.execute(select(*columns, func.count()).group_by(*columns)).all()
    return {(newsletter, name): count for newsletter, name, count in rows}


def _sources(connection: Connection) -> tuple[SourceFigures, ...]:
    columns = sources.c.slug, sources.c.succeeded_at, sources.c.next_at, sources.c.failures
    return tuple(SourceFigures(*row) for row in connection.execute(select(*columns).order_by(sources.c.slug)).all())
