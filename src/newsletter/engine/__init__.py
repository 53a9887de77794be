"""The engine of background work: what wakes the handlers, on one machine or on many.

It decides nothing and keeps nothing that matters: what is due is asked of the ledger by each handler, so a wake-up call
that is late, doubled or lost changes nothing but the hour. SQLite has one process and no queue (`local.py`); on
PostgreSQL procrastinate hands the calls to as many processes as there are (`postgres.py`).
"""

from __future__ import annotations

from asyncio import Event
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from sqlalchemy import Connection

from newsletter.store.database import Database

RETRY: Final = 5.0  # seconds after which a handler that failed is woken again


class Queue(StrEnum):
    """What a process may be there for."""

    COLLECT = "collect"
    PUBLISH = "publish"
    DELIVER = "deliver"
    FEEDBACK = "feedback"
    MAINTENANCE = "maintenance"


EVERY_QUEUE: Final = frozenset(Queue)


@dataclass(frozen=True, slots=True)
class Handler:
    """One kind of background work. `work` asks the ledger what is due, does it, and says whether it left some.

    Woken several times before it begins, it runs once. The clock wakes it `every` so often; where that is None, only
    who calls it by its name does.
    """

    name: str
    queue: Queue
    work: Callable[[], Awaitable[bool]]
    every: timedelta | None = None
    at_once: int = 1  # how many of it may run in one process
    processes: int = 1  # how many one call brings to it
    grace: float = 0.0  # seconds that it has left when its process is to end


@dataclass(frozen=True, slots=True)
class Stats:
    """What stands in the queues."""

    waiting: Mapping[str, int] = field(default_factory=dict)  # calls, by the name of their handler
    running: int = 0
    stalled: int = 0  # begun by processes that are gone, and not yet woken anew
    failing: tuple[str, ...] = ()  # handlers that failed when they ran last
    workers: int = 0  # that are alive: one a process and queue


class Engine(Protocol):
    """Who runs the handlers."""

    def wake(self, connection: Connection, name: str) -> None:
        """Have a handler run soon, if and only if the transaction at hand commits; it sees what that has written.

        Raises KeyError for a handler there is not.
        """

    async def run(self, stopped: Event, queues: Collection[Queue] = EVERY_QUEUE) -> None:
        """Run the handlers of these queues until `stopped`, and let what is under way end as its `grace` allows.

        One that fails is woken again after RETRY seconds, and never stops the others.
        """

    async def recover(self, now: datetime) -> int:
        """Wake anew what processes that are gone had begun; how many calls those were. Only while it runs."""

    def stats(self) -> Stats:
        """What stands in the queues. Raises StoreError."""


def engine_of(database: Database, handlers: Iterable[Handler]) -> Engine:
    """The engine that belongs to a database."""
    from newsletter.store.sqlite import SqliteDatabase

    if isinstance(database, SqliteDatabase):
        from newsletter.engine.local import LocalEngine

        return LocalEngine(database, handlers)
    from newsletter.engine.postgres import PostgresEngine

    return PostgresEngine(database, handlers)
