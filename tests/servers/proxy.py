"""A web proxy on loopback, as houses have them: CONNECT for https, whole addresses for http (RFC 9110 §9.3.6, §3.7).

It resolves names by a table of its own, which is all the world it knows.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Proxy:
    """`hosts`: where each name lies; `asked`: every request line; `sign_in`: the "user:password" that it wants."""

    hosts: dict[str, tuple[str, int]] = field(default_factory=dict)
    sign_in: str | None = None
    asked: list[str] = field(default_factory=list)
    port: int = 0
    serving: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self.serving.add(task)
        task.add_done_callback(self.serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._one(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, _, fields = head.partition("\r\n")
        self.asked.append(line)
        if self.sign_in is not None and base64.b64encode(self.sign_in.encode()).decode() not in fields:
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return
        method, target, version = line.split(" ")
        parts = urlsplit(f"//{target}" if method == "CONNECT" else target)
        if (place := self.hosts.get(parts.hostname or "")) is None:
            writer.write(b"HTTP/1.1 502 No such host\r\nContent-Length: 0\r\n\r\n")
            return
        upstream = await asyncio.open_connection(*place)
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            await asyncio.gather(_pump(reader, upstream[1]), _pump(upstream[0], writer))
            return
        kept = [one for one in fields.split("\r\n") if one and not one.lower().startswith(("proxy-", "connection"))]
        upstream[1].write("\r\n".join((f"{method} {parts.path} {version}", *kept, "", "")).encode("latin-1"))
        await _answer(upstream[0], writer)
        upstream[1].close()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One answer of a known length, after which the connection is closed."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    writer.write(head[:-2] + b"Connection: close\r\n\r\n" + await reader.readexactly(length))
    await writer.drain()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


@asynccontextmanager
async def proxying(hosts: dict[str, tuple[str, int]], sign_in: str | None = None) -> AsyncIterator[Proxy]:
    """The proxy, until the block ends."""
    proxy = Proxy(hosts, sign_in)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        for task in tuple(proxy.serving):
            task.cancel()
        await asyncio.gather(*proxy.serving, return_exceptions=True)
