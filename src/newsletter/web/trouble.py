"""What went wrong, as a page that helps: what happened, what to do, no stack, and no hint whether an address exists."""

from __future__ import annotations

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from newsletter.errors import RenderError
from newsletter.web.answers import Text, Visit, WebServices, say
from newsletter.web.language import spoken

log = structlog.get_logger("newsletter.web")


def _(message: str) -> str:
    return message  # marks a message for the catalogues


HOME = (("/", _("Newest releases")),)
NOT_FOUND = Text(
    _("This page does not exist"),
    (_("The address may be mistyped or out of date."),),
    (*HOME, ("/feeds/", _("Feeds"))),
)
NOT_OURS = Text(
    _("This link does not work"),
    (
        _("It is incomplete or no longer valid. Some mail programs break long links: please copy the whole link from "
          "the e-mail into your browser’s address bar."),
        _("If it still does not work, write to %(contact)s; we will help you, also to unsubscribe."),
    ),
    (("/subscribe", _("Subscribe")), *HOME),
)  # fmt: skip
NOT_ALLOWED = Text(_("This is not possible here"), (_("Please open the page again and use its buttons."),), HOME)
BAD_REQUEST = Text(
    _("Your browser sent something unreadable"), (_("Please open the page again and try once more."),), HOME
)
FAILED = Text(
    _("Something went wrong on our side"),
    (_("Please try again in a few minutes. If it happens again, write to %(contact)s."),),
    HOME,
)
BY_STATUS = {404: NOT_FOUND, 405: NOT_ALLOWED}


class Trouble:
    """Answers for what endpoints raise."""

    def __init__(self, services: WebServices) -> None:
        self._services = services

    async def http(self, request: Request, error: Exception) -> Response:
        """Unknown addresses, wrong methods, unreadable forms."""
        status = error.status_code if isinstance(error, HTTPException) else 400
        response = await self._say(request, BY_STATUS.get(status, BAD_REQUEST), status)
        response.headers.update(getattr(error, "headers", None) or {})
        return response

    async def not_ours(self, request: Request, error: Exception) -> Response:
        """Wrong, foreign or truncated tokens, and those of what is no more: the same page."""
        return await self._say(request, NOT_OURS, 404)

    async def busy(self, request: Request, error: Exception) -> Response:
        """The database does not answer; its reason goes to the log."""
        log.error("store failed", error=str(error))
        return await self._say(request, FAILED, 503)

    async def unforeseen(self, request: Request, error: Exception) -> Response:
        """What nobody foresaw; plain text where even the page cannot be made."""
        try:
            return await self._say(request, FAILED, 500)
        except RenderError:
            return PlainTextResponse("Something went wrong on our side. Please try again in a few minutes.\n", 500)

    async def _say(self, request: Request, text: Text, status: int) -> Response:
        visit = Visit(request, spoken(request, self._services.settings.site.language))
        return await run_in_threadpool(say, self._services, visit, text, status)
