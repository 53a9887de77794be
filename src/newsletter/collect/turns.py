"""Who is worked on, and for how long: a source has a turn, a host a place.

Sources of one host share its place as they share its pace (the fetcher asks a host one thing at a time), so a slow host
holds up nobody but its own.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic


class Turn:
    """As long as a source may be worked on at once: so many seconds, and so many looks at pages; None: no bound."""

    def __init__(self, seconds: float | None = None, looks: int | None = None) -> None:
        self._ends = None if seconds is None else monotonic() + seconds
        self._looks = looks

    @property
    def over(self) -> bool:
        """Whether nothing more may begin."""
        return self._looks == 0 or (self._ends is not None and monotonic() >= self._ends)

    def begins_look(self) -> bool:
        """Whether one more look may begin; it is counted."""
        if self.over:
            return False
        if self._looks is not None:
            self._looks -= 1
        return True


class Places:
    """So many hosts at once, whatever the number of their sources."""

    def __init__(self, hosts: int) -> None:
        self._free = asyncio.Semaphore(hosts)
        self._doors: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._inside: Counter[str] = Counter()

    @asynccontextmanager
    async def of(self, host: str) -> AsyncIterator[None]:
        """Wait for the place of a host, and be at it until the block ends."""
        async with self._doors[host]:
            if not self._inside[host]:
                await self._free.acquire()
            self._inside[host] += 1
        try:
            yield
        finally:
            self._inside[host] -= 1
            if not self._inside[host]:
                self._free.release()
