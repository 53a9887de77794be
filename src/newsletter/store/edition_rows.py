"""The rows of editions: written, read with what each carries, and counted by what became of their mails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, select

from newsletter.errors import NotFound
from newsletter.model import Cadence, Carried, DeliveryState, Edition, EditionState
from newsletter.said import said_from
from newsletter.store.conflict import insert
from newsletter.store.documents import findings_document, findings_from
from newsletter.store.reasons import told
from newsletter.store.states import by_state
from newsletter.store.tables import edition_releases, editions


class Counted(NamedTuple):
    """An edition and how many of its deliveries are in each state; states without any are left out."""

    edition: Edition
    counts: Mapping[DeliveryState, int]

    @property
    def planned(self) -> int:
        """How many people the edition is for: the sum of all states."""
        return sum(self.counts.values())


def counted(connection: Connection, query: Select[Any]) -> list[Counted]:
    """The editions of a query, with their counts."""
    found = editions_of(connection, query)
    counts = counts_of(connection, [edition.id for edition in found])
    return [Counted(edition, counts.get(edition.id, {})) for edition in found]


def insert_edition(connection: Connection, edition: Edition) -> bool:
    """Add an edition with what it carries; False where it is there already."""
    row = {
        "id": edition.id,
        "newsletter": edition.newsletter,
        "cadence": edition.cadence,
        "slot": edition.slot,
        "state": edition.state,
        "composed_at": edition.composed_at,
        "approved_at": edition.approved_at,
        **told(edition.reason),
        "override": edition.override,
        "subject": edition.subject,
        "intro": edition.intro,
        "extra": edition.extra,
        "follows": edition.follows,
        "send_after": edition.send_after,
        "ordered": edition.ordered,
        "findings": findings_document(edition.findings),
    }
    query = insert(connection, editions).values(row).on_conflict_do_nothing().returning(editions.c.id)
    if connection.execute(query).first() is None:
        return False
    carry(connection, edition.id, edition.carried)
    return True


def carry(connection: Connection, id: str, carried: Sequence[Carried]) -> None:
    """Write down what an edition carries, in its order."""
    rows = [
        {"edition": id, "position": position, "release": one.release, "revision": one.revision}
        for position, one in enumerate(carried)
    ]
    if rows:
        connection.execute(edition_releases.insert(), rows)


def edition_of(connection: Connection, id: str) -> Edition:
    """The edition with this id. Raises NotFound."""
    found = editions_of(connection, select(editions).where(editions.c.id == id))
    if not found:
        raise NotFound(f"there is no edition {id}")
    return found[0]


def editions_of(connection: Connection, query: Select[Any]) -> list[Edition]:
    """The editions of a query, each with what it carries."""
    rows = connection.execute(query).all()
    carried: dict[str, list[Carried]] = {}
    positions = (
        select(edition_releases.c.edition, edition_releases.c.release, edition_releases.c.revision)
        .where(edition_releases.c.edition.in_([row.id for row in rows]))
        .order_by(edition_releases.c.edition, edition_releases.c.position)
    )
    for edition, release, revision in connection.execute(positions):
        carried.setdefault(edition, []).append(Carried(release, revision))
    return [_from_row(row, carried.get(row.id, ())) for row in rows]


def _from_row(row: Row[Any], carried: Sequence[Carried]) -> Edition:
    return Edition(
        id=row.id,
        newsletter=row.newsletter,
        cadence=Cadence(row.cadence),
        slot=row.slot,
        state=EditionState(row.state),
        carried=tuple(carried),
        composed_at=row.composed_at,
        approved_at=row.approved_at,
        first_fence_at=row.first_fence_at,
        finished_at=row.finished_at,
        reason=said_from(row.reason, row.said),
        findings=findings_from(row.findings),
        override=row.override,
        subject=row.subject,
        intro=row.intro,
        extra=bool(row.extra),
        follows=row.follows,
        send_after=row.send_after,
        ordered=bool(row.ordered),
    )


def counts_of(connection: Connection, ids: Sequence[str]) -> dict[str, dict[DeliveryState, int]]:
    """How many deliveries of these editions are in each state, also where only the sums are kept."""
    counts: dict[str, dict[DeliveryState, int]] = {**by_state(connection, ids)}
    forgotten = select(editions.c.id, editions.c.outcome).where(editions.c.id.in_(ids), editions.c.outcome.is_not(None))
    for edition, outcome in connection.execute(forgotten):
        counts[edition] = {DeliveryState(state): count for state, count in (outcome or {}).items()}
    return counts
