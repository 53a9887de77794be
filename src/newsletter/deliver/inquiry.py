"""Asking what became of mails in doubt, of whoever took mail: by the Message-ID, which is the same at every attempt."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from newsletter.deliver.ledger import Ledger
from newsletter.deliver.transports import Inquiry
from newsletter.errors import TransportError
from newsletter.model import Doubt

AT_ONCE: Final = 200
PATIENT: Final = timedelta(hours=1)  # with somebody who cannot be asked; then it is as if nobody could
log = structlog.get_logger(__name__)


Mark = Callable[[int, datetime], str]
"""The part of a delivery's Message-ID before the @, by its id and date."""


async def inquire(ledger: Ledger, inquiry: Inquiry | None, mark: Mark, now: datetime) -> int:
    """Ask of what is in doubt and due to be asked; how many were found to be taken. Raises StoreError.

    What is not found is sent again or held, as is wished; what cannot be asked for an hour, too.
    """
    doubts = await asyncio.to_thread(ledger.doubtful, AT_ONCE, now)
    if not doubts:
        return 0
    named = {mark(doubt.delivery, doubt.dated): doubt for doubt in doubts}
    found, asked = await _found(inquiry, named, now)
    await asyncio.to_thread(ledger.resolve, asked, found, now)
    return len(found)


async def _found(
    inquiry: Inquiry | None, named: Mapping[str, Doubt], now: datetime
) -> tuple[dict[int, str], Sequence[Doubt]]:
    """What was said of those that were taken, and which doubts are answered."""
    if inquiry is None:
        return {}, list(named.values())
    try:
        said = await inquiry.taken(list(named))
    except TransportError as error:
        log.warning("nobody can be asked about mails in doubt", reason=str(error))
        return {}, [doubt for doubt in named.values() if doubt.since <= now - PATIENT]
    return {named[mark].delivery: words for mark, words in said.items() if mark in named}, list(named.values())
