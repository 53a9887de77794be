"""What became of every mail of an edition, for people to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select

from newsletter.errors import NotFound
from newsletter.model import DeliveryState, LedgerLine
from newsletter.store.database import Database
from newsletter.store.tables import deliveries, editions, events

RETURNED = ("bounced", "refused", "delayed", "complained")  # kinds of events
PAGE = 5_000  # rows in memory at a time


def lines(database: Database, edition: str, message_id: Callable[[int, datetime], str]) -> Iterator[LedgerLine]:
    """A line for every subscriber of the frozen audience, in the order of the deliveries. Raises NotFound.

    `message_id` makes a delivery's Message-ID from its id and the edition's date (`Keys.message_id`).
    """
    after = 0
    while found := page(database, edition, message_id, after, PAGE):
        yield from found
        after = found[-1].delivery


def page(
    database: Database,
    edition: str,
    message_id: Callable[[int, datetime], str],
    after: int,
    limit: int,
    state: DeliveryState | None = None,
) -> list[LedgerLine]:
    """So many of these lines, of deliveries whose id is above `after`; only those in `state` where one is given."""
    own = deliveries.c
    dated_query = select(editions.c.id, editions.c.dated).where(editions.c.id == edition)
    found = database.read(lambda connection: connection.execute(dated_query).first())
    if found is None:
        raise NotFound(f"there is no edition {edition}")
    columns = (own.id, own.subscriber, own.state, own.attempts, own.uncertain, own.answer, _returned())
    query = select(*columns).where(own.edition == edition, own.id > after).order_by(own.id).limit(limit)
    if state is not None:
        query = query.where(own.state == state)
    rows = database.read(partial(_all, query=query))
    return [_line(row, message_id(row.id, found.dated) if found.dated else "") for row in rows]


def _line(row: Row[Any], identifier: str) -> LedgerLine:
    counts = (row.attempts, row.uncertain)
    return LedgerLine(row.id, row.subscriber, DeliveryState(row.state), *counts, identifier, row.answer, row.returned)


def _returned() -> ColumnElement[str | None]:
    """What came back last of a delivery."""
    own = events.c
    latest = select(own.kind + ": " + own.detail).where(own.delivery == deliveries.c.id, own.kind.in_(RETURNED))
    return latest.order_by(own.id.desc()).limit(1).scalar_subquery().label("returned")


def _all(connection: Connection, query: Select[Any]) -> Sequence[Row[Any]]:
    return connection.execute(query).all()
