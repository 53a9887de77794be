"""Which state a delivery is in, in the very words of the indexes that know it.

The indexes leave out what most deliveries are in the end, accepted, so that a mail rewrites little on its way. SQLite
takes such an index only where a query says its condition letter by letter (https://sqlite.org/partialindex.html), and
PostgreSQL once it plans without the values; so states stand in these conditions themselves, never as parameters.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Text, exists, literal_column, or_

from newsletter.model import OPEN, DeliveryState
from newsletter.store.tables import deliveries

own = deliveries.c


def is_in(state: DeliveryState) -> ColumnElement[bool]:
    """That a delivery is in this state; of an edition an index finds every one but `accepted`."""
    return own.state == literal_column(f"'{state.value}'", Text)


def open_of(edition: ColumnElement[str] | str) -> ColumnElement[bool]:
    """That the ledger has work to do for an edition. A question for each state: an OR would be asked of every row."""
    return or_(*(exists().where(own.edition == edition, is_in(state)) for state in sorted(OPEN)))
