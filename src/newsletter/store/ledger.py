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
    own, after = deliveries.c, 0
    dated_query = select(editions.c.id, editions.c.dated).where(editions.c.id == edition)
    found = database.read(lambda connection: connection.execute(dated_query).first())
    if found is None:
        raise NotFound(f"there is no edition {edition}")
    columns = (own.id, own.subscriber, own.state, own.attempts, own.uncertain, own.answer, _returned())
    page = select(*columns).order_by(own.id).limit(PAGE)
    while True:
        query = page.where(own.edition == edition, own.id > after)
        rows = database.read(partial(_all, query=query))
        for row in rows:
            identifier = message_id(row.id, found.dated) if found.dated else ""
            state = DeliveryState(row.state)
            counts = (row.attempts, row.uncertain)
            yield LedgerLine(row.id, row.subscriber, state, *counts, identifier, row.answer, row.returned)
        if len(rows) < PAGE:
            return
        after = rows[-1].id


def _returned() -> ColumnElement[str | None]:
    """What came back last of a delivery."""
    own = events.c
    latest = select(own.kind + ": " + own.detail).where(own.delivery == deliveries.c.id, own.kind.in_(RETURNED))
    return latest.order_by(own.id.desc()).limit(1).scalar_subquery().label("returned")


def _all(connection: Connection, query: Select[Any]) -> Sequence[Row[Any]]:
    return connection.execute(query).all()
