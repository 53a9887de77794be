"""Work that may take longer than a request waits: begun once, waited for a little, looked at again later.

What came of it is held in memory, the latest of each; a restart forgets it, and whoever wants it begins it again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from newsletter.errors import NewsletterError

log = structlog.get_logger()

PATIENCE = 10.0  # seconds that a request waits
KEPT = timedelta(hours=1)


@dataclass(slots=True)
class Errand:
    """One piece of work: still running while `ended_at` is None; then either `result` or `problem` is set."""

    began_at: datetime
    ended_at: datetime | None = None
    result: Any = None
    problem: str | None = None


class Errands:
    """All of this process, by what they are about. To be used from one event loop."""

    def __init__(self, now: Callable[[], datetime], patience: float = PATIENCE) -> None:
        self._now = now
        self.patience = patience
        self._known: dict[str, Errand] = {}
        self._running: dict[str, asyncio.Task[None]] = {}

    def latest(self, about: str) -> Errand | None:
        """The one that is running or ended last, None where there was none within an hour."""
        self._forget()
        return self._known.get(about)

    async def run(self, about: str, work: Callable[[], Awaitable[Any]]) -> Errand:
        """Do `work`, or wait for the same that is being done; for so long at most, then it goes on by itself."""
        if about not in self._running:
            errand = self._known[about] = Errand(self._now())
            self._running[about] = asyncio.create_task(self._do(about, errand, work))
        errand, task = self._known[about], self._running[about]
        await asyncio.wait([task], timeout=self.patience)
        return errand

    async def _do(self, about: str, errand: Errand, work: Callable[[], Awaitable[Any]]) -> None:
        try:
            errand.result = await work()
        except NewsletterError as error:
            errand.problem = error.said
        except Exception as error:
            log.exception("work could not be done", about=about)
            errand.problem = type(error).__name__
        finally:
            errand.ended_at = self._now()
            del self._running[about]

    def _forget(self) -> None:
        old = self._now() - KEPT
        for about in [key for key, one in self._known.items() if one.ended_at is not None and one.ended_at < old]:
            del self._known[about]
