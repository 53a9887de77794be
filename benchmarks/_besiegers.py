"""A server that means harm: one host name for each kind of it, and well-behaved ones between them.

A host's answer depends on its name alone. Bodies without end are made as they are sent, so that nothing of what eats
the other side's memory is in ours.
"""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import count

TEXT = "Die Stadt Musterstadt erneuert die Brunnen auf ihren Plätzen, und Anwohner sind zum Fest eingeladen. " * 4
DATE = "2026-11-21T09:20:00+01:00"
ZEROS = b"\0" * 1_000_000
Body = bytes | Callable[[], AsyncIterator[bytes]]


@dataclass(frozen=True)
class Answer:
    """An answer; `head` False: the body is all that is sent, status line and all."""

    body: Body = b""
    type: str = "text/html; charset=utf-8"
    status: str = "200 OK"
    headers: tuple[str, ...] = ()
    head: bool = True
    length: int | None = None


Reply = Callable[[str], Answer]  # by path


def page(number: str, extra: str = "") -> bytes:
    """The page of a release."""
    return (
        f'<!doctype html><html lang="de"><title>Meldung {number}</title><main>'
        f"<h1>Meldung Nummer {number} der Stadt</h1>"
        f'<time datetime="{DATE}">21.11.2026</time><p>{TEXT} Es ist Nummer {number}.</p>{extra}</main></html>'
    ).encode()


def listing(*numbers: object, more: str = "") -> bytes:
    """A list of releases."""
    items = "".join(
        f'<li><a href="/m/{n}">Meldung Nummer {n} der Stadt</a> <time datetime="{DATE}">21.11.2026</time></li>'
        for n in numbers
    )
    return f"<!doctype html><html lang=de><title>Presse</title><h1>Presse</h1><ul>{items}</ul>{more}</html>".encode()


def pages(bad: Answer) -> Reply:
    """A sound list, whose pages are all bad."""
    return lambda path: Answer(listing(*range(1, 13))) if path == "/" else bad


def everything(bad: Answer) -> Reply:
    """Whatever is asked for is bad, but robots.txt."""
    return lambda path: bad


async def drip(first: bytes = b"") -> AsyncIterator[bytes]:
    """A byte now and then, for ever."""
    yield first
    while True:
        await asyncio.sleep(0.5)
        yield b"x"


async def stall(first: bytes) -> AsyncIterator[bytes]:
    """Something, and then nothing for ever."""
    yield first
    await asyncio.sleep(3600)


async def flood(piece: bytes = ZEROS) -> AsyncIterator[bytes]:
    """As much as is taken."""
    while True:
        yield piece


@cache
def _packed(wbits: int) -> tuple[bytes, bytes]:
    """Ten megabytes of nothing, compressed: as they begin a body, and as they go on in it, as often as is liked."""
    packer = zlib.compressobj(9, wbits=wbits)
    first, again = (packer.compress(ZEROS * 10) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first, again


async def deflated(wbits: int) -> AsyncIterator[bytes]:
    """Ten gigabytes of nothing, compressed."""
    first, again = _packed(wbits)
    yield first
    for _ in range(1_000):
        yield again


def _laughs(root: str) -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{entities}]>{root}'.encode()


RSS = '<rss version="2.0"><channel><title>P</title><item><title>{0}</title><link>/m/1</link><description>{0}</description></item></channel></rss>'  # noqa: E501
MAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://x.example/{0}</loc></url></urlset>'
EXTERNAL = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "{0}">]>' + RSS.format("&e;")
QUADRATIC = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e "{"x" * 100_000}">]>' + RSS.format("&e;" * 50_000)
XML = "application/xml"


