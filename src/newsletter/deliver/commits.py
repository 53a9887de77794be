"""Fences and receipts of all connections, as few commits as there can be: while one is written the next gathers.

A commit costs more than what ten mails ask of it. So one waits a moment until most of the connections have asked: the
others are heard by the mail server meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import structlog

from newsletter.deliver.ledger import Ledger
from newsletter.errors import NewsletterError
from newsletter.model import Claim, Receipt

GATHER = 0.002  # seconds that a commit waits for more fences
MOST = 7  # of ten connections: with fewer there are more commits, with all of them the mail server has nothing to do
LONGEST_PAUSE = 5.0  # seconds between tries while the store fails
log = structlog.get_logger(__name__)


class Commits:
    """The one place where connections talk to the ledger."""

    def __init__(self, ledger: Ledger, now: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._now = now
        self._fences: list[tuple[Claim, asyncio.Future[bool]]] = []
        self._receipts: list[Receipt] = []
        self._task: asyncio.Task[None] | None = None
        self._enough = 1
        self._full = asyncio.Event()

    def expect(self, connections: int) -> None:
        """Say how many connections there are."""
        self._enough = max(connections * MOST // 10, 1)

    async def fence(self, claim: Claim) -> bool:
        """Whether this claim's message may be sent now, durably so. Raises what the store raises: then it may not."""
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._fences.append((claim, answer))
        if len(self._fences) >= self._enough:
            self._full.set()
        self._begin()
        return await answer

    def receive(self, receipt: Receipt) -> None:
        """Have a receipt written with the next commit. One that never can be leaves its delivery to be `uncertain`."""
        self._receipts.append(receipt)
        self._begin()

    async def flush(self, seconds: float) -> None:
        """Wait until all is written. What the store refuses for so long is let go: it becomes `uncertain` in time."""
        if self._task is None or self._task.done():
            return
        await asyncio.wait({self._task}, timeout=seconds)
        if not self._task.done():
            self._task.cancel()
            log.error("receipts could not be written; their deliveries become uncertain", count=len(self._receipts))
            self._receipts.clear()

    def _begin(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._commit_all())

    async def _commit_all(self) -> None:
        pause = 0.1
        while self._fences or self._receipts:
            await self._gather()
            if await self._commit():
                pause = 0.1
            else:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _gather(self) -> None:
        """Wait until enough fences have come together, but not for long."""
        if len(self._fences) >= self._enough:
            return
        self._full.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(GATHER):
                await self._full.wait()

    async def _commit(self) -> bool:
        """One commit of all that waits; fences that came too late for it are for the next."""
        fences, self._fences = self._fences, []
        receipts = self._receipts.copy()
        try:
            granted = await asyncio.wrap_future(
                self._ledger.settle([claim for claim, _ in fences], receipts, self._now())
            )
        except Exception as error:
            _answer_with(error, fences)
            known = isinstance(error, NewsletterError)
            log.warning("the ledger cannot be written", reason=str(error) if known else "", exc_info=not known)
            return False
        del self._receipts[: len(receipts)]
        for claim, answer in fences:
            if not answer.done():
                answer.set_result(claim.delivery in granted)
        return True


def _answer_with(error: Exception, fences: list[tuple[Claim, asyncio.Future[bool]]]) -> None:
    for _, answer in fences:
        if not answer.done():
            answer.set_exception(error)
