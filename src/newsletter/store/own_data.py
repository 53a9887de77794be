"""The queries of readers about themselves: the mails they got, and changes of address that wait for their answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, exists, select, update

from newsletter.model import DeliveryState, NoticeKind, SentMail
from newsletter.store.change_tables import address_changes
from newsletter.store.given import among
from newsletter.store.tables import deliveries, notices, subscribers, subscriptions


class OwnDataRows:
    """The rows of a reader inside one transaction; `lock` where it will write."""

    def __init__(self, connection: Connection, *, lock: bool = False) -> None:
        self._connection = connection
        self._lock = lock

    def mails(self, subscriber: int) -> list[SentMail]:
        """What is known of the mails to a subscriber, oldest first."""
        own = deliveries.c
        query = (
            select(own.edition, notices.c.kind, own.state, own.changed_at)
            .join_from(deliveries, notices, notices.c.id == own.notice, isouter=True)
            .where(own.subscriber == subscriber)
            .order_by(own.id)
        )
        rows = self._connection.execute(query).all()
        return [SentMail(row.edition or row.kind, DeliveryState(row.state), row.changed_at) for row in rows]

    def add_change(self, notice: int, subscriber: int) -> None:
        """Note whose place the reader of a notice is to take."""
        self._connection.execute(address_changes.insert().values(notice=notice, subscriber=subscriber))

    def change_of(self, notice: int) -> tuple[int, int] | None:
        """The old and the new subscriber of a change that waits for its answer."""
        query = (
            select(address_changes.c.subscriber, notices.c.subscriber)
            .join(notices, notices.c.id == address_changes.c.notice)
            .where(address_changes.c.notice == notice)
        )
        row = self._connection.execute(self._locked(query)).one_or_none()
        return None if row is None else (row[0], row[1])

    def drop_changes(self, subscriber: int) -> None:
        """Let no change wait any more that would take this subscriber's place."""
        self._connection.execute(delete(address_changes).where(address_changes.c.subscriber == subscriber))

    def lapse_changes(self, asked_before: datetime) -> int:
        """Let changes lapse that were not answered in time, and forget addresses that came to nothing; how many."""
        late = select(notices.c.id).where(notices.c.kind == NoticeKind.ADDRESS, notices.c.created_at < asked_before)
        self._connection.execute(delete(address_changes).where(address_changes.c.notice.in_(late)))
        waiting = address_changes.join(notices, notices.c.id == address_changes.c.notice)
        nothing = (
            subscribers.c.email.is_not(None),
            ~exists().where(subscriptions.c.subscriber == subscribers.c.id),
            ~select(1).select_from(waiting).where(notices.c.subscriber == subscribers.c.id).exists(),
        )
        # Asked once more when nobody else can decide on them: a list may have brought them in meanwhile.
        held = select(subscribers.c.id).where(*nothing).with_for_update(skip_locked=True)
        theirs = among(self._connection, subscribers.c.id, self._connection.execute(held).scalars().all())
        return self._connection.execute(update(subscribers).where(theirs, *nothing).values(email=None)).rowcount

    def _locked(self, query: Select[Any]) -> Select[Any]:
        return query.with_for_update() if self._lock else query
