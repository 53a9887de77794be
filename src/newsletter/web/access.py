"""The access log, and the last line of defence: no token, address or query is logged, and no error shows its inside."""

from __future__ import annotations

import time
import traceback

import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newsletter.web.lines import ROUTE
from newsletter.web.trouble import Trouble

log = structlog.get_logger("newsletter.web")


class Access:
    """Logs method, route, status and milliseconds of each request; `trouble` answers for what nobody caught."""

    def __init__(self, app: ASGIApp, trouble: Trouble) -> None:
        self._app = app
        self._trouble = trouble

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, begin = 0, time.perf_counter()

        async def send_seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_seen)
        except Exception as error:
            _log_error(error)
            if not status:
                answer = await self._trouble.unforeseen(Request(scope), error)
                await answer(scope, receive, send_seen)
        spent = round((time.perf_counter() - begin) * 1000, 1)
        log.info("request", method=scope["method"], route=_route(scope), status=status, ms=spent)


def _log_error(error: Exception) -> None:
    """Where it happened and what kind it was; a message may hold an address (SQLAlchemy shows parameters)."""
    log.error("request failed", error=type(error).__name__, at="".join(traceback.format_tb(error.__traceback__)))


def _route(scope: Scope) -> str:
    """The route's pattern: the path itself may hold a token."""
    if scope.get("published"):
        return ROUTE
    return getattr(scope.get("route"), "path", "(none)")
