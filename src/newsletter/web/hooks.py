"""`/hooks/<provider>`: where a provider tells of mails that came back."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from newsletter.web.answers import WebServices

WORDS = {200: "ok", 401: "sign in", 403: "refused", 404: "nothing is here", 503: "later"}


class Hooks:
    """Answers with a status and a word; a call that is refused hears no more."""

    def __init__(self, services: WebServices) -> None:
        self._services = services

    async def take(self, request: Request) -> Response:
        """Take one call."""
        body = await request.body()
        status = await run_in_threadpool(
            self._services.hook, request.path_params["provider"], dict(request.headers), body
        )
        # SNS sends the password of its address only where it is asked for it
        headers = {"WWW-Authenticate": 'Basic realm="hooks"'} if status == 401 else {}
        return PlainTextResponse(f"{WORDS.get(status, 'not read')}\n", status, {**headers, "Cache-Control": "no-store"})
