"""What webhooks are told: each thing that happened becomes a call for each of them, kept until it is taken.

Nothing is lost by a crash: what happened leaves the outbox in the transaction that writes its calls. A call may be made
twice, under the same id.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, delete, func, insert, or_, select, update

from newsletter.model import Happening, Release, ReleaseState
from newsletter.store.database import Database
from newsletter.store.outbox import settle
from newsletter.store.program_tables import outbox, webhook_calls
from newsletter.store.releases import many

AT_ONCE = 100
own = webhook_calls.c


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened to `subject` (its id). `release` is there where it is a release."""

    event: Happening
    subject: str
    said: Mapping[str, Any]
    at: datetime
    release: Release | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """What one webhook is to be told. `message` is the same at every attempt, of which there were so many."""

    id: int
    webhook: str
    message: str
    body: str
    at: datetime
    attempts: int


class WebhookCalls:
    """The calls that are to be made, and those that were."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def spread(
        self,
        webhooks: Mapping[str, Collection[Happening]],
        message: Callable[[Happened], tuple[str, str]],
        now: datetime,
    ) -> int:
        """Write a call for each webhook of what happened and is due; how much that was.

        `message` says id and body. A release that may not be shown (any more) is told when it may.
        """
        due = select(outbox).where(outbox.c.due_at <= now).order_by(outbox.c.id).limit(AT_ONCE)

        def work(connection: Connection) -> int:
            rows = connection.execute(due.with_for_update(skip_locked=True)).all()
            for row in rows:
                happened = _happened(connection, row)
                waits = _waits(happened, now)
                if not waits and not _hidden(happened, now):
                    _write(connection, webhooks, happened, message, now)
                settle(connection, row.id, waits)
            return len(rows)

        return self._database.write(work) if self._any(due) else 0

    def claim(self, webhook: str, now: datetime, until: datetime, limit: int = 20) -> list[Call]:
        """The calls of a webhook that are due, the oldest first; nobody else makes them `until` then."""
        due = select(own.id).where(own.webhook == webhook, own.next_at <= now).order_by(own.id).limit(limit)
        columns = (own.id, own.webhook, own.message, own.body, own.at, own.attempts)

        def work(connection: Connection) -> list[Call]:
            ids = connection.execute(due.with_for_update(skip_locked=True)).scalars().all()
            connection.execute(update(webhook_calls).where(own.id.in_(ids)).values(next_at=until))
            rows = connection.execute(select(*columns).where(own.id.in_(ids)).order_by(own.id))
            return [Call(*row) for row in rows]

        return self._database.write(work) if self._any(due) else []

    def taken(self, call: int, answer: str) -> None:
        """Note that a call was taken."""
        self._set(call, next_at=None, attempts=own.attempts + 1, answer=answer)

    def failed(self, call: Call, left: Collection[int], answer: str, again: datetime) -> None:
        """Put off a call that was not taken, those `left` of what was claimed with it, and all of its webhook."""
        due = and_(own.webhook == call.webhook, own.next_at < again)
        waiting = update(webhook_calls).where(or_(due, own.id.in_(left)))

        def work(connection: Connection) -> None:
            connection.execute(waiting.values(next_at=again))
            change = update(webhook_calls).where(own.id == call.id)
            connection.execute(change.values(next_at=again, attempts=own.attempts + 1, answer=answer))

        self._database.write(work)

    def give_up(self, webhook: str, before: datetime) -> int:
        """Make no more calls of a webhook that are older than that; how many."""
        change = update(webhook_calls).where(own.webhook == webhook, own.next_at.is_not(None), own.at <= before)
        return self._database.write(lambda connection: connection.execute(change.values(next_at=None)).rowcount)

    def waiting(self, webhook: str) -> int:
        """How many calls of a webhook are still to be made."""
        query = select(func.count()).where(own.webhook == webhook, own.next_at.is_not(None))
        return self._database.read(lambda connection: connection.execute(query).scalar_one())

    def forget(self, before: datetime, webhooks: Collection[str]) -> int:
        """Forget what was over before then, and the calls of all webhooks but these; how many."""
        over = own.next_at.is_(None) & (own.at < before)
        change = delete(webhook_calls).where(over | own.webhook.not_in(webhooks))
        return self._database.write(lambda connection: connection.execute(change).rowcount)

    def _any(self, query: Select[Any]) -> bool:
        """Whether there is anything to do: mostly there is not, and the writer is left alone."""
        return self._database.read(lambda connection: connection.execute(query.limit(1)).first() is not None)

    def _set(self, call: int, **values: Any) -> None:
        change = update(webhook_calls).where(own.id == call).values(**values)
        self._database.write(lambda connection: connection.execute(change))


def _happened(connection: Connection, row: Any) -> Happened:
    event = Happening(row.event)
    found = many(connection, [row.subject]) if event is Happening.RELEASE_PUBLISHED else []
    return Happened(event, row.subject, row.said, row.at, found[0] if found else None)


def _waits(happened: Happened, now: datetime) -> datetime | None:
    """Until when a release is under embargo."""
    release = happened.release
    if release is None or release.state is not ReleaseState.LIVE or release.not_before is None:
        return None
    return release.not_before if release.not_before > now else None


def _hidden(happened: Happened, now: datetime) -> bool:
    gone = happened.event is Happening.RELEASE_PUBLISHED and happened.release is None
    return gone or (happened.release is not None and not happened.release.visible(now))


def _write(
    connection: Connection,
    webhooks: Mapping[str, Collection[Happening]],
    happened: Happened,
    message: Callable[[Happened], tuple[str, str]],
    now: datetime,
) -> None:
    wanting = [webhook for webhook, events in webhooks.items() if happened.event in events]
    if not wanting:
        return
    id, body = message(happened)
    rows = [{"webhook": one, "message": id, "body": body, "at": now, "next_at": now, "attempts": 0} for one in wanting]
    connection.execute(insert(webhook_calls), rows)
