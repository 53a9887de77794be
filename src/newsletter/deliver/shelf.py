"""The compiled variants at hand: claims come in their order, so a few are enough and memory stays flat."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from newsletter.deliver.ledger import Variants
from newsletter.deliver.message import compile_variant
from newsletter.deliver.splice import Compiled
from newsletter.errors import StoreError
from newsletter.model import Claim

KEEP = 4
Key = tuple[str | None, str]


class Shelf:
    """Loads and compiles each variant once, however many connections ask for it."""

    def __init__(self, variants: Variants) -> None:
        self._variants = variants
        self._kept: OrderedDict[Key, asyncio.Task[Compiled]] = OrderedDict()

    async def get(self, claim: Claim) -> Compiled:
        """The variant of a claim. Raises what loading and compiling raise: a poisoned variant at every call."""
        key = (claim.edition, claim.variant)
        if key not in self._kept:
            self._kept[key] = asyncio.create_task(asyncio.to_thread(self._compile, claim))
            while len(self._kept) > KEEP:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        try:
            return await asyncio.shield(self._kept[key])
        except StoreError:
            self._kept.pop(key, None)
            raise

    def at_hand(self, claim: Claim) -> Compiled | None:
        """The variant of a claim where it is compiled already."""
        task = self._kept.get((claim.edition, claim.variant))
        ready = task is not None and task.done() and not task.cancelled() and task.exception() is None
        return task.result() if task is not None and ready else None

    def _compile(self, claim: Claim) -> Compiled:
        return compile_variant(*self._variants.load(claim))
