"""What became of an edition's mails at each domain that they went to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, literal_column, select

from newsletter.model import DeliveryState
from newsletter.store.database import Database
from newsletter.store.tables import deliveries, events, subscribers

BOUNCED = ("bounced", "refused")  # kinds of events: mails that were taken, and came back


@dataclass(slots=True)
class AtDomain:
    """One domain: how many mails are in each state, and how many came back. None: of people who were erased."""

    domain: str | None
    counts: Counter[DeliveryState] = field(default_factory=Counter)
    returned: int = 0

    @property
    def planned(self) -> int:
        """All mails to the domain."""
        return sum(self.counts.values())


def by_domain(database: Database, edition: str, most: int) -> tuple[list[AtDomain], AtDomain]:
    """The domains with the most mails, and all others together (their `domain` is empty)."""
    found = database.read(lambda connection: _found(connection, edition))
    ranked = sorted(found.values(), key=lambda one: (-one.planned, one.domain or ""))
    rest = AtDomain("")
    for one in ranked[most:]:
        rest.counts += one.counts
        rest.returned += one.returned
    return ranked[:most], rest


def _found(connection: Connection, edition: str) -> dict[str | None, AtDomain]:
    domain = _domain(connection)
    people = deliveries.outerjoin(subscribers, subscribers.c.id == deliveries.c.subscriber)
    query = select(domain, deliveries.c.state, func.count()).select_from(people)
    found: dict[str | None, AtDomain] = {}
    for name, state, count in _rows(connection, query, edition, domain, deliveries.c.state):
        found.setdefault(name, AtDomain(name)).counts[DeliveryState(state)] = count
    back = people.join(events, events.c.delivery == deliveries.c.id)
    bounces = select(domain, func.count(deliveries.c.id.distinct())).select_from(back).where(events.c.kind.in_(BOUNCED))
    for name, count in _rows(connection, bounces, edition, domain):
        found[name].returned = count
    return found


def _rows(connection: Connection, query: Any, edition: str, *groups: ColumnElement[Any]) -> Sequence[Any]:
    return connection.execute(query.where(deliveries.c.edition == edition).group_by(*groups)).all()


def _domain(connection: Connection) -> ColumnElement[Any]:
    """What follows the sign of an address; normalised ones have one. The same text in SELECT and GROUP BY."""
    postgres = connection.dialect.name == "postgresql"
    return literal_column(
        "split_part(subscribers.email, '@', 2)"
        if postgres
        else "substr(subscribers.email, instr(subscribers.email, '@') + 1)"
    )
