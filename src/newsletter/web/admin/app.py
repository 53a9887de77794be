"""The admin as one application: who asks, whether they may, whether the form is ours, and what was done on record.

A cookie is sent to no other site (SameSite), and no form of another site holds the token that ours do; so nobody can
act through the browser of somebody who is signed in.
"""

from __future__ import annotations

import hmac
import inspect
from collections.abc import Awaitable, Callable
from datetime import timedelta
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from newsletter.app import Program
from newsletter.errors import NewsletterError, NotFound
from newsletter.web.admin.cookie import NAME
from newsletter.web.admin.desk import PATH, Desk
from newsletter.web.admin.notes import Notes
from newsletter.web.admin.reading import sent
from newsletter.web.admin.route import AdminRoute, all_routes
from newsletter.web.admin.trouble import Trouble
from newsletter.web.language import spoken
from newsletter.web.limit import Limit

TRIES, TRIES_IN = 10, timedelta(minutes=15)  # to sign in: of one client, and with one name


def create_admin(program: Program) -> ASGIApp:
    """Everything under `/admin`."""
    notes = Notes(f"{program.pages.root}{PATH}", secure=program.settings.site.base_url.startswith("https:"))
    door = Door(program, notes)
    trouble = Trouble(door.desk)
    # what is named comes before what is open: /editions/new before /editions/{id}
    routes = [
        Route(one.path, door.endpoint(one), methods=["GET" if one.action is None else "POST"])
        for one in sorted(all_routes(), key=lambda one: one.path.count("{"))
    ]
    app = Starlette(
        routes=routes,
        exception_handlers={
            HTTPException: trouble.http,
            NotFound: trouble.missing,
            NewsletterError: trouble.refused,
            Exception: trouble.unforeseen,
        },
    )
    app.router.redirect_slashes = False
    return app


class Door:
    """Lets in who may."""

    def __init__(self, program: Program, notes: Notes) -> None:
        self._program = program
        self._notes = notes
        self._tries = Limit(most=TRIES, window=TRIES_IN)

    def endpoint(self, route: AdminRoute) -> Callable[[Request], Awaitable[Response]]:
        """The endpoint of a page or an action."""

        async def answer(request: Request) -> Response:
            desk = await run_in_threadpool(self.desk, request)
            if route.role is not None and desk.signed_in is None:
                return self._to_the_door(desk)
            if route.role is not None and not desk.may(route.role):
                raise HTTPException(403)
            if route.action is None:
                return await _call(route, desk)
            async with sent(request, route.most_bytes) as desk.sent:
                if not self._is_ours(desk):
                    raise HTTPException(403, "form")
                return await self._act(route, route.action, desk)

        return answer

    def desk(self, request: Request) -> Desk:
        """What a request has in hand before its form is read."""
        program = self._program
        cookie = request.cookies.get(NAME, "")
        signed_in = program.signin.who(cookie, program.now()) if cookie else None
        return Desk(
            program, request, spoken(request, program.settings.site.language), self._notes, self._tries, signed_in
        )

    def _to_the_door(self, desk: Desk) -> Response:
        """Who must sign in does so, and comes back here; an action is not done again by itself."""
        here = desk.request.url.path.removeprefix(self._program.pages.root).removeprefix(PATH)
        back = here if desk.request.method == "GET" and here != "/" else ""
        return desk.go("/sign-in" + (f"?to={back}" if back else ""))

    def _is_ours(self, desk: Desk) -> bool:
        """Whether a form is of our own page (it holds the token), or at least of our own site where nobody is known."""
        if desk.signed_in is not None:
            return hmac.compare_digest(desk.typed("form_token").encode(), desk.signed_in.form_token.encode())
        headers = desk.request.headers
        if (site := headers.get("sec-fetch-site")) is not None:  # Fetch Metadata: browsers say where a form stood
            return site in ("same-origin", "none")
        origin, ours = headers.get("origin"), urlsplit(desk.program.settings.site.base_url)
        return origin in (None, "null") or urlsplit(origin).netloc == ours.netloc

    async def _act(self, route: AdminRoute, action: str, desk: Desk) -> Response:
        actor = desk.by if desk.signed_in is not None else "(nobody)"
        # a token lets in whoever reads it, also in a log
        params = desk.request.path_params.items()
        subject = " ".join(str(value) for name, value in params if name != "token")
        journey = self._program.audit.action(actor, action, subject)
        record = await run_in_threadpool(journey.__enter__)
        try:
            response = await _call(route, desk)
            record.update(desk.record, **({} if response.status_code < 400 else {"outcome": "refused"}))
        except BaseException as error:
            record.update(desk.record)
            await run_in_threadpool(journey.__exit__, type(error), error, error.__traceback__)
            raise
        await run_in_threadpool(journey.__exit__, None, None, None)
        return response


async def _call(route: AdminRoute, desk: Desk) -> Response:
    if inspect.iscoroutinefunction(route.handler):
        found: Response = await route.handler(desk)
        return found
    answer = await run_in_threadpool(route.handler, desk)
    assert isinstance(answer, Response)  # noqa: S101  # for the type checker: it is no coroutine
    return answer
