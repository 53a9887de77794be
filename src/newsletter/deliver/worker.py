"""Delivering: what is due is claimed, written, fenced and sent over a few connections, until nothing is due.

It decides nothing about who gets what (that was frozen), keeps nothing that a crash could lose (that is the ledger's),
and asks the clock only through `now`.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from newsletter.deliver.connection import Connection
from newsletter.deliver.domains import Domains
from newsletter.deliver.exchange import Exchange
from newsletter.deliver.inquiry import Inquirer
from newsletter.deliver.ledger import Alarms, Ledger, Variants
from newsletter.deliver.pace import Pace, Trial, Turn
from newsletter.deliver.patience import Breaker
from newsletter.deliver.shelf import Shelf
from newsletter.deliver.shift import Shift
from newsletter.deliver.tools import Tools
from newsletter.deliver.transports import Transport
from newsletter.deliver.verdict import Fate
from newsletter.deliver.writer import Writer

BATCH = 500  # claims taken at a time
GRACE = 30.0  # seconds that `stop` leaves to what waits for an answer
RECEIPTS = 60.0  # seconds to get receipts written while the store fails


@dataclass(frozen=True, slots=True)
class Progress:
    """What a run did: `fates` counts attempts, `finished` are the editions that it brought to an end."""

    fates: Mapping[Fate, int]
    finished: tuple[str, ...]
    rests_until: datetime | None  # the mail server failed and is left alone until then
    capped_until: datetime | None = None  # it has taken all that it may get
    more: bool = False  # its time was over before the ledger had nothing left


class Deliverer:
    """Sends what is due. One in a process."""

    def __init__(
        self,
        ledger: Ledger,
        transport: Transport,
        variants: Variants,
        writer: Writer,
        *,
        now: Callable[[], datetime],
        alarms: Alarms,
        pace: Pace,
        batch: int = BATCH,
    ) -> None:
        self._stop = asyncio.Event()
        domains = Domains(transport.connections, alone=ledger.neighbours is None)
        self._tools = Tools(
            ledger=ledger,
            transport=transport,
            shelf=Shelf(variants),
            writer=writer,
            breaker=Breaker(),
            pace=pace,
            trial=Trial(),
            now=now,
            alarms=alarms,
            stop=self._stop,
            domains=domains,
            exchange=Exchange(domains, ledger.neighbours) if ledger.neighbours else None,
            window=pace.caps.window,
        )
        self._inquirer = Inquirer(ledger, transport.inquiry, writer.mark)
        self._capped = False
        self._batch = batch
        self._one_run = asyncio.Lock()
        self._connections: list[Connection] = []

    async def run_until_idle(self, seconds: float | None = None) -> Progress:
        """Send all that is due now, for so many seconds at most, and finish the editions that are done.

        Raises StoreError when the ledger fails.
        """
        tools, fates, finished = self._tools, Counter[Fate](), list[str]()
        async with self._one_run:
            turn = Turn(seconds)
            await asyncio.to_thread(tools.ledger.tidy, tools.now())
            await self._inquirer.inquire(tools.now())
            while self._may_send() and not turn.over and await self._pass(fates, turn):
                pass
            await tools.pace.end()
            finished += await asyncio.to_thread(tools.ledger.finish, tools.now())
        capped = tools.pace.room_at(tools.now()) if self._capped else None
        more = turn.over and self._may_send()
        return Progress(dict(fates), tuple(finished), tools.breaker.rests_until, capped, more)

    def stop(self) -> None:
        """Begin nothing more: what has no fence is dropped and stays due, what waits for its answer has 30 s."""
        self._stop.set()
        for connection in self._connections:
            connection.interrupt()

    def _may_send(self) -> bool:
        tools = self._tools
        now = tools.now()
        return not self._stop.is_set() and tools.breaker.ready(now) and tools.pace.room_at(now) is None

    async def _pass(self, fates: Counter[Fate], turn: Turn) -> bool:
        """Send one claim after the other until the ledger has none; whether there was one."""
        breaker = self._tools.breaker
        probing = breaker.probing
        shift = Shift(self._tools, 1 if probing else self._batch, turn, once=probing)
        claims = await shift.claim()
        most = min(max(self._tools.transport.connections // breaker.share, 1), claims)
        shift.commits.expect(most)
        self._connections = [Connection(shift) for _ in range(most)]
        async with shift.held.renewed(), shift.in_touch():
            try:
                await self._wait_for([asyncio.create_task(connection.work()) for connection in self._connections])
            finally:
                self._connections = []
                fates.update(shift.fates)
                self._capped = shift.capped
                await shift.end(RECEIPTS)
        if shift.error:
            raise shift.error
        return claims > 0

    async def _wait_for(self, tasks: list[asyncio.Task[None]]) -> None:
        if not tasks:
            return
        stopped: asyncio.Future[Any] = asyncio.create_task(self._stop.wait())
        ended: asyncio.Future[Any] = asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            await asyncio.wait({ended}, timeout=GRACE)
            for task in tasks:
                task.cancel()
            await ended
        stopped.cancel()
