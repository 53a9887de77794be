"""The default: nothing leaves. Each message passes fence and ledger as any other, and becomes one line of the log."""

from __future__ import annotations

from pathlib import Path

import structlog

from newsletter.config import Mail
from newsletter.deliver.message import Message
from newsletter.deliver.transports import Fence, Following
from newsletter.deliver.verdict import Fate, Outcome

ANSWER = "logged, not sent (mail.transport = log)"
log = structlog.get_logger(__name__)


class LogSession:
    """Takes every message; the ledger says of each that it was not sent."""

    usable = True
    interruptible = True

    def __init__(self) -> None:
        self.carried = 0

    async def deliver(self, message: Message, fence: Fence, following: Following) -> Outcome:
        """See `Session`; the line holds no address."""
        if not await fence():
            return Outcome(Fate.REFUSED, "the fence refused it")
        log.info("message logged, not sent", delivery=message.claim.delivery, bytes=message.size)
        self.carried += 1
        return Outcome(Fate.ACCEPTED, ANSWER)

    async def close(self) -> None:
        """See `Session`: there is nothing to end."""

    def abort(self) -> None:
        """See `Session`: there is nothing to drop."""


class LogTransport:
    connections = 1
    inquiry = None

    async def session(self) -> LogSession:
        """See `Transport`."""
        return LogSession()


def transport(settings: Mail, house_ca_file: Path | None = None) -> LogTransport:
    return LogTransport()
