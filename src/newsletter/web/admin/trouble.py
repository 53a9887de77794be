"""What went wrong in the admin, as a page that says what and what to do. Who is signed in may read the reason."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from newsletter.errors import BadInput, NewsletterError, StateError, StoreError
from newsletter.web.admin.desk import Desk

log = structlog.get_logger("newsletter.web")


def _(message: str) -> str:
    return message  # marks a message for the catalogues


MISSING = _("There is nothing here")
MAY_NOT = _("You may not do this")
OLD_FORM = _("This form was too old")
TOO_LARGE = _("That was too large")
UNREADABLE = _("Your browser sent something unreadable")
FAILED = _("Something went wrong on our side")
NOT_DONE = _("This could not be done")
WHAT = {
    MISSING: _("The address may be mistyped, or what it led to is gone."),
    MAY_NOT: _("Your account has no role for it. Who may sign in here as an admin can give it to you."),
    OLD_FORM: _("You signed in anew since the page was opened. Go back, reload it and try again."),
    TOO_LARGE: _("Nothing was taken. A list of subscribers may have 64 MB: divide it into several files, each with the "
                 "line that names the columns."),
    UNREADABLE: _("Nothing was done. Open the page again and send its form once more; a file must be whole."),
    FAILED: _("Please try again in a few minutes. If it happens again, look into the program’s log."),
}  # fmt: skip
BY_STATUS = {400: UNREADABLE, 403: MAY_NOT, 404: MISSING, 405: MISSING, 413: TOO_LARGE, 415: UNREADABLE}


class Trouble:
    """Answers for what pages and actions raise."""

    def __init__(self, desk_of: Callable[[Request], Desk]) -> None:
        self._desk_of = desk_of

    async def http(self, request: Request, error: Exception) -> Response:
        """Unknown addresses, wrong methods, missing roles, old forms."""
        status = error.status_code if isinstance(error, HTTPException) else 400
        form = isinstance(error, HTTPException) and error.detail == "form"
        title = {403: OLD_FORM} if form else {}
        return await self._say(request, (BY_STATUS | title).get(status, NOT_DONE), status)

    async def missing(self, request: Request, error: Exception) -> Response:
        """What there is not, or not any more."""
        return await self._say(request, MISSING, 404, _said(error))

    async def refused(self, request: Request, error: Exception) -> Response:
        """What the program will not do, and why."""
        status = 503 if isinstance(error, StoreError) else 409 if isinstance(error, StateError) else 422
        if not isinstance(error, StoreError | StateError | BadInput):
            log.error("refused", error=str(error))
        return await self._say(request, NOT_DONE, status, _said(error))

    async def unforeseen(self, request: Request, error: Exception) -> Response:
        """What nobody foresaw."""
        return await self._say(request, FAILED, 500)

    async def _say(self, request: Request, title: str, status: int, reason: str = "") -> Response:
        def work() -> Response:
            desk = self._desk_of(request)
            known = desk.tell(reason) if desk.signed_in is not None else ""
            return desk.show(
                "message.html",
                status,
                heading=desk.say(title),
                paragraphs=[text for text in (known, desk.say(WHAT[title]) if title in WHAT else "") if text],
            )

        return await run_in_threadpool(work)


def _said(error: Exception) -> str:
    return error.said if isinstance(error, NewsletterError) else str(error)
