"""What of pages is in hand at once, bounded by bytes: a hundred portals at their worst must fit into one small server.

A small page is always taken. One that turns out to be large needs room, in which only a few of them fit, and keeps its
part of it for as long as anybody holds the page. Pages are read one at a time, in a thread of their own: the tree of a
page is many times as large as the page, and two threads would not read faster than one.
"""

from __future__ import annotations

import asyncio
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import ParamSpec, TypeVar

from newsletter.memory import give_back
from newsletter.model import Page

P = ParamSpec("P")
T = TypeVar("T")

SMALL = 250_000  # bytes of a page that need no room
TRIMMED = 100_000  # bytes of a page after whose reading memory is given back: its tree is many times as large
ROOM = 10_000_000  # bytes for all large pages together

_reader = ThreadPoolExecutor(1, "reader")


async def read_in_turn(read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `read` makes of a page, when the pages before it are read; the event loop goes on meanwhile."""
    large = any(isinstance(one, Page) and len(one.body) > TRIMMED for one in args)
    work = partial(read, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(_reader, partial(_trimmed, work) if large else work)


def _trimmed(work: Callable[[], T]) -> T:
    try:
        return work()
    finally:
        give_back()


class Room:
    """The room for large pages; those that wait get it in the order in which they came."""

    def __init__(self, size: int = ROOM) -> None:
        self.size = size
        self._free = size
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    async def take(self, size: int) -> None:
        """Wait until there is room for so many bytes, and take it."""
        if not self._waiting and self._free >= size:
            self._free -= size
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((size, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give(size)
            raise

    def give(self, size: int) -> None:
        """Give back so many bytes."""
        self._free = min(self.size, self._free + size)
        while self._waiting and (self._waiting[0][1].done() or self._free >= self._waiting[0][0]):
            wanted, turn = self._waiting.popleft()
            if not turn.done():
                self._free -= wanted
                turn.set_result(None)

    @contextmanager
    def hold(self, most: int) -> Iterator[Hold]:
        """A part of the room, of `most` bytes, for a page that is being fetched; given back if the page keeps none."""
        hold = Hold(self, most)
        try:
            yield hold
        finally:
            self.give(hold.taken)


class Hold:
    """The part of the room that one page has: none, until it proves to be large."""

    def __init__(self, room: Room, most: int) -> None:
        self.taken = 0
        self._room, self._most = room, min(most, room.size)

    async def take(self) -> None:
        """Wait for room for as large a page as it may become."""
        await self._room.take(self._most)
        self.taken = self._most

    def keep_for(self, page: Page) -> Page:
        """The page, which has as much of the room as it needs until nobody holds it any more, in whatever thread."""
        if self.taken:
            needed = min(len(page.body), self.taken)
            self._room.give(self.taken - needed)
            self.taken = 0
            weakref.finalize(page, _give_back, asyncio.get_running_loop(), self._room, needed).atexit = False
        return page


def _give_back(loop: asyncio.AbstractEventLoop, room: Room, size: int) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(room.give, size)
