"""Holding claims while they are worked on: a lease is short, and renewed as long as we live.

So what a dead process had claimed is soon another's. It is the fence that keeps two from sending the same: a claim that
ran out, because its process was stopped for a while, gets none.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import datetime

import structlog

from newsletter.deliver.ledger import Ledger
from newsletter.errors import StoreError
from newsletter.model import Claim

BEAT = 10.0  # seconds between two renewals
log = structlog.get_logger(__name__)


class Held:
    """The claims in hand, from the ledger's answer to their receipt."""

    def __init__(self, ledger: Ledger, now: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._now = now
        self._claims: dict[int, Claim] = {}

    def take(self, claims: Iterable[Claim]) -> None:
        """Hold these too."""
        self._claims.update((claim.delivery, claim) for claim in claims)

    def let_go(self, *claims: Claim) -> None:
        """Hold these no longer."""
        for claim in claims:
            self._claims.pop(claim.delivery, None)

    @asynccontextmanager
    async def renewed(self) -> AsyncIterator[None]:
        """Keep the leases of what is held while the block runs."""
        ended = asyncio.Event()  # no cancelling: a renewal that is half done would go on in its thread
        beating = asyncio.create_task(self._beat(ended))
        try:
            yield
        finally:
            ended.set()
            await beating

    async def _beat(self, ended: asyncio.Event) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), BEAT)
            if ended.is_set():
                return
            try:
                await asyncio.to_thread(self._ledger.renew, list(self._claims.values()), self._now())
            except StoreError as error:  # the fence will tell what was lost by it
                log.warning("leases could not be renewed", reason=str(error))
