"""The access log of published files: the same lines as structlog's, a few at a time, for a fortieth of its time.

Such a line has two blanks, when it was and how long it took; what stands around them is rendered once for each method
and status by structlog as it is set up, and then only joined.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import structlog
from structlog.processors import TimeStamper

ROUTE = "(published)"
PAUSE = 0.25  # seconds: how long a line may wait to be written
AT_ONCE = 1000  # lines
MOMENT, SPENT = "2000-01-01T00:00:00.000000Z", 8675309.125  # stand where the blanks are


class Lines:
    """Notes answered requests. To be used in one event loop."""

    def __init__(self) -> None:
        self._shapes: dict[tuple[str, int], str] = {}
        self._waiting: list[str] = []
        self._second = 0, ""

    def note(self, method: str, status: int, spent: float) -> None:
        """A request was answered with this status, in so many seconds."""
        shape = self._shapes.get((method, status))
        if shape is None:
            shape = _shape(method, status)
            if shape is None:
                return
            self._shapes[method, status] = shape
        self._waiting.append(shape % {"at": self._moment(), "ms": round(spent * 1000, 1)})
        if len(self._waiting) == 1:
            asyncio.get_running_loop().call_later(PAUSE, self.flush)
        elif len(self._waiting) >= AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        if self._waiting:
            lines, self._waiting = self._waiting, []
            structlog.get_config()["logger_factory"]().msg("\n".join(lines))

    def _moment(self) -> str:
        now = time.time()
        second = int(now)
        if second != self._second[0]:
            self._second = second, time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
        return f"{self._second[1]}.{int((now - second) * 1e6):06d}Z"


def _shape(method: str, status: int) -> str | None:
    """The line with its blanks, as structlog renders it now; None where a processor drops it."""
    event: Any = {"method": method, "route": ROUTE, "status": status, "ms": SPENT, "event": "request"}
    for process in structlog.get_config()["processors"]:
        try:
            event = _stamp(event) if isinstance(process, TimeStamper) else process(None, "info", event)
        except structlog.DropEvent:
            return None
    return str(event).replace("%", "%%").replace(MOMENT, "%(at)s").replace(str(SPENT), "%(ms)s")


def _stamp(event: dict[str, Any]) -> dict[str, Any]:
    return event | {"timestamp": MOMENT}
