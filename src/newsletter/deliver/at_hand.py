"""The claims of a pass that are not begun yet, in their order.

Where all of them wait for domains that refuse for now, others are claimed beside them; and what would have to wait for
long is put off, so that a big domain that takes little never fills the hand.
"""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import timedelta
from typing import Final

from newsletter.deliver.held import Held
from newsletter.deliver.tools import Tools
from newsletter.model import Claim

BATCHES: Final = 4  # at hand, at most


class AtHand:
    """Up to `batch` claims taken at a time; `once` takes no more than these."""

    def __init__(self, tools: Tools, held: Held, batch: int, *, once: bool) -> None:
        self.claims: deque[Claim] = deque()
        self._tools = tools
        self._held = held
        self._batch = batch
        self._once = once
        self._dry = False
        self._claiming = asyncio.Lock()

    async def claim(self) -> int:
        """Take claims where none are at hand; how many are, then. Raises StoreError."""
        async with self._claiming:
            if not self.claims:
                await self._more()
        return len(self.claims)

    async def others(self) -> bool:
        """Take others beside those at hand, which all have to wait; whether to look again. Raises StoreError."""
        quicker = self._claiming.locked()  # another connection is at it
        async with self._claiming:
            if quicker:
                return True
            if self._dry:
                return False
            await self._put_off()
            if len(self.claims) > (BATCHES - 1) * self._batch:
                return False
            await self._more()
            return True

    async def give_back(self) -> None:
        """Leave them to whoever claims next. Raises StoreError."""
        claims = list(self.claims)
        self.claims.clear()
        self._held.let_go(*claims)
        if claims:
            await asyncio.to_thread(self._tools.ledger.release, claims, self._tools.now())

    async def _more(self) -> None:
        if self._dry:
            return
        now, window = self._tools.now(), self._tools.window
        regular = window is None or window.open(now)
        found = await asyncio.to_thread(self._tools.ledger.claim, self._batch, now, regular=regular)
        self.claims.extend(found)
        self._held.take(found)
        self._dry = self._once or not found

    async def _put_off(self) -> None:
        far = self._tools.domains.far(self.claims)
        if not far:
            return
        kept = [claim for claim in self.claims if claim.delivery not in far]
        gone = [claim for claim in self.claims if claim.delivery in far]
        self.claims.clear()
        self.claims.extend(kept)
        self._held.let_go(*gone)
        now = self._tools.now()
        later = [(claim, now + timedelta(seconds=far[claim.delivery])) for claim in gone]
        await asyncio.to_thread(self._tools.ledger.put_off, later, now)
