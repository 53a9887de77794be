"""How a request of a program is let in: by its token, for the scope that the route names, and only once.

Nothing of a request is read before its token is known. Every route says which scope it needs; one without cannot be
made. All that programs change is on record.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Coroutine
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import Header, Request
from fastapi.concurrency import contextmanager_in_threadpool
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from newsletter.app import Program
from newsletter.app.audit import REFUSED
from newsletter.model import ApiToken, Scope
from newsletter.store.api_answers import KeptAnswer
from newsletter.web.api.problems import Refused

SCHEME: Final = "token"  # the name of the security scheme in OpenAPI
REALM: Final = 'Bearer realm="newsletter"'
LONGEST_KEY: Final = 255
READS: Final = ":read"
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def needs(scope: Scope) -> dict[str, Any]:
    """What a route says of the scope that it needs: its `openapi_extra`."""
    return {"security": [{SCHEME: [str(scope)]}]}


def scope_of(route: APIRoute) -> Scope:
    """The scope that a route needs. Raises ValueError where it names none."""
    match (route.openapi_extra or {}).get("security"):
        case [{"token": [scope]}]:
            return Scope(scope)
    raise ValueError(f"{route.path}: it names no scope")


def repeatable(
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=LONGEST_KEY,
            pattern="^[!-~]+$",
            description="The same key and request again, within a day, is answered as before and does nothing.",
        ),
    ] = None,
) -> str | None:
    """The key under which a request is done once (draft-ietf-httpapi-idempotency-key-header)."""
    return key


class Guarded(APIRoute):
    """A route that lets in who has a token with its scope."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.scope = scope_of(self)

    def get_route_handler(self) -> Handler:
        """See APIRoute."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            program: Program = request.app.state.program
            token, secret = await run_in_threadpool(_admitted, program, request, self.scope)
            if self.scope.endswith(READS):
                return await inner(request)
            who, on = f"token {token.id} ({token.name})", "/".join(map(str, request.path_params.values()))
            async with contextmanager_in_threadpool(program.audit.action(who, f"api {self.name}", on)) as detail:
                request.state.on_record = detail  # a route may say more
                response = await _once(program, request, token, secret, inner)
                if response.status_code >= HTTPStatus.BAD_REQUEST:
                    detail["outcome"] = REFUSED
            return response

        return handle


def _admitted(program: Program, request: Request, scope: Scope) -> tuple[ApiToken, str]:
    """Whose request it is. Raises Refused (RFC 6750, section 3)."""
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    token = program.programs.tokens.recognise(secret.strip(), program.now()) if kind.lower() == "bearer" else None
    if token is None:
        raise Refused(401, headers={"WWW-Authenticate": REALM})
    if scope not in token.scopes:
        wanted = f'{REALM}, error="insufficient_scope", scope="{scope}"'
        raise Refused(403, f"The token lacks the scope {scope}.", {"WWW-Authenticate": wanted})
    return token, secret


async def _once(
    program: Program, request: Request, token: ApiToken, secret: str, inner: Callable[[Request], Awaitable[Response]]
) -> Response:
    """Do what is asked, or repeat the answer of the request that had the same key. Raises Refused."""
    key, answers = request.headers.get("idempotency-key"), program.programs.answers
    if request.method != "POST" or not key or len(key) > LONGEST_KEY:
        return await inner(request)
    digest = await _digest(request, secret)
    before = await run_in_threadpool(answers.begin, token.id, key, digest, program.now())
    if before is not None:
        return _again(before, digest)
    kept = False
    try:
        response = await inner(request)
        if response.status_code < 300:
            body = bytes(response.body).decode()
            await run_in_threadpool(answers.keep, token.id, key, response.status_code, body)
            kept = True
    finally:
        if not kept:
            await run_in_threadpool(answers.drop, token.id, key)
    return response


def _again(before: KeptAnswer, digest: str) -> Response:
    if not hmac.compare_digest(before.digest, digest):
        raise Refused(422, "This Idempotency-Key was used for another request: take a new one.")
    if before.status is None:
        raise Refused(409, "The request with this Idempotency-Key is being worked on.", {"Retry-After": "5"})
    media_type = "application/json" if before.body else None
    return Response(before.body or b"", before.status, {"Idempotent-Replayed": "true"}, media_type)


async def _digest(request: Request, secret: str) -> str:
    """Of a request, keyed by the secret that only its program has: a body may hold an address."""
    asked = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return hmac.new(secret.encode(), asked + await request.body(), hashlib.sha256).hexdigest()