def hostile(secret: str) -> dict[str, tuple[str, Reply]]:
    """Every kind of harm by its host name: the kind of the source and what answers. `secret`: an address at home."""
    gzipped, deflating = ("Content-Encoding: gzip",), ("Content-Encoding: deflate",)
    body = b"<!doctype html><h1>Meldung</h1>"
    nested = b"<div>" * 2_000_000
    found: dict[str, tuple[str, Reply]] = {
        "gzip-bomb-list": ("html", everything(Answer(partial(deflated, 31), headers=gzipped))),
        "gzip-bomb-pages": ("html", pages(Answer(partial(deflated, 31), headers=gzipped))),
        "deflate-bomb": ("html", pages(Answer(partial(deflated, -15), headers=deflating))),
        "bomb-in-a-bomb": ("html", pages(Answer(gzip.compress(b"x"), headers=("Content-Encoding: gzip, gzip",)))),
        "brotli": ("html", pages(Answer(flood, headers=("Content-Encoding: br",)))),
        "drip-list": ("html", everything(Answer(partial(drip, body)))),
        "drip-pages": ("html", pages(Answer(partial(drip, body)))),
        "stall-before-header": ("html", pages(Answer(partial(stall, b""), head=False))),
        "stall-in-header": (
            "html",
            pages(Answer(partial(stall, b"HTTP/1.1 200 OK\r\nContent-"), head=False)),
        ),
        "stall-in-body": ("html", pages(Answer(partial(stall, body)))),
        "large-and-stall": ("html", pages(Answer(partial(stall, body + b"x" * 900_000)))),
        "redirect-loop": ("html", pages(Answer(status="302 Found", headers=("Location: /m/1",)))),
        "redirect-chain": ("html", _chain),
        "redirect-home": ("html", pages(Answer(status="302 Found", headers=(f"Location: {secret}",)))),
        "redirect-file": ("html", pages(Answer(status="302 Found", headers=("Location: file:///etc/passwd",)))),
        "length-too-long": ("html", pages(Answer(body, length=5_000))),
        "length-too-short": ("html", pages(Answer(page("1"), length=40))),
        "chunked-garbage": (
            "html",
            pages(Answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx", head=False)),
        ),
        "no-http": ("html", pages(Answer(b"SSH-2.0-OpenSSH_9.2\r\n", head=False))),
        "header-enormous": ("html", pages(Answer(body, headers=("X-Long: " + "x" * 2_000_000,)))),
        "header-endless": ("html", pages(Answer(partial(flood, b"X-More: x\r\n" * 1_000), head=False))),
        "flood": ("html", pages(Answer(flood))),
        "nested": ("html", everything(Answer(nested))),
        "nested-pages": ("html", pages(Answer(nested))),
        "masses": ("html", pages(Answer(b"<h1>Kopf der Sache</h1>" + b"<img src=/a.jpg alt=x>" * 49_000))),
        "masses-of-text": ("html", pages(Answer(b"<h1>Kopf der Sache</h1><p>" + b"Wort " * 590_000))),
        "attributes": ("html", pages(Answer(b"<h1>Kopf der Sache</h1><p " + b"a=1 " * 500_000 + b">x"))),
        "endless-list": ("html", _endless),
        "image-bombs": ("html", _image_bombs),
        "charset-lies": ("html", _charset_lies),
        "laughs": ("feed", everything(Answer(_laughs(RSS.format("&l11;")), XML))),
        "quadratic": ("feed", everything(Answer(QUADRATIC.encode(), XML))),
        "external-file": ("feed", everything(Answer(EXTERNAL.format("file:///etc/passwd").encode(), XML))),
        "external-http": ("feed", everything(Answer(EXTERNAL.format(secret).encode(), XML))),
        "json-nested": ("feed", everything(Answer(b'{"items":' + b"[" * 2_000_000, "application/json"))),
        "feed-of-tags": ("feed", everything(Answer(b"<rss><channel>" + b"<item>" * 1_000_000, XML))),
        "laughs-map": ("sitemap", everything(Answer(_laughs(MAP.format("&l11;")), XML))),
        "bomb-map": (
            "sitemap",
            everything(Answer(gzip.compress(b"<urlset>" + b" " * 60_000_000, 1), "application/gzip")),
        ),
        "endless-map": ("sitemap", _endless_map),
        "robots-drip": ("html", everything(Answer(drip))),
        "robots-flood": ("html", everything(Answer(partial(flood, b"Disallow: /x\n" * 1_000), "text/plain"))),
        "robots-error": ("html", lambda path: Answer(b"", status="500 No")),
        "rebinding": (
            "html",
            lambda path: (
                Answer(listing(*(f"wandernd-{n}" for n in range(1, 13)))) if path == "/" else Answer(page(path[3:]))
            ),
        ),
    }
    return found


COLLECTED = {
    "endless-list",
    "endless-map",
    "image-bombs",
    "charset-lies",
    "external-file",
    "external-http",
    "rebinding",
}
"""What may be collected: the harm is bounded, or does not reach us."""


def _chain(path: str) -> Answer:
    if path == "/":
        return Answer(listing(1, 2, 3))
    step = path.removeprefix("/m/")
    return Answer(status="301 Moved", headers=(f"Location: /m/{step}0",))


def _endless(path: str) -> Answer:
    number = int(path.rpartition("=")[2]) if "=" in path else 0
    if path.startswith("/m/"):
        return Answer(page(path[3:]))
    numbers = (f"endlos-{n}" for n in range(number * 10, number * 10 + 10))
    return Answer(listing(*numbers, more=f'<a rel="next" href="/?seite={number + 1}">Weiter</a>'))


def _image_bombs(path: str) -> Answer:
    if path == "/":
        return Answer(listing("bild-1", "bild-2", "bild-3"))
    if path.startswith("/m/"):
        return Answer(page(path[3:], '<figure><img src="/bombe.png" alt="Ein Brunnen"></figure>'))
    return Answer(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\x0f\xff\xff\0\x0f\xff\xff\x08\x06\0\0\0", "image/png")


def _charset_lies(path: str) -> Answer:
    if path == "/":
        return Answer(listing("zeichen-1", "zeichen-2"), type="text/html; charset=utf-16")
    return Answer(page(path[3:]).decode().encode("latin-1"), type="text/html; charset=shift_jis")


def _endless_map(path: str) -> Answer:
    step = 0 if path == "/" else int(path.rpartition("-")[2])
    links = "".join(f"<sitemap><loc>/news-{step + n}</loc></sitemap>" for n in range(1, 50))
    return Answer(
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{links}</sitemapindex>'.encode(), XML
    )


class Good:
    """A well-behaved host: each look finds one release more, which no other host has."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._numbers = count(1)

    def __call__(self, path: str) -> Answer:
        if path == "/":
            newest = next(self._numbers)
            return Answer(listing(*(f"{self._name}-{n}" for n in range(newest, max(0, newest - 10), -1))))
        return Answer(page(path[3:]))


@dataclass
class Besieger:
    """Serves every host at one port; `asked` counts requests by host."""

    hosts: dict[str, Reply]
    asked: Counter[str] = field(default_factory=Counter)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, and the end of the connection."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            path = head.split(" ")[1]
            name = head.lower().partition("\r\nhost: ")[2].partition("\r\n")[0].partition(".")[0].partition(":")[0]
            self.asked[name] += 1
            await _send(writer, self._answer(name, path))
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    def _answer(self, name: str, path: str) -> Answer:
        if name not in self.hosts or (path == "/robots.txt" and not name.startswith("robots")):
            return Answer(b"", status="404 Not Found")
        return self.hosts[name](path)


async def _send(writer: asyncio.StreamWriter, answer: Answer) -> None:
    if answer.head:
        lines = [f"HTTP/1.1 {answer.status}", f"Content-Type: {answer.type}", "Connection: close", *answer.headers]
        if isinstance(answer.body, bytes):
            lines.append(f"Content-Length: {len(answer.body) if answer.length is None else answer.length}")
        writer.write("\r\n".join((*lines, "", "")).encode("latin-1"))
    if isinstance(answer.body, bytes):
        writer.write(answer.body)
    else:
        async for piece in answer.body():
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
    await writer.drain()
