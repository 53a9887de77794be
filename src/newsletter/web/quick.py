"""The short way for what is asked all day: files that were published and read before, ahead of everything else.

Readers of feeds ask for the same few files again and again. Such a request needs no router, no form and no page for
what goes wrong: this answers it as the long way did (published.py), with the same headers and a line in the same log.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from starlette.types import ASGIApp, Receive, Scope, Send

from newsletter.web.files import File, Kept, asked
from newsletter.web.headers import below
from newsletter.web.lines import Lines

Header = tuple[bytes, bytes]


class Quick:
    """Answers GET and HEAD for what is `kept`, with the `headers` that every answer has; the rest goes to `app`."""

    def __init__(self, app: ASGIApp, kept: Kept, root: str, headers: Sequence[Header]) -> None:
        """`root` is the path of the public address."""
        self._app = app
        self._kept = kept
        self._root = root
        self._headers = list(headers)
        self._lines = Lines()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        file = None
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            file = self._kept.get(below(self._root, scope["path"]))
        if file is None:
            await self._app(scope, receive, send)
        else:
            await self._answer(file, scope, send)
        if scope["type"] == "lifespan":  # it is over
            self._lines.flush()

    async def _answer(self, file: File, scope: Scope, send: Send) -> None:
        begin = time.perf_counter()
        headers = asked(scope)
        form = file.form(headers)
        if file.is_known(form, headers):
            status, told, body = 304, form.without_body, b""
        else:
            status, told, body = file.status, form.headers, b"" if scope["method"] == "HEAD" else form.body
        await send({"type": "http.response.start", "status": status, "headers": told + self._headers})
        await send({"type": "http.response.body", "body": body})
        self._lines.note(scope["method"], status, time.perf_counter() - begin)
