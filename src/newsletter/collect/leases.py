"""Holding sources while they are worked on: a lease is short, and renewed as long as we live."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

import structlog

from newsletter.collect.store import CollectStore
from newsletter.errors import StoreError

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=30)  # how long a source rests where its process died
BEAT = 10.0  # seconds between two renewals


class Leases:
    """The leases that this process has on some sources; `until` is when they run out if nobody renews them."""

    def __init__(self, store: CollectStore, slugs: Iterable[str], until: datetime) -> None:
        self._store = store
        self._slugs = set(slugs)
        self._until = until
        self._one = asyncio.Lock()  # what is renewed and what is given back is the same moment

    async def give_back(self, slug: str) -> None:
        """Let anybody have a source again. Raises StoreError."""
        async with self._one:
            self._slugs.discard(slug)
            await asyncio.to_thread(self._store.give_back, [slug], self._until)

    async def renew(self, now: datetime) -> None:
        """Hold what is left for longer. Raises StoreError."""
        async with self._one:
            later = now + LEASE
            await asyncio.to_thread(self._store.renew, sorted(self._slugs), self._until, later)
            self._until = later

    async def end(self) -> None:
        """Give everything back. Raises StoreError."""
        async with self._one:
            left, self._slugs = sorted(self._slugs), set()
            if left:
                await asyncio.to_thread(self._store.give_back, left, self._until)


@asynccontextmanager
async def renewed(leases: Leases, now: Callable[[], datetime]) -> AsyncIterator[Leases]:
    """Keep leases while the block runs; whatever ends it, the others need not wait for them to run out."""
    ended = asyncio.Event()  # no cancelling: a renewal that is half done would outlive what is given back
    beating = asyncio.create_task(_beat(leases, now, ended))
    try:
        yield leases
    finally:
        ended.set()
        await beating
        await leases.end()


async def _beat(leases: Leases, now: Callable[[], datetime], ended: asyncio.Event) -> None:
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), BEAT)
        if ended.is_set():
            return
        try:
            await leases.renew(now())
        except StoreError as error:  # what we write is guarded by more than the lease
            log.warning("leases could not be renewed", reason=str(error))
