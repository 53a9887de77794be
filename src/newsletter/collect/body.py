"""An answer's body, decoded within bounds: a few kilobytes of gzip must not become a gigabyte of memory."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from io import BytesIO

from newsletter.collect.hand import SMALL
from newsletter.errors import FetchError

Enough = Callable[[memoryview], bool]
Large = Callable[[], Awaitable[None]]

MAX_BYTES = 5_000_000  # no page or feed that is larger is read: three times the largest there are
STEP = 65_536  # bytes decoded at a time
GZIP, DEFLATE, RAW = 31, 15, -15  # zlib's names for what wraps the data
MAGIC = b"\x1f"  # begins a member of a gzip body
WRAPPERS = {"gzip": GZIP, "x-gzip": GZIP, "deflate": DEFLATE}


async def bounded(
    chunks: AsyncIterator[bytes],
    encoding: str,
    url: str,
    most: int = MAX_BYTES,
    *,
    enough: Enough | None = None,
    large: Large | None = None,
) -> bytes:
    """All of a body, decoded; or its beginning, once that is `enough`.

    Raises FetchError past `most` bytes, as sent or as decoded, and for a damaged one. `large` is waited for once,
    before more than `SMALL` bytes are kept.
    """
    encoding = encoding.strip().lower()
    if encoding not in ("", "identity", *WRAPPERS):
        raise FetchError(
            "%(url)s: answered in the encoding %(encoding)s, which was not asked for",
            url=url,
            encoding=repr(encoding[:40]),
        )
    wrapper = WRAPPERS.get(encoding)
    inflater = _Inflater(wrapper, url) if wrapper is not None else None
    body, sent = BytesIO(), 0  # gives its bytes without a copy, unlike a bytearray
    async for chunk in chunks:
        sent += len(chunk)
        for part in inflater.parts(chunk) if inflater else (chunk,):
            body.write(part)
            _check(max(body.tell(), sent), url, most)
            if large is not None and body.tell() > SMALL:
                await large()
                large = None
        _check(sent, url, most)
        if enough is not None and _is_enough(body, enough):
            break
    else:
        if inflater is not None and sent and not inflater.complete:
            raise FetchError("%(url)s: its compressed body breaks off", url=url)
    return body.getvalue()


def _is_enough(body: BytesIO, enough: Enough) -> bool:
    with body.getbuffer() as seen:
        return enough(seen)


def unzipped(body: bytes, url: str, most: int) -> Iterator[bytes]:
    """A gzip file, decoded in small parts. Raises FetchError past `most` bytes, and for a damaged one."""
    inflater, size = _Inflater(GZIP, url), 0
    for start in range(0, len(body), STEP):
        for part in inflater.parts(body[start : start + STEP]):
            size += len(part)
            _check(size, url, most)
            yield part
    if not inflater.complete:
        raise FetchError("%(url)s: its compressed body breaks off", url=url)


class _Inflater:
    """Decompresses in steps. A gzip body may have several members (RFC 1952 §2.2); some send deflate without its
    wrapper; what follows the end of the data is ignored, as browsers do."""

    def __init__(self, wrapper: int, url: str) -> None:
        self._wrapper, self._url = wrapper, url
        self._inflater = zlib.decompressobj(wrapper)
        self._head: bytes | None = b""  # what was read before anything came out

    @property
    def complete(self) -> bool:
        """Whether the data came to its end."""
        return self._inflater.eof

    def parts(self, chunk: bytes) -> Iterator[bytes]:
        """What a chunk comes to, at most `STEP` bytes at a time."""
        rest, full = chunk, False
        while rest or full:  # a full step may have left something inside the inflater
            if self._inflater.eof:
                if self._wrapper != GZIP or not rest.startswith(MAGIC):  # padding, or what else follows
                    return
                self._inflater = zlib.decompressobj(GZIP)
            part, rest = self._step(rest)
            full = len(part) == STEP and not self._inflater.eof
            yield part

    def _step(self, data: bytes) -> tuple[bytes, bytes]:
        if self._head is not None:
            self._head += data
        try:
            part = self._inflater.decompress(data, STEP)
        except zlib.error as error:
            if self._wrapper == DEFLATE and self._head is not None:
                head, self._head = self._head, None
                self._wrapper, self._inflater = RAW, zlib.decompressobj(RAW)
                return self._step(head)
            raise FetchError("%(url)s: its compressed body is damaged", url=self._url) from error
        self._head = None if part else self._head
        return part, self._inflater.unused_data if self._inflater.eof else self._inflater.unconsumed_tail


def _check(size: int, url: str, most: int) -> None:
    if size > most:
        raise FetchError(
            "%(url)s: larger than %(most)s MB; it was not read to its end", url=url, most=f"{most / 1_000_000:g}"
        )
