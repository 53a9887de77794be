"""What is done by whom, put on record: before it is done, so that nothing is done without, and how it ended.

Each entry goes to the log too, as one line; `[admin] syslog` sends it to a syslog besides.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from logging.handlers import SysLogHandler
from pathlib import Path
from typing import Any

import structlog

from newsletter.store.audit import Audit

log = structlog.get_logger("newsletter.audit")

DONE, REFUSED = "done", "refused"


class AuditLog:
    """Puts on record what is done while a block runs."""

    def __init__(self, store: Audit, now: Callable[[], datetime], syslog: str = "") -> None:
        self.store = store
        self.now = now
        self._syslog = _syslog(syslog) if syslog else None

    @contextmanager
    def action(self, actor: str, action: str, subject: str) -> Iterator[dict[str, Any]]:
        """While the block runs, `actor` does `action` to `subject`; what it puts into the dict is kept with it.

        `outcome` there says how it ended where that is not "done"; a block that raises was refused.
        """
        id, detail = self.store.begin(self.now(), actor, action, subject), dict[str, Any]()
        outcome = REFUSED
        try:
            yield detail
            outcome = str(detail.pop("outcome", DONE))
        finally:
            self.store.end(id, outcome, detail)
            entry = {"actor": actor, "action": action, "subject": subject, "outcome": outcome, **detail}
            log.info("audit", **entry)
            if self._syslog is not None:
                self._syslog.info("newsletter: %s", json.dumps(entry, ensure_ascii=False, default=str))


def _syslog(place: str) -> logging.Logger:
    """A logger that writes to a socket's path, or to `host:port` by UDP (RFC 5424's older sibling, RFC 3164)."""
    host, _, port = place.rpartition(":")
    handler = SysLogHandler(place if Path(place).is_absolute() else (host, int(port)))
    logger = logging.getLogger("newsletter.audit.syslog")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    for former in logger.handlers:
        former.close()
    logger.handlers = [handler]
    return logger
