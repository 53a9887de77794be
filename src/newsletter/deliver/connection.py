"""One connection of a shift: opens sessions as it needs them and sends one message after the other."""

from __future__ import annotations

import asyncio
from functools import partial

from newsletter.deliver.message import Message
from newsletter.deliver.shift import Shift
from newsletter.deliver.transports import Session
from newsletter.errors import TransportError


class Connection:
    """Works until the shift has nothing more for it."""

    def __init__(self, shift: Shift) -> None:
        self._shift = shift
        self._session: Session | None = None
        self._connecting: asyncio.Task[Session] | None = None
        self._ahead: Message | None = None  # taken for this connection, its envelope maybe sent already

    async def work(self) -> None:
        """Send until there is nothing left. What the ledger raises halts the shift, and is raised by it."""
        try:
            while not self._shift.halted and (message := self._ahead or await self._shift.message()):
                self._ahead = None
                await self._send(message)
        except Exception as error:
            self._shift.error = self._shift.error or error
        finally:
            if self._ahead:
                self._shift.put_back(self._ahead)
            if self._session:
                await self._session.close()

    def interrupt(self) -> None:
        """Drop what is not fenced yet."""
        if self._connecting:
            self._connecting.cancel()
        elif self._session and self._session.interruptible:
            self._session.abort()

    async def _send(self, message: Message) -> None:
        try:
            session = await self._ready_session()
        except TransportError as error:
            self._shift.put_back(message)
            return await self._shift.server_failed(error)
        try:
            fence = partial(self._shift.commits.fence, message.claim)
            outcome = await session.deliver(message, fence, self._following)
        except TransportError as error:
            return await self._shift.broke(message, error)
        except Exception:
            session.abort()  # the fence could not be asked: no dot was sent
            self._shift.put_back(message)
            raise
        return await self._shift.conclude(message, outcome, session)

    def _following(self) -> Message | None:
        self._ahead = self._shift.following()
        return self._ahead

    async def _ready_session(self) -> Session:
        if self._session and self._session.usable:
            return self._session
        self._session = None
        self._connecting = asyncio.create_task(self._shift.tools.transport.session())
        try:
            self._session = await self._connecting
        except asyncio.CancelledError:
            if self._connecting.cancelled() and self._shift.tools.stop.is_set():
                raise TransportError("we are stopping") from None
            raise
        finally:
            self._connecting = None
        return self._session
