"""The clock (APScheduler): it wakes, and does nothing else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from newsletter.engine import Handler

MISFIRE_GRACE = 3600  # seconds; APScheduler's own default drops a tick that is one second late


@contextmanager
def ticking(handlers: Iterable[Handler], wake: Callable[[Handler], Awaitable[None]]) -> Iterator[None]:
    """Have each handler woken as often as it says, the first time at once, while the block runs."""
    from apscheduler.schedulers.asyncio import AsyncIOScheduler  # here: most commands have no clock
    from apscheduler.triggers.interval import IntervalTrigger

    scheduler = AsyncIOScheduler(timezone="UTC")
    for handler in handlers:
        if handler.every is not None:
            scheduler.add_job(
                wake,
                IntervalTrigger(seconds=int(handler.every.total_seconds())),
                (handler,),
                coalesce=True,
                misfire_grace_time=MISFIRE_GRACE,
                next_run_time=datetime.now(UTC),  # the first look is now, not after the first interval
            )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)
