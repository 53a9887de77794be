"""The short way for what is asked all day: files that were published and read before, ahead of everything else.

Readers of feeds ask for the same few files again and again. Such a request needs no task, no router and no form:
`Quick` has its answer ready, the same as on the long way (published.py), and `Protocol` writes it as soon as the
headers are read. It halves the time that an answer costs (benchmarks/serving.py). What is unusual goes the long way.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from newsletter.web.files import Header, Kept, joined
from newsletter.web.headers import below
from newsletter.web.lines import Lines


class Quick:
    """The application `app`, and answers out of hand for what is `kept` of the published files."""

    def __init__(self, app: ASGIApp, kept: Kept, root: str) -> None:
        """`root` is the path of the public address."""
        self._app = app
        self._kept = kept
        self._root = root
        self._log = Lines()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification: the long way."""
        await self._app(scope, receive, send)
        if scope["type"] == "lifespan":  # it is over
            self._log.flush()

    def answer(self, method: bytes, target: bytes, headers: Iterable[Header]) -> tuple[bytes, bytes] | None:
        """The lines before the empty one, and the body, for GET and HEAD. None: it has to go the long way."""
        begin = time.perf_counter()
        file = self._kept.get(below(self._root, target.partition(b"?")[0].decode("latin-1")))
        if file is None:
            return None
        asked = joined(headers)
        form = file.form(asked)
        known = file.is_known(form, asked)
        self._log.note(method.decode("ascii"), 304 if known else file.status, time.perf_counter() - begin)
        if known:
            return form.head_unchanged, b""
        return form.head, b"" if method == b"HEAD" else form.body


class Protocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1, which asks the application for a `Quick` answer first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._quick: Quick = self.config.app  # type: ignore[assignment]  # as the daemon sets it up

    def on_headers_complete(self) -> None:
        """See httptools: one request's line and headers are read."""
        method = self.parser.get_method()
        found = None
        if method in (b"GET", b"HEAD") and self._is_usual():
            found = self._quick.answer(method, self.url, self.headers)
        if found is None:
            super().on_headers_complete()
            return
        head, body = found
        dates = [b"%b: %b\r\n" % header for header in self.server_state.default_headers]
        self.transport.write(b"".join((head, *dates, b"\r\n", body)))
        self.cycle = ANSWERED
        self.on_response_complete()

    def _is_usual(self) -> bool:
        """Whether nothing but an answer is asked for: no answer is under way or waits for its reader (RFC 9112, 9.3.2:
        they come in order), and the connection stays as it is."""
        return (
            getattr(self.cycle, "response_complete", True)  # there is none at first
            and not self.flow.write_paused
            and not self.expect_100_continue
            and self.parser.get_http_version() == "1.1"
            and self.parser.should_keep_alive()
            and not self.parser.should_upgrade()
        )


ANSWERED: Any = SimpleNamespace(response_complete=True, disconnected=False, message_event=asyncio.Event())
"""In place of uvicorn's own cycle of a request: what it asks of one that is over."""
