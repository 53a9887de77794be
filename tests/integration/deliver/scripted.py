"""A mail server that does as it is told: refuses, closes, drops, stalls or babbles at any verb; keeps what it took."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

DROP, STALL, GARBAGE, LONG = "drop", "stall", "garbage", "long"
KEPT_SILENT = "kept"  # the message is taken, and no answer comes
GOOD = {"MAIL": "250 2.1.0 ok", "RCPT": "250 2.1.5 ok", "DATA": "354 go on", ".": "250 2.0.0 taken as 4711"}
GOOD |= {"BDAT": "250 2.0.0 so far", "RSET": "250 2.0.0 ok", "QUIT": "221 2.0.0 bye", "greeting": "220 mail.test ESMTP"}

Script = Callable[[str, str, int], str | None]
"""From verb, argument (of `.`: the recipient) and how often the verb came: an answer other than the good one."""


def at(verb: str, answer: str, *, times: int = 1, about: str = "") -> Script:
    """An answer to the first `times` of a verb (whose argument contains `about`)."""
    left = [times]

    def script(said: str, argument: str, number: int) -> str | None:
        if said != verb or about not in argument or not left[0]:
            return None
        left[0] -= 1
        return answer

    return script


@dataclass
class Scripted:
    """What it offers, what it is told to do, what it saw."""

    script: Script = lambda verb, argument, number: None
    offers: tuple[str, ...] = ("PIPELINING", "SIZE 1000000", "8BITMIME", "SMTPUTF8")
    port: int = 0
    tls: ssl.SSLContext | None = None
    taken: list[tuple[str, bytes]] = field(default_factory=list)  # recipient and message
    said: list[str] = field(default_factory=list)  # every command
    sessions: int = 0
    open: int = 0
    counts: dict[str, int] = field(default_factory=dict)

    def recipients(self) -> list[str]:
        return [recipient for recipient, _ in self.taken]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.sessions += 1
        self.open += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError, EOFError):
            await self._converse(reader, writer)
        self.open -= 1
        writer.transport.abort()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recipient, chunks = "", b""
        await self._answer(writer, "greeting", "")
        while line := await reader.readline():
            verb, _, argument = line.decode().strip().partition(" ")
            verb = verb.upper()
            self.said.append(line.decode().strip())
            if verb == "EHLO":
                lines = ["mail.test", *self.offers]
                dashed = [f"250{'-' if n < len(lines) - 1 else ' '}{text}" for n, text in enumerate(lines)]
                await self._answer(writer, "EHLO", argument, "\r\n".join(dashed))
                continue
            if verb in ("MAIL", "RSET"):
                recipient, chunks = "", b""
            if verb == "BDAT":
                size, *last = argument.split()
                chunks += await reader.readexactly(int(size))
                if last:
                    self.said.append(".")
                    await self._end(writer, recipient, chunks)
                    continue
            nobody = "554 5.5.1 no valid recipients" if verb == "DATA" and not recipient else ""
            answer = await self._answer(writer, verb, argument, nobody)
            if verb == "RCPT" and answer.startswith("2"):
                recipient = argument.partition("<")[2].partition(">")[0]
            if verb == "QUIT":
                return
            if verb == "DATA" and answer.startswith("354"):
                data = await reader.readuntil(b"\r\n.\r\n")
                self.said.append(".")
                await self._end(writer, recipient, data[:-3])

    async def _end(self, writer: asyncio.StreamWriter, recipient: str, data: bytes) -> None:
        wanted = self._wanted(".", recipient)
        if wanted is None or wanted.startswith("2") or wanted == KEPT_SILENT:
            self.taken.append((recipient, data))
        await self._say(writer, wanted or GOOD["."])

    def _wanted(self, verb: str, argument: str) -> str | None:
        self.counts[verb] = self.counts.get(verb, 0) + 1
        return self.script(verb, argument, self.counts[verb])

    async def _answer(self, writer: asyncio.StreamWriter, verb: str, argument: str, good: str = "") -> str:
        answer = self._wanted(verb, argument) or good or GOOD.get(verb, "500 5.5.1 what?")
        await self._say(writer, answer)
        return answer

    async def _say(self, writer: asyncio.StreamWriter, answer: str) -> None:
        if answer in (DROP, KEPT_SILENT):
            writer.transport.abort()
            raise EOFError
        if answer == STALL:
            await asyncio.sleep(3600)
        if answer == GARBAGE:
            writer.write(b"\x00\xff this is not SMTP\r\n")
        elif answer == LONG:
            writer.write(b"250-" + b"x" * 100_000)
        else:
            writer.write(answer.encode() + b"\r\n")
        await writer.drain()


@asynccontextmanager
async def serving(server: Scripted) -> AsyncIterator[Scripted]:
    """The server on a port of its own."""
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=server.tls, limit=2**21)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
