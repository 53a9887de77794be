"""When a host may be asked next: one polite pace for a portal, however many ask."""

from __future__ import annotations

import time
from typing import Protocol


class Pace(Protocol):
    """The pace of hosts."""

    async def step(self, host: str, delay: float) -> float:
        """Be the next to ask a host, then left alone for `delay` seconds; the seconds until then."""
        ...


class OwnPace:
    """The pace of one process."""

    def __init__(self) -> None:
        self._free_at: dict[str, float] = {}  # monotonic seconds

    async def step(self, host: str, delay: float) -> float:
        """See `Pace`."""
        now = time.monotonic()
        ours = max(now, self._free_at.get(host, now))
        self._free_at[host] = ours + delay
        return ours - now
