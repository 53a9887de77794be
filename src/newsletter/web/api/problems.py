"""What went wrong, as a program reads it: problem details (RFC 9457), without a stack and without an address."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response

from newsletter.errors import BadInput, NewsletterError, NotFound, SettingsError, StateError, StoreError, TransportError

log = structlog.get_logger("newsletter.web")

MEDIA_TYPE: Final = "application/problem+json"
STATUS: Final[Sequence[tuple[type[NewsletterError], int]]] = (  # the first that fits
    (NotFound, 404),
    (BadInput, 422),
    (StateError, 409),
    (StoreError, 503),
    (SettingsError, 503),
    (TransportError, 502),
)
SAID: Final = {
    400: "The request cannot be read.",
    401: "There is no valid token: send `Authorization: Bearer nl_…`.",
    403: "The token lacks the scope that this needs.",
    404: "There is nothing of that name.",
    405: "This cannot be done here.",
    409: "The state that it is in does not allow this; or the same Idempotency-Key is being worked on.",
    422: "Something in the request cannot be used; `errors` says what, where one can say it of a field.",
    500: "Something went wrong on our side.",
    502: "The mail server did not take it.",
    503: "The database cannot be used now: try again later.",
}


class Mistake(BaseModel):
    """One thing that is wrong in a request; `pointer` says where (RFC 6901)."""

    pointer: str
    detail: str


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[Mistake] | None = None


class Refused(HTTPException):
    """A request that is refused with a status."""

    def __init__(self, status: int, detail: str | None = None, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, detail or SAID[status], headers)


def problem(
    status: int, detail: str, errors: Sequence[Mistake] = (), headers: Mapping[str, str] | None = None
) -> Response:
    """An answer that says what went wrong."""
    said = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=list(errors) or None)
    content = json.dumps(said.model_dump(exclude_none=True))  # ASCII: what was sent may hold half a character
    return Response(content, status, {**(headers or {}), "Cache-Control": "no-store"}, MEDIA_TYPE)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """These statuses as OpenAPI describes them."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": SAID[status], "content": content} for status in statuses}


def handle(app: FastAPI, allowed: Callable[[Request], Iterable[str]]) -> None:
    """Let an application answer so for all that its endpoints raise. `allowed` are the methods that an address has."""

    async def http(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 400
        detail = str(error.detail) if isinstance(error, Refused) else SAID.get(status, SAID[400])
        headers = dict(getattr(error, "headers", None) or {})
        if status == 405:
            headers = {"Allow": ", ".join(sorted(allowed(request)))}  # RFC 9110, 15.5.6: all of them
        return problem(status, detail, headers=headers)

    async def invalid(request: Request, error: Exception) -> Response:
        found = error.errors() if isinstance(error, RequestValidationError) else []
        return problem(422, SAID[422], [_mistake(one) for one in found])

    async def ours(request: Request, error: Exception) -> Response:
        status = next((status for kind, status in STATUS if isinstance(error, kind)), 422)
        if status != 503:
            return problem(status, str(error))
        log.error("a request could not be served", error=str(error))
        return problem(status, SAID[status])

    async def unforeseen(request: Request, error: Exception) -> Response:
        return problem(500, SAID[500])

    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(NewsletterError, ours)
    app.add_exception_handler(Exception, unforeseen)


def _mistake(error: Mapping[str, Any]) -> Mistake:
    steps = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in error["loc"])
    return Mistake(pointer=steps, detail=str(error["msg"]))
