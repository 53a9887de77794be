"""The mail server: takes every mail on 127.0.0.1 and answers 250 once it lies on the disk."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, Envelope, Session

from newsletter.demo.inbox.folder import ReceivedMail, keep, prepare, received_mails

LARGEST = 32 * 2**20  # bytes of a mail, announced as SIZE (RFC 1870)


class Inbox:
    """A folder of mails and the one server that fills it. `directory` is the folder itself; `start` makes it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._server: asyncio.Server | None = None
        self._connections: WeakSet[_Connection] = WeakSet()
        self._keeper: _Keeper | None = None

    async def start(self, port: int = 0) -> int:
        """Listen on 127.0.0.1 and return the port (0: any free one). Raises OSError where it is taken."""
        logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd would log every address it hears
        loop = asyncio.get_running_loop()
        keeper = self._keeper = _Keeper(self.directory, count(prepare(self.directory)))

        def connect() -> _Connection:
            connection = _Connection(keeper, loop)
            self._connections.add(connection)
            return connection

        self._server = await loop.create_server(connect, "127.0.0.1", port)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Close the port and every connection; a mail whose 250 is not out yet is the sender's again."""
        if self._server is None:
            return
        self._server.close()
        for connection in self._connections:
            if connection.transport is not None:
                connection.transport.close()
        await self._server.wait_closed()
        self._server = None

    async def take(self, recipient: str, content: bytes) -> int:
        """Keep a mail that came another way, once it is started; its number. Raises OSError."""
        assert self._keeper is not None  # noqa: S101
        return await self._keeper.take(recipient, content)

    def mails(self) -> list[ReceivedMail]:
        """Return all mails of the folder in the order of arrival, those of earlier runs too."""
        return received_mails(self.directory)


class _Connection(SMTP):
    line_length_limit = LARGEST  # RFC 5321 ends a line at 1000 bytes; who breaks that is to be seen, not refused

    def __init__(self, keeper: _Keeper, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            keeper, data_size_limit=LARGEST, enable_SMTPUTF8=True, hostname="localhost", ident="Demo inbox", loop=loop
        )


class _Keeper:
    """What a connection does with a mail; its methods have the names that aiosmtpd looks for."""

    def __init__(self, directory: Path, numbers: Iterator[int]) -> None:
        self._directory = directory
        self._numbers = numbers
        self._disk = ThreadPoolExecutor(4, "inbox")  # the loop's own may be full of those who wait for our answer

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, answers: list[str]
    ) -> list[str]:
        """Offer PIPELINING beside the rest: aiosmtpd answers one by one, and drops nothing that waits (RFC 2920)."""
        session.host_name = hostname
        return [answers[0], "250-PIPELINING", *answers[1:]]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail once for each recipient; disks wait in threads, so that nobody else does."""
        numbered = [(next(self._numbers), recipient) for recipient in envelope.rcpt_tos]
        try:
            content = bytes(envelope.original_content or b"")
            await asyncio.get_running_loop().run_in_executor(self._disk, self._keep, numbered, content)
        except OSError as error:
            return f"452 4.3.1 Cannot keep the mail: {error.strerror}"
        return "250 2.0.0 Kept as " + ", ".join(f"{number:03}" for number, _ in numbered)

    async def take(self, recipient: str, content: bytes) -> int:
        """Keep one mail."""
        number = next(self._numbers)
        await asyncio.get_running_loop().run_in_executor(self._disk, self._keep, [(number, recipient)], content)
        return number

    def _keep(self, numbered: list[tuple[int, str]], content: bytes) -> None:
        for number, recipient in numbered:
            keep(self._directory, number, recipient, content)
