"""Reading what a browser sends: bounded, and of the kinds that forms have.

What is too long is read to its end (within reason) and thrown away before it is refused: a browser that is still
sending hears no answer (RFC 9112, 9.6), and shows a broken connection instead of the page that helps.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

MOST_FIELDS = 5000
KINDS = ("application/x-www-form-urlencoded", "multipart/form-data")
THROWN_AWAY = 4  # times as much as is allowed is read before the connection is cut


@asynccontextmanager
async def sent(request: Request, most: int) -> AsyncIterator[FormData]:
    """The form that a request holds, with a file at most, until the block ends.

    Raises HTTPException: 413 for more than `most` bytes, 415 for what is no form, 400 for one that cannot be read.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind and kind not in KINDS:
        raise HTTPException(415)
    body = Body(request, most)
    async with Request(request.scope, body.receive).form(max_files=1, max_fields=MOST_FIELDS) as form:
        yield form


class Body:
    """Counts what comes in."""

    def __init__(self, request: Request, most: int) -> None:
        self._request = request
        self._most = most
        self._seen = 0

    async def receive(self) -> Message:
        """The next piece. Raises HTTPException (413) where it is one too many."""
        message = await self._next()
        if self._seen > self._most:
            while message.get("more_body") and self._seen < self._most * THROWN_AWAY:
                message = await self._next()
            raise HTTPException(413)
        return message

    async def _next(self) -> Message:
        message = await self._request.receive()
        self._seen += len(message.get("body", b""))
        return message
