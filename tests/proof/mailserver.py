"""A mail server, or a provider, in a process of its own: it writes down each message when it takes it, and is slow to
say so."""

from __future__ import annotations

import asyncio
import os
import random
import re
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import sleep

from tests.integration.deliver.scripted import Scripted, serving
from tests.proof.children import SMTP, processes
from tests.servers.provider import Provider, Taken, providing

DOMAIN = "musterstadt.example"
IDENTIFIER = re.compile(rb"^Message-ID: (<[^>]+>)", re.MULTILINE)


class Counting(Scripted):
    """Writes each message's identifier to a file; `slowest` is how long its answer takes, at most, in seconds."""

    def __init__(self, file: Path, slowest: float) -> None:
        super().__init__()
        self._file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._slowest = slowest

    async def _end(self, writer: asyncio.StreamWriter, recipient: str, data: bytes) -> None:
        await self._dawdle()
        os.write(self._file, identifier(data) + b"\n")
        await self._dawdle()
        await self._say(writer, "250 2.0.0 taken")

    async def _dawdle(self) -> None:
        if self._slowest:
            await asyncio.sleep(random.uniform(0, self._slowest))


class Keyed(Provider):
    """A provider that knows a repeated request by its key, and writes down what it takes, as `Counting` does."""

    def __init__(self, file: Path, slowest: float) -> None:
        super().__init__("brevo")
        self._file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._slowest = slowest

    async def dawdle(self) -> None:
        if self._slowest:
            await asyncio.sleep(random.uniform(0, self._slowest))

    def keep(self, taken: Taken) -> None:
        os.write(self._file, f"<{taken.mark}@{DOMAIN}>\n".encode())


@dataclass(frozen=True, slots=True)
class Mailserver:
    """One that runs."""

    port: int
    file: Path

    def taken(self, since: int = 0) -> list[str]:
        """The identifiers of what it took after the file was `since` bytes long."""
        return self.file.read_bytes()[since:].decode().split()

    def mark(self) -> int:
        """How long the file is."""
        return self.file.stat().st_size


def identifier(data: bytes) -> bytes:
    """The Message-ID of a message."""
    found = IDENTIFIER.search(data)
    assert found
    return found.group(1)


@contextmanager
def mail_server(folder: Path, slowest: float = 0.0, *, over: str = SMTP) -> Iterator[Mailserver]:
    """A mail server, or a provider, until the block ends."""
    process = processes.Process(target=_serve, args=(folder, slowest, over), daemon=True)
    process.start()
    while not (folder / "port").exists():
        assert process.is_alive()
        sleep(0.005)
    try:
        yield Mailserver(int((folder / "port").read_text()), folder / "taken")
    finally:
        process.kill()
        process.join()


def _serve(folder: Path, slowest: float, over: str) -> None:
    async def serve() -> None:
        made: AbstractAsyncContextManager[Scripted | Provider]
        made = (
            serving(Counting(folder / "taken", slowest))
            if over == SMTP
            else providing(Keyed(folder / "taken", slowest))
        )
        async with made as server:
            (folder / "port.new").write_text(str(server.port))
            (folder / "port.new").rename(folder / "port")
            await asyncio.Event().wait()

    asyncio.run(serve())
