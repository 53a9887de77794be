"""What processes on one ledger tell each other, while they send, of domains that refuse for now.

Once a second each asks for what is new, and tells what it met; so within two seconds of a domain's refusal none begins
more than its share. Where nothing is slow, that is one small read a second. It is not told how the mail server itself
does (see `patience.Breaker`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from typing import Final

import structlog

from newsletter.deliver.domains import Domains
from newsletter.deliver.ledger import Neighbours
from newsletter.errors import StoreError
from newsletter.model import Claim

BEAT: Final = 1.0  # seconds between two exchanges
log = structlog.get_logger(__name__)


class Exchange:
    """Keeps what a process knows of slow domains one with what the others know."""

    def __init__(self, domains: Domains, neighbours: Neighbours) -> None:
        self._domains = domains
        self._neighbours = neighbours

    @asynccontextmanager
    async def kept_up(self, ready: Collection[Claim]) -> AsyncIterator[None]:
        """Exchange while the block runs, which sends what is in `ready`; then leave all shares to the others."""
        ended = asyncio.Event()  # no cancelling: a share that is being written would stay
        beating = asyncio.create_task(self._beat(ready, ended))
        try:
            yield
        finally:
            ended.set()
            await beating

    async def _beat(self, ready: Collection[Claim], ended: asyncio.Event) -> None:
        while not ended.is_set():
            if await self._once(ready):  # we have mail of that domain at hand, perhaps: ask for our share
                await self._once(ready)
            with suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), BEAT)
        await self._once(())

    async def _once(self, ready: Collection[Claim]) -> bool:
        """Whether a domain is slow that was not."""
        reports = self._domains.report(ready)
        try:
            heard = await asyncio.to_thread(self._neighbours.exchange, reports, self._domains.connections)
        except StoreError as error:  # nothing that is slow is begun before the next time
            self._domains.unheard(reports)
            log.warning("slow domains could not be told", reason=str(error))
            return False
        return self._domains.hear(heard)
