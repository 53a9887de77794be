"""How long a connection waits for its server: as long as was said for each reply, whatever was waited for before."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from newsletter.deliver.wire import Wire
from newsletter.errors import TransportError

Server = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
SHORT, LONG = 0.2, 30.0  # seconds


@asynccontextmanager
async def connected(server: Server) -> AsyncIterator[Wire]:
    listening = await asyncio.start_server(server, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    _, wire = await asyncio.get_running_loop().create_connection(Wire, "127.0.0.1", port)
    async with listening:
        yield wire
        wire.close()


async def answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers each line but `SILENCE`."""
    while line := await reader.readline():
        if line != b"SILENCE\r\n":
            writer.write(b"250-one\r\n250 two\r\n" if line == b"TWO\r\n" else b"250 ok\r\n")


async def test_a_short_wait_after_a_long_one_ends_in_time() -> None:
    async with connected(answering) as wire:
        wire.send(b"NOOP\r\n")
        assert (await wire.reply(LONG)).text == "ok"
        wire.send(b"SILENCE\r\n")
        began = time.monotonic()
        with pytest.raises(TransportError, match=r"did not answer within 0\.2 s"):
            await wire.reply(SHORT)
        assert SHORT <= time.monotonic() - began < LONG


async def test_a_long_wait_after_a_short_one_is_not_cut_off() -> None:
    async with connected(answering) as wire:
        wire.send(b"NOOP\r\n")
        await wire.reply(SHORT)
        wire.send(b"SILENCE\r\n")
        waiting = asyncio.create_task(wire.reply(LONG))
        await asyncio.sleep(3 * SHORT)  # the alarm of the short wait has gone off
        assert not waiting.done()
        wire.send(b"TWO\r\n")
        assert (await waiting).text == "one\ntwo"


async def test_whoever_does_not_wait_is_not_cut_off() -> None:
    async with connected(answering) as wire:
        wire.send(b"NOOP\r\n")
        await wire.reply(SHORT)
        await asyncio.sleep(2 * SHORT)
        assert wire.alive
        wire.send(b"SILENCE\r\n")
        with pytest.raises(TransportError, match="did not answer"):
            await wire.reply(SHORT)


async def test_a_lost_connection_leaves_no_alarm_behind() -> None:
    async with connected(answering) as wire:
        wire.send(b"SILENCE\r\n")
        waiting = asyncio.create_task(wire.reply(LONG))
        await asyncio.sleep(0)
        wire.abort("we dropped it")
        with pytest.raises(TransportError, match="we dropped it"):
            await waiting
        assert wire._alarm is None
