"""Mails that came back, as editors look through them: the latest first, page by page (keyset). Reads only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select

from newsletter.model import NoticeKind
from newsletter.store.database import Database
from newsletter.store.ledger import RETURNED
from newsletter.store.tables import deliveries, editions, events, notices, subscribers, subscriptions

own = events.c
NEWSLETTER: ColumnElement[str] = func.coalesce(editions.c.newsletter, subscriptions.c.newsletter)


@dataclass(frozen=True, slots=True)
class Sought:
    """Which of them. `among`: the newsletters that may be seen, None for all; the others: "" for whichever."""

    among: Collection[str] | None = None
    newsletter: str = ""
    kind: str = ""
    edition: str = ""


class CameBack(NamedTuple):
    """What came back of a mail to somebody (None: forgotten since). One of `edition` and `notice` is there.

    `permanent`: whether the address takes nothing for good; None where that was not said.
    """

    id: int
    kind: str
    at: datetime
    detail: str
    permanent: bool | None
    subscriber: int | None
    email: str | None
    newsletter: str
    edition: str | None
    notice: NoticeKind | None


def came_back(database: Database, sought: Sought, before: int | None, most: int) -> tuple[list[CameBack], int | None]:
    """So many of them, and before which the next page begins, if there is one."""
    query = _query().where(*_conditions(sought))
    if before is not None:
        query = query.where(own.id < before)
    query = query.order_by(own.id.desc()).limit(most + 1)
    rows = database.read(lambda connection: connection.execute(query).all())
    found = [_line(*row) for row in rows[:most]]
    return found, found[-1].id if len(rows) > most else None


def _query() -> Select[Any]:
    who = (subscribers.c.id, subscribers.c.email, NEWSLETTER)
    about = (own.id, own.kind, own.at, own.detail, own.permanent)
    return (
        select(*about, *who, deliveries.c.edition, notices.c.kind)
        .join_from(events, deliveries, deliveries.c.id == own.delivery)
        .join(editions, editions.c.id == deliveries.c.edition, isouter=True)
        .join(notices, notices.c.id == deliveries.c.notice, isouter=True)
        .join(subscriptions, subscriptions.c.id == deliveries.c.subscription, isouter=True)
        .join(subscribers, subscribers.c.id == deliveries.c.subscriber, isouter=True)
    )


def _conditions(sought: Sought) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = [own.kind == sought.kind if sought.kind else own.kind.in_(RETURNED)]
    if sought.among is not None:
        asked.append(NEWSLETTER.in_(sorted(sought.among)))
    if sought.newsletter:
        asked.append(NEWSLETTER.in_([sought.newsletter]))
    if sought.edition:
        asked.append(deliveries.c.edition == sought.edition)
    return asked


def _line(*row: Any) -> CameBack:
    id, kind, at, detail, permanent, subscriber, email, newsletter, edition, notice = row
    told = NoticeKind(notice) if notice else None
    return CameBack(id, kind, at, detail or "", permanent, subscriber, email, newsletter or "", edition, told)
