"""Asking what became of mails in doubt, of whoever took mail: by the Message-ID, which is the same at every attempt."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog

from newsletter.deliver.ledger import Ledger
from newsletter.deliver.transports import Inquiry
from newsletter.errors import TransportError
from newsletter.model import Doubt

AT_ONCE: Final = 50
REST: Final = timedelta(minutes=1)  # between two questions to somebody who did not answer
LONGEST: Final = timedelta(days=1)  # that anything stays in doubt: who is started anew each time forgets when it began
PATIENT: Final = timedelta(hours=1)  # with somebody who cannot be asked; then it is as if nobody could
log = structlog.get_logger(__name__)


Mark = Callable[[int, datetime], str]
"""The part of a delivery's Message-ID before the @, by its id and date."""


class Inquirer:
    """Asks of what is in doubt, until it is answered or nobody can be asked for too long."""

    def __init__(self, ledger: Ledger, inquiry: Inquiry | None, mark: Mark) -> None:
        self._ledger = ledger
        self._inquiry = inquiry
        self._mark = mark
        self._silent_since: datetime | None = None
        self._asked_at: datetime | None = None

    async def inquire(self, now: datetime) -> None:
        """Ask of what is due to be asked. Raises StoreError.

        What was not taken is sent again or held, as is wished; what cannot be asked for an hour, too.
        """
        if self._silent_since is not None and self._asked_at is not None and now < self._asked_at + REST:
            return
        doubts = await asyncio.to_thread(self._ledger.doubtful, AT_ONCE, now)
        if not doubts:
            return
        named = {self._mark(doubt.delivery, doubt.dated): doubt for doubt in doubts}
        said = await self._said(named, now)
        answered = [named[mark] for mark in said]
        found = {named[mark].delivery: words for mark, words in said.items() if words is not None}
        if answered:
            await asyncio.to_thread(self._ledger.resolve, answered, found, now)

    async def _said(self, named: Mapping[str, Doubt], now: datetime) -> Mapping[str, str | None]:
        if self._inquiry is None:
            return dict.fromkeys(named)
        self._asked_at = now
        try:
            said = await self._inquiry.taken(list(named), min(doubt.since for doubt in named.values()))
        except TransportError as error:
            log.warning("nobody can be asked about mails in doubt", reason=str(error))
            said = {}
        said = {mark: words for mark, words in said.items() if mark in named}
        if len(said) == len(named):
            self._silent_since = None
            return said
        self._silent_since = self._silent_since or now
        given_up = self._silent_since <= now - PATIENT
        return {mark: None for mark, doubt in named.items() if given_up or doubt.since <= now - LONGEST} | said
