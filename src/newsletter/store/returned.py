"""What came back, beside the delivery that it is about: events, which the delivery's own state knows nothing of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, exists, func, insert, select

from newsletter.model import DeliveryState, Happening
from newsletter.store.database import Database
from newsletter.store.outbox import happened
from newsletter.store.tables import deliveries, editions, events, notices, subscribers

BOUNCED = "bounced"  # the kind of event that gives up a reader in the end
LOOKED_AT = 500  # deliveries of a reader, the latest first
own = deliveries.c


@dataclass(frozen=True, slots=True)
class Returning:
    """A delivery that came back, and whose it is. The hash stays when the address is erased."""

    delivery: int
    subscriber: int
    email_hash: str


class ReturnedMail:
    """Finds deliveries, notes what came back of them. Raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def delivery(self, id: int) -> Returning | None:
        """The delivery with this id, if it is (still) known."""
        query = select(own.id, own.subscriber, subscribers.c.email_hash).join(
            subscribers, subscribers.c.id == own.subscriber
        )
        row = self._database.read(lambda connection: connection.execute(query.where(own.id == id)).first())
        return Returning(*row) if row else None

    def by_message_id(
        self, email_hashes: Sequence[str], message_ids: Sequence[str], make: Callable[[int, datetime, str], str]
    ) -> Returning | None:
        """The delivery to one of these readers that has one of these Message-IDs; `make` is `Keys.message_id`."""
        for row in self._database.read(lambda connection: connection.execute(_latest(email_hashes)).all()):
            for message_id in message_ids:
                domain = message_id.strip("<>").rpartition("@")[2]
                if row.dated and make(row.id, row.dated, domain) == message_id:
                    return Returning(row.id, row.subscriber, row.email_hash)
        return None

    def note(self, delivery: int, kind: str, detail: str, permanent: bool | None, now: datetime) -> bool:
        """Write an event down; False where it stands there already: mail servers repeat themselves."""

        def work(connection: Connection) -> bool:
            own = events.c
            same = exists().where(own.delivery == delivery, own.kind == kind, own.detail == detail)
            if connection.execute(select(same)).scalar_one():
                return False
            row = {"delivery": delivery, "kind": kind, "at": now, "detail": detail, "permanent": permanent}
            connection.execute(insert(events).values(row))
            if kind == BOUNCED:
                _tell(connection, delivery, detail, now)
            return True

        return self._database.write(work)

    def bounced_in_a_row(self, subscriber: int) -> list[datetime]:
        """When a reader's mails were sent that came back without one between them that did not; the latest first."""
        came_back = exists().where(events.c.delivery == own.id, events.c.kind == BOUNCED)
        query = (
            select(own.changed_at, came_back.label("came_back"))
            .where(own.subscriber == subscriber, own.state == DeliveryState.ACCEPTED)
            .order_by(own.changed_at.desc(), own.id.desc())
            .limit(LOOKED_AT)
        )
        rows = self._database.read(lambda connection: connection.execute(query).all())
        row: list[datetime] = []
        for changed_at, back in rows:
            if not back and row:
                break
            if back:
                row.append(changed_at)
        return row


def _tell(connection: Connection, delivery: int, detail: str, now: datetime) -> None:
    query = select(own.edition, own.subscriber).where(own.id == delivery)
    for edition, subscriber in connection.execute(query):
        said = {"edition": edition, "subscriber": subscriber, "reason": detail}
        happened(connection, Happening.DELIVERY_BOUNCED, delivery, now, None, **said)


def _latest(email_hashes: Sequence[str]) -> Select[tuple[int, int, str, datetime | None]]:
    dated = func.coalesce(editions.c.dated, notices.c.dated).label("dated")
    return (
        select(own.id, own.subscriber, subscribers.c.email_hash, dated)
        .join_from(deliveries, subscribers, subscribers.c.id == own.subscriber)
        .join(editions, editions.c.id == own.edition, isouter=True)
        .join(notices, notices.c.id == own.notice, isouter=True)
        .where(subscribers.c.email_hash.in_(email_hashes))
        .order_by(own.id.desc())
        .limit(LOOKED_AT)
    )
