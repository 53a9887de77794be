"""What is done in the background: the handlers, whatever engine runs them, and how often the clock wakes each.

Each asks the ledger what is due, so none has to be run, but all have to be run now and then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import structlog
from sqlalchemy import Connection

from newsletter.app.housekeeping import housekeep
from newsletter.deliver.worker import GRACE, RECEIPTS, Deliverer
from newsletter.engine import Handler, Queue
from newsletter.memory import give_back
from newsletter.store.collecting import Collecting

if TYPE_CHECKING:
    from newsletter.app.program import Program

log = structlog.get_logger()

COLLECT_EVERY = timedelta(seconds=20)
COLLECT_TURN = 60.0  # seconds that a source is worked on at once; what is left of it comes with the next tick
COLLECTS_AT_ONCE = 100  # a slow portal must not keep those that are due from the next; each source has a lease
COMPOSE_EVERY = timedelta(seconds=10)
DELIVER_EVERY = timedelta(seconds=5)
DELIVER_TURN = 30.0  # seconds, after which others may have their turn; the ledger knows what is left
DELIVERERS = 8  # processes that send at once, at most
MIRROR_EVERY = timedelta(seconds=60)
PICTURES_EVERY = timedelta(seconds=30)
TELL_EVERY = timedelta(seconds=60)
HUB_EVERY = timedelta(seconds=30)
WEBHOOKS_EVERY = timedelta(seconds=5)
RETURNED_EVERY = timedelta(seconds=60)
HOUSEKEEPING_EVERY = timedelta(hours=6)
FIRST_COLLECT = timedelta(seconds=120)  # that the first edition waits for what was due: what was missed belongs in it
PUBLISH: Final = "publish"
MIRROR: Final = "mirror"
COMPOSE: Final = "compose"
DELIVER: Final = "deliver"


class Background:
    """The background work of a program."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._began = program.now()
        self._caught_up = False

    @cached_property
    def deliverer(self) -> Deliverer:
        """Whoever sends in this process. Raises SettingsError."""
        return self._program.mailroom.deliverer()

    def handlers(self) -> list[Handler]:
        """All of them."""
        own = Queue.MAINTENANCE
        return [
            Handler("collect", Queue.COLLECT, self._collect, COLLECT_EVERY, at_once=COLLECTS_AT_ONCE),
            # one at a time: of two that compose, one would take the other's editions for a crash's
            Handler(COMPOSE, Queue.PUBLISH, self._compose, COMPOSE_EVERY),
            Handler(PUBLISH, Queue.PUBLISH, self._publish),
            Handler(MIRROR, Queue.PUBLISH, done(self._mirror), MIRROR_EVERY),
            Handler("pictures", Queue.PUBLISH, self._look_at_pictures, PICTURES_EVERY),
            Handler(DELIVER, Queue.DELIVER, self._deliver, DELIVER_EVERY, processes=DELIVERERS, grace=GRACE + RECEIPTS),
            Handler("returned", Queue.FEEDBACK, done(self._take_returned), RETURNED_EVERY),
            Handler("tell", own, done(self._tell), TELL_EVERY),
            Handler("hub", own, done(self._tell_hub), HUB_EVERY),
            Handler("webhooks", own, done(self._tell_webhooks), WEBHOOKS_EVERY),
            Handler("housekeeping", own, done(self._housekeep), HOUSEKEEPING_EVERY),
        ]

    async def _collect(self) -> bool:
        if await self._program.gathering.collect_due(COLLECT_TURN):
            await self._wake(PUBLISH, COMPOSE)
        return False

    async def _compose(self) -> bool:
        if await self._may_compose() and await self._program.compose():
            await self._wake(PUBLISH)
        return False

    async def _may_compose(self) -> bool:
        """Whether what was missed is collected, or was waited for long enough."""
        if not self._caught_up:
            late = self._program.now() > self._began + FIRST_COLLECT
            self._caught_up = late or not await asyncio.to_thread(self._behind)
        return self._caught_up

    def _behind(self) -> bool:
        program = self._program
        return Collecting(program.database).behind(list(program.settings.feeds), self._began)

    async def _look_at_pictures(self) -> bool:
        if await self._program.pictures.look():
            await self._wake(PUBLISH)
        return False

    async def _publish(self) -> bool:
        await self._program.pictures.look()  # those of what was just collected, so that it is published once
        report = await asyncio.to_thread(self._program.publish)
        await asyncio.to_thread(give_back)
        log.info("published", written=report.written, unchanged=report.unchanged, problems=list(report.problems))
        if report.written or report.removed:
            await self._wake(MIRROR)
        return False

    async def _deliver(self) -> bool:
        return (await self.deliverer.run_until_idle(DELIVER_TURN)).more

    async def _mirror(self) -> None:
        if behind := await asyncio.to_thread(self._program.mirror):
            log.warning("copies of what is published are behind", reason=behind)

    async def _take_returned(self) -> None:
        if taken := await asyncio.to_thread(self._program.returns.look):
            log.info("returned mail", **taken)

    async def _tell(self) -> None:
        await asyncio.to_thread(self._program.tell)

    async def _tell_hub(self) -> None:
        await self._program.hub.tell(self._program.now())

    async def _tell_webhooks(self) -> None:
        await self._program.programs.webhooks.tell(self._program.now())

    async def _housekeep(self) -> None:
        forgotten = await asyncio.to_thread(housekeep, self._program)
        removed = await asyncio.to_thread(self._program.pictures.tidy)
        if removed or any(forgotten.values()):
            log.info("housekeeping", pictures_removed=removed, **forgotten)

    async def _wake(self, *names: str) -> None:
        def within(connection: Connection) -> None:
            for name in names:
                self._program.engine.wake(connection, name)

        await asyncio.to_thread(self._program.database.write, within)


def done(work: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], Coroutine[Any, Any, bool]]:
    """Work that leaves nothing."""

    async def whole() -> bool:
        await work()
        return False

    return whole
