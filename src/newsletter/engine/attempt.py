"""One run of one handler, whatever becomes of it."""

from __future__ import annotations

from enum import Enum, auto

import structlog

from newsletter.engine import Handler
from newsletter.errors import NewsletterError

log = structlog.get_logger(__name__)


class Outcome(Enum):
    """What a run came to."""

    DONE = auto()
    MORE = auto()  # it left some
    FAILED = auto()


async def attempt(handler: Handler) -> Outcome:
    """Run it. What it raises is logged, and never ends the engine; a cancelled one is cancelled."""
    try:
        return Outcome.MORE if await handler.work() else Outcome.DONE
    except NewsletterError as error:
        log.error("background work failed", handler=handler.name, reason=str(error))
    except Exception:
        log.exception("background work failed", handler=handler.name)
    return Outcome.FAILED
