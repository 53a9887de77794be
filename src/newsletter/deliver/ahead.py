"""Messages written before their turn, in threads: an RSA signature takes longer than all else that a message costs.

Signing lets go of Python's lock, so that the cores share it, and the event loop goes on meanwhile.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

from newsletter.deliver.message import Message
from newsletter.deliver.shelf import Shelf
from newsletter.deliver.splice import Compiled
from newsletter.deliver.writer import Writer
from newsletter.model import Claim

Begun = tuple[Future[Message], Claim, Compiled]
THREADS = os.cpu_count() or 1
DEPTH = 32  # messages: more than the connections of one host take while one is signed


class Ahead:
    """Writes the messages of the claims that come next. Does nothing where a message is written in no time."""

    def __init__(self, writer: Writer, shelf: Shelf) -> None:
        self._writer = writer
        self._shelf = shelf
        self._threads: ThreadPoolExecutor | None = None
        self._written: dict[int, Future[Message]] = {}

    def begin(self, claims: Iterable[Claim]) -> None:
        """Begin with those of the first few that were not begun and whose variant is at hand, where many are not."""
        if not self._writer.signs or len(self._written) > DEPTH // 2:
            return
        fresh: list[Begun] = []
        for claim in islice(claims, DEPTH):
            compiled = self._shelf.at_hand(claim)
            if claim.delivery not in self._written and compiled is not None:
                self._written[claim.delivery] = Future()
                fresh.append((self._written[claim.delivery], claim, compiled))
        if fresh:
            self._threads = self._threads or ThreadPoolExecutor(THREADS, "sign")
            for thread in range(
                min(THREADS, len(fresh))
            ):  # few and long turns: each one costs a wait for Python's lock
                self._threads.submit(self._write, fresh[thread::THREADS])

    def done(self, claim: Claim) -> bool:
        """Whether its message can be had at once."""
        future = self._written.get(claim.delivery)
        return future is not None and future.done()

    def take(self, claim: Claim) -> Future[Message] | None:
        """Its message, or what went wrong in writing it; None where it was not begun."""
        return self._written.pop(claim.delivery, None)

    def forget(self) -> None:
        """Drop what was begun: its claims are given back."""
        self._written.clear()

    def end(self) -> None:
        """Drop it, and the threads."""
        self.forget()
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None

    def _write(self, begun: Sequence[Begun]) -> None:
        for future, claim, compiled in begun:
            try:
                future.set_result(self._writer.write(claim, compiled))
            except Exception as error:
                future.set_exception(error)
