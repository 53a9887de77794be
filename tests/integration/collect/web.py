"""A web server on loopback that answers exactly what a test says, however badly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import escape
from ipaddress import ip_network
from ssl import SSLContext

from newsletter.collect.fetch import Fetcher

LOOPBACK = ip_network("127.0.0.1/32")
AGENT = "newsletter/0 (+presse@musterstadt.example; https://news.musterstadt.example)"


@dataclass(frozen=True)
class Asked:
    """A request as it came in; header names in lower case."""

    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Reply:
    """An answer. `drip` sends so many bytes at a time with `pause` seconds between; `etag` answers 304 by itself."""

    body: bytes | str = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    type: str = "text/html; charset=utf-8"
    etag: str | None = None
    drip: int | None = None
    pause: float = 0.0


Page = Reply | str | bytes | Callable[[Asked], "Reply | str | bytes"]


class Web:
    """`pages` by path; what is not there is 404. `asked` is every request."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[Asked] = []
        self.port = 0

    @property
    def site(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        """What was asked for, without robots.txt."""
        return [one.path for one in self.asked if one.path != "/robots.txt"]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        asked = Asked(head[0].split(" ")[1], headers)
        self.asked.append(asked)
        page = self.pages.get(asked.path, Reply("gone", 404))
        reply = page(asked) if callable(page) else page
        reply = reply if isinstance(reply, Reply) else Reply(reply)
        if reply.etag and headers.get("if-none-match") == reply.etag:
            reply = Reply(status=304, etag=reply.etag)
        await self._send(reply, writer)
        return True

    async def _send(self, reply: Reply, writer: asyncio.StreamWriter) -> None:
        body = reply.body.encode() if isinstance(reply.body, str) else reply.body
        headers = {"Content-Type": reply.type, "Content-Length": str(len(body)), **reply.headers}
        headers |= {"ETag": reply.etag} if reply.etag else {}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"HTTP/1.1 {reply.status} Said\r\n{lines}\r\n".encode("latin-1"))
        step = reply.drip or len(body) or 1
        for start in range(0, len(body), step):
            if reply.pause:
                await asyncio.sleep(reply.pause)
            writer.write(body[start : start + step])
            await writer.drain()
        await writer.drain()


@asynccontextmanager
async def web(tls: SSLContext | None = None) -> AsyncIterator[Web]:
    """The server, listening on 127.0.0.1."""
    portal = Web()
    server = await asyncio.start_server(portal.answer, "127.0.0.1", 0, ssl=tls)
    portal.port = server.sockets[0].getsockname()[1]
    try:
        yield portal
    finally:
        server.close()


def fetcher(**settings: object) -> Fetcher:
    """A fetcher that may fetch from 127.0.0.1 and nowhere else at home."""
    return Fetcher(AGENT, **{"allow": [LOOPBACK], **settings})  # type: ignore[arg-type]


def release_page(headline: str, text: str, date: str | None = None, kicker: str = "Umwelt", head: str = "") -> str:
    """The page of a release, as a plain portal has it."""
    time = f'<time datetime="{date}">{date}</time>' if date else ""
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in text.split("\n"))
    top = f'<head><meta charset="utf-8"><title>{escape(headline)} | Stadt</title>{head}</head>'
    headed = f'<p class="kicker">{kicker}</p><h1>{escape(headline)}</h1>{time}'
    article = f'<article>{headed}<div class="text">{paragraphs}</div></article>'
    frame = f'<nav><a href="/">Start</a></nav><main>{article}</main><footer><a href="/impressum">Impressum</a></footer>'
    return f'<!DOCTYPE html><html lang="de">{top}<body>{frame}</body></html>'


def list_page(items: Mapping[str, str], following: str | None = None, date: str | None = None) -> str:
    """A list of releases by path; `date` stands with each."""
    time = f'<time datetime="{date}">{date}</time>' if date else ""
    cards = "".join(
        f'<li class="card"><h2><a href="{path}">{escape(headline)}</a></h2>{time}</li>'
        for path, headline in items.items()
    )
    more = f'<a rel="next" href="{following}">Weiter</a>' if following else ""
    return (
        f"<!DOCTYPE html><html lang=de><title>Presse</title><main><h1>Presse</h1><ul>{cards}</ul>{more}</main></html>"
    )
