"""The embedded engine: one process on SQLite, and no queue. A bell a handler; who rings it twice is heard once."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable
from datetime import datetime
from functools import partial
from threading import Lock

from sqlalchemy import Connection

from newsletter.engine import EVERY_QUEUE, RETRY, Handler, Queue, Stats
from newsletter.engine.attempt import Outcome, attempt
from newsletter.engine.clock import ticking
from newsletter.store.sqlite import SqliteDatabase


class LocalEngine:
    """See `Engine`."""

    def __init__(self, database: SqliteDatabase, handlers: Iterable[Handler]) -> None:
        self._database = database
        self._handlers = {handler.name: handler for handler in handlers}
        self._bells = {name: asyncio.Event() for name in self._handlers}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changing = Lock()  # whether there is a loop, which thread may ring a bell by itself
        self._under_way: dict[asyncio.Task[None], Handler] = {}

    def wake(self, connection: Connection, name: str) -> None:
        """See `Engine`."""
        self._database.after_commit(partial(self._ring, self._bells[name]))

    async def run(self, stopped: asyncio.Event, queues: Collection[Queue] = EVERY_QUEUE) -> None:
        """See `Engine`."""
        with self._changing:
            self._loop = asyncio.get_running_loop()
        try:
            await self._handle([one for one in self._handlers.values() if one.queue in queues], stopped)
        finally:
            with self._changing:
                self._loop = None

    async def recover(self, now: datetime) -> int:
        """See `Engine`: there is nothing to be found but in the ledger, whose leases whoever is alone may end."""
        return 0

    def stats(self) -> Stats:
        """See `Engine`: there are no queues."""
        return Stats()

    async def _handle(self, mine: Collection[Handler], stopped: asyncio.Event) -> None:
        serving = [asyncio.create_task(self._serve(handler)) for handler in mine]
        with ticking(mine, self._tick):
            await stopped.wait()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
        await self._end()

    async def _tick(self, handler: Handler) -> None:
        self._bells[handler.name].set()

    def _ring(self, bell: asyncio.Event) -> None:
        """From the thread that has committed."""
        with self._changing:
            if self._loop is None:
                bell.set()
            else:
                self._loop.call_soon_threadsafe(bell.set)

    async def _serve(self, handler: Handler) -> None:
        free, bell = asyncio.Semaphore(handler.at_once), self._bells[handler.name]
        while True:
            await free.acquire()
            await bell.wait()
            bell.clear()
            task = asyncio.create_task(self._run(handler))
            self._under_way[task] = handler
            task.add_done_callback(self._under_way.pop)
            task.add_done_callback(lambda _: free.release())

    async def _run(self, handler: Handler) -> None:
        outcome = await attempt(handler)
        if outcome is Outcome.MORE:
            self._bells[handler.name].set()
        elif outcome is Outcome.FAILED:
            asyncio.get_running_loop().call_later(RETRY, self._bells[handler.name].set)

    async def _end(self) -> None:
        """Cancel what is under way, each when its time is over."""
        ending = [_given(task, handler.grace) for task, handler in self._under_way.items()]
        await asyncio.gather(*ending)


async def _given(task: asyncio.Task[None], seconds: float) -> None:
    await asyncio.wait({task}, timeout=seconds)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
