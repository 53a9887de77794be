"""Which state a delivery is in, in the very words of the indexes that know it.

The indexes leave out what most deliveries are in the end, accepted, so that a mail rewrites little on its way. SQLite
takes such an index only where a query says its condition letter by letter (https://sqlite.org/partialindex.html), and
PostgreSQL once it plans without the values; so states stand in these conditions themselves, never as parameters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, Text, exists, func, literal_column, or_, select

from newsletter.model import OPEN, DeliveryState
from newsletter.store.tables import deliveries

own = deliveries.c


def is_in(state: DeliveryState) -> ColumnElement[bool]:
    """That a delivery is in this state; of an edition an index finds every one but `accepted`."""
    return own.state == literal_column(f"'{state.value}'", Text)


def open_of(edition: ColumnElement[str] | str) -> ColumnElement[bool]:
    """That the ledger has work to do for an edition. A question for each state: an OR would be asked of every row."""
    return or_(*(exists().where(own.edition == edition, is_in(state)) for state in sorted(OPEN)))


def by_state(connection: Connection, editions: Collection[str]) -> dict[str, Counter[DeliveryState]]:
    """How many deliveries of each of these editions are in which state. Call it where all is read at one moment.

    Those that were accepted, most as a rule, are what is left of all: no index knows them, and rows are slow to read.
    """
    of = own.edition.in_(sorted(editions))
    found: dict[str, Counter[DeliveryState]] = {}
    for edition, n in connection.execute(select(own.edition, func.count()).where(of).group_by(own.edition)):
        found[edition] = Counter({DeliveryState.ACCEPTED: n})
    for state in DeliveryState:
        if state is not DeliveryState.ACCEPTED:
            query = select(own.edition, func.count()).where(of, is_in(state)).group_by(own.edition)
            for edition, n in connection.execute(query):
                found[edition][state] = n
                found[edition][DeliveryState.ACCEPTED] -= n
    return {edition: +counts for edition, counts in found.items()}
