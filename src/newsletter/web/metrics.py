"""`/metrics`, for the machine that watches and for nobody else."""

from __future__ import annotations

from ipaddress import ip_address

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from newsletter.web.answers import WebServices

TEXT = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """Answers who asks directly, from an address of `[web] metrics_from`. For others, and through a proxy, there is
    no such page."""

    def __init__(self, services: WebServices) -> None:
        self._services = services
        self._allowed = services.settings.web.metrics_from

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        request = Request(scope)
        if request.method not in ("GET", "HEAD") or not self._may(request):
            raise HTTPException(404)
        response = Response(await run_in_threadpool(self._services.metrics), media_type=TEXT)
        await response(scope, receive, send)

    def _may(self, request: Request) -> bool:
        if request.client is None or {"forwarded", "x-forwarded-for"} & set(request.headers):
            return False
        try:
            address = ip_address(request.client.host)
        except ValueError:
            return False
        return any(address in network for network in self._allowed)
