"""Returned mail by LMTP (RFC 2033): a mail server hands each one to the running daemon, and keeps what is not taken."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Final
from weakref import WeakSet

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from newsletter.app.taking import FAILED, taken
from newsletter.config import Feedback
from newsletter.deliver.feedback.mime import MOST_BYTES
from newsletter.errors import NewsletterError, StoreError

TAKEN: Final = "250 2.0.0 taken"
LATER: Final = "451 4.3.0 the database cannot be used now"
UNREADABLE: Final = "250 2.0.0 taken, and put into the log: it cannot be read"
LARGEST: Final = 64 * 1024 * 1024  # bytes announced; what is longer than is looked at is cut off
Take = Callable[[bytes, Sequence[str]], object]


class LmtpListener:
    """Listens where the settings say. `take` does what a mail asks for; it blocks, and is run in a thread."""

    def __init__(self, settings: Feedback, take: Take) -> None:
        self._settings = settings
        self._take = take
        self._server: asyncio.Server | None = None
        self._connections: WeakSet[_Connection] = WeakSet()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Listen while the block runs. Raises NewsletterError where that cannot be.

        A mail whose answer is not out at its end stays with the mail server.
        """
        await self._start()
        try:
            yield
        finally:
            await self._stop()

    async def _start(self) -> None:
        logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd would log every address it hears
        own, loop = self._settings, asyncio.get_running_loop()
        try:
            if own.path is not None:
                own.path.unlink(missing_ok=True)
                self._server = await loop.create_unix_server(self._connection, str(own.path))
                own.path.chmod(0o666)  # the folder says who may come in
            else:
                host, _, port = (own.listen or "").rpartition(":")
                self._server = await loop.create_server(self._connection, host.strip("[]"), int(port))
        except OSError as error:
            where = own.path or own.listen
            raise NewsletterError(f"mail.feedback: {where} cannot be listened on: {error.strerror}") from error

    async def _stop(self) -> None:
        if self._server is None:
            return
        self._server.close()
        for connection in self._connections:
            if connection.transport is not None:
                connection.transport.close()
        await self._server.wait_closed()
        if self._settings.path is not None:
            self._settings.path.unlink(missing_ok=True)

    def _connection(self) -> _Connection:
        made = _Connection(_Handler(self._take), hostname="localhost", ident="newsletter", data_size_limit=LARGEST)
        self._connections.add(made)
        return made


class _Connection(LMTP):
    line_length_limit = LARGEST  # a line that is too long is to be read, not refused: it is a bounce


class _Handler:
    """What a connection does with a mail; its method has the name that aiosmtpd looks for."""

    def __init__(self, take: Take) -> None:
        self._take = take

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take the mail; one answer for each recipient (RFC 2033, 4.2)."""
        answer = await asyncio.to_thread(self._answer, bytes(envelope.original_content or b""), envelope.rcpt_tos)
        return "\r\n".join([answer] * len(envelope.rcpt_tos))

    def _answer(self, content: bytes, recipients: Sequence[str]) -> str:
        try:
            what = taken(partial(self._take, content[:MOST_BYTES], recipients), "by LMTP")
        except StoreError:
            return LATER
        return UNREADABLE if what == FAILED else TAKEN
